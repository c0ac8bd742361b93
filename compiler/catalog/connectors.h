// Which connectors and formats there are, and which of them a table names.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/catalog/options.h"

namespace weir::catalog {

// Whether its tables are topics of a log: `kafka`, `upsert-kafka`.
bool is_log_connector(std::string_view connector);

struct WrittenTable {
  std::string connector;
  std::vector<std::string> formats;  // of values and keys, as far as they are named
  std::string name;
};
// Nothing, after an error, if there is no sense in checking the other options.
std::optional<WrittenTable> check_connector(const std::vector<syntax::OptionPair>& written,
                                            diagnostics::Span options_span,
                                            diagnostics::Diagnostics& diagnostics);

// Whether a row of option_rows.def is for tables of this kind.
bool is_option_of(const Option& option, const WrittenTable& table);

// "`a`, `b` and `c`"
std::string in_words(const std::vector<std::string>& names);

}  // namespace weir::catalog
