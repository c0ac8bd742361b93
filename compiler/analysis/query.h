// FROM, WHERE, UNION ALL, WITH, views; GROUP BY is aggregate.cpp.
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

}  // namespace weir::analysis
