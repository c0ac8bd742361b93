#include "compiler/analysis/query.h"

#include <algorithm>

#include "compiler/analysis/aggregate.h"
#include "compiler/analysis/coercion.h"
#include "compiler/analysis/relation.h"
#include "compiler/analysis/stream_rules.h"
#include "compiler/analysis/window.h"
#include "compiler/diagnostics/suggest.h"
#include "compiler/match.h"

namespace weir::analysis {
namespace {

constexpr uint32_t kMostViewDepth = 100;
constexpr size_t kMostRelations = 5000;

WEIR_ERROR(UnknownTable, "there is no table or view `{}`", std::string_view);
WEIR_ERROR(QualifiedTable, "`{}` names a catalog or database: there is one only", std::string_view);
WEIR_ERROR(NotASource, "table `{}` cannot be read: connector `{}` only writes", std::string_view,
           std::string_view);
WEIR_ERROR(RecursiveView, "view `{}` uses itself", std::string_view);
WEIR_ERROR(ViewBroken, "view `{}` cannot be read any more: {}", std::string_view, std::string_view);
WEIR_ERROR(ViewTooDeep, "views stand on views more than {} deep", uint32_t);
WEIR_ERROR(QueryTooLarge, "the query has more than {} parts once its views are put in", size_t);
WEIR_ERROR(ColumnAliases, "{} for {}", std::string_view, std::string_view);
WEIR_ERROR(JoinNotBuilt, "{} is not built yet", std::string_view);
WEIR_ERROR(TableClauseNotBuilt, "{} is not built yet", std::string_view);
WEIR_ERROR(OrderByNotBuilt, "ORDER BY is not built yet");
WEIR_ERROR(LimitNotBuilt, "LIMIT is not built yet");
WEIR_ERROR(OffsetNotBuilt, "OFFSET is not built yet");
WEIR_ERROR(GroupingSetsNotBuilt, "GROUPING SETS, CUBE and ROLLUP are not built yet");
WEIR_ERROR(WindowClauseNotBuilt, "the clauses WINDOW and QUALIFY are not built yet");
WEIR_ERROR(SetOperationNotBuilt, "{} is not built yet", std::string_view);
WEIR_ERROR(ValuesNotBuilt, "VALUES is not built yet");
WEIR_ERROR(SelectWithoutFrom, "SELECT without FROM is not built yet");
WEIR_ERROR(UnknownStarQualifier, "`{}` names no table of this query", std::string_view);
WEIR_ERROR(UntypedNull, "NULL alone has no type");
WEIR_ERROR(SessionPlace, "SESSION without GROUP BY is not built yet");
WEIR_ERROR(SessionFilter, "WHERE above SESSION may use the columns of PARTITION BY only");
WEIR_ERROR(DuplicateCommonTable, "WITH defines `{}` twice", std::string_view);

std::string_view join_name(syntax::JoinKind kind) {
  switch (kind) {
    case syntax::JoinKind::Inner: return "JOIN";
    case syntax::JoinKind::Left: return "LEFT JOIN";
    case syntax::JoinKind::Right: return "RIGHT JOIN";
    case syntax::JoinKind::Full: return "FULL JOIN";
    case syntax::JoinKind::Cross: return "CROSS JOIN";
    case syntax::JoinKind::Comma: return "a join of several tables";
  }
  diagnostics::internal_error(__FILE__, __LINE__, "a join kind out of range");
}

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

// ---- names of FROM -----------------------------------------------------------------------------

RelationPtr with_names(const Context& context, RelationPtr relation, const std::vector<syntax::Name>& names) {
  if (!relation || names.empty()) return relation;
  if (names.size() != relation->columns.size()) {
    const Span span = diagnostics::cover(names.front().span, names.back().span);
    context.diagnostics.emit(ColumnAliases{}, context.at(span), counted(names.size(), "name"),
                             counted(relation->columns.size(), "column"));
    return nullptr;
  }
  std::vector<std::string> texts;
  for (const auto& name : names) texts.push_back(name.text);
  return renamed(std::move(relation), std::move(texts));
}

RelationPtr view_relation(const Context& context, const catalog::View& view, Span span) {
  Shared& shared = context.shared;
  if (std::find(shared.open_views.begin(), shared.open_views.end(), view.name) != shared.open_views.end()) {
    context.diagnostics.emit(RecursiveView{}, context.at(span), view.name)
        .note("{}", listed(shared.open_views) + " use each other")
        .hint("a view can only use what exists without it");
    return nullptr;
  }
  const auto too_deep = [&]() -> RelationPtr {
    context.diagnostics.emit(ViewTooDeep{}, context.at(span), kMostViewDepth);
    return nullptr;
  };
  if (const auto found = shared.views.find(view.query); found != shared.views.end()) {
    if (found->second.depth >= kMostViewDepth) return too_deep();
    context.view_depth = std::max(context.view_depth, found->second.depth);
    return found->second.relation;
  }
  if (shared.open_views.size() >= kMostViewDepth) return too_deep();
  // Errors inside a view of another text are one error here.
  Diagnostics inner_diagnostics;
  const Context inner{shared, inner_diagnostics, view.source.get(), context.at(span)};
  shared.open_views.push_back(view.name);
  RelationPtr relation = analyze_query(inner, *view.query);
  shared.open_views.pop_back();
  for (const auto& diagnostic : inner_diagnostics.all()) {
    if (diagnostic.severity != diagnostics::Severity::Error) continue;
    context.diagnostics.emit(ViewBroken{}, context.at(span), view.name, diagnostic.message)
        .hint("DROP VIEW {}, and create it again", view.name);
    break;
  }
  if (!relation) return nullptr;
  relation = renamed(std::move(relation), view.columns);
  const uint32_t depth = inner.view_depth + 1;
  if (depth > kMostViewDepth) return too_deep();
  context.view_depth = std::max(context.view_depth, depth);
  shared.views[view.query] = {relation, depth};
  return relation;
}

bool can_be_read(const Context& context, const catalog::Table& table, Span span) {
  const std::string connector = table.options.get("connector");
  if (connector != "print" && connector != "blackhole") return true;
  context.diagnostics.emit(NotASource{}, context.at(span), table.name, connector)
      .hint("read from a table with connector `filesystem` or `datagen`");
  return false;
}

}  // namespace

RelationPtr named_relation(const Context& context, const syntax::QualifiedName& name,
                           const CommonTables* common) {
  const std::string& text = name.parts.back().text;
  const Span span = name.span;
  if (name.parts.size() > 1) {
    const bool default_names =
        name.parts[name.parts.size() - 2].text == "default_database" &&
        (name.parts.size() == 2 || (name.parts.size() == 3 && name.parts[0].text == "default_catalog"));
    if (!default_names) {
      context.diagnostics.emit(QualifiedTable{}, context.at(span), to_text(name)).hint("write `{}`", text);
      return nullptr;
    }
  } else {
    for (const CommonTables* frame = common; frame != nullptr; frame = frame->outer) {
      if (const auto found = frame->tables.find(text); found != frame->tables.end()) return found->second;
    }
  }
  if (const catalog::View* view = context.catalog().view(text)) return view_relation(context, *view, span);
  if (const catalog::Table* table = context.catalog().table(text)) {
    return can_be_read(context, *table, span) ? table_relation(*table, context.at(span)) : nullptr;
  }
  const auto& open = context.shared.open_views;
  if (std::find(open.begin(), open.end(), text) != open.end()) {
    context.diagnostics.emit(RecursiveView{}, context.at(span), text)
        .hint("a view can only use what exists without it");
    return nullptr;
  }
  if (context.shared.failed.contains(text)) return nullptr;
  auto emitted = context.diagnostics.emit(UnknownTable{}, context.at(span), text);
  std::vector<std::string> names = context.catalog().table_names();
  for (auto& view : context.catalog().view_names()) names.push_back(std::move(view));
  for (const CommonTables* frame = common; frame != nullptr; frame = frame->outer) {
    for (const auto& [table, relation] : frame->tables) names.push_back(table);
  }
  if (const auto near = diagnostics::nearest(text, names))
    emitted.hint("did you mean `{}`?", *near);
  else if (names.empty())
    emitted.hint("declare it with CREATE TABLE");
  else
    emitted.note("there are {}", listed(names));
  return nullptr;
}

From analyze_from(const Context& context, const syntax::TableReference& reference,
                  const CommonTables* common) {
  RelationPtr relation;
  std::string qualifier;
  std::string description = "the sub-query";
  match(
      reference.node,
      [&](const syntax::NamedTable& node) {
        relation = named_relation(context, node.name, common);
        qualifier = node.name.parts.back().text;
        description = "`" + qualifier + "`";
      },
      [&](const syntax::SubQuery& node) { relation = analyze_query(context, *node.query, common); },
      [&](const syntax::TableFunction& node) {
        relation = table_function(context, node, common, reference.span);
        description = upper(node.name.text) + "(…)";
      },
      [&](const syntax::Join& node) {
        // Both sides are looked at for the sake of their errors.
        analyze_from(context, *node.left, common);
        analyze_from(context, *node.right, common);
        context.diagnostics.emit(JoinNotBuilt{}, context.at(node.kind_span), join_name(node.kind));
      });
  if (reference.unsupported) {
    context.diagnostics.emit(TableClauseNotBuilt{}, context.at(*reference.unsupported),
                             reference.unsupported_name);
    relation = nullptr;
  }
  if (reference.alias) {
    qualifier = reference.alias->text;
    description = "`" + qualifier + "`";
  }
  relation = with_names(context, std::move(relation), reference.column_aliases);
  return {relation, scope_of(relation, std::move(qualifier), std::move(description))};
}

namespace {

// ---- SELECT ------------------------------------------------------------------------------------

// The name that a column of the result has without AS.
std::string natural_name(const syntax::Expression& expression, size_t position) {
  if (const auto* column = std::get_if<syntax::ColumnReference>(&expression.node)) {
    return column->name.parts.back().text;
  }
  return fmt::format("EXPR${}", position);
}

bool star_matches(const Context& context, const Scope& scope, const syntax::SelectItem& item) {
  if (!item.star_of || scope.broken) return true;
  const std::string name = to_text(*item.star_of);
  if (name == scope.qualifier) return true;
  auto emitted = context.diagnostics.emit(UnknownStarQualifier{}, context.at(item.star_of->span), name);
  if (!scope.qualifier.empty()) emitted.hint("here it is `{}`", scope.qualifier);
  return false;
}

// Nothing after an error.
std::optional<SelectList> analyze_items(const Place& place, const std::vector<syntax::SelectItem>& items) {
  SelectList list;
  bool good = true;
  for (const auto& item : items) {
    if (item.star) {
      good &= star_matches(place.context, place.scope, item) && !place.scope.broken;
      for (uint32_t i = 0; i < place.scope.visible; ++i) {
        const typed::Column& column = place.scope.columns[i];
        list.expressions.push_back(typed::column(i, column.type, place.context.at(item.span)));
        list.names.push_back(column.name);
      }
      continue;
    }
    ExpressionPtr expression = analyze_expression(place, *item.expression);
    if (expression && expression->type.kind == Kind::Null) {
      place.context.diagnostics.emit(UntypedNull{}, expression->span).hint("write CAST(NULL AS STRING)");
      expression = nullptr;
    }
    good &= expression != nullptr;
    list.names.push_back(item.alias ? item.alias->text : natural_name(*item.expression, list.names.size()));
    list.expressions.push_back(std::move(expression));
  }
  if (!good) return std::nullopt;
  return list;
}

void refuse_clauses(const Context& context, const syntax::Select& select, bool& good) {
  if (select.grouping_sets) {
    context.diagnostics.emit(GroupingSetsNotBuilt{}, context.at(*select.grouping_sets))
        .hint("write one GROUP BY for each set, joined by UNION ALL");
    good = false;
  }
  if (select.window_clause) {
    context.diagnostics.emit(WindowClauseNotBuilt{}, context.at(*select.window_clause));
    good = false;
  }
}

// A filter above SESSION is one below it if it looks at the partition only; then no session changes.
RelationPtr filter_session(const Context& context, const RelationPtr& input, const ExpressionPtr& condition) {
  const typed::WindowFunction& session = *as_session(*input);
  bool only_partition = true;
  typed::visit_columns(*condition, [&](uint32_t column) {
    only_partition &= std::find(session.partition_by.begin(), session.partition_by.end(), column) !=
                      session.partition_by.end();
  });
  if (!only_partition) {
    context.diagnostics.emit(SessionFilter{}, condition->span)
        .note("dropping rows after sessions are made is not dropping them before")
        .hint("filter in a view below SESSION, or in the aggregate: COUNT(*) FILTER (WHERE …)");
    return nullptr;
  }
  typed::Relation relation = *input;
  std::get<typed::WindowFunction>(relation.node).input = filter(session.input, condition);
  return std::make_shared<const typed::Relation>(std::move(relation));
}

RelationPtr analyze_select(const Context& context, const syntax::Select& select, const CommonTables* common,
                           Span span) {
  bool good = true;
  refuse_clauses(context, select, good);
  if (!select.from) {
    context.diagnostics.emit(SelectWithoutFrom{}, context.at(span));
    return nullptr;
  }
  From from = analyze_from(context, *select.from, common);
  for (const auto& item : select.items) {
    if (item.alias) from.scope.aliases.push_back(item.alias->text);
  }
  RelationPtr input = from.relation;
  good &= input != nullptr;

  ExpressionPtr condition;
  if (select.where) {
    condition =
        analyze_condition({.context = context, .scope = from.scope, .clause = "WHERE"}, *select.where);
    good &= condition != nullptr;
  }
  Grouping grouping =
      analyze_group_by({.context = context, .scope = from.scope, .clause = "GROUP BY"}, select.group_by);
  good &= grouping.good;
  AggregateCollector collector;
  if (grouping.window && input) {
    place_group_window(grouping, *input);
    collector.window = &*grouping.window;
  }
  collector.window_broken = !grouping.good;
  const auto list = analyze_items(
      {.context = context, .scope = from.scope, .clause = "SELECT", .aggregates = &collector}, select.items);
  ExpressionPtr having;
  if (select.having) {
    having = analyze_condition(
        {.context = context, .scope = from.scope, .clause = "HAVING", .aggregates = &collector},
        *select.having);
    good &= having != nullptr;
  }
  if (!good || !list) return nullptr;

  if (condition) {
    if (!require_deterministic_updates(context, *input, {condition})) return nullptr;
    input = as_session(*input) != nullptr ? filter_session(context, input, condition)
                                          : filter(std::move(input), condition);
    if (!input) return nullptr;
  }
  const Span place = context.at(span);
  const bool aggregated = select.has_group_by || having || !collector.calls.empty();
  if (!aggregated) {
    if (select.distinct) return distinct(context, std::move(input), *list, place);
    if (as_session(*input) != nullptr) {
      context.diagnostics.emit(SessionPlace{}, context.at(select.from->span))
          .note("a session is known only when it has ended")
          .hint("aggregate it: GROUP BY window_start, window_end and the columns of PARTITION BY");
      return nullptr;
    }
    if (!require_deterministic_updates(context, *input, list->expressions)) return nullptr;
    return projection(std::move(input), list->expressions, list->names, place);
  }
  RelationPtr result =
      aggregate(context, std::move(input), std::move(grouping), std::move(collector), *list, having, place);
  if (!result || !select.distinct) return result;
  SelectList columns;
  for (uint32_t i = 0; i < result->columns.size(); ++i) {
    columns.expressions.push_back(typed::column(i, result->columns[i].type, place));
    columns.names.push_back(result->columns[i].name);
  }
  return distinct(context, std::move(result), columns, place);
}

RelationPtr analyze_body(const Context& context, const syntax::Query& query, const CommonTables* common);

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
