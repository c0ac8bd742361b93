#include <algorithm>
#include <cfloat>
#include <charconv>
#include <cmath>
#include <string_view>

#include <fmt/format.h>

#include "runtime/abi/decimal.h"
#include "runtime/abi/decimal_text.h"
#include "runtime/abi/number_text.h"
#include "runtime/connectors/datagen.h"
#include "runtime/connectors/duration_text.h"

namespace weir::connectors {
namespace {

using abi::ColumnKind;
using abi::Int128;
using Written = std::vector<std::pair<std::string, std::string>>;

std::unexpected<Error> usage(std::string text) {
  return std::unexpected(Error{Error::Kind::Usage, std::move(text)});
}

// Reads the options of one column; the first error stays.
class ColumnReader {
 public:
  ColumnReader(const std::string& table, const DeclaredColumn& column, const Written& written)
      : table_(table), column_(column), written_(written) {}

  Result<DatagenColumn> read() {
    made_.name = column_.name;
    made_.kind = column_.kind;
    made_.scale = column_.scale;
    made_.precision = column_.precision;
    made_.sequence = text("kind").value_or("random") == "sequence";
    made_.null_rate = share("null-rate");
    if (made_.sequence) {
      read_sequence();
    } else {
      read_random();
    }
    if (!error_.empty()) {
      return usage(error_);
    }
    return made_;
  }

 private:
  std::string key(std::string_view option) const { return fmt::format("fields.{}.{}", column_.name, option); }
  std::optional<std::string> text(std::string_view option) const {
    const std::string wanted = key(option);
    const auto found = std::ranges::find_if(written_, [&](const auto& pair) { return pair.first == wanted; });
    return found == written_.end() ? std::nullopt : std::optional(found->second);
  }
  void fail(std::string_view option, std::string_view what) {
    if (error_.empty()) {
      error_ = fmt::format("table `{}`: `{}` {}", table_, key(option), what);
    }
  }
  void wrong_value(std::string_view option, std::string_view value) {
    fail(option, fmt::format("is `{}`, which is no {}", value, column_.sql_type));
  }

  double share(std::string_view option) {
    const auto written = text(option);
    double value = 0;
    if (written &&
        (!weir_parse_double(written->data(), written->size(), &value) || !(value >= 0 && value <= 1))) {
      fail(option, fmt::format("is `{}`, which is no number from 0 to 1", *written));
    }
    return value;
  }

  // An integer or DECIMAL; unscaled.
  Int128 exact(std::string_view option, Int128 otherwise) {
    const auto written = text(option);
    Int128 value = otherwise;
    if (written && abi::decimal::parse(written->data(), written->size(), digits(), made_scale(), &value) !=
                       abi::decimal::Parsed::Fine) {
      wrong_value(option, *written);
    }
    return value;
  }
  double real(std::string_view option, double otherwise) {
    const auto written = text(option);
    double value = otherwise;
    if (written && !weir_parse_double(written->data(), written->size(), &value)) {
      wrong_value(option, *written);
    }
    return value;
  }

  bool is_integer() const { return kind() >= ColumnKind::TinyInt && kind() <= ColumnKind::BigInt; }
  ColumnKind kind() const { return column_.kind; }
  int made_scale() const { return kind() == ColumnKind::Decimal ? column_.scale : 0; }
  int digits() const {
    switch (kind()) {
      case ColumnKind::TinyInt: return 3;
      case ColumnKind::SmallInt: return 5;
      case ColumnKind::Integer: return 10;
      case ColumnKind::Decimal: return column_.precision;
      default: return 19;
    }
  }
  // What the type can hold.
  std::pair<Int128, Int128> bounds() const {
    switch (kind()) {
      case ColumnKind::TinyInt: return {INT8_MIN, INT8_MAX};
      case ColumnKind::SmallInt: return {INT16_MIN, INT16_MAX};
      case ColumnKind::Integer: return {INT32_MIN, INT32_MAX};
      case ColumnKind::Decimal:
        return {1 - abi::decimal::kPowersOfTen[column_.precision],
                abi::decimal::kPowersOfTen[column_.precision] - 1};
      default: return {INT64_MIN, INT64_MAX};
    }
  }

  void read_sequence() {
    if (!is_integer() && kind() != ColumnKind::Decimal && kind() != ColumnKind::String) {
      fail("kind", fmt::format("is `sequence`, which {} has none of", column_.sql_type));
      return;
    }
    for (const std::string_view option : {"start", "end"}) {
      if (!text(option)) {
        fail(option, "is missing: a sequence needs `start` and `end`");
      }
    }
    made_.least = exact("start", 0);
    made_.greatest = exact("end", 0);
    check_range("start", "end");
  }

  void check_range(std::string_view low, std::string_view high) {
    const auto [least, greatest] = bounds();
    if (made_.least < least || made_.least > greatest) {
      wrong_value(low, text(low).value_or(""));
    } else if (made_.greatest < least || made_.greatest > greatest) {
      wrong_value(high, text(high).value_or(""));
    } else if (made_.least > made_.greatest) {
      fail(low, fmt::format("is greater than `{}`", key(high)));
    }
  }

  void read_random() {
    switch (kind()) {
      case ColumnKind::Boolean:
      case ColumnKind::Date: return;
      case ColumnKind::TinyInt:
      case ColumnKind::SmallInt:
      case ColumnKind::Integer:
      case ColumnKind::BigInt:
      case ColumnKind::Decimal: {
        const auto [least, greatest] = bounds();
        made_.least = exact("min", kind() == ColumnKind::Decimal ? 0 : least);
        made_.greatest = exact("max", greatest);
        check_range("min", "max");
        return;
      }
      case ColumnKind::Float:
      case ColumnKind::Double:
        made_.least_double = real("min", 0);
        made_.greatest_double = real("max", kind() == ColumnKind::Float ? FLT_MAX : DBL_MAX);
        if (!std::isfinite(made_.least_double) || !std::isfinite(made_.greatest_double) ||
            made_.least_double > made_.greatest_double) {
          fail("min", fmt::format("and `{}` are no range of finite numbers", key("max")));
        }
        return;
      case ColumnKind::String:
      case ColumnKind::Bytes: {
        constexpr uint64_t kLongest = 1 << 20;
        if (const auto written = text("length")) {
          const auto [end, code] =
              std::from_chars(written->data(), written->data() + written->size(), made_.length);
          if (code != std::errc{} || end != written->data() + written->size() || made_.length > kLongest) {
            fail("length", fmt::format("is `{}`, which is no whole number up to {}", *written, kLongest));
          }
        }
        return;
      }
      case ColumnKind::Timestamp:
      case ColumnKind::TimestampLtz:
        if (const auto written = text("max-past")) {
          const std::optional<int64_t> past = parse_duration_ms(*written);
          if (!past || *past > INT64_MAX / 1000) {
            fail("max-past", fmt::format("is `{}`, which is no duration such as `5 s`", *written));
          } else {
            made_.max_past_us = *past * 1000;
          }
        }
        return;
      case ColumnKind::Null:
      case ColumnKind::IntervalYearMonth:
      case ColumnKind::IntervalDayTime:
        fail("kind", fmt::format("is `random`, which {} has none of", column_.sql_type));
    }
  }

  const std::string& table_;
  const DeclaredColumn& column_;
  const Written& written_;
  DatagenColumn made_;
  std::string error_;
};

Result<std::optional<uint64_t>> whole_number(const Written& written, std::string_view key, uint64_t least,
                                             uint64_t greatest) {
  const auto found = std::ranges::find_if(written, [&](const auto& pair) { return pair.first == key; });
  if (found == written.end()) {
    return std::nullopt;
  }
  const std::string& text = found->second;
  uint64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc{} || end != text.data() + text.size() || value < least || value > greatest) {
    return usage(
        fmt::format("`{}` is `{}`, which is no whole number from {} to {}", key, text, least, greatest));
  }
  return value;
}

}  // namespace

Result<DatagenOptions> datagen_options(const std::string& table, const std::vector<DeclaredColumn>& columns,
                                       const Written& written) {
  DatagenOptions made;
  made.table = table;
  const auto rows = whole_number(written, "number-of-rows", 0, UINT64_MAX);
  const auto rate = whole_number(written, "rows-per-second", 1, UINT32_MAX);
  const auto partitions = whole_number(written, "partitions", 1, 4096);
  const auto seed = whole_number(written, "seed", 0, UINT64_MAX);
  for (const auto* value : {&rows, &rate, &partitions, &seed}) {
    if (!*value) {
      return std::unexpected(value->error());
    }
  }
  made.rows = *rows;
  made.rows_per_second = rate->value_or(made.rows_per_second);
  made.partitions = static_cast<uint32_t>(partitions->value_or(1));
  made.seed = *seed;
  for (const DeclaredColumn& column : columns) {
    auto read = ColumnReader(table, column, written).read();
    if (!read) {
      return std::unexpected(read.error());
    }
    if (read->sequence) {
      const auto steps = static_cast<abi::decimal::UInt128>(read->greatest - read->least);
      if (!made.rows || steps < *made.rows) {
        made.rows = steps >= UINT64_MAX ? UINT64_MAX : static_cast<uint64_t>(steps) + 1;
      }
    }
    made.columns.push_back(std::move(*read));
  }
  return made;
}

}  // namespace weir::connectors
