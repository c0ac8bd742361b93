// The lock of a store that all workers share; held by a kernel while it works on one block, and while a firing reads.
#pragma once

#include <cstdint>

namespace weir::state {

struct Lock {
  uint32_t word;  // 0 free, 1 held, 2 held and awaited
};

}  // namespace weir::state

extern "C" {
void weir_lock(weir::state::Lock* lock);
bool weir_try_lock(weir::state::Lock* lock);
void weir_unlock(weir::state::Lock* lock);
}
