#include "compiler/analysis/query.h"

#include <algorithm>

#include "compiler/analysis/relation.h"
#include "compiler/match.h"

namespace weir::analysis {
namespace {

WEIR_ERROR(QueryTooLarge, "the query has more than {} parts once its views are put in", size_t);
WEIR_ERROR(ExpressionsTooLarge,
           "the expressions of the query have more than {} terms once its views are put in", uint64_t);
WEIR_ERROR(OrderByNotBuilt, "ORDER BY is not built yet");
WEIR_ERROR(LimitNotBuilt, "LIMIT is not built yet");
WEIR_ERROR(OffsetNotBuilt, "OFFSET is not built yet");
WEIR_ERROR(SetOperationNotBuilt, "{} is not built yet", std::string_view);
WEIR_ERROR(ValuesNotBuilt, "VALUES is not built yet");
WEIR_ERROR(DuplicateCommonTable, "WITH defines `{}` twice", std::string_view);

constexpr size_t kMostRelations = 5000;
constexpr uint64_t kMostTerms = 20'000;  // beyond those that are written

std::string_view set_name(syntax::SetOperator op) {
  switch (op) {
    case syntax::SetOperator::UnionAll: return "UNION ALL";
    case syntax::SetOperator::Union: return "UNION";
    case syntax::SetOperator::IntersectAll: return "INTERSECT ALL";
    case syntax::SetOperator::Intersect: return "INTERSECT";
    case syntax::SetOperator::ExceptAll: return "EXCEPT ALL";
    case syntax::SetOperator::Except: return "EXCEPT";
  }
  diagnostics::internal_error(__FILE__, __LINE__, "a set operator out of range");
}

// What a query becomes when its views are put in, each as often as it is used: shared views may make a small text a huge
// query.
struct Extent {
  size_t relations = 0;
  uint64_t terms = 0;  // that columns add when their expressions take their place

  bool is_too_large() const { return relations > kMostRelations || terms > kMostTerms; }
};

// For each output column the number of terms of its expression.
std::vector<uint64_t> measure(const typed::Relation& relation, Extent& extent) {
  std::vector<uint64_t> sizes(relation.columns.size(), 1);
  ++extent.relations;
  if (extent.is_too_large()) return sizes;
  const auto expanded = [&](const ExpressionPtr& expression, const std::vector<uint64_t>& below) {
    uint64_t terms = 0;
    typed::visit_columns(*expression,
                         [&](uint32_t index) { terms = std::min(terms + below[index], kMostTerms + 1); });
    return std::max<uint64_t>(terms, 1);
  };
  match(
      relation.node, [](const typed::TableScan&) {}, [](const typed::Rejected&) {},
      [&](const typed::UnionAll& node) {
        for (const auto& input : node.inputs) measure(*input, extent);
      },
      [&](const typed::Projection& node) {
        const std::vector<uint64_t> below = measure(*node.input, extent);
        for (size_t i = 0; i < node.expressions.size() && !extent.is_too_large(); ++i) {
          sizes[i] = expanded(node.expressions[i], below);
          extent.terms += sizes[i] - 1;
        }
      },
      [&](const typed::Filter& node) {
        sizes = measure(*node.input, extent);
        extent.terms += expanded(node.predicate, sizes) - 1;
      },
      [&](const typed::Aggregation& node) { measure(*node.input, extent); },
      [&](const auto& node) {  // the columns of the input, and more
        const std::vector<uint64_t> below = measure(*node.input, extent);
        std::copy_n(below.begin(), std::min(below.size(), sizes.size()), sizes.begin());
      });
  return sizes;
}

RelationPtr limited(const Context& context, RelationPtr relation, Span span) {
  if (!relation) return nullptr;
  Extent extent;
  measure(*relation, extent);
  if (!extent.is_too_large()) return relation;
  if (extent.relations > kMostRelations)
    context.diagnostics.emit(QueryTooLarge{}, context.at(span), kMostRelations);
  else
    context.diagnostics.emit(ExpressionsTooLarge{}, context.at(span), kMostTerms);
  return nullptr;
}

// The branches of a chain of UNION ALL, however long.
RelationPtr analyze_set(const Context& context, const syntax::Query& query, const CommonTables* common) {
  std::vector<const syntax::Query*> branches;
  const syntax::Query* at = &query;
  bool good = true;
  const auto has_own_clauses = [](const syntax::Query& branch) {
    return !branch.with.empty() || !branch.order_by.empty() || branch.limit || branch.offset;
  };
  const auto* set = std::get_if<syntax::SetOperation>(&at->body);
  while (set != nullptr) {
    if (set->op != syntax::SetOperator::UnionAll) {
      auto emitted =
          context.diagnostics.emit(SetOperationNotBuilt{}, context.at(set->op_span), set_name(set->op));
      if (set->op == syntax::SetOperator::Union) emitted.hint("use UNION ALL, and SELECT DISTINCT around it");
      good = false;
    }
    branches.push_back(set->right.get());
    at = set->left.get();
    if (has_own_clauses(*at)) break;
    set = std::get_if<syntax::SetOperation>(&at->body);
  }
  branches.push_back(at);
  std::reverse(branches.begin(), branches.end());
  std::vector<RelationPtr> inputs;
  for (const auto* branch : branches) {
    inputs.push_back(analyze_query(context, *branch, common));
    good &= inputs.back() != nullptr;
  }
  if (!good) return nullptr;
  return union_all(context, std::move(inputs), context.at(query.span));
}

RelationPtr analyze_body(const Context& context, const syntax::Query& query, const CommonTables* common) {
  return match(
      query.body,
      [&](const syntax::Select& select) { return analyze_select(context, select, common, query.span); },
      [&](const syntax::SetOperation&) { return analyze_set(context, query, common); },
      [&](const syntax::Values&) -> RelationPtr {
        context.diagnostics.emit(ValuesNotBuilt{}, context.at(query.span)).hint("read the rows from a file");
        return nullptr;
      });
}

}  // namespace

RelationPtr analyze_query(const Context& context, const syntax::Query& query, const CommonTables* outer) {
  CommonTables common{.outer = outer, .tables = {}};
  bool good = true;
  for (const auto& table : query.with) {
    if (common.tables.contains(table.name.text)) {
      context.diagnostics.emit(DuplicateCommonTable{}, context.at(table.name.span), table.name.text);
      good = false;
      continue;
    }
    RelationPtr relation = with_names(context, analyze_query(context, *table.query, &common), table.columns);
    common.tables[table.name.text] = limited(context, std::move(relation), table.name.span);
  }
  RelationPtr result = analyze_body(context, query, query.with.empty() ? outer : &common);
  if (!query.order_by.empty()) {
    context.diagnostics.emit(OrderByNotBuilt{}, context.at(query.order_by.front().span))
        .note("windows come in order of their end, and the rows of a window in order of their keys");
    good = false;
  }
  if (query.limit) {
    context.diagnostics.emit(LimitNotBuilt{}, context.at(query.limit->span))
        .hint("take the first rows of what a run writes: weir run … | head -n 10");
    good = false;
  }
  if (query.offset) {
    context.diagnostics.emit(OffsetNotBuilt{}, context.at(query.offset->span));
    good = false;
  }
  return good ? limited(context, std::move(result), query.span) : nullptr;
}

}  // namespace weir::analysis
