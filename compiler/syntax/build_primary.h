#pragma once

#include "compiler/syntax/build.h"

namespace weir::syntax {

// Literals, names, calls and what stands in parentheses.
ExpressionPtr build_primary(BuildContext& build, Parser::PrimaryContext* rule);

}  // namespace weir::syntax
