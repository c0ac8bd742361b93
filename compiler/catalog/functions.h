// The functions of the standard library, as the build takes them out of the annotations in `stdlib/`: the only registry.
// How they are written, and the calling convention: stdlib/function.h.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/types/type.h"

namespace weir::catalog {

// A parameter or result type of a signature. `Any…` match a class of types.
struct TypePattern {
  enum class Form : uint8_t {
    Exact,         // `type`; of a result with the precision and scale that it has
    AnyDecimal,    // DECIMAL of any precision; travels as i128
    AnyDecimal64,  // DECIMAL of at most 18 digits; travels as i64
    AnyTimestamp,  // TIMESTAMP of any precision
    AnyTimestampLtz,
    Any,     // any type; the value is not passed to the C function
    SameAs,  // result only: the type of argument `argument` (from 0)
    Rule,    // result only: `result_rule` names a rule of the analysis
  } form = Form::Exact;
  types::Type type;
  uint32_t argument = 0;
};

// One overload. The C symbol takes (Context*, arguments…): see stdlib/function.h for the calling convention.
struct Function {
  std::string name;  // upper case
  std::vector<TypePattern> parameters;
  bool variadic = false;  // the last parameter repeats, zero times too
  TypePattern result;
  std::string result_rule;  // "", "round_decimal", "integral_decimal", "mod_decimal"
  std::string symbol;
  bool may_return_null = false;  // status form: NULL for some non-NULL arguments
  bool can_fail = false;         // status form: may report failure
  bool called_on_null = false;   // else NULL in any argument gives NULL without a call
  bool is_volatile = false;
  bool takes_types =
      false;  // (precision, scale) as i32 pairs follow DECIMAL and TIMESTAMP arguments and precede a DECIMAL result
  bool takes_zone = false;  // the offset of table.local-time-zone in microseconds is passed last
  std::string topic;        // stem of its file in stdlib/: "strings", "math", …
  std::string doc;          // one line
  std::string example;      // "upper('abc') = 'ABC'"
};

// An aggregate overload: the names of its holes in the bitcode.
struct Aggregate {
  std::string name;  // upper case
  std::vector<TypePattern> parameters;
  TypePattern result;
  std::string result_rule;  // "", "sum_decimal", "avg_decimal"
  std::string symbol;       // prefix of <symbol>_finish
  std::string
      state_symbol;  // prefix of _init, _update, _merge, _retract; calls with equal arguments may share a state
  uint32_t state_bytes = 0;  // of the accumulator, 16-byte aligned at most
  uint32_t state_align = 8;
  bool invertible = false;       // has _retract and is exact
  bool can_fail = false;         // _finish may report overflow
  bool may_return_null = false;  // _finish gives NULL where there was no value
  bool takes_types = false;      // (precision, scale) of the first argument are passed to _finish as i32
  std::string doc;
  std::string example;
};

class FunctionCatalog {
 public:
  // Reads what was taken out of the bitcode when Weir was built (tools/extract_functions), once.
  static const FunctionCatalog& instance();

  // In order of preference; empty where there is no such name.
  std::span<const Function* const> overloads(std::string_view upper_name) const;
  std::span<const Aggregate* const> aggregates(std::string_view upper_name) const;
  // Every name, upper case, sorted.
  const std::vector<std::string>& names() const;
  std::vector<const Function*> all_functions() const;
  std::vector<const Aggregate*> all_aggregates() const;

 private:
  FunctionCatalog();
  struct Tables;
  std::shared_ptr<const Tables> tables_;
};

}  // namespace weir::catalog
