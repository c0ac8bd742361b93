// Accumulators of groups: what lies behind the key columns in an entry. Their code is that of the standard library
// (<symbol>_init, _update, _merge, _retract, _finish); here stand their places, and NULL, FILTER and DISTINCT around them.
#pragma once

#include <optional>
#include <vector>

#include "compiler/codegen/emit_expression.h"
#include "compiler/codegen/emit_row.h"
#include "compiler/codegen/pipeline.h"

namespace weir::codegen {

// The state of one accumulator; aggregates over the same arguments may share it (SUM and AVG).
struct Accumulator {
  const catalog::Aggregate* function;
  std::vector<uint32_t> arguments;  // columns of the prepared row
  std::optional<uint32_t> filter;
  bool distinct = false;
  uint32_t set_offset = 0;  // DISTINCT: where the entry names its set of values
  uint32_t offset = 0;
};
struct GroupShape {
  RowShape prepared;
  RowShape keys;
  std::vector<Accumulator> accumulators;
  std::vector<uint32_t> of_aggregate;  // by aggregate: index of its accumulator
  uint32_t entry_bytes = 0;
};
GroupShape make_group_shape(const AggregateProgram& aggregate);
// Whether what was merged into a group can be taken out of it again, exactly.
bool is_invertible(const AggregateProgram& aggregate);

void emit_init(Emit& emit, const GroupShape& shape, llvm::Value* entry);
void emit_update(Emit& emit, const GroupShape& shape, llvm::Value* context, llvm::Value* prepared,
                 llvm::Value* entry, llvm::Value* memory);
struct EntryArguments {
  llvm::Value* into;
  llvm::Value* into_memory;
  llvm::Value* from;
  llvm::Value* from_memory;
};
void emit_merge(Emit& emit, const GroupShape& shape, const EntryArguments& entries);
// Makes `into` from nothing. Seldom run, so that where there are very many accumulators nothing is inlined.
void emit_copy(Emit& emit, const GroupShape& shape, const EntryArguments& entries);
// Only where is_invertible.
void emit_retract(Emit& emit, const GroupShape& shape, const EntryArguments& entries);
// The result of an aggregate.
Value emit_finish(ExpressionScope& scope, const GroupShape& shape, const AggregateProgram& aggregate,
                  uint32_t call, llvm::Value* entry, llvm::Value* memory);

}  // namespace weir::codegen
