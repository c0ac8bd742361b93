#include "runtime/state/state_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "runtime/state/pane_table.h"

namespace weir::state {
namespace {

// From here on blocks are mappings of their own, which grow by moving pages rather than bytes.
constexpr uint64_t kMappedBytes = uint64_t{1} << 20;
constexpr uint64_t kHugePageBytes = uint64_t{2} << 20;

bool is_mapped(uint64_t bytes) { return bytes >= kMappedBytes; }

char* map_block(uint64_t bytes) {
  void* block = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return block == MAP_FAILED ? nullptr : static_cast<char*>(block);
}

}  // namespace

void out_of_memory(uint64_t bytes) {
  std::fprintf(stderr, "error: the system has no memory left (%llu bytes asked for); lower `memory.budget`\n",
               static_cast<unsigned long long>(bytes));
  std::_Exit(3);
}

char* resize_block(MemoryAccount* account, char* block, uint64_t old_bytes, uint64_t bytes, bool zero) {
  book_bytes(account, static_cast<int64_t>(bytes - old_bytes));
  char* result = nullptr;
  if (!is_mapped(bytes)) {
    result = static_cast<char*>(std::realloc(block, bytes));
    if (result && zero && bytes > old_bytes) std::memset(result + old_bytes, 0, bytes - old_bytes);
  } else if (is_mapped(old_bytes)) {
    void* moved = mremap(block, old_bytes, bytes, MREMAP_MAYMOVE);
    result = moved == MAP_FAILED ? nullptr : static_cast<char*>(moved);
  } else {
    result = map_block(bytes);
    if (result && old_bytes != 0) {
      std::memcpy(result, block, old_bytes);
      std::free(block);
    }
  }
  if (!result) out_of_memory(bytes);
  // Tables that large are read at random: few large pages spare most misses of the TLB.
  if (bytes >= 4 * kHugePageBytes) madvise(result, bytes, MADV_HUGEPAGE);
  return result;
}

void free_block(MemoryAccount* account, char* block, uint64_t bytes) {
  if (!block) return;
  book_bytes(account, -static_cast<int64_t>(bytes));
  if (is_mapped(bytes)) {
    munmap(block, bytes);
  } else {
    std::free(block);
  }
}

void close_memory(abi::StateMemory& memory) {
  free_block(account_of(memory), memory.base, memory.capacity);
  memory = {nullptr, 0, 0, memory.account};
}

}  // namespace weir::state

uint64_t weir_state_allocate(weir::abi::StateMemory* memory, uint64_t bytes) {
  using namespace weir::state;
  constexpr uint64_t kFirstBytes = 512;
  bytes = (bytes + 15) & ~uint64_t{15};
  if (memory->used == 0) memory->used = 16;  // offset 0 is never handed out
  if (memory->capacity - std::min(memory->used, memory->capacity) < bytes) {
    const uint64_t capacity = std::max({memory->capacity * 2, memory->used + bytes, kFirstBytes});
    // Zeros between allocations too: the bytes may go into a changelog.
    memory->base = resize_block(account_of(*memory), memory->base, memory->capacity, capacity, true);
    memory->capacity = capacity;
  }
  const uint64_t offset = memory->used;
  memory->used += bytes;
  return offset;
}

void weir_state_release(weir::abi::StateMemory* memory) { weir::state::close_memory(*memory); }
