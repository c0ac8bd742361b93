#include "compiler/catalog/connectors.h"

#include <algorithm>
#include <array>

#include "compiler/catalog/option_values.h"
#include "compiler/diagnostics/suggest.h"

namespace weir::catalog {
namespace {

using diagnostics::Diagnostics;
using diagnostics::Span;

WEIR_ERROR(MissingConnector, "the table names no connector");
WEIR_ERROR(UnknownConnector, "there is no connector `{}`", std::string_view);
WEIR_ERROR(ConnectorNotBuilt, "connector `{}` is not built yet", std::string_view);
WEIR_ERROR(FormatNotBuilt, "format `{}` is not built yet", std::string_view);

struct ConnectorRow {
  std::string_view name;
  bool built;
  bool log;
};
constexpr std::array kConnectors{
    ConnectorRow{"filesystem", true, false},  ConnectorRow{"kafka", true, true},
    ConnectorRow{"upsert-kafka", true, true}, ConnectorRow{"datagen", true, false},
    ConnectorRow{"print", true, false},       ConnectorRow{"blackhole", true, false},
    ConnectorRow{"jdbc", false, false},       ConnectorRow{"postgres-cdc", false, false},
    ConnectorRow{"mysql-cdc", false, false},  ConnectorRow{"kinesis", false, false},
    ConnectorRow{"pulsar", false, false},     ConnectorRow{"elasticsearch-7", false, false},
    ConnectorRow{"iceberg", false, false},
};
constexpr std::array<std::string_view, 10> kFormatsNotBuilt{
    "csv", "avro", "avro-confluent", "debezium-json", "canal-json", "maxwell-json", "parquet",
    "orc", "raw",  "protobuf"};
constexpr std::array<std::string_view, 3> kFormatOptions{"format", "value.format", "key.format"};

std::vector<std::string> connector_names(bool built_only) {
  std::vector<std::string> names;
  for (const ConnectorRow& row : kConnectors) {
    if (row.built || !built_only) names.emplace_back(row.name);
  }
  return names;
}

const ConnectorRow* find_connector(std::string_view name) {
  const auto row = std::find_if(kConnectors.begin(), kConnectors.end(),
                                [&](const ConnectorRow& candidate) { return candidate.name == name; });
  return row == kConnectors.end() ? nullptr : &*row;
}

// False after an error.
bool add_format(const ConnectorRow& connector, const syntax::OptionPair& pair, WrittenTable& table,
                Diagnostics& diagnostics) {
  const bool raw = pair.value == "raw" && connector.log;
  const bool known =
      std::find(kFormatsNotBuilt.begin(), kFormatsNotBuilt.end(), pair.value) != kFormatsNotBuilt.end();
  if (known && !raw) {
    diagnostics.emit(FormatNotBuilt{}, pair.value_span, pair.value)
        .hint("{}", connector.log ? "use `json` or `raw`" : "use `json`: one object per line");
    return false;
  }
  table.formats.push_back(pair.value);
  return true;
}

}  // namespace

bool is_log_connector(std::string_view connector) {
  const ConnectorRow* row = find_connector(connector);
  return row != nullptr && row->log;
}

std::optional<WrittenTable> check_connector(const std::vector<syntax::OptionPair>& written, Span options_span,
                                            Diagnostics& diagnostics) {
  const auto connector =
      std::find_if(written.begin(), written.end(), [](const auto& pair) { return pair.key == "connector"; });
  if (connector == written.end()) {
    diagnostics.emit(MissingConnector{}, options_span)
        .hint("add WITH ('connector' = '…'): there are {}", in_words(connector_names(true)));
    return std::nullopt;
  }
  const ConnectorRow* row = find_connector(connector->value);
  if (row == nullptr) {
    auto emitted = diagnostics.emit(UnknownConnector{}, connector->value_span, connector->value);
    if (const auto near = diagnostics::nearest(connector->value, connector_names(false))) {
      emitted.hint("did you mean `{}`?", *near);
    } else {
      emitted.hint("there are {}", in_words(connector_names(true)));
    }
    return std::nullopt;
  }
  if (!row->built) {
    diagnostics.emit(ConnectorNotBuilt{}, connector->value_span, connector->value)
        .note("there are {}", in_words(connector_names(true)))
        .hint("use `kafka`, or `filesystem` with newline-delimited JSON, meanwhile");
    return std::nullopt;
  }
  WrittenTable table{connector->value, {}, {}};
  bool good = true;
  for (const syntax::OptionPair& pair : written) {
    const bool is_format =
        std::find(kFormatOptions.begin(), kFormatOptions.end(), pair.key) != kFormatOptions.end();
    if (is_format && (row->log || table.connector == "filesystem")) {
      good &= add_format(*row, pair, table, diagnostics);
    }
  }
  if (!good) return std::nullopt;
  // While no format is named, that is the one error: options of JSON are not unknown.
  if (table.formats.empty() && (row->log || table.connector == "filesystem")) table.formats = {"json", "raw"};
  return table;
}

bool is_option_of(const Option& option, const WrittenTable& table) {
  if (option.scope == OptionScope::Setting) return false;
  if (option.connector.empty()) return true;
  constexpr std::string_view format = "format:";
  if (option.connector.starts_with(format)) {
    const auto& formats = table.formats;
    return std::find(formats.begin(), formats.end(), option.connector.substr(format.size())) != formats.end();
  }
  const auto owners = alternatives(option.connector);
  return std::find(owners.begin(), owners.end(), table.connector) != owners.end();
}

std::string in_words(const std::vector<std::string>& names) {
  std::string text;
  for (size_t i = 0; i < names.size(); ++i) {
    text += (i == 0 ? "`" : i + 1 == names.size() ? " and `" : ", `") + names[i] + "`";
  }
  return text;
}

}  // namespace weir::catalog
