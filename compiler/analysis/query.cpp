#include "compiler/analysis/query.h"

#include <algorithm>

#include "compiler/analysis/relation.h"
#include "compiler/match.h"

namespace weir::analysis {
namespace {

WEIR_ERROR(QueryTooLarge, "the query has more than {} parts once its views are put in", size_t);
WEIR_ERROR(OrderByNotBuilt, "ORDER BY is not built yet");
WEIR_ERROR(LimitNotBuilt, "LIMIT is not built yet");
WEIR_ERROR(OffsetNotBuilt, "OFFSET is not built yet");
WEIR_ERROR(SetOperationNotBuilt, "{} is not built yet", std::string_view);
WEIR_ERROR(ValuesNotBuilt, "VALUES is not built yet");
WEIR_ERROR(DuplicateCommonTable, "WITH defines `{}` twice", std::string_view);

constexpr size_t kMostRelations = 5000;

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

// Counts relations, each as often as it is used, up to the limit: shared views may make a small text a huge query.
void count_relations(const typed::Relation& relation, size_t& count) {
  if (++count > kMostRelations) return;
  match(
      relation.node, [](const typed::TableScan&) {}, [](const typed::Rejected&) {},
      [&](const typed::UnionAll& node) {
        for (const auto& input : node.inputs) count_relations(*input, count);
      },
      [&](const auto& node) { count_relations(*node.input, count); });
}

RelationPtr limited(const Context& context, RelationPtr relation, Span span) {
  if (!relation) return nullptr;
  size_t count = 0;
  count_relations(*relation, count);
  if (count <= kMostRelations) return relation;
  context.diagnostics.emit(QueryTooLarge{}, context.at(span), kMostRelations);
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
    context.diagnostics.emit(LimitNotBuilt{}, context.at(query.limit->span));
    good = false;
  }
  if (query.offset) {
    context.diagnostics.emit(OffsetNotBuilt{}, context.at(query.offset->span));
    good = false;
  }
  return good ? limited(context, std::move(result), query.span) : nullptr;
}

}  // namespace weir::analysis
