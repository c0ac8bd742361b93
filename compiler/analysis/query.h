// Queries -> relations: query.cpp has WITH and UNION ALL, select.cpp SELECT, from.cpp tables and views; GROUP BY is
// aggregate.cpp.
#pragma once

#include <map>
#include <string>

#include "compiler/analysis/context.h"
#include "compiler/analysis/scope.h"
#include "compiler/syntax/ast.h"

namespace weir::analysis {

// WITH clauses around a query, the inner one first. A null relation had an error.
struct CommonTables {
  const CommonTables* outer = nullptr;
  std::map<std::string, RelationPtr, std::less<>> tables;
};

// Null after an error.
RelationPtr analyze_query(const Context& context, const syntax::Query& query,
                          const CommonTables* common = nullptr);

RelationPtr analyze_select(const Context& context, const syntax::Select& select, const CommonTables* common,
                           Span span);

// What FROM names.
struct From {
  RelationPtr relation;  // null after an error
  Scope scope;
};
From analyze_from(const Context& context, const syntax::TableReference& reference,
                  const CommonTables* common);

// A table, view or common table by name. Null after an error.
RelationPtr named_relation(const Context& context, const syntax::QualifiedName& name,
                           const CommonTables* common);

// The relation under the names of `AS t (a, b)`, if there are any. Null after an error.
RelationPtr with_names(const Context& context, RelationPtr relation, const std::vector<syntax::Name>& names);

}  // namespace weir::analysis
