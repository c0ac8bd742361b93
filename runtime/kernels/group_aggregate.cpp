// Aggregation without a window: each record changes its group, and every change goes on at once.
//
//   for each row of the block, for each copy of it that passes WHERE: key hash
//   under the store's lock, for each:  group → result before, update, result after
//                                      → changes, unless the results are equal
//   append-only (DISTINCT): only new groups go on, as plain rows
//
// Holes: prepare, fan_out, source_time, window_*, key_*, entry_*, update, finish, result_*, append_only,
// keeps_changes, consume or consume_changes.
#include "runtime/kernels/compact.h"
#include "runtime/kernels/copies.h"
#include "runtime/kernels/group_batch.h"
#include "runtime/state/groups.h"

namespace weir::kernels {
namespace {

// Copies of rows, and which rows of the block they come from.
struct Copies {
  GroupBatch batch;
  uint32_t row[abi::kBlockRows];
  bool failed;  // an update, or what became of it, has failed; its row is named
};

inline void open_derived(Block& derived, const char* rows) {
  derived.rows = rows;
  derived.count = 0;
  derived.partition = 0;
}

// Updates the groups of all copies and hands the changes on. The caller holds the lock.
inline void update(Context* context, state::GroupStore* store, Copies& copies, const Block* block) {
  PaneTable* table = &store->table;
  GroupBatch& batch = copies.batch;
  const uint64_t result_bytes = hole_result_bytes();
  char* before = abi::allocate(context, batch.count * result_bytes);
  char* after = abi::allocate(context, batch.count * result_bytes);
  ChangeBlock changes = {before, after, 0, 0, 0};
  uint32_t changed_by[abi::kBlockRows];  // which row of the block made a change
  Block fresh;
  open_derived(fresh, after);
  for (uint32_t i = 0; i < batch.count; ++i) prefetch_slot(table, batch.hash[i]);
  prefetch_entries(batch);
  const char* row = batch.rows;
  for (uint32_t i = 0; i < batch.count; ++i, row += hole_prepared_bytes()) {
    const Found found = find_or_add(
        table, batch.hash[i], [&](const char* entry) { return hole_key_equal(row, entry, &table->memory); });
    if (found.is_new) hole_entry_create(context, row, found.entry, &table->memory);
    if (hole_append_only()) {
      if (!found.is_new) continue;
      if (hole_keeps_changes()) state::note_change(&table->changed, found.number);
      hole_update(context, row, found.entry, &table->memory);
      hole_finish(context, found.entry, &table->memory, 0, 0, after + fresh.count * result_bytes);
      fresh.watermark[fresh.count] = block->watermark[copies.row[i]];
      fresh.position[fresh.count] = block->position[copies.row[i]];
      ++fresh.count;
    } else {
      char* old_result = before + changes.count * result_bytes;
      char* new_result = after + changes.count * result_bytes;
      if (hole_keeps_changes()) state::note_change(&table->changed, found.number);
      if (!found.is_new) hole_finish(context, found.entry, &table->memory, 0, 0, old_result);
      hole_update(context, row, found.entry, &table->memory);
      hole_finish(context, found.entry, &table->memory, 0, 0, new_result);
      if (found.is_new || !hole_result_equal(old_result, new_result)) {
        const uint64_t bit = uint64_t{1} << changes.count;
        changes.has_before |= found.is_new ? 0 : bit;
        changes.has_after |= bit;
        changed_by[changes.count++] = copies.row[i];
      }
    }
    if (context->failure.expression != 0) [[unlikely]] {
      context->failure.row = block->position[copies.row[i]];
      copies.failed = true;
      return;
    }
  }
  batch.count = 0;
  if (hole_append_only()) {
    if (fresh.count != 0) hole_consume(context, &fresh);
  } else if (changes.count != 0) {
    hole_consume_changes(context, &changes);
    if (context->failure.expression != 0) [[unlikely]] {
      context->failure.row = block->position[changed_by[context->failure.row]];
    }
  }
  copies.failed = context->failure.expression != 0;
}

inline void flush(Context* context, state::GroupStore* store, Copies& copies, const Block* block) {
  if (copies.batch.count == 0 || context->failure.expression != 0) return;
  weir_lock(&store->lock);
  update(context, store, copies, block);
  if (has_doubled(store->table.memory, store->compact_at)) [[unlikely]] {
    store->compact_at = compact(context, store->table.memory, [&](const auto& move) {
      for (uint32_t i = 0; i < store->table.count; ++i) move(state::entry_at(&store->table, i));
    });
  }
  weir_unlock(&store->lock);
}

}  // namespace
}  // namespace weir::kernels

extern "C" void group_aggregate(weir::state::GroupAggregateState* state, Context* context,
                                const Block* block) {
  using namespace weir::kernels;
  const weir::abi::Arena mark = context->arena;
  Copies copies;
  open_batch(copies.batch, context, weir::abi::kBlockRows);
  copies.failed = false;
  const weir::abi::Arena rows_mark = context->arena;
  const uint32_t row_bytes = hole_row_bytes();
  const char* row = block->rows;
  for (uint32_t i = 0; i < block->count; ++i, row += row_bytes) {
    context->record_watermark = block->watermark[i];
    uint64_t taken = 0;
    const auto take = [&] {
      ++taken;
      copies.row[copies.batch.count] = i;
      hash_row(copies.batch, &state->store->table);
      if (hole_fan_out() && copies.batch.count == weir::abi::kBlockRows) {
        flush(context, state->store, copies, block);
        context->arena = rows_mark;
      }
    };
    const bool in_windows = for_each_copy(context, row, [&] { return next_row(copies.batch); }, take);
    if (context->failure.expression != 0) [[unlikely]] {
      if (!copies.failed) context->failure.row = block->position[i];
      break;
    }
    count_row(state->counters, in_windows, taken, 0);
  }
  flush(context, state->store, copies, block);
  context->arena = mark;
}
