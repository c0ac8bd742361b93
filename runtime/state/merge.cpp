#include "runtime/state/merge.h"

#include <utility>

namespace weir::state {

void merge_into(TablePtr& into, TablePtr from, const TableFunctions& functions, abi::Context* context) {
  if (!into) {
    into = std::move(from);
    return;
  }
  if (from->count > into->count) std::swap(into, from);
  functions.merge(context, into.get(), from.get());
}

void merge_copy(TablePtr& into, const PaneTable& from, const TableFunctions& functions, abi::Context* context,
                uint32_t entry_bytes, MemoryAccount* account) {
  if (!into) into = make_table(entry_bytes, account);
  functions.merge(context, into.get(), &from);
}

}  // namespace weir::state
