// What a CREATE TABLE or CREATE VIEW declares.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/catalog/options.h"
#include "compiler/diagnostics/source.h"
#include "compiler/types/type.h"

namespace weir::syntax {
struct Query;
}
namespace weir::typed {
struct Expression;
}

namespace weir::catalog {

enum class ColumnKind : uint8_t { Physical, Computed, Metadata };

struct TableColumn {
  std::string name;
  types::Type type;
  ColumnKind kind = ColumnKind::Physical;
  // Computed: over the columns of the table (physical ones and computed ones before it); PROCTIME() marks processing time.
  std::shared_ptr<const typed::Expression> computed;
  std::string metadata_key;
  std::optional<types::Type> metadata_type;  // as the connector gives it, where the column's type is another
  bool is_virtual = false;                   // metadata that cannot be written
  bool processing_time = false;
  std::string comment;
  diagnostics::Span span;
};

struct Watermark {
  uint32_t column;
  std::shared_ptr<const typed::Expression> expression;  // over the columns of the table; type of the column
  diagnostics::Span span;
};

struct Table {
  uint32_t id = 0;  // unique in a catalog; a later CREATE after DROP has another
  std::string name;
  std::vector<TableColumn> columns;
  std::optional<Watermark> watermark;
  std::vector<uint32_t> primary_key;
  // Columns that stand in the key of a message: those of `key.fields`, or the primary key of upsert-kafka.
  std::vector<uint32_t> key_columns;
  bool key_in_value = true;  // value.fields-include = ALL: they stand in the value as well
  // key.fields-prefix: the names of key columns begin with it, those in the key do not
  std::string key_prefix;
  OptionSet options;  // checked; `connector` among them
  std::string ddl;    // as SHOW CREATE TABLE prints it, without secrets
};

// Whether its records are messages of a log.
inline bool has_messages(const Table& table) {
  const std::string connector = table.options.get("connector");
  return connector == "kafka" || connector == "upsert-kafka";
}

struct View {
  std::string name;
  std::vector<std::string> columns;
  std::shared_ptr<const syntax::Query> query;
  std::shared_ptr<const diagnostics::Source> source;  // spans of the query point into it
};

}  // namespace weir::catalog
