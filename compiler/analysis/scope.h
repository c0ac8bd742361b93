// What a column name means in a query.
#pragma once

#include <string>
#include <vector>

#include "compiler/analysis/context.h"
#include "compiler/syntax/ast.h"

namespace weir::analysis {

// The columns of what FROM names. Only the first `visible` may be named: the rest belong to the analysis.
struct Scope {
  std::vector<typed::Column> columns;
  size_t visible = 0;
  std::string qualifier;             // table name or alias; empty: none
  std::string description;           // "`orders`", "the sub-query": for messages
  bool broken = false;               // FROM had an error: unknown names say nothing new
  std::vector<std::string> aliases;  // of the SELECT list, for a hint only
};

Scope scope_of(const RelationPtr& relation, std::string qualifier, std::string description);

// The column, or null after an error. `clause` is where the name stands ("WHERE"), for the hint on aliases.
ExpressionPtr resolve_column(const Context& context, const Scope& scope, const syntax::QualifiedName& name,
                             std::string_view clause);
// By its bare name (DESCRIPTOR, PARTITION BY, PRIMARY KEY).
std::optional<uint32_t> resolve_name(const Context& context, const Scope& scope, const syntax::Name& name);

std::vector<std::string> visible_names(const Scope& scope);
std::string to_text(const syntax::QualifiedName& name);

}  // namespace weir::analysis
