#include "runtime/state/arena.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "runtime/state/state_memory.h"

namespace weir::state {
namespace {

constexpr uint64_t kFirstChunkBytes = uint64_t{64} << 10;
constexpr uint64_t kLargestUsualChunkBytes = uint64_t{4} << 20;

struct alignas(16) Chunk {
  Chunk* previous;
  Chunk* next;
  uint64_t bytes;  // behind this header
  MemoryAccount* account;
  char* data() { return reinterpret_cast<char*>(this + 1); }
};

Chunk* new_chunk(uint64_t bytes, MemoryAccount* account) {
  auto* chunk = static_cast<Chunk*>(std::aligned_alloc(16, sizeof(Chunk) + bytes));
  if (!chunk) out_of_memory(bytes);
  *chunk = {nullptr, nullptr, bytes, account};
  book_bytes(account, static_cast<int64_t>(sizeof(Chunk) + bytes));
  return chunk;
}

void free_chunk(Chunk* chunk) {
  book_bytes(chunk->account, -static_cast<int64_t>(sizeof(Chunk) + chunk->bytes));
  std::free(chunk);
}

void enter(abi::Arena& arena, Chunk* chunk) {
  arena.chunks = chunk;
  arena.cursor = chunk->data();
  arena.limit = chunk->data() + chunk->bytes;
}

}  // namespace

void open_arena(abi::Arena& arena, MemoryAccount* account) {
  enter(arena, new_chunk(kFirstChunkBytes, account));
}

void close_arena(abi::Arena& arena) {
  auto* chunk = static_cast<Chunk*>(arena.chunks);
  while (chunk && chunk->previous) chunk = chunk->previous;
  while (chunk) free_chunk(std::exchange(chunk, chunk->next));
  arena = {};
}

}  // namespace weir::state

char* weir_arena_grow(weir::abi::Context* context, uint64_t bytes) {
  using namespace weir::state;
  weir::abi::Arena& arena = context->arena;
  bytes = (bytes + 15) & ~uint64_t{15};
  auto* current = static_cast<Chunk*>(arena.chunks);
  // Chunks behind the current one are free; those too small for this request are given up.
  while (current && current->next && current->next->bytes < bytes) {
    Chunk* small = current->next;
    current->next = small->next;
    if (small->next) small->next->previous = current;
    free_chunk(small);
  }
  Chunk* chunk = current ? current->next : nullptr;
  if (!chunk) {
    const uint64_t usual =
        current ? std::min(std::max(current->bytes, kFirstChunkBytes) * 2, kLargestUsualChunkBytes)
                : kFirstChunkBytes;
    chunk = new_chunk(std::max(bytes, usual), current ? current->account : nullptr);
    chunk->previous = current;
    if (current) current->next = chunk;
  }
  enter(arena, chunk);
  char* at = arena.cursor;
  arena.cursor += bytes;
  return at;
}

void weir_arena_reset(weir::abi::Context* context) {
  using namespace weir::state;
  auto* chunk = static_cast<Chunk*>(context->arena.chunks);
  if (!chunk) return;
  while (chunk->previous) chunk = chunk->previous;
  enter(context->arena, chunk);
}
