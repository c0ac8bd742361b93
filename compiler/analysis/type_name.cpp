#include <algorithm>

#include "compiler/analysis/expression.h"
#include "compiler/diagnostics/suggest.h"

namespace weir::analysis {
namespace {

WEIR_ERROR(UnknownType, "there is no type `{}`", std::string_view);
WEIR_ERROR(TypeNotBuilt, "type {} is not built yet", std::string_view);
WEIR_ERROR(TypeArguments, "`{}` takes {}", std::string_view, std::string_view);

struct TypeRow {
  std::string_view name;
  Kind kind;
  int most_arguments;
};
constexpr TypeRow kTypes[] = {
    {"BOOLEAN", Kind::Boolean, 0},
    {"TINYINT", Kind::TinyInt, 0},
    {"SMALLINT", Kind::SmallInt, 0},
    {"INT", Kind::Integer, 0},
    {"INTEGER", Kind::Integer, 0},
    {"BIGINT", Kind::BigInt, 0},
    {"FLOAT", Kind::Float, 0},
    {"REAL", Kind::Float, 0},
    {"DOUBLE", Kind::Double, 0},
    {"DECIMAL", Kind::Decimal, 2},
    {"DEC", Kind::Decimal, 2},
    {"NUMERIC", Kind::Decimal, 2},
    {"STRING", Kind::String, 0},
    {"VARCHAR", Kind::String, 1},
    {"CHAR", Kind::String, 1},
    {"BYTES", Kind::Bytes, 0},
    {"VARBINARY", Kind::Bytes, 1},
    {"BINARY", Kind::Bytes, 1},
    {"DATE", Kind::Date, 0},
    {"TIMESTAMP", Kind::Timestamp, 1},
    {"TIMESTAMP_LTZ", Kind::TimestampLtz, 1},
    {"INTERVAL_YEAR_MONTH", Kind::IntervalYearMonth, 0},
    {"INTERVAL_DAY_TIME", Kind::IntervalDayTime, 0},
};
// Names that other databases have for the same.
struct OtherType {
  std::string_view name, here;
};
constexpr OtherType kOtherTypes[] = {{"TEXT", "STRING"},
                                     {"JSON", "STRING"},
                                     {"UUID", "STRING"},
                                     {"VARCHAR2", "STRING"},
                                     {"NVARCHAR", "STRING"},
                                     {"DATETIME", "TIMESTAMP(3)"},
                                     {"TIMESTAMPTZ", "TIMESTAMP_LTZ(3)"},
                                     {"BOOL", "BOOLEAN"},
                                     {"INT2", "SMALLINT"},
                                     {"INT4", "INT"},
                                     {"INT8", "BIGINT"},
                                     {"INT64", "BIGINT"},
                                     {"INT32", "INT"},
                                     {"LONG", "BIGINT"},
                                     {"FLOAT4", "FLOAT"},
                                     {"FLOAT8", "DOUBLE"},
                                     {"NUMBER", "DECIMAL(38, 10)"},
                                     {"BLOB", "BYTES"},
                                     {"BYTEA", "BYTES"}};
constexpr std::string_view kTypesNotBuilt[] = {"TIME", "ARRAY", "MAP",          "MULTISET",
                                               "ROW",  "RAW",   "TIMESTAMP_TZ", "VARIANT"};

// What the arguments must be, in words, if they are not that.
std::string_view argument_mismatch(const TypeRow& row, const std::vector<int64_t>& arguments) {
  if (arguments.size() > static_cast<size_t>(row.most_arguments)) {
    return row.most_arguments == 0 ? "no arguments" : "fewer arguments";
  }
  const int64_t first = arguments.empty() ? 1 : arguments[0];
  switch (row.kind) {
    case Kind::Decimal:
      if (first < 1 || first > 38) return "a precision from 1 to 38";
      if (arguments.size() > 1 && (arguments[1] < 0 || arguments[1] > first))
        return "a scale from 0 to its precision";
      return "";
    case Kind::String:
    case Kind::Bytes: return first < 1 || first > INT32_MAX ? "a length of at least 1" : "";
    case Kind::Timestamp:
    case Kind::TimestampLtz: return first < 0 || first > 6 ? "a precision from 0 to 6" : "";
    default: return "";
  }
}

}  // namespace

std::optional<Type> analyze_type(const Context& context, const syntax::TypeName& name) {
  const Span span = context.at(name.span);
  const bool nullable = !name.not_null.value_or(false);
  const auto* row = std::find_if(std::begin(kTypes), std::end(kTypes),
                                 [&](const TypeRow& candidate) { return candidate.name == name.name; });
  if (row == std::end(kTypes)) {
    if (std::find(std::begin(kTypesNotBuilt), std::end(kTypesNotBuilt), name.name) !=
        std::end(kTypesNotBuilt)) {
      auto emitted = context.diagnostics.emit(TypeNotBuilt{}, span, name.name);
      if (name.name == "TIMESTAMP_TZ") emitted.hint("use TIMESTAMP_LTZ(3)");
      if (name.name == "ARRAY" || name.name == "MAP" || name.name == "ROW" || name.name == "MULTISET")
        emitted.hint("declare it STRING: a column of JSON then holds the value as it is written");
      return std::nullopt;
    }
    auto emitted = context.diagnostics.emit(UnknownType{}, span, name.name);
    std::vector<std::string> names;
    for (const TypeRow& known : kTypes) names.emplace_back(known.name);
    const auto* other = std::find_if(std::begin(kOtherTypes), std::end(kOtherTypes),
                                     [&](const OtherType& type) { return type.name == name.name; });
    if (other != std::end(kOtherTypes)) {
      emitted.hint("use {}", other->here);
    } else if (const auto near = diagnostics::nearest(name.name, names)) {
      emitted.hint("did you mean `{}`?", *near);
    }
    return std::nullopt;
  }
  if (const auto mismatch = argument_mismatch(*row, name.arguments); !mismatch.empty()) {
    auto emitted = context.diagnostics.emit(TypeArguments{}, span, name.name, mismatch);
    if (row->kind == Kind::Timestamp || row->kind == Kind::TimestampLtz)
      emitted.note("times are kept in microseconds");
    return std::nullopt;
  }
  const auto argument = [&](size_t index, int64_t otherwise) {
    return static_cast<int>(index < name.arguments.size() ? name.arguments[index] : otherwise);
  };
  switch (row->kind) {
    case Kind::Decimal: return types::decimal(argument(0, 10), argument(1, 0), nullable);
    case Kind::Timestamp: return types::timestamp(argument(0, 6), nullable);
    case Kind::TimestampLtz: return types::timestamp_ltz(argument(0, 6), nullable);
    case Kind::String: {
      Type type = types::string(nullable);
      const bool unbounded = name.name == "STRING" || argument(0, 1) == INT32_MAX;
      type.length = unbounded ? 0 : static_cast<uint32_t>(argument(0, name.name == "CHAR" ? 1 : 0));
      return type;
    }
    default: return types::simple(row->kind, nullable);
  }
}

}  // namespace weir::analysis
