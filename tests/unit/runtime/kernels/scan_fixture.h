// scan_lines with holes written by hand for a table that has a column of every type; used by unit tests and by the fuzzer.
#pragma once

#define hole_row_bytes hole_row_bytes_of_scan
#define hole_decode_columns hole_decode_columns_of_scan
#define hole_nulls_allowed hole_nulls_allowed_of_scan
#define hole_complete_row hole_complete_row_of_scan
#define hole_consume hole_consume_of_scan

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/abi/holes.h"
#include "runtime/abi/row_layout.h"
#include "runtime/abi/scan_state.h"
#include "runtime/formats/json_scan.h"
#include "runtime/kernels/scan_lines.cpp"
#include "runtime/state/arena.h"

namespace weir::scan_fixture {

using abi::Carrier;
using abi::ColumnKind;

// name, kind, precision, scale, carrier, NOT NULL, kept
struct FixtureColumn {
  const char* name;
  ColumnKind kind;
  uint8_t precision;
  uint8_t scale;
  Carrier carrier;
  bool not_null;
  bool kept;
};
inline constexpr FixtureColumn kColumns[] = {
    {"id", ColumnKind::BigInt, 0, 0, Carrier::I64, true, true},
    {"tiny", ColumnKind::TinyInt, 0, 0, Carrier::I8, false, true},
    {"small", ColumnKind::SmallInt, 0, 0, Carrier::I16, false, true},
    {"number", ColumnKind::Integer, 0, 0, Carrier::I32, false, true},
    {"amount", ColumnKind::Decimal, 10, 2, Carrier::I64, false, true},
    {"wide", ColumnKind::Decimal, 38, 8, Carrier::I128, false, true},
    {"single", ColumnKind::Float, 0, 0, Carrier::F32, false, true},
    {"ratio", ColumnKind::Double, 0, 0, Carrier::F64, false, true},
    {"flag", ColumnKind::Boolean, 0, 0, Carrier::I8, false, true},
    {"name", ColumnKind::String, 0, 0, Carrier::String, false, true},
    {"unread_text", ColumnKind::String, 0, 0, Carrier::String, false, false},
    {"unread_number", ColumnKind::BigInt, 0, 0, Carrier::I64, false, false},
    {"data", ColumnKind::Bytes, 0, 0, Carrier::String, false, true},
    {"day", ColumnKind::Date, 0, 0, Carrier::I32, false, true},
    {"event_time", ColumnKind::Timestamp, 3, 0, Carrier::I64, false, true},
    {"instant", ColumnKind::TimestampLtz, 6, 0, Carrier::I64, false, true},
};
inline constexpr uint32_t kColumnCount = sizeof kColumns / sizeof kColumns[0];
inline constexpr uint32_t kEventTime = 14;

// The offsets, as constants, as the compiler would have them.
inline constexpr uint32_t kOffsets[kColumnCount] = {
    8, 16, 18, 20, 24, 32, 48, 56, 64, 72, abi::kNoOffset, abi::kNoOffset, 88, 104, 112, 120};
inline constexpr uint32_t kRowBytes = 128;

// What a run of the kernel saw.
struct Seen {
  std::vector<std::string> events;  // in order of the lines: a row, or why there is none
  uint64_t rows_read = 0, rows_rejected = 0, fast_rows = 0, lines = 0;
  int64_t watermark = 0;
  std::vector<uint32_t> block_sizes;
};

inline std::string value_text(const char* row, uint32_t column) {
  const abi::RowLayout layout;
  if ((abi::load<uint64_t>(row) >> column & 1) != 0) return "NULL";
  if (kOffsets[column] == abi::kNoOffset) return "fine";
  const char* at = row + kOffsets[column];
  switch (kColumns[column].carrier) {
    case Carrier::I8: return std::to_string(abi::load<int8_t>(at));
    case Carrier::I16: return std::to_string(abi::load<int16_t>(at));
    case Carrier::I32: return std::to_string(abi::load<int32_t>(at));
    case Carrier::I64: return std::to_string(abi::load<int64_t>(at));
    case Carrier::I128: {
      const auto value = abi::load<abi::Int128>(at);
      auto rest = value < 0 ? -static_cast<unsigned __int128>(value) : static_cast<unsigned __int128>(value);
      std::string digits;
      do digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(rest % 10)));
      while ((rest /= 10) != 0);
      return value < 0 ? "-" + digits : digits;
    }
    // Bits, so that NaN and -0 are compared as well.
    case Carrier::F32:
      return std::to_string(abi::load<float>(at)) + "#" + std::to_string(abi::load<uint32_t>(at));
    case Carrier::F64:
      return std::to_string(abi::load<double>(at)) + "#" + std::to_string(abi::load<uint64_t>(at));
    case Carrier::String: {
      const auto text = abi::load<abi::StringRef>(at);
      return "'" + std::string(text.data, text.size) + "'";
    }
  }
  return "";
}

// Only columns that are not NULL: "id=1 name='x'".
inline std::string row_text(const char* row) {
  std::string text;
  for (uint32_t i = 0; i < kColumnCount; ++i) {
    const std::string value = value_text(row, i);
    if (value == "NULL") continue;
    if (!text.empty()) text += ' ';
    text += std::string(kColumns[i].name) + "=" + value;
  }
  return text;
}

// A scan and its context; runs can follow each other, and the shapes are remembered.
class Scan {
 public:
  explicit Scan(uint64_t flags = 0, uint32_t block_rows = abi::kBlockRows)
      : json_(columns(), kRowBytes, flags) {
    state::open_arena(context_.arena);
    abi::ScanState& state = json_.state();
    state.context = &context_;
    state.block_rows = block_rows;
    state.owner = this;
    state.on_reject = [](abi::ScanState* scan, const abi::RowError* error, const char* begin, const char*) {
      auto* self = static_cast<Scan*>(scan->owner);
      std::string text = "rejected " + std::to_string(static_cast<uint32_t>(error->reason));
      if (error->column != abi::kNoColumn) text += std::string(" ") + kColumns[error->column].name;
      self->events_.emplace_back(scan->position + static_cast<uint64_t>(begin - self->begin_),
                                 text + " at " + std::to_string(error->offset));
      scan->stop = self->stop_at_reject;
    };
    context_.worker = this;
  }
  ~Scan() { state::close_arena(context_.arena); }
  Scan(const Scan&) = delete;
  Scan& operator=(const Scan&) = delete;

  // The bytes behind the input are what a buffer may hold there: the rest of older rows.
  Seen run(std::string_view input, uint64_t position = 0) {
    std::string buffer(input);
    buffer.append(R"(1,"id":2,"name":"x"}
{"id":3,"name":"yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy)");
    abi::ScanState& state = json_.state();
    state.position = position;
    state.watermark = abi::kNoWatermark;
    state.line = 0;
    state.stop = false;
    state.rows_read = state.rows_rejected = state.fast_rows = 0;
    run_ = {};
    events_.clear();
    begin_ = buffer.data();
    scan_lines(&state, buffer.data(), buffer.data() + input.size());
    // Rejections are told at once, rows when their block ends.
    std::sort(events_.begin(), events_.end());
    for (auto& event : events_) run_.events.push_back(std::move(event.second));
    run_.rows_read = state.rows_read;
    run_.rows_rejected = state.rows_rejected;
    run_.fast_rows = state.fast_rows;
    run_.watermark = state.watermark;
    run_.lines = state.line;
    return run_;
  }

  void take(const Block* block) {
    run_.block_sizes.push_back(block->count);
    for (uint32_t i = 0; i < block->count; ++i) {
      const std::string w =
          block->watermark[i] == abi::kNoWatermark ? "-" : std::to_string(block->watermark[i]);
      events_.emplace_back(block->position[i], row_text(block->rows + uint64_t{i} * kRowBytes) + " @" +
                                                   std::to_string(block->position[i]) + " w" + w);
    }
  }

  bool stop_at_reject = false;

 private:
  static std::vector<formats::JsonScanColumn> columns() {
    std::vector<formats::JsonScanColumn> result;
    for (uint32_t i = 0; i < kColumnCount; ++i) {
      const FixtureColumn& column = kColumns[i];
      result.push_back({column.name, column.kind, column.precision, column.scale, column.not_null, true,
                        column.carrier, kOffsets[i]});
    }
    return result;
  }

  formats::JsonScan json_;
  abi::Context context_{};
  const char* begin_ = nullptr;
  std::vector<std::pair<uint64_t, std::string>> events_;  // by position
  Seen run_;
};

}  // namespace weir::scan_fixture

extern "C" {

inline uint32_t hole_row_bytes() { return weir::scan_fixture::kRowBytes; }

inline const char* hole_decode_columns(ScanState* scan, const weir::abi::ShapeStep** step, const char* at,
                                       const char* end, char* row, weir::abi::Commas* commas) {
  using weir::scan_fixture::kOffsets;
  while (true) {
    const uint32_t column = (*step)->action;
    switch (column) {
      case 0: at = column_bigint(scan, at, end, row, kOffsets[0], 0); break;
      case 1: at = column_tinyint(scan, at, end, row, kOffsets[1], 1); break;
      case 2: at = column_smallint(scan, at, end, row, kOffsets[2], 2); break;
      case 3: at = column_integer(scan, at, end, row, kOffsets[3], 3); break;
      case 4: at = column_decimal64(scan, at, end, row, kOffsets[4], 4, 10, 2); break;
      case 5: at = column_decimal128(scan, at, end, row, kOffsets[5], 5, 38, 8); break;
      case 6: at = column_float(scan, at, end, row, kOffsets[6], 6); break;
      case 7: at = column_double(scan, at, end, row, kOffsets[7], 7); break;
      case 8: at = column_boolean(scan, at, end, row, kOffsets[8], 8); break;
      case 9: at = column_string(scan, at, end, row, kOffsets[9], 9); break;
      case 10: at = column_string(scan, at, end, row, kOffsets[10], 10); break;
      case 11: at = column_bigint(scan, at, end, row, kOffsets[11], 11); break;
      case 12:
      case 13: at = column_other(scan, at, end, row, kOffsets[column], column); break;
      case 14: at = column_timestamp(scan, at, end, row, kOffsets[14], 14, 3, false, 0); break;
      case 15: at = column_timestamp(scan, at, end, row, kOffsets[15], 15, 6, true, 1); break;
      default: return at;
    }
    if (at == nullptr) return nullptr;
    at = column_end(at, ++*step, commas, column != 15);
    if (at == nullptr) return nullptr;
  }
}

inline bool hole_nulls_allowed(const char* row) { return (weir::abi::load<uint64_t>(row) & 1) == 0; }

inline uint32_t hole_complete_row(Context*, char* row, int64_t* watermark) {
  *watermark = weir::abi::kNoWatermark;
  if ((weir::abi::load<uint64_t>(row) >> weir::scan_fixture::kEventTime & 1) == 0) {
    *watermark =
        weir::abi::load<int64_t>(row + weir::scan_fixture::kOffsets[weir::scan_fixture::kEventTime]) / 1000;
  }
  return 0;
}

inline void hole_consume(Context* context, const Block* block) {
  static_cast<weir::scan_fixture::Scan*>(context->worker)->take(block);
}
}
