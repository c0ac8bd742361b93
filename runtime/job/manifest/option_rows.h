// Every option of a table and every setting that Weir knows: rows of option_rows.def, the only list of them. The compiler checks
// WITH and SET by it, a start of an executable what `--set` gives.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir::job {

enum class OptionType : uint8_t { Boolean, Integer, Double, String, Duration, Bytes, Enum, List };
enum class OptionStatus : uint8_t {
  Honoured,       // code is compiled for the value
  AtStart,        // honoured, and a start of an executable may give another
  AtSourceStart,  // the same of a source; of a sink code is compiled for it
  Mapped,         // another option does it; `detail` names it
  Accepted,       // without effect here; a note says why (`detail`)
  Refused,        // known from Flink, not done by Weir; `detail` says what to do instead
};
enum class OptionScope : uint8_t { Setting, Table, Source, Sink };

struct OptionRow {
  std::string_view key;  // may end in ".*": a family (`fields.*.kind`, `properties.*`)
  std::string_view
      connector;  // "" = any; "kafka|upsert-kafka" = each of them; "format:json" for a format's options
  OptionScope scope;
  OptionType type;
  std::string_view default_value;  // "" = none
  std::string_view allowed;        // Enum: "a|b|c"
  OptionStatus status;
  bool secret;
  std::string_view detail;
  std::string_view doc;  // one line
};
std::span<const OptionRow> option_rows();

// The row for a key; a row without `*` wins over a family, and a connector's own row over one for all.
const OptionRow* find_option_row(std::string_view key, const std::function<bool(const OptionRow&)>& applies);

// "a|b|c"
std::vector<std::string> alternatives(std::string_view allowed);
// Of an option that takes words: which, as `a`, `b` or `c`, if the value is none of them; else empty, and the value is brought into
// the form of the row. Empty for other options, too.
std::string word_mismatch(const OptionRow& option, std::string& value);

}  // namespace weir::job
