// What the options of `kafka` and `upsert-kafka` demand of each other, and which properties are the client's own.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/catalog/options.h"

namespace weir::catalog {

// A `properties.…` that Weir decides itself, or that would run foreign code, is refused with the reason. False after an error.
// Whether the client knows the others is asked when the job starts.
bool check_kafka_property(const syntax::OptionPair& written, diagnostics::Diagnostics& diagnostics);

// Whether the value of `properties.<name>` must never be printed.
bool is_secret_property(std::string_view name);

// Whether the text of a query shows the value of an option that is a secret: references alone do not.
bool shows_secret(std::string_view key, std::string_view value);

// Modes of start and end with what belongs to them, key and value, delivery. Brings values of Flink into Weir's words.
void check_kafka_options(OptionSet& options, diagnostics::Diagnostics& diagnostics);

// "a;b" as names; empty ones are kept.
std::vector<std::string> split_list(std::string_view text);
// "partition:0,offset:42;partition:1,offset:300": offsets by partition; nothing if it is not of that form.
std::optional<std::map<int32_t, int64_t>> parse_offsets(std::string_view text);

}  // namespace weir::catalog
