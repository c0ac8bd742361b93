#include "runtime/connectors/datagen.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "runtime/abi/base64.h"
#include "runtime/abi/calendar.h"
#include "runtime/abi/decimal_text.h"
#include "runtime/abi/number_text.h"

namespace weir::connectors {
namespace {

using abi::ColumnKind;
using abi::Int128;

constexpr int64_t kSecondUs = 1'000'000;
// The first moment of rows that are the same in every run.
constexpr int64_t kSeededStartUs = abi::calendar::days_of({2026, 1, 1}) * abi::calendar::kDay;
// A batch is handed out when it has so many bytes, so that rows that are due do not wait for a full buffer.
constexpr uint64_t kBatchBytes = 64 << 10;

uint64_t mix(uint64_t bits) {  // splitmix64: every bit of the result depends on every bit
  bits += 0x9E3779B97F4A7C15;
  bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
  bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
  return bits ^ (bits >> 31);
}

// Random bits of one value: a function of the seed, the row and the column.
class Random {
 public:
  Random(uint64_t seed, uint64_t row, uint64_t column)
      : state_(mix(mix(seed + row) ^ (column * 0xD1B54A32D192ED03))) {}
  uint64_t bits() { return state_ = mix(state_); }
  double unit() { return static_cast<double>(bits() >> 11) * 0x1.0p-53; }  // [0, 1)
  Int128 between(Int128 least, Int128 greatest) {
    const auto range = static_cast<abi::decimal::UInt128>(greatest) -
                       static_cast<abi::decimal::UInt128>(least) + 1;  // 0: all values
    const abi::decimal::UInt128 wide = static_cast<abi::decimal::UInt128>(bits()) << 64 | bits();
    return static_cast<Int128>(static_cast<abi::decimal::UInt128>(least) +
                               (range == 0 ? wide : wide % range));
  }

 private:
  uint64_t state_;
};

void append_name(std::string& line, std::string_view name) {
  line += '"';
  for (const char byte : name) {
    if (byte == '"' || byte == '\\') {
      line += '\\';
      line += byte;
    } else if (static_cast<uint8_t>(byte) < 0x20) {
      line += fmt::format("\\u{:04x}", static_cast<uint8_t>(byte));
    } else {
      line += byte;
    }
  }
  line += "\":";
}

class RowMaker {
 public:
  RowMaker(const DatagenOptions& options, uint64_t seed) : options_(options), seed_(seed) {
    for (const DatagenColumn& column : options.columns) {
      std::string text = names_.empty() ? "{" : ",";
      append_name(text, column.name);
      names_.push_back(std::move(text));
    }
  }

  // The line of a row, with its line end; `now_us` is the present of its timestamps.
  void append(std::string& line, uint64_t row, int64_t now_us) const {
    for (size_t i = 0; i < names_.size(); ++i) {
      line += names_[i];
      append_value(line, options_.columns[i], i, row, now_us);
    }
    line += names_.empty() ? "{}\n" : "}\n";
  }

 private:
  void append_value(std::string& line, const DatagenColumn& column, size_t number, uint64_t row,
                    int64_t now_us) const {
    Random random(seed_, row, number);
    if (column.null_rate > 0 && random.unit() < column.null_rate) {
      line += "null";
      return;
    }
    switch (column.kind) {
      case ColumnKind::Boolean: line += random.bits() & 1 ? "true" : "false"; return;
      case ColumnKind::Float:
      case ColumnKind::Double: append_real(line, column, random); return;
      case ColumnKind::String:
        if (column.sequence) {
          line += '"';
          append_exact(line, column, row, random);
          line += '"';
        } else {
          append_letters(line, "0123456789abcdef", column.length, "", random);
        }
        return;
      case ColumnKind::Bytes: append_base64(line, column.length, random); return;
      case ColumnKind::Date: {
        char text[16];
        line += fmt::format(
            "\"{}\"",
            std::string_view(text, abi::calendar::print_date(
                                       abi::calendar::floor_divide(now_us, abi::calendar::kDay), text)));
        return;
      }
      case ColumnKind::Timestamp:
      case ColumnKind::TimestampLtz: append_timestamp(line, column, now_us, random); return;
      default: append_exact(line, column, row, random);
    }
  }

  static void append_exact(std::string& line, const DatagenColumn& column, uint64_t row, Random& random) {
    char text[abi::decimal::kMaxTextBytes];
    const Int128 value = column.sequence ? column.least + static_cast<Int128>(row)
                                         : random.between(column.least, column.greatest);
    line.append(text,
                abi::decimal::print(value, column.kind == ColumnKind::Decimal ? column.scale : 0, text));
  }
  static void append_real(std::string& line, const DatagenColumn& column, Random& random) {
    const double unit = random.unit();  // both products are in range where their difference may not be
    const double value = column.least_double * (1 - unit) + column.greatest_double * unit;
    char text[abi::kMaxDoubleTextBytes];
    line.append(text, column.kind == ColumnKind::Float ? weir_print_float(text, static_cast<float>(value))
                                                       : weir_print_double(text, value));
  }
  static void append_letters(std::string& line, std::string_view alphabet, uint64_t count,
                             std::string_view end, Random& random) {
    line += '"';
    uint64_t bits = 0;
    for (uint64_t i = 0; i < count; ++i) {
      if (i % 8 == 0) {
        bits = random.bits();
      }
      line += alphabet[bits % alphabet.size()];
      bits >>= 8;
    }
    line += end;
    line += '"';
  }
  // Whole groups of four letters, the last of them cut to `length` bytes.
  static void append_base64(std::string& line, uint64_t length, Random& random) {
    const uint64_t rest = length % 3;
    // The last letter before the padding has bits that must be 0: `A`.
    append_letters(line, abi::kBase64Digits, length / 3 * 4 + (rest == 0 ? 0 : rest),
                   rest == 0   ? ""
                   : rest == 1 ? "A=="
                               : "A=",
                   random);
  }
  static void append_timestamp(std::string& line, const DatagenColumn& column, int64_t now_us,
                               Random& random) {
    const auto past = static_cast<int64_t>(random.between(0, column.max_past_us));
    char text[40];
    line += '"';
    line.append(text, abi::calendar::print_timestamp(now_us - past, column.precision, ' ', text));
    line += column.kind == ColumnKind::TimestampLtz ? "Z\"" : "\"";
  }

  const DatagenOptions& options_;
  uint64_t seed_;
  std::vector<std::string> names_;  // with the brace or comma before
};

// Rows number, number + partitions, number + 2 * partitions, …; row i is due i / rows_per_second after the start.
class DatagenPartition : public Partition {
 public:
  DatagenPartition(std::shared_ptr<const DatagenOptions> options, std::shared_ptr<const RowMaker> maker,
                   uint32_t number, int64_t start_us, time::Clock& clock)
      : options_(std::move(options)),
        maker_(std::move(maker)),
        name_(options_->partitions == 1 ? options_->table : fmt::format("{}/{}", options_->table, number)),
        next_row_(number),
        start_us_(start_us),
        clock_(clock) {}

  const std::string& name() const override { return name_; }
  uint64_t bytes_total() const override { return 0; }

  bool ready(int timeout_ms) override {
    if (ended()) {
      return true;
    }
    int64_t wait_us = due_us(next_row_) - clock_.monotonic_us();
    if (wait_us > 0 && timeout_ms > 0) {
      clock_.sleep_us(std::min<int64_t>(wait_us, int64_t{timeout_ms} * 1000));
      wait_us = due_us(next_row_) - clock_.monotonic_us();
    }
    return wait_us <= 0;
  }

  Result<Batch> read(ReadBuffer& buffer) override {
    const int64_t monotonic_us = clock_.monotonic_us();
    const int64_t wall_us = options_->seed ? 0 : clock_.wall_us();
    lines_.clear();
    while (!ended() && due_us(next_row_) <= monotonic_us && lines_.size() < kBatchBytes) {
      const int64_t now_us = options_->seed ? kSeededStartUs + offset_us(next_row_) : wall_us;
      maker_->append(lines_, next_row_, now_us);
      next_row_ += options_->partitions;
    }
    if (buffer.capacity() < lines_.size()) {
      buffer.grow(lines_.size(), 0);
    }
    std::memcpy(buffer.data(), lines_.data(), lines_.size());
    const Batch batch{buffer.data(), buffer.data() + lines_.size(), position_, ended()};
    position_ += lines_.size();
    return batch;
  }

 private:
  bool ended() const { return options_->rows && next_row_ >= *options_->rows; }
  // Whole seconds first, so that no row number overflows.
  int64_t offset_us(uint64_t row) const {
    const uint64_t rate = options_->rows_per_second;
    return static_cast<int64_t>(row / rate) * kSecondUs + static_cast<int64_t>(row % rate * kSecondUs / rate);
  }
  int64_t due_us(uint64_t row) const { return start_us_ + offset_us(row); }

  std::shared_ptr<const DatagenOptions> options_;
  std::shared_ptr<const RowMaker> maker_;
  std::string name_;
  uint64_t next_row_;
  int64_t start_us_;
  time::Clock& clock_;
  uint64_t position_ = 0;
  std::string lines_;
};

class DatagenSource : public Source {
 public:
  DatagenSource(DatagenOptions options, time::Clock& clock)
      : options_(std::make_shared<const DatagenOptions>(std::move(options))), clock_(clock) {}

  bool bounded() const override { return options_->rows.has_value(); }

  Result<std::vector<std::unique_ptr<Partition>>> partitions() override {
    const int64_t start_us = clock_.monotonic_us();
    const uint64_t seed = options_->seed.value_or(static_cast<uint64_t>(clock_.wall_us()));
    const auto maker = std::make_shared<const RowMaker>(*options_, mix(seed));
    std::vector<std::unique_ptr<Partition>> partitions;
    for (uint32_t number = 0; number < options_->partitions; ++number) {
      partitions.push_back(std::make_unique<DatagenPartition>(options_, maker, number, start_us, clock_));
    }
    return partitions;
  }

 private:
  std::shared_ptr<const DatagenOptions> options_;
  time::Clock& clock_;
};

}  // namespace

std::unique_ptr<Source> make_datagen_source(DatagenOptions options, time::Clock& clock) {
  return std::make_unique<DatagenSource>(std::move(options), clock);
}

}  // namespace weir::connectors
