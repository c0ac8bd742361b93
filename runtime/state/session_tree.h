// The open sessions of one key in order of start: a treap, whose links stand in the headers. Mostly a key has one session, which
// is the root; but where one partition is far ahead of another, thousands of them wait for the watermark, and both ends of
// them are at work. Inline in kernels.
//
// Sessions are named by number + 1; 0 = none.
#pragma once

#include <cstdint>

#include "runtime/state/sessions.h"

namespace weir::state {

// Of the heap: any fixed order of the numbers that has nothing to do with the order of starts.
inline uint32_t heap_order(uint32_t session) { return session * 0x9E3779B1u; }

inline SessionHeader* session_named(const SessionStore* store, uint32_t session) {
  return session_at(store, session - 1);
}

// The first session that does not end before `time`.
inline uint32_t first_reaching(const SessionStore* store, uint32_t root, int64_t time) {
  uint32_t first = 0;
  while (root != 0) {
    const SessionHeader* at = session_named(store, root);
    if (at->last + store->gap >= time) {
      first = root;
      root = at->left;
    } else {
      root = at->right;
    }
  }
  return first;
}

// The first session that starts behind `start`.
inline uint32_t first_behind(const SessionStore* store, uint32_t root, int64_t start) {
  uint32_t first = 0;
  while (root != 0) {
    const SessionHeader* at = session_named(store, root);
    if (at->start > start) {
      first = root;
      root = at->left;
    } else {
      root = at->right;
    }
  }
  return first;
}

inline bool is_below(const SessionStore* store, uint32_t root, uint32_t session) {
  const int64_t start = session_named(store, session)->start;
  while (root != 0 && root != session) {
    const SessionHeader* at = session_named(store, root);
    root = start < at->start ? at->left : at->right;
  }
  return root == session;
}

// Both return the new root.
inline uint32_t insert_session(const SessionStore* store, uint32_t root, uint32_t session) {
  SessionHeader* added = session_named(store, session);
  uint32_t* link = &root;
  while (*link != 0 && heap_order(*link) > heap_order(session)) {
    SessionHeader* at = session_named(store, *link);
    link = added->start < at->start ? &at->left : &at->right;
  }
  uint32_t rest = *link;
  *link = session;
  uint32_t* left = &added->left;
  uint32_t* right = &added->right;
  while (rest != 0) {
    SessionHeader* at = session_named(store, rest);
    if (at->start < added->start) {
      *left = rest;
      left = &at->right;
      rest = *left;
    } else {
      *right = rest;
      right = &at->left;
      rest = *right;
    }
  }
  *left = 0;
  *right = 0;
  return root;
}

inline uint32_t remove_session(const SessionStore* store, uint32_t root, uint32_t session) {
  const SessionHeader* removed = session_named(store, session);
  uint32_t* link = &root;
  while (*link != session) {
    SessionHeader* at = session_named(store, *link);
    link = removed->start < at->start ? &at->left : &at->right;
  }
  uint32_t left = removed->left;
  uint32_t right = removed->right;
  while (left != 0 && right != 0) {
    if (heap_order(left) > heap_order(right)) {
      *link = left;
      link = &session_named(store, left)->right;
      left = *link;
    } else {
      *link = right;
      link = &session_named(store, right)->left;
      right = *link;
    }
  }
  *link = left != 0 ? left : right;
  return root;
}

}  // namespace weir::state
