#include "runtime/state/lock.h"

#include <atomic>

namespace {

// A lock is held for microseconds; to be woken takes a hundred times as long.
constexpr int kLooks = 500;

}  // namespace

// Waiters mark the word, so that releasing an unmarked lock is one exchange and no system call.
void weir_lock(weir::state::Lock* lock) {
  std::atomic_ref<uint32_t> word(lock->word);
  uint32_t seen = 0;
  if (word.compare_exchange_strong(seen, 1, std::memory_order_acquire)) return;
  for (int look = 0; look < kLooks; ++look) {
    __builtin_ia32_pause();
    seen = 0;
    if (word.load(std::memory_order_relaxed) == 0 &&
        word.compare_exchange_strong(seen, 1, std::memory_order_acquire)) {
      return;
    }
  }
  while (word.exchange(2, std::memory_order_acquire) != 0) word.wait(2, std::memory_order_relaxed);
}

bool weir_try_lock(weir::state::Lock* lock) {
  uint32_t seen = 0;
  return std::atomic_ref<uint32_t>(lock->word).compare_exchange_strong(seen, 1, std::memory_order_acquire);
}

void weir_unlock(weir::state::Lock* lock) {
  std::atomic_ref<uint32_t> word(lock->word);
  if (word.exchange(0, std::memory_order_release) == 2) word.notify_one();
}
