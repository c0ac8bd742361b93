#pragma once

#include "compiler/diagnostics/diagnostic.h"
#include "compiler/diagnostics/source.h"
#include "compiler/syntax/ast.h"

namespace weir::syntax {

// Limits that hold before any recursive step; beyond them an error with its place, never a crash.
struct ParseLimits {
  uint32_t text_bytes = 4 << 20;
  uint32_t nesting = 200;    // of parentheses, CASE, NOT, unary signs, sub-queries together
  uint32_t chain = 500;      // of operators: `1 + 1 + 1 …`, UNION ALL … (AND and OR chains are balanced)
  uint32_t nodes = 200'000;  // words and signs
};

// Text -> statements. Statements with syntax errors are left out; several errors per text are reported,
// one per statement, in Weir's own words ("expected … but found …").
Script parse(const diagnostics::Source& source, diagnostics::Diagnostics& diagnostics,
             const ParseLimits& limits = {});

// Whether the text ends inside a statement (for a shell that waits for the rest): an open string, comment or
// parenthesis, or a statement without `;`.
bool is_incomplete(std::string_view text);

}  // namespace weir::syntax
