// Options of tables (WITH) and settings (SET).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diagnostics/diagnostic.h"
#include "compiler/syntax/ast.h"
#include "runtime/job/manifest/option_rows.h"

namespace weir::catalog {

using job::OptionScope;
using job::OptionStatus;
using job::OptionType;
using Option = job::OptionRow;
std::span<const Option> options();

// Checked option values by key, as written (`${env:X}` unresolved).
class OptionSet {
 public:
  void set(std::string key, std::string value, diagnostics::Span span = {});
  void erase(std::string_view key);
  std::optional<std::string> find(std::string_view key) const;
  std::string get(std::string_view key, std::string_view otherwise = "") const;
  bool flag(std::string_view key, bool otherwise) const;
  diagnostics::Span span(std::string_view key) const;
  // In order of key.
  const std::map<std::string, std::string, std::less<>>& values() const { return values_; }

 private:
  std::map<std::string, std::string, std::less<>> values_;
  std::map<std::string, diagnostics::Span, std::less<>> spans_;
};
using Settings = OptionSet;

// The row for a key; a row without `*` wins over a family, and a connector's own row over one for all.
const Option* find_option(std::string_view key, const std::function<bool(const Option&)>& applies);

// table_options.cpp: checks keys and values of a WITH clause: unknown keys (nearest named), wrong values, options of another
// connector, required ones that are missing; notes for accepted ones.
OptionSet check_table_options(const std::string& table, const std::vector<syntax::OptionPair>& written,
                              diagnostics::Span options_span, diagnostics::Diagnostics& diagnostics);
// settings.cpp: checks one SET. What is to be stored (a mapped setting has another key), or nothing after an error.
std::optional<syntax::OptionPair> check_setting(const syntax::OptionPair& written,
                                                diagnostics::Diagnostics& diagnostics);
// The key that a setting is stored under, for RESET; nothing after an error.
std::optional<std::string> stored_setting(const syntax::Name& key, diagnostics::Diagnostics& diagnostics);
// Says that a setting does nothing in a job, and why.
void note_setting_without_effect(std::string_view key, std::string_view reason, diagnostics::Span span,
                                 diagnostics::Diagnostics& diagnostics);
bool is_setting(std::string_view key);
bool is_secret(std::string_view key);

// ---- option_values.cpp -------------------------------------------------------------------------

// "5 s", "500ms", "1 min", "2 h", "P1D" is not accepted. Milliseconds.
std::optional<int64_t> parse_duration_ms(std::string_view text);
// "128 MB", "1gb", "4096"
std::optional<int64_t> parse_bytes(std::string_view text);
// "UTC", "+08:00", "GMT-3": milliseconds east of UTC.
std::optional<int64_t> parse_zone_offset_ms(std::string_view text);

}  // namespace weir::catalog
