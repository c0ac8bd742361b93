#include "compiler/analysis/message_columns.h"

#include <algorithm>
#include <array>

#include "compiler/analysis/expression.h"
#include "compiler/catalog/kafka_options.h"
#include "compiler/diagnostics/suggest.h"
#include "compiler/types/coerce.h"

namespace weir::analysis {
namespace {

using catalog::ColumnKind;
using catalog::Table;
using catalog::TableColumn;

WEIR_ERROR(MetadataColumn, "connector `{}` has no metadata `{}`", std::string_view, std::string_view);
WEIR_ERROR(MetadataType, "metadata `{}` is {}, and column `{}` is {}", std::string_view, std::string_view,
           std::string_view, std::string_view);
WEIR_ERROR(HeadersAsMap, "metadata `headers` as a MAP is not built yet");
WEIR_ERROR(KafkaPrimaryKey, "connector `kafka` takes no PRIMARY KEY");
WEIR_ERROR(UpsertWithoutKey, "connector `upsert-kafka` needs a PRIMARY KEY");
WEIR_ERROR(KeyFieldUnknown, "`key.fields` names `{}`, which is no column of `{}`", std::string_view,
           std::string_view);
WEIR_ERROR(KeyFieldNotPhysical, "`key.fields` names `{}`, which is {}", std::string_view, std::string_view);
WEIR_ERROR(KeyFieldTwice, "`key.fields` names `{}` twice", std::string_view);
WEIR_ERROR(KeyFieldPrefix, "column `{}` of the key does not begin with `{}`, the `key.fields-prefix`",
           std::string_view, std::string_view);
WEIR_ERROR(RawColumnCount, "format `raw` holds one column, and the {} has {}", std::string_view,
           std::string_view);
WEIR_ERROR(RawColumnType, "format `raw` has no form for {}, the type of `{}`", std::string_view,
           std::string_view);

struct MetadataRow {
  std::string_view key;
  Type type;
  bool writable;
};
const std::array<MetadataRow, 6>& metadata_rows() {
  static const std::array<MetadataRow, 6> rows{{{"topic", types::string(false), false},
                                                {"partition", types::simple(Kind::Integer, false), false},
                                                {"offset", types::simple(Kind::BigInt, false), false},
                                                {"timestamp", types::timestamp_ltz(3, false), true},
                                                {"timestamp-type", types::string(false), false},
                                                {"headers", types::string(false), false}}};
  return rows;
}

const MetadataRow* find_metadata(std::string_view key) {
  const auto& rows = metadata_rows();
  const auto row = std::find_if(rows.begin(), rows.end(), [&](const MetadataRow& r) { return r.key == key; });
  return row == rows.end() ? nullptr : &*row;
}

// The scan gives a timestamp in either of its types, of any precision up to milliseconds.
bool is_given_as(const MetadataRow& row, const Type& type) {
  if (row.key == "timestamp") return types::is_timestamp(type) && type.precision <= 3;
  return type.same_kind(row.type) || (type.kind == Kind::String && row.type.kind == Kind::String);
}

void no_such_metadata(const Context& context, std::string_view connector, std::string_view key, Span span) {
  auto emitted = context.diagnostics.emit(MetadataColumn{}, span, connector, key);
  if (connector != "kafka" && connector != "upsert-kafka") {
    emitted.hint("leave the column out");
    return;
  }
  if (key == "leader-epoch") {
    emitted.note("the client does not tell the epoch of a record").hint("leave the column out");
    return;
  }
  if (key.starts_with("value.")) {
    emitted.note("formats `json` and `raw` have no metadata of their own")
        .hint("declare a column of the value");
    return;
  }
  std::vector<std::string> keys;
  for (const MetadataRow& row : metadata_rows()) keys.emplace_back(row.key);
  if (const auto near = diagnostics::nearest(key, keys)) {
    emitted.hint("write METADATA FROM '{}'", *near);
  } else {
    emitted.hint("it has {}", listed(keys));
  }
}

std::string_view kind_in_words(ColumnKind kind) {
  return kind == ColumnKind::Computed ? "computed" : "metadata";
}

// key.fields as columns; false after an error.
bool key_fields(const Context& context, Table& table) {
  const auto written = table.options.find("key.fields");
  if (!written || !table.options.find("key.format")) return true;
  const Span span = context.at(table.options.span("key.fields"));
  std::vector<std::string> physical;
  for (const TableColumn& column : table.columns) {
    if (column.kind == ColumnKind::Physical) physical.push_back(column.name);
  }
  bool good = true;
  for (const std::string& name : catalog::split_list(*written)) {
    const auto column = std::find_if(table.columns.begin(), table.columns.end(),
                                     [&](const TableColumn& c) { return c.name == name; });
    if (column == table.columns.end()) {
      auto emitted = context.diagnostics.emit(KeyFieldUnknown{}, span, name, table.name);
      if (const auto near = diagnostics::nearest(name, physical))
        emitted.hint("did you mean `{}`?", *near);
      else
        emitted.note("it has {}", listed(physical));
      good = false;
      continue;
    }
    if (column->kind != ColumnKind::Physical) {
      context.diagnostics.emit(KeyFieldNotPhysical{}, span, name, kind_in_words(column->kind))
          .hint("name columns that stand in the message: {}", listed(physical));
      good = false;
      continue;
    }
    const auto index = static_cast<uint32_t>(column - table.columns.begin());
    if (std::find(table.key_columns.begin(), table.key_columns.end(), index) != table.key_columns.end()) {
      context.diagnostics.emit(KeyFieldTwice{}, span, name);
      good = false;
      continue;
    }
    table.key_columns.push_back(index);
  }
  return good;
}

bool check_prefix(const Context& context, const Table& table) {
  if (table.key_prefix.empty()) return true;
  const Span span = context.at(table.options.span("key.fields-prefix"));
  bool good = true;
  for (const uint32_t index : table.key_columns) {
    const std::string& name = table.columns[index].name;
    if (name.starts_with(table.key_prefix) && name.size() > table.key_prefix.size()) continue;
    context.diagnostics.emit(KeyFieldPrefix{}, span, name, table.key_prefix)
        .hint("name the column `{}{}`: in the key it is `{}`", table.key_prefix, name, name);
    good = false;
  }
  return good;
}

bool has_raw_form(const Type& type) {
  switch (type.kind) {
    case Kind::String:
    case Kind::Bytes:
    case Kind::Boolean:
    case Kind::TinyInt:
    case Kind::SmallInt:
    case Kind::Integer:
    case Kind::BigInt:
    case Kind::Float:
    case Kind::Double: return true;
    default: return false;
  }
}

// What format raw can hold: one column, of a type that has a form in bytes. `part` is "key" or "value".
bool check_raw(const Context& context, const Table& table, std::string_view part,
               const std::vector<uint32_t>& columns, Span span) {
  if (columns.size() != 1) {
    auto emitted = context.diagnostics.emit(RawColumnCount{}, span, part, counted(columns.size(), "column"));
    if (part == "value" && table.key_in_value && !table.key_columns.empty()) {
      emitted.hint("leave the columns of the key out of it: 'value.fields-include' = 'EXCEPT_KEY'");
    } else {
      emitted.hint("use `json` for several columns");
    }
    return false;
  }
  const TableColumn& column = table.columns[columns.front()];
  if (has_raw_form(column.type)) return true;
  context.diagnostics.emit(RawColumnType{}, span, types::to_string(column.type), column.name)
      .hint("declare it as STRING or BYTES, and convert it where it is used");
  return false;
}

bool check_raw_formats(const Context& context, const Table& table) {
  const auto& options = table.options;
  bool good = true;
  if (options.get("key.format") == "raw" && !table.key_columns.empty()) {
    good &= check_raw(context, table, "key", table.key_columns, context.at(options.span("key.format")));
  }
  const std::string_view value_key = options.find("value.format") ? "value.format" : "format";
  if (options.get(value_key) == "raw") {
    std::vector<uint32_t> columns;
    for (uint32_t i = 0; i < table.columns.size(); ++i) {
      const bool in_key =
          std::find(table.key_columns.begin(), table.key_columns.end(), i) != table.key_columns.end();
      if (table.columns[i].kind == ColumnKind::Physical && (table.key_in_value || !in_key))
        columns.push_back(i);
    }
    good &= check_raw(context, table, "value", columns, context.at(options.span(value_key)));
  }
  return good;
}

}  // namespace

bool is_writable_metadata(std::string_view key) {
  const MetadataRow* row = find_metadata(key);
  return row != nullptr && row->writable;
}

bool declare_metadata(const Context& context, std::string_view connector,
                      const syntax::MetadataColumn& written, TableColumn& column) {
  column.kind = ColumnKind::Metadata;
  column.metadata_key = written.key.value_or(column.name);
  column.is_virtual = written.is_virtual;
  const Span span = context.at(column.span);
  const bool log = connector == "kafka" || connector == "upsert-kafka";
  if (log && column.metadata_key == "headers" && written.type.name == "MAP") {
    context.diagnostics.emit(HeadersAsMap{}, context.at(written.type.span))
        .hint("declare it as STRING: headers come as the text of a JSON object");
    return false;
  }
  const auto type = analyze_type(context, written.type);
  if (connector.empty()) return false;
  const MetadataRow* row = log ? find_metadata(column.metadata_key) : nullptr;
  if (row == nullptr) {
    no_such_metadata(context, connector, column.metadata_key, span);
    return false;
  }
  if (!type) return false;
  column.type = *type;
  if (is_given_as(*row, *type)) return true;
  const bool written_too = row->writable && !column.is_virtual;
  const auto support = types::explicit_cast(row->type, *type);
  if (support == types::CastSupport::None || written_too) {
    auto emitted =
        context.diagnostics.emit(MetadataType{}, context.at(written.type.span), row->key,
                                 types::to_string(row->type), column.name, types::to_string(*type));
    if (written_too && types::is_timestamp(*type)) {
      emitted.note("a record has milliseconds");
    }
    emitted.hint("declare it as {}", types::to_string(row->type));
    return false;
  }
  column.metadata_type = row->type;
  column.type.nullable |= support == types::CastSupport::MayFail;
  return true;
}

bool declare_message(const Context& context, Table& table, std::optional<Span> primary_key, Span table_name) {
  if (!catalog::has_messages(table)) return true;
  const bool upsert = table.options.get("connector") == "upsert-kafka";
  table.key_in_value = table.options.get("value.fields-include", "ALL") == "ALL";
  table.key_prefix = table.options.get("key.fields-prefix");
  bool good = true;
  if (upsert && !primary_key) {
    context.diagnostics.emit(UpsertWithoutKey{}, context.at(table_name))
        .note("the key says which record a later one replaces")
        .hint("add PRIMARY KEY (…) NOT ENFORCED");
    good = false;
  } else if (upsert) {
    table.key_columns = table.primary_key;
  } else if (primary_key) {
    context.diagnostics.emit(KafkaPrimaryKey{}, context.at(*primary_key))
        .note("records are added, and none replaces another")
        .hint("use connector `upsert-kafka`, or `key.fields` for the key of the records");
    good = false;
  }
  if (!upsert) good &= key_fields(context, table);
  if (!good) return false;
  return check_prefix(context, table) && check_raw_formats(context, table);
}

}  // namespace weir::analysis
