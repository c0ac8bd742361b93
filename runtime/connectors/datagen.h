// The datagen connector: makes rows as NDJSON lines, which go the way of all lines. With a seed a row is a function of the
// seed and its number, so neither threads nor partitions change it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/abi/scan_state.h"
#include "runtime/connectors/connector.h"
#include "runtime/time/clock.h"

namespace weir::connectors {

// How the values of a column are made, ready to be made.
struct DatagenColumn {
  std::string name;
  abi::ColumnKind kind{};
  int scale = 0;      // of a DECIMAL
  int precision = 0;  // digits of a second of a TIMESTAMP
  bool sequence = false;
  double null_rate = 0;
  // Integers and DECIMAL (unscaled): first and last value of a range or sequence.
  abi::Int128 least = 0;
  abi::Int128 greatest = 0;
  double least_double = 0;
  double greatest_double = 0;
  uint64_t length = 100;    // of strings and bytes
  int64_t max_past_us = 0;  // of timestamps
};

struct DatagenOptions {
  std::string table;
  std::vector<DatagenColumn> columns;
  std::optional<uint64_t> rows;  // none: without end
  uint64_t rows_per_second = 10000;
  uint32_t partitions = 1;
  std::optional<uint64_t> seed;
};

// A declared column that has a place in the JSON object.
struct DeclaredColumn {
  std::string name;
  abi::ColumnKind kind{};
  int precision = 0;
  int scale = 0;
  std::string sql_type;
};
// From the options of a table: rows-per-second, number-of-rows, partitions, seed, fields.<column>.{kind, min, max, start,
// end, length, null-rate, max-past}.
Result<DatagenOptions> datagen_options(const std::string& table, const std::vector<DeclaredColumn>& columns,
                                       const std::vector<std::pair<std::string, std::string>>& options);

std::unique_ptr<Source> make_datagen_source(DatagenOptions options, time::Clock& clock);

}  // namespace weir::connectors
