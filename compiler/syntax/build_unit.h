#pragma once

#include "compiler/syntax/build.h"

namespace weir::syntax {

// MINUTE, minutes, SQL_TSI_MINUTE. An unknown word is reported, and taken for SECOND.
TimeUnit build_unit(BuildContext& build, Parser::IdentifierContext* rule);

}  // namespace weir::syntax
