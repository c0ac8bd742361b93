// The holes of kernels that keep groups: keys, accumulators, and the rows that become of them.
#pragma once

#include "compiler/codegen/emit_accumulators.h"
#include "compiler/codegen/emit_prepare.h"
#include "compiler/codegen/hole_table.h"

namespace weir::codegen {

// An aggregate and how its rows lie; what it names must outlive the holes.
struct GroupCode {
  const ExpressionSettings& settings;
  const AggregateProgram& aggregate;
  const GroupShape& shape;
  const RowShape& result;
  bool keeps_strings;  // finished rows outlive the group's memory, so their strings are copied
};

// All but those of the rows that come in (hole_prepare and its like) and hole_consume.
void add_group_holes(HoleTable& holes, const GroupCode& group);

}  // namespace weir::codegen
