// `x = 1 OR x = 2 OR …`, as IN is written, of many constants: one look-up in a hash table that is part of the code.
#pragma once

#include <vector>

#include "compiler/codegen/emit_expression.h"

namespace weir::codegen {

// What AND and OR combine: an operand, or several that compare the same expression with constants.
struct LogicTerm {
  const typed::Expression* operand;                 // the first of them
  const typed::Expression* compared = nullptr;      // x; null: one operand
  std::vector<const types::Value*> constants = {};  // never NULL
};

// The operands of AND or OR in order; comparisons (`=` of OR, `<>` of AND) of one expression with enough constants to be
// worth a table are one term, which stands where the first of them stood.
std::vector<LogicTerm> combine_comparisons(const typed::Operation& node);

// Whether x is one of the constants.
Value emit_is_one_of(ExpressionScope& scope, const LogicTerm& term);

}  // namespace weir::codegen
