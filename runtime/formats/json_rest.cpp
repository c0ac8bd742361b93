// What the in-place parsers of runtime/abi/json_values.h leave to calls: the rules of json_convert.h, over the value at hand.
#include "runtime/abi/json_values.h"

#include <cstring>

#include "runtime/formats/json_convert.h"
#include "runtime/formats/json_text.h"

namespace {

namespace json = weir::formats::json;
using weir::abi::RowReason;

// Checks the value at `at`, then calls `use(span)`; returns the byte behind the value if that gave None.
template <typename Use>
const char* with_value(const char* at, const char* end, Use&& use) {
  json::Span value;
  json::Fault fault;
  const char* const behind = json::check_value(at, end, 1, &value, &fault);
  if (behind == nullptr || *value.begin == 'n' || use(value) != RowReason::None) return nullptr;
  return behind;
}

}  // namespace

extern "C" {

const char* weir_json_column(weir::abi::ScanState* scan, const char* at, const char* end, uint32_t column,
                             char* row) {
  json::Span value;
  json::Fault fault;
  const char* const behind = json::check_value(at, end, 1, &value, &fault);
  if (behind == nullptr || json::convert(scan, column, value, row) != RowReason::None) return nullptr;
  return behind;
}

const char* weir_json_string_rest(weir::abi::Context* context, const char* at, const char* end,
                                  weir::abi::StringRef* value) {
  bool escaped = false;
  json::Fault fault;
  const char* const quote = json::check_string(at, end, &escaped, &fault);
  if (quote == nullptr) return nullptr;
  if (value != nullptr) {
    *value = {at, static_cast<uint64_t>(quote - at)};
    if (escaped) {
      char* const out = weir::abi::allocate(context, value->size);
      *value = {out, static_cast<uint64_t>(json::unescape(at, quote, out) - out)};
    }
  }
  return quote + 1;
}

const char* weir_json_skip(const char* at, const char* end, uint32_t depth) {
  json::Span value;
  json::Fault fault;
  return json::check_value(at, end, depth, &value, &fault);
}

const char* weir_json_integer_rest(const char* at, const char* end, int64_t* value) {
  return with_value(at, end,
                    [&](const auto& span) { return json::to_integer(span, INT64_MIN, INT64_MAX, value); });
}
const char* weir_json_decimal_rest(const char* at, const char* end, uint32_t precision, uint32_t scale,
                                   weir::abi::Int128* value) {
  return with_value(at, end,
                    [&](const auto& span) { return json::to_decimal(span, precision, scale, value); });
}
const char* weir_json_double_rest(const char* at, const char* end, double* value) {
  return with_value(at, end, [&](const auto& span) { return json::to_double(span, value); });
}
const char* weir_json_float_rest(const char* at, const char* end, float* value) {
  return with_value(at, end, [&](const auto& span) { return json::to_float(span, value); });
}

bool weir_json_minute(weir::abi::ScanState* scan, const char* at, const char* end, uint32_t slot) {
  if (end - at < 16) return false;
  weir::abi::MinuteCache& cache = scan->minutes[slot];
  if (!json::parse_minute(at, (scan->flags & weir::abi::kScanIso) != 0, &cache.minute_us)) return false;
  std::memcpy(cache.text, at, sizeof cache.text);
  return true;
}
}
