// Gives back the strings of sessions that have fired. Inline in kernels.
#pragma once

#include "runtime/kernels/compact.h"
#include "runtime/state/sessions.h"

namespace weir::kernels {

inline void compact_sessions(Context* context, state::SessionStore* store) {
  if (!has_doubled(store->memory, store->compact_at)) [[likely]]
    return;
  store->compact_at = compact(context, store->memory, [&](const auto& move) {
    for (uint32_t i = 0; i < store->used; ++i) {
      state::SessionHeader* session = state::session_at(store, i);
      if (session->timer != state::kNoSession) move(state::entry_of(session));
    }
  });
}

}  // namespace weir::kernels
