#pragma once

#include <vector>

#include "compiler/syntax/build.h"

namespace weir::syntax {

// FROM a, b JOIN c, …; null without FROM.
TableReferencePtr build_from(BuildContext& build, const std::vector<Parser::TableReferenceContext*>& rules);

}  // namespace weir::syntax
