#pragma once

#include <memory>

#include "compiler/analysis/typed.h"
#include "compiler/catalog/catalog.h"
#include "compiler/diagnostics/diagnostic.h"
#include "compiler/syntax/ast.h"

namespace weir::analysis {

// What is given where a job is started, not in the text: `--set k=v`. `<table>.<option>` overrides a table's option.
using Overrides = std::vector<std::pair<std::string, std::string>>;

// Statements in order: DDL changes the catalog, INSERT and SELECT become jobs. Several errors per run; a statement with
// an error adds nothing.
typed::Program analyze(syntax::Script script, const std::shared_ptr<const diagnostics::Source>& source,
                       const Overrides& overrides, catalog::Catalog& catalog,
                       diagnostics::Diagnostics& diagnostics);

}  // namespace weir::analysis
