// A statement that does not parse, in our own words. Only compiler/syntax includes this.
#pragma once

#include <span>

#include "compiler/syntax/build.h"
#include "compiler/syntax/tokens.h"

namespace weir::syntax {

// Parses the statement once more, slowly, noting at the first error which tokens could have stood there, and reports it.
// True if it parses after all (full LL prediction): `root` is then its tree.
bool parse_and_explain(BuildContext& build, const StatementTokens& statement, Parser& parser,
                       Parser::StatementContext*& root);

}  // namespace weir::syntax
