// What the functions of this folder share while a script is analysed.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compiler/analysis/analyze.h"
#include "compiler/analysis/typed.h"
#include "compiler/catalog/catalog.h"
#include "compiler/catalog/functions.h"
#include "compiler/diagnostics/diagnostic.h"

namespace weir::analysis {

using diagnostics::Diagnostics;
using diagnostics::Span;
using typed::ExpressionPtr;
using typed::RelationPtr;
using types::Kind;
using types::Type;

// Views are analysed once a run; a view that is named twice is the same relation twice.
struct AnalysedView {
  RelationPtr relation;
  uint32_t depth = 0;  // of views on views
};

struct Shared {
  catalog::Catalog& catalog;
  const catalog::FunctionCatalog& functions;
  std::map<std::shared_ptr<const syntax::Query>, AnalysedView> views;
  std::vector<std::string> open_views;        // whose text is being analysed, from the outermost
  std::set<std::string, std::less<>> failed;  // names whose CREATE had an error: using them says nothing new
  std::vector<typed::WindowSpec> windows;     // by window id; id 0 is none
};

struct Context {
  Shared& shared;
  Diagnostics& diagnostics;
  const diagnostics::Source* source;
  // While the text of a view from another source is analysed: the place where the view is named.
  std::optional<Span> inside;
  mutable uint32_t view_depth = 0;  // deepest view used so far in this text

  Span at(Span span) const { return inside.value_or(span); }
  catalog::Catalog& catalog() const { return shared.catalog; }
  const catalog::Settings& settings() const { return shared.catalog.settings; }
};

// `a`, `b` and `c`, for messages; at most eight names.
std::string listed(const std::vector<std::string>& names);
// "1 column", "2 columns"
std::string counted(size_t count, std::string_view noun);

}  // namespace weir::analysis
