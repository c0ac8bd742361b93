#include <algorithm>

#include "compiler/analysis/expression.h"
#include "compiler/analysis/query.h"
#include "compiler/analysis/relation.h"
#include "compiler/analysis/table_function.h"
#include "compiler/diagnostics/suggest.h"
#include "compiler/match.h"

namespace weir::analysis {
namespace {

WEIR_ERROR(UnknownTable, "there is no table or view `{}`", std::string_view);
WEIR_ERROR(QualifiedTable, "`{}` names a catalog or database: there is one only", std::string_view);
WEIR_ERROR(NotASource, "table `{}` cannot be read: connector `{}` only writes", std::string_view,
           std::string_view);
WEIR_ERROR(UpsertSource, "table `{}` cannot be read: reading `upsert-kafka` is not built yet",
           std::string_view);
WEIR_ERROR(RecursiveView, "view `{}` uses itself", std::string_view);
WEIR_ERROR(ViewBroken, "view `{}` cannot be read any more: {}", std::string_view, std::string_view);
WEIR_ERROR(ViewTooDeep, "views stand on views more than {} deep", uint32_t);
WEIR_ERROR(ColumnAliases, "{} for {}", std::string_view, std::string_view);
WEIR_ERROR(JoinNotBuilt, "{} is not built yet", std::string_view);
WEIR_ERROR(TableClauseNotBuilt, "{} is not built yet", std::string_view);

constexpr uint32_t kMostViewDepth = 100;

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
  if (connector == "upsert-kafka") {
    context.diagnostics.emit(UpsertSource{}, context.at(span), table.name)
        .note("its records replace and delete rows, and no operator takes those yet")
        .hint(
            "read the topic with connector `kafka`: each record is a row then, and one without value is "
            "passed over");
    return false;
  }
  if (connector != "print" && connector != "blackhole") return true;
  context.diagnostics.emit(NotASource{}, context.at(span), table.name, connector)
      .hint("read from a table with connector `filesystem`, `kafka` or `datagen`");
  return false;
}

// LATERAL is refused whole: no table stands there.
bool is_lateral(const syntax::TableReference& reference) {
  return reference.unsupported && reference.unsupported_name == "LATERAL";
}

}  // namespace

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
        if (is_lateral(reference)) return;
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
        if (is_lateral(*node.right)) return;
        context.diagnostics.emit(JoinNotBuilt{}, context.at(node.kind_span), join_name(node.kind))
            .hint(
                "rows of two tables can be brought together by UNION ALL and an aggregate per key and "
                "window");
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

}  // namespace weir::analysis
