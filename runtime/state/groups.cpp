#include "runtime/state/groups.h"

namespace weir::state {

void open_groups(GroupStore& store, uint32_t entry_bytes, MemoryAccount* account) {
  store = {};
  open_table(store.table, entry_bytes, account);
}

void close_groups(GroupStore& store) { close_table(store.table); }

}  // namespace weir::state
