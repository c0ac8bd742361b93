#include "compiler/analysis/sink_rules.h"

#include <algorithm>

#include "compiler/analysis/message_columns.h"
#include "compiler/analysis/stream_rules.h"
#include "compiler/catalog/kafka_options.h"
#include "compiler/match.h"

namespace weir::analysis {
namespace {

WEIR_ERROR(SinkTakesNoUpdates, "the query updates its rows, and `{}` takes only new ones", std::string_view);
WEIR_ERROR(SinkIsSource, "the query reads `{}`, which writes to the same path", std::string_view);
WEIR_WARNING(TopicLoop, "the query reads topic `{}`, which it also writes", std::string_view);
WEIR_WARNING(DeletesNotSeen, "`{}` reads what `{}` writes, without its deletes", std::string_view,
             std::string_view);
WEIR_ERROR(NotASink, "table `{}` cannot be written: connector `{}` only reads", std::string_view,
           std::string_view);
WEIR_ERROR(ReservedColumn, "a column named `op` stands in a query that updates its rows");
WEIR_ERROR(SeveralTopics, "`{}` names {} topics, and a sink writes to one", std::string_view, size_t);
WEIR_ERROR(MetadataReadOnly, "column `{}` of `{}` is metadata `{}`, which cannot be written",
           std::string_view, std::string_view, std::string_view);
WEIR_ERROR(UpsertKeyGroups, "the PRIMARY KEY of `{}` is not the key of the groups that the query updates",
           std::string_view);

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
  return find_table(relation, [&](const catalog::Table& table) {
    return table.options.get("connector") == "filesystem" && plain_path(table.options.get("path")) == path;
  });
}

// The column that an expression passes on, under a conversion or not.
const typed::ColumnIndex* passed_on(const typed::Expression& expression) {
  if (const auto* cast = std::get_if<typed::Cast>(&expression.node)) return passed_on(*cast->operand);
  return std::get_if<typed::ColumnIndex>(&expression.node);
}

// The columns of an updating relation that hold the key of its groups; nothing if one of them is not among the columns.
std::optional<std::vector<uint32_t>> group_columns(const typed::Relation& relation) {
  if (const auto* aggregation = std::get_if<typed::Aggregation>(&relation.node)) {
    std::vector<uint32_t> columns(aggregation->keys.size());
    for (uint32_t i = 0; i < columns.size(); ++i) columns[i] = i;
    return columns;
  }
  if (const auto* filter = std::get_if<typed::Filter>(&relation.node)) return group_columns(*filter->input);
  const auto* projection = std::get_if<typed::Projection>(&relation.node);
  if (projection == nullptr) return std::nullopt;
  auto columns = group_columns(*projection->input);
  if (!columns) return std::nullopt;
  for (uint32_t& column : *columns) {
    const auto& expressions = projection->expressions;
    const auto found = std::find_if(expressions.begin(), expressions.end(), [&](const auto& expression) {
      const auto* source = passed_on(*expression);
      return source != nullptr && source->index == column;
    });
    if (found == expressions.end()) return std::nullopt;
    column = static_cast<uint32_t>(found - expressions.begin());
  }
  return columns;
}

// Whether the column has one value in all rows: a constant of the query.
bool is_constant(const typed::Relation& relation, uint32_t column) {
  const auto* projection = std::get_if<typed::Projection>(&relation.node);
  return projection != nullptr &&
         std::holds_alternative<typed::Literal>(projection->expressions[column]->node);
}

std::string names_of(const std::vector<typed::Column>& columns, const std::vector<uint32_t>& indexes) {
  std::string text;
  for (const uint32_t index : indexes) text += (text.empty() ? "`" : ", `") + columns[index].name + "`";
  return text.empty() ? "nothing: it is one group" : text;
}

// Updates are written as the newest row of a key, so a key must be one group: then an update never moves to another key.
bool check_upsert_key(const Context& context, const catalog::Table& sink, const typed::Relation& query,
                      const std::vector<uint32_t>& targets, Span span) {
  if (!is_updating(query)) return true;
  const auto groups = group_columns(query);
  std::vector<uint32_t> key;  // columns of the query that go into the primary key
  for (uint32_t i = 0; i < targets.size(); ++i) {
    const auto& primary = sink.primary_key;
    if (std::find(primary.begin(), primary.end(), targets[i]) != primary.end() && i < query.columns.size() &&
        !is_constant(query, i)) {
      key.push_back(i);
    }
  }
  const auto within = [](const std::vector<uint32_t>& inner, const std::vector<uint32_t>& outer) {
    return std::all_of(inner.begin(), inner.end(), [&](uint32_t column) {
      return std::find(outer.begin(), outer.end(), column) != outer.end();
    });
  };
  if (groups && within(*groups, key) && within(key, *groups)) return true;
  auto emitted = context.diagnostics.emit(UpsertKeyGroups{}, context.at(span), sink.name);
  if (groups) {
    emitted.note("the query groups by {}", names_of(query.columns, *groups));
  } else {
    emitted.note("the columns of GROUP BY are not all in its result");
  }
  emitted.note("a record replaces the last one with its key, and here those are rows of other groups")
      .hint("select the columns of GROUP BY, and declare just these as the PRIMARY KEY");
  return false;
}

bool reads_topic(const catalog::Table& source, const std::string& topic, const std::string& brokers) {
  const auto read = catalog::split_list(source.options.get("topic"));
  return catalog::has_messages(source) && source.options.get("properties.bootstrap.servers") == brokers &&
         std::find(read.begin(), read.end(), topic) != read.end();
}

bool check_topic(const Context& context, const catalog::Table& sink, const typed::Relation& query,
                 Span span) {
  const std::string topic = sink.options.get("topic");
  if (const size_t count = catalog::split_list(topic).size(); count > 1) {
    context.diagnostics.emit(SeveralTopics{}, context.at(span), sink.name, count)
        .hint("declare a table for each topic, and INSERT INTO each of them");
    return false;
  }
  const std::string brokers = sink.options.get("properties.bootstrap.servers");
  const bool loops =
      find_table(query, [&](const catalog::Table& source) { return reads_topic(source, topic, brokers); });
  if (loops) {
    context.diagnostics.emit(TopicLoop{}, context.at(span), topic)
        .note("each result comes back as input, for ever");
  }
  return true;
}

bool check_log_sink(const Context& context, const catalog::Table& sink, const typed::Relation& query,
                    const std::vector<uint32_t>& targets, Span span) {
  bool good = check_topic(context, sink, query, span);
  for (const catalog::TableColumn& column : sink.columns) {
    if (column.kind != catalog::ColumnKind::Metadata || column.is_virtual ||
        is_writable_metadata(column.metadata_key)) {
      continue;
    }
    context.diagnostics
        .emit(MetadataReadOnly{}, context.at(span), column.name, sink.name, column.metadata_key)
        .note("{}", column.metadata_key == "headers" ? "writing headers is not built yet"
                                                     : "the broker gives it to the record")
        .hint("declare the column as METADATA VIRTUAL: INSERT leaves it out then");
    good = false;
  }
  if (sink.options.get("connector") == "upsert-kafka") {
    return check_upsert_key(context, sink, query, targets, span) && good;
  }
  if (is_updating(query)) {
    context.diagnostics.emit(SinkTakesNoUpdates{}, context.at(span), sink.name)
        .note("connector `kafka` is append-only: a record once written stays")
        .hint(
            "use connector `upsert-kafka` with a PRIMARY KEY, or group by a window, so that each row is "
            "final");
    good = false;
  }
  return good;
}

}  // namespace

bool check_sink(const Context& context, const catalog::Table* sink, const typed::Relation& query,
                const std::vector<uint32_t>& targets, Span span) {
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
  if (catalog::has_messages(*sink)) return check_log_sink(context, *sink, query, targets, span);
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

void warn_of_unseen_deletes(const Context& context, const std::vector<typed::Insert>& inserts) {
  for (const typed::Insert& writer : inserts) {
    const catalog::Table* sink = writer.sink.table;
    if (sink == nullptr || sink->options.get("connector") != "upsert-kafka" || !is_updating(*writer.query)) {
      continue;
    }
    for (const typed::Insert& reader : inserts) {
      const catalog::Table* source = find_table(*reader.query, [&](const catalog::Table& it) {
        return reads_topic(it, sink->options.get("topic"),
                           sink->options.get("properties.bootstrap.servers")) &&
               it.options.get("format") != "raw" && it.options.get("value.format") != "raw";
      });
      if (source != nullptr) {
        context.diagnostics.emit(DeletesNotSeen{}, context.at(reader.span), source->name, sink->name)
            .note("a row that is taken back becomes a record without value, and `json` passes those over")
            .note("each update of a row is one more row there");
      }
    }
  }
}

}  // namespace weir::analysis
