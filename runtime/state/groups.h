// Groups without a window: one table per operator, shared by the workers under its lock; groups live for ever.
//
// What the kernel gives to hole_consume_changes (or, for append-only DISTINCT, to hole_consume) happens under the lock. So
// a consumer of changes may be one for all workers, and the changes of a key reach its buffer in order; that is how
// the job makes the RowWriterState of write_changes: one, not one per worker.
#pragma once

#include <cstdint>

#include "runtime/abi/abi.h"
#include "runtime/state/lock.h"
#include "runtime/state/pane_table.h"

namespace weir::state {

struct GroupStore {
  Lock lock;
  PaneTable table;
  uint64_t compact_at;  // memory is copied afresh when it has grown to this
};
void open_groups(GroupStore& store, uint32_t entry_bytes, MemoryAccount* account);
void close_groups(GroupStore& store);

// Consumer state of group_aggregate; one per worker.
struct GroupAggregateState {
  abi::Counters counters;
  GroupStore* store;
};

}  // namespace weir::state
