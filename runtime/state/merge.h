// Tables merged as a whole, by the functions that the compiler made of the kernel merge_panes.
#pragma once

#include "runtime/state/pane_set.h"

namespace weir::state {

struct TableFunctions {
  void (*merge)(abi::Context*, PaneTable* into, const PaneTable* from) = nullptr;
  void (*retract)(abi::Context*, PaneTable* into, const PaneTable* from) = nullptr;
};

// Adds `from` to `into`, which may be null. The larger one is kept and the smaller merged into it.
void merge_into(TablePtr& into, TablePtr from, const TableFunctions& functions, abi::Context* context);
// Adds a copy of `from`.
void merge_copy(TablePtr& into, const PaneTable& from, const TableFunctions& functions, abi::Context* context,
                uint32_t entry_bytes, MemoryAccount* account);

}  // namespace weir::state
