#include "compiler/analysis/stream_rules.h"

#include <algorithm>

#include "compiler/match.h"

namespace weir::analysis {
namespace {

WEIR_ERROR(AggregateOverUpdates, "{} over a query that updates its rows is not built yet", std::string_view);
WEIR_ERROR(VolatileInUpdate, "a row that is updated later cannot hold a value of the clock or of chance");
WEIR_WARNING(UnboundedTimeKey, "GROUP BY `{}` without a window keeps a group for every moment",
             std::string_view);
WEIR_ERROR(SinkTakesNoUpdates, "the query updates its rows, and `{}` takes only new ones", std::string_view);
WEIR_ERROR(SinkIsSource, "the query reads `{}`, which writes to the same path", std::string_view);
WEIR_ERROR(NotASink, "table `{}` cannot be written: connector `{}` only reads", std::string_view,
           std::string_view);
WEIR_ERROR(ReservedColumn, "a column named `op` stands in a query that updates its rows");

// Any relation on the way down for which f is true; f says of an aggregation whether to look below it.
template <typename F>
bool any_input(const typed::Relation& relation, F&& f) {
  return match(
      relation.node, [](const typed::TableScan&) { return false; },
      [&](const typed::WindowFunction& node) { return f(*node.input); },
      [&](const typed::Late& node) { return f(*node.input); }, [](const typed::Rejected&) { return false; },
      [&](const typed::UnionAll& node) {
        return std::any_of(node.inputs.begin(), node.inputs.end(),
                           [&](const auto& input) { return f(*input); });
      },
      [&](const typed::Aggregation& node) { return f(*node.input); },
      [&](const typed::Filter& node) { return f(*node.input); },
      [&](const typed::Projection& node) { return f(*node.input); });
}

// "./a//b" and "a/b" are one path.
std::string plain_path(std::string_view path) {
  std::string result;
  for (size_t i = 0; i < path.size();) {
    if (path.substr(i).starts_with("./") && (result.empty() || result.back() == '/')) {
      i += 2;
    } else if (path[i] == '/' && !result.empty() && result.back() == '/') {
      ++i;
    } else {
      result += path[i++];
    }
  }
  return result;
}

const catalog::Table* table_at_path(const typed::Relation& relation, const std::string& path) {
  if (const auto* scan = std::get_if<typed::TableScan>(&relation.node)) {
    const auto& options = scan->table->options;
    const bool same = options.get("connector") == "filesystem" && plain_path(options.get("path")) == path;
    return same ? scan->table : nullptr;
  }
  const catalog::Table* found = nullptr;
  any_input(relation, [&](const typed::Relation& input) {
    found = table_at_path(input, path);
    return found != nullptr;
  });
  return found;
}

}  // namespace

bool is_updating(const typed::Relation& relation) {
  if (const auto* aggregation = std::get_if<typed::Aggregation>(&relation.node)) {
    return !aggregation->windowed && !aggregation->distinct_only;
  }
  return any_input(relation, is_updating);
}

bool has_open_window(const typed::Relation& relation) {
  if (std::holds_alternative<typed::WindowFunction>(relation.node)) return true;
  if (std::holds_alternative<typed::Aggregation>(relation.node)) return false;
  return any_input(relation, has_open_window);
}

bool reads_table(const typed::Relation& relation, const catalog::Table& table) {
  if (const auto* scan = std::get_if<typed::TableScan>(&relation.node)) return scan->table == &table;
  return any_input(relation, [&](const typed::Relation& input) { return reads_table(input, table); });
}

bool require_append_only(const Context& context, const typed::Relation& input, std::string_view what,
                         Span span) {
  if (!is_updating(input)) return true;
  context.diagnostics.emit(AggregateOverUpdates{}, context.at(span), what)
      .note("an aggregate without a window gives a new row for its group with every record")
      .hint("give the inner query a window, so that each of its rows is final");
  return false;
}

bool require_deterministic_updates(const Context& context, const typed::Relation& input,
                                   const std::vector<ExpressionPtr>& expressions) {
  if (!is_updating(input)) return true;
  for (const auto& expression : expressions) {
    if (expression->deterministic) continue;
    context.diagnostics.emit(VolatileInUpdate{}, context.at(expression->span))
        .note("the row is taken back later, and the value would not be the same again")
        .hint("compute it below the aggregate, or use a window");
    return false;
  }
  return true;
}

void warn_of_time_key(const Context& context, const typed::Relation& input,
                      const std::vector<ExpressionPtr>& keys) {
  for (const auto& key : keys) {
    const auto* index = std::get_if<typed::ColumnIndex>(&key->node);
    if (index == nullptr) continue;
    const typed::Column& column = input.columns[index->index];
    if (column.time != typed::TimeAttribute::EventTime) continue;
    context.diagnostics.emit(UnboundedTimeKey{}, context.at(key->span), column.name)
        .hint("group by a window: TUMBLE({}, INTERVAL '1' MINUTE)", column.name);
  }
}

bool check_sink(const Context& context, const catalog::Table* sink, const typed::Relation& query, Span span) {
  const bool updating = is_updating(query);
  if (sink == nullptr) {
    const auto is_op = [](const typed::Column& column) { return column.name == "op"; };
    if (!updating || std::none_of(query.columns.begin(), query.columns.end(), is_op)) return true;
    context.diagnostics.emit(ReservedColumn{}, context.at(span))
        .note("`op` says in each row whether it is new or replaces another")
        .hint("give the column another name with AS");
    return false;
  }
  const std::string connector = sink->options.get("connector");
  if (connector == "datagen") {
    context.diagnostics.emit(NotASink{}, context.at(span), sink->name, connector)
        .hint("write to a table with connector `filesystem`, `print` or `blackhole`");
    return false;
  }
  if (connector != "filesystem") return true;
  bool good = true;
  if (updating) {
    context.diagnostics.emit(SinkTakesNoUpdates{}, context.at(span), sink->name)
        .note("connector `filesystem` is append-only: a line once written stays")
        .hint("group by a window, so that each row is final, or write to connector `print`");
    good = false;
  }
  const std::string path = sink->options.get("path");
  if (const auto* source = path == "-" ? nullptr : table_at_path(query, plain_path(path))) {
    context.diagnostics.emit(SinkIsSource{}, context.at(span), source->name).hint("write to another path");
    good = false;
  }
  return good;
}

}  // namespace weir::analysis
