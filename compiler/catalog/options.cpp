#include "compiler/catalog/options.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include "compiler/diagnostics/suggest.h"

namespace weir::catalog {
namespace {

using diagnostics::Diagnostics;
using diagnostics::Span;

constexpr Option kOptions[] = {
#define WEIR_OPTION(key, connector, scope, type, default_, allowed, status, secret, detail, doc)             \
  {key,    connector, OptionScope::scope, OptionType::type, default_, allowed, OptionStatus::status, secret, \
   detail, doc},
#include "compiler/catalog/options.def"
#undef WEIR_OPTION
};

WEIR_ERROR(MissingConnector, "the table names no connector");
WEIR_ERROR(UnknownConnector, "there is no connector `{}`", std::string_view);
WEIR_ERROR(ConnectorNotBuilt, "connector `{}` is not built yet", std::string_view);
WEIR_ERROR(FormatNotBuilt, "format `{}` is not built yet", std::string_view);
WEIR_ERROR(MissingOption, "connector `{}` needs the option `{}`", std::string_view, std::string_view);
WEIR_ERROR(UnknownOption, "there is no option `{}` for connector `{}`", std::string_view, std::string_view);
WEIR_ERROR(DuplicateOption, "option `{}` is given twice", std::string_view);
WEIR_ERROR(OptionConflict, "options `{}` and `{}` contradict each other", std::string_view, std::string_view);
WEIR_ERROR(OptionNotSupported, "option `{}` is not supported", std::string_view);
WEIR_ERROR(OptionValue, "option `{}` takes {}, not `{}`", std::string_view, std::string_view,
           std::string_view);
WEIR_ERROR(UnknownSetting, "there is no setting `{}`", std::string_view);
WEIR_ERROR(SettingNotSupported, "setting `{}` is not supported", std::string_view);
WEIR_ERROR(SettingValue, "setting `{}` takes {}, not `{}`", std::string_view, std::string_view,
           std::string_view);
WEIR_ERROR(BatchMode, "`execution.runtime-mode` = `batch` is not built yet");
WEIR_ERROR(ZoneName, "time zone `{}` is not known: there is no zone database yet", std::string_view);
WEIR_NOTE(OptionWithoutEffect, "option `{}` has no effect: {}", std::string_view, std::string_view);
WEIR_NOTE(SettingWithoutEffect, "setting `{}` has no effect: {}", std::string_view, std::string_view);

struct ConnectorRow {
  std::string_view name;
  bool built;
  std::string_view instead;  // what to do while it is not built
};
constexpr std::string_view kUseFiles = "use `filesystem` with newline-delimited JSON meanwhile";
constexpr std::array kConnectors{
    ConnectorRow{"filesystem", true, ""},
    ConnectorRow{"datagen", true, ""},
    ConnectorRow{"print", true, ""},
    ConnectorRow{"blackhole", true, ""},
    ConnectorRow{"kafka", false, kUseFiles},
    ConnectorRow{"upsert-kafka", false, kUseFiles},
    ConnectorRow{"jdbc", false, kUseFiles},
    ConnectorRow{"postgres-cdc", false, kUseFiles},
    ConnectorRow{"mysql-cdc", false, kUseFiles},
    ConnectorRow{"kinesis", false, kUseFiles},
    ConnectorRow{"elasticsearch-7", false, kUseFiles},
    ConnectorRow{"iceberg", false, kUseFiles},
};
constexpr std::array<std::string_view, 9> kFormatsNotBuilt{
    "csv", "avro", "avro-confluent", "debezium-json", "canal-json", "parquet", "orc", "raw", "protobuf"};

struct Required {
  std::string_view connector;
  std::string_view key;
  std::string_view example;
};
constexpr std::array kRequired{
    Required{"filesystem", "path", "'path' = 'orders.json'"},
    Required{"filesystem", "format", "'format' = 'json'"},
};

// Whether a key is the row's, where `*` stands for one part, or at the end for everything.
bool key_matches(std::string_view pattern, std::string_view key) {
  const size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == key;
  if (!key.starts_with(pattern.substr(0, star))) return false;
  const std::string_view tail = pattern.substr(star + 1);
  const std::string_view rest = key.substr(star);
  if (tail.empty()) return !rest.empty();
  return rest.size() > tail.size() && rest.ends_with(tail);
}

// The row for a key; an exact row wins over a family.
template <typename Predicate>
const Option* find_option(std::string_view key, Predicate&& applies) {
  const Option* family = nullptr;
  for (const Option& option : kOptions) {
    if (!applies(option) || !key_matches(option.key, key)) continue;
    if (option.key.find('*') == std::string_view::npos) return &option;
    if (family == nullptr || option.key.size() > family->key.size()) family = &option;
  }
  return family;
}

// A value that is a reference is looked up where the job runs.
bool is_reference(std::string_view value) {
  return value.find("${env:") != std::string_view::npos || value.find("${file:") != std::string_view::npos;
}

bool is_number(std::string_view text, bool whole) {
  if (whole) {
    int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size();
  }
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

std::string lower(std::string_view text) {
  std::string result{text};
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

std::vector<std::string> alternatives(std::string_view allowed) {
  std::vector<std::string> names;
  while (!allowed.empty()) {
    const size_t bar = allowed.find('|');
    names.emplace_back(allowed.substr(0, bar));
    allowed = bar == std::string_view::npos ? "" : allowed.substr(bar + 1);
  }
  return names;
}

// What the option takes, in words, if the value is not that; else empty. Enum values are brought into the form of the table.
std::string mismatch(const Option& option, std::string& value) {
  if (is_reference(value)) return "";
  switch (option.type) {
    case OptionType::Boolean: {
      const std::string word = lower(value);
      if (word != "true" && word != "false") return "`true` or `false`";
      value = word;
      return "";
    }
    case OptionType::Integer:
      if (!is_number(value, true)) return "a whole number";
      return value.front() == '-' && option.key != "seed" ? "a number that is not negative" : "";
    case OptionType::Double: return is_number(value, false) ? "" : "a number";
    case OptionType::Duration: return parse_duration_ms(value) ? "" : "a duration such as `5 s`";
    case OptionType::Bytes: return parse_bytes(value) ? "" : "a size such as `128 MB`";
    case OptionType::Enum: {
      std::string words;
      for (const std::string& name : alternatives(option.allowed)) {
        if (lower(name) == lower(value)) {
          value = name;
          return "";
        }
        words += (words.empty() ? "`" : " or `") + name + "`";
      }
      return words;
    }
    case OptionType::String:
    case OptionType::List: return option.key == "path" && value.empty() ? "a path" : "";
  }
  return "";
}

std::vector<std::string> connector_names(bool built_only) {
  std::vector<std::string> names;
  for (const ConnectorRow& row : kConnectors) {
    if (row.built || !built_only) names.emplace_back(row.name);
  }
  return names;
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (size_t i = 0; i < names.size(); ++i) {
    text += (i == 0 ? "`" : i + 1 == names.size() ? " and `" : ", `") + names[i] + "`";
  }
  return text;
}

struct WrittenTable {
  std::string connector;
  std::string format;
};

// Connector and format, or nothing if there is no sense in checking the other options.
std::optional<WrittenTable> check_connector(const std::vector<syntax::OptionPair>& written, Span options_span,
                                            Diagnostics& diagnostics) {
  const auto pair_of = [&](std::string_view key) {
    return std::find_if(written.begin(), written.end(), [&](const auto& pair) { return pair.key == key; });
  };
  const auto connector = pair_of("connector");
  if (connector == written.end()) {
    diagnostics.emit(MissingConnector{}, options_span)
        .hint("add WITH ('connector' = '…'): there are {}", listed(connector_names(true)));
    return std::nullopt;
  }
  const auto row = std::find_if(kConnectors.begin(), kConnectors.end(), [&](const ConnectorRow& candidate) {
    return candidate.name == connector->value;
  });
  if (row == kConnectors.end()) {
    auto emitted = diagnostics.emit(UnknownConnector{}, connector->value_span, connector->value);
    if (const auto near = diagnostics::nearest(connector->value, connector_names(false))) {
      emitted.hint("did you mean `{}`?", *near);
    } else {
      emitted.hint("there are {}", listed(connector_names(true)));
    }
    return std::nullopt;
  }
  if (!row->built) {
    diagnostics.emit(ConnectorNotBuilt{}, connector->value_span, connector->value)
        .note("there are {}", listed(connector_names(true)))
        .hint("{}", row->instead);
    return std::nullopt;
  }
  WrittenTable table{connector->value, ""};
  const auto format = pair_of("format");
  if (format != written.end() && table.connector == "filesystem") {
    if (std::find(kFormatsNotBuilt.begin(), kFormatsNotBuilt.end(), format->value) !=
        kFormatsNotBuilt.end()) {
      diagnostics.emit(FormatNotBuilt{}, format->value_span, format->value)
          .hint("use `json`: one object per line");
      return std::nullopt;
    }
    table.format = format->value;
  }
  return table;
}

}  // namespace

std::span<const Option> options() { return kOptions; }

void OptionSet::set(std::string key, std::string value, Span span) {
  spans_[key] = span;
  values_[std::move(key)] = std::move(value);
}

void OptionSet::erase(std::string_view key) {
  if (const auto found = values_.find(key); found != values_.end()) values_.erase(found);
  if (const auto found = spans_.find(key); found != spans_.end()) spans_.erase(found);
}

std::optional<std::string> OptionSet::find(std::string_view key) const {
  const auto found = values_.find(key);
  if (found == values_.end()) return std::nullopt;
  return found->second;
}

std::string OptionSet::get(std::string_view key, std::string_view otherwise) const {
  return find(key).value_or(std::string{otherwise});
}

bool OptionSet::flag(std::string_view key, bool otherwise) const {
  const auto value = find(key);
  return value ? *value == "true" : otherwise;
}

Span OptionSet::span(std::string_view key) const {
  const auto found = spans_.find(key);
  return found == spans_.end() ? Span{} : found->second;
}

OptionSet check_table_options(const std::vector<syntax::OptionPair>& written, Span options_span,
                              Diagnostics& diagnostics) {
  OptionSet result;
  const auto table = check_connector(written, options_span, diagnostics);
  if (!table) return result;
  const std::string format_owner = "format:" + (table->format.empty() ? "json" : table->format);
  const auto applies = [&](const Option& option) {
    if (option.scope == OptionScope::Setting) return false;
    return option.connector.empty() || option.connector == table->connector ||
           (option.connector == format_owner && table->connector == "filesystem");
  };
  for (const syntax::OptionPair& pair : written) {
    if (result.find(pair.key)) {
      diagnostics.emit(DuplicateOption{}, pair.key_span, pair.key);
      continue;
    }
    const Option* option = find_option(pair.key, applies);
    if (option == nullptr) {
      auto emitted = diagnostics.emit(UnknownOption{}, pair.key_span, pair.key, table->connector);
      std::vector<std::string> keys;
      for (const Option& candidate : kOptions) {
        if (applies(candidate)) keys.emplace_back(candidate.key);
      }
      const Option* elsewhere =
          find_option(pair.key, [](const Option& o) { return o.scope != OptionScope::Setting; });
      const Option* setting =
          find_option(pair.key, [](const Option& o) { return o.scope == OptionScope::Setting; });
      if (elsewhere != nullptr) {
        emitted.note("it belongs to {} `{}`",
                     elsewhere->connector.starts_with("format:") ? "format" : "connector",
                     elsewhere->connector.substr(elsewhere->connector.find(':') + 1));
      } else if (setting != nullptr) {
        emitted.hint("it is a setting: SET '{}' = '{}'", pair.key, pair.value);
      } else if (const auto near = diagnostics::nearest(pair.key, keys)) {
        emitted.hint("did you mean `{}`?", *near);
      }
      continue;
    }
    if (option->status == OptionStatus::Refused) {
      diagnostics.emit(OptionNotSupported{}, pair.key_span, pair.key).hint("{}", option->detail);
      continue;
    }
    std::string value = pair.value;
    if (const std::string expected = mismatch(*option, value); !expected.empty()) {
      auto emitted = diagnostics.emit(OptionValue{}, pair.value_span, pair.key, expected, pair.value);
      if (const auto near = diagnostics::nearest(pair.value, alternatives(option->allowed))) {
        emitted.hint("did you mean `{}`?", *near);
      }
      continue;
    }
    if (option->status == OptionStatus::Accepted) {
      diagnostics.emit(OptionWithoutEffect{}, pair.key_span, pair.key, option->detail);
    }
    result.set(option->status == OptionStatus::Mapped ? std::string{option->detail} : pair.key, value,
               pair.value_span);
  }
  constexpr std::string_view fail = "json.fail-on-missing-field", ignore = "json.ignore-parse-errors";
  if (result.flag(fail, false) && result.flag(ignore, false)) {
    diagnostics.emit(OptionConflict{}, result.span(fail), fail, ignore)
        .hint("leave one of them out: a row cannot both fail and be passed over");
  }
  for (const Required& required : kRequired) {
    const bool given = std::any_of(written.begin(), written.end(),
                                   [&](const syntax::OptionPair& pair) { return pair.key == required.key; });
    if (required.connector == table->connector && !given) {
      diagnostics.emit(MissingOption{}, options_span, table->connector, required.key)
          .hint("add {}", required.example);
    }
  }
  return result;
}

std::optional<syntax::OptionPair> check_setting(const syntax::OptionPair& written, Diagnostics& diagnostics) {
  const auto is_setting = [](const Option& option) { return option.scope == OptionScope::Setting; };
  const Option* option = find_option(written.key, is_setting);
  if (option == nullptr) {
    auto emitted = diagnostics.emit(UnknownSetting{}, written.key_span, written.key);
    std::vector<std::string> keys;
    for (const Option& candidate : kOptions) {
      if (is_setting(candidate)) keys.emplace_back(candidate.key);
    }
    if (const auto near = diagnostics::nearest(written.key, keys)) {
      emitted.hint("did you mean `{}`?", *near);
    } else if (find_option(written.key, [](const Option& o) { return o.scope != OptionScope::Setting; })) {
      emitted.hint("it is an option of a table: write it in WITH (…), or give --set <table>.{}=…",
                   written.key);
    }
    return std::nullopt;
  }
  if (option->status == OptionStatus::Refused) {
    diagnostics.emit(SettingNotSupported{}, written.key_span, written.key).hint("{}", option->detail);
    return std::nullopt;
  }
  if (option->key == "execution.runtime-mode" && lower(written.value) == "batch") {
    diagnostics.emit(BatchMode{}, written.value_span)
        .hint(
            "leave it out: over files a run ends with the files, and windows are final when they are "
            "written");
    return std::nullopt;
  }
  syntax::OptionPair accepted = written;
  std::string expected = mismatch(*option, accepted.value);
  if (expected.empty() && option->key == "parallelism.default" && !is_reference(accepted.value)) {
    const auto threads = parse_bytes(accepted.value);
    if (!threads || *threads < 1 || *threads > 256) expected = "a number from 1 to 256";
  }
  if (!expected.empty()) {
    auto emitted = diagnostics.emit(SettingValue{}, written.value_span, written.key, expected, written.value);
    if (const auto near = diagnostics::nearest(written.value, alternatives(option->allowed))) {
      emitted.hint("did you mean `{}`?", *near);
    }
    return std::nullopt;
  }
  if (option->key == "table.local-time-zone") {
    const auto offset = parse_zone_offset_ms(accepted.value);
    if (!offset) {
      diagnostics.emit(ZoneName{}, written.value_span, written.value)
          .hint("use `UTC` or a fixed offset such as `+08:00`");
      return std::nullopt;
    }
  }
  if (option->status == OptionStatus::Accepted) {
    diagnostics.emit(SettingWithoutEffect{}, written.key_span, written.key, option->detail);
  }
  if (option->status == OptionStatus::Mapped) {
    accepted.key = option->detail;
    return check_setting(accepted, diagnostics);
  }
  return accepted;
}

bool is_setting(std::string_view key) {
  return find_option(key, [](const Option& option) { return option.scope == OptionScope::Setting; }) !=
         nullptr;
}

bool is_secret(std::string_view key) {
  const Option* option = find_option(key, [](const Option&) { return true; });
  return option != nullptr && option->secret;
}

namespace {

struct Unit {
  std::string_view name;
  int64_t factor;
};

// A number, blanks, a unit; without a unit the factor is 1.
template <size_t N>
std::optional<int64_t> number_with_unit(std::string_view text, const std::array<Unit, N>& units) {
  int64_t number = 0;
  const char* const last = text.data() + text.size();
  auto [rest, error] = std::from_chars(text.data(), last, number);
  if (error != std::errc{} || number < 0) return std::nullopt;
  while (rest != last && *rest == ' ') ++rest;
  const std::string name = lower({rest, static_cast<size_t>(last - rest)});
  if (name.empty()) return number;
  for (const Unit& unit : units) {
    int64_t result = 0;
    if (unit.name == name && !__builtin_mul_overflow(number, unit.factor, &result)) return result;
  }
  return std::nullopt;
}

}  // namespace

std::optional<int64_t> parse_duration_ms(std::string_view text) {
  constexpr int64_t second = 1000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;
  constexpr std::array<Unit, 20> units{
      {{"ms", 1},       {"milli", 1},    {"millis", 1},      {"millisecond", 1},  {"milliseconds", 1},
       {"s", second},   {"sec", second}, {"secs", second},   {"second", second},  {"seconds", second},
       {"min", minute}, {"m", minute},   {"minute", minute}, {"minutes", minute}, {"h", hour},
       {"hour", hour},  {"hours", hour}, {"d", day},         {"day", day},        {"days", day}}};
  return number_with_unit(text, units);
}

std::optional<int64_t> parse_bytes(std::string_view text) {
  constexpr int64_t kb = 1024, mb = 1024 * kb, gb = 1024 * mb, tb = 1024 * gb;
  constexpr std::array<Unit, 14> units{{{"b", 1},
                                        {"bytes", 1},
                                        {"k", kb},
                                        {"kb", kb},
                                        {"kib", kb},
                                        {"m", mb},
                                        {"mb", mb},
                                        {"mib", mb},
                                        {"g", gb},
                                        {"gb", gb},
                                        {"gib", gb},
                                        {"t", tb},
                                        {"tb", tb},
                                        {"tib", tb}}};
  return number_with_unit(text, units);
}

std::optional<int64_t> parse_zone_offset_ms(std::string_view text) {
  if (text == "UTC" || text == "Z" || text == "GMT" || text == "Etc/UTC") return 0;
  if (text.starts_with("UTC") || text.starts_with("GMT")) text.remove_prefix(3);
  if (text.size() < 2 || (text.front() != '+' && text.front() != '-')) return std::nullopt;
  const int64_t sign = text.front() == '-' ? -1 : 1;
  text.remove_prefix(1);
  const size_t colon = text.find(':');
  const std::string_view hour_text = text.substr(0, colon);
  const std::string_view minute_text = colon == std::string_view::npos ? "0" : text.substr(colon + 1);
  if (hour_text.size() > 2 || minute_text.size() > 2 || !is_number(hour_text, true) ||
      !is_number(minute_text, true)) {
    return std::nullopt;
  }
  int64_t hours = 0, minutes = 0;
  std::from_chars(hour_text.data(), hour_text.data() + hour_text.size(), hours);
  std::from_chars(minute_text.data(), minute_text.data() + minute_text.size(), minutes);
  if (hours < 0 || hours > 18 || minutes < 0 || minutes > 59) return std::nullopt;
  return sign * (hours * 60 + minutes) * 60'000;
}

}  // namespace weir::catalog
