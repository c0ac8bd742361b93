#include <algorithm>
#include <array>

#include "compiler/catalog/connectors.h"
#include "compiler/catalog/kafka_options.h"
#include "compiler/catalog/option_values.h"
#include "compiler/diagnostics/no_place.h"
#include "compiler/diagnostics/suggest.h"

namespace weir::catalog {
namespace {

using diagnostics::Diagnostics;
using diagnostics::Span;
using syntax::OptionPair;

WEIR_ERROR(MissingOption, "connector `{}` needs the option `{}`", std::string_view, std::string_view);
WEIR_ERROR(UnknownOption, "there is no option `{}` for connector `{}`", std::string_view, std::string_view);
WEIR_ERROR(DuplicateOption, "option `{}` is given twice", std::string_view);
WEIR_ERROR(OptionConflict, "options `{}` and `{}` contradict each other", std::string_view, std::string_view);
WEIR_ERROR(OptionNotSupported, "option `{}` is not supported", std::string_view);
WEIR_ERROR(OptionValue, "option `{}` takes {}, not `{}`", std::string_view, std::string_view,
           std::string_view);
WEIR_ERROR(SecretInText, "option `{}` is a secret, and the text shows it", std::string_view);
WEIR_NOTE(OptionWithoutEffect, "option `{}` has no effect: {}", std::string_view, std::string_view);

struct Required {
  std::string_view connector;
  std::string_view key;
  std::string_view example;
};
constexpr std::array kRequired{
    Required{"filesystem", "path", "'path' = 'orders.json'"},
    Required{"filesystem", "format", "'format' = 'json'"},
    Required{"kafka", "topic", "'topic' = 'orders'"},
    Required{"kafka", "properties.bootstrap.servers", "'properties.bootstrap.servers' = 'localhost:9092'"},
    Required{"upsert-kafka", "topic", "'topic' = 'totals'"},
    Required{"upsert-kafka", "properties.bootstrap.servers",
             "'properties.bootstrap.servers' = 'localhost:9092'"},
    Required{"upsert-kafka", "key.format", "'key.format' = 'json'"},
    Required{"upsert-kafka", "value.format", "'value.format' = 'json'"},
};

// Checks the pairs of one WITH clause.
class TableOptions {
 public:
  TableOptions(const WrittenTable& table, Diagnostics& diagnostics)
      : table_(table), diagnostics_(diagnostics) {}

  void add(const OptionPair& written) {
    OptionPair pair = written;
    // `value.json.…` is how `json.…` is written beside `value.format`.
    if (is_log_connector(table_.connector) && pair.key.starts_with("value.") && row_of(pair.key) == nullptr &&
        row_of(pair.key.substr(6)) != nullptr &&
        row_of(pair.key.substr(6))->connector.starts_with("format:")) {
      pair.key = pair.key.substr(6);
    }
    if (result_.find(pair.key)) {
      diagnostics_.emit(DuplicateOption{}, pair.key_span, pair.key);
      return;
    }
    const Option* option = row_of(pair.key);
    if (option == nullptr) {
      unknown(pair);
    } else {
      add_known(*option, std::move(pair));
    }
  }

  OptionSet take() { return std::move(result_); }

 private:
  const Option* row_of(std::string_view key) const {
    return find_option(key, [&](const Option& option) { return is_option_of(option, table_); });
  }

  void unknown(const OptionPair& pair) {
    auto emitted = diagnostics_.emit(UnknownOption{}, pair.key_span, pair.key, table_.connector);
    if (pair.key_span == diagnostics::kNoPlace) {
      emitted.note("`--set {}.{}` asks for it", table_.name, pair.key);
    }
    std::vector<std::string> keys;
    for (const Option& candidate : options()) {
      if (is_option_of(candidate, table_)) keys.emplace_back(candidate.key);
    }
    const Option* elsewhere =
        find_option(pair.key, [](const Option& o) { return o.scope != OptionScope::Setting; });
    const Option* setting =
        find_option(pair.key, [](const Option& o) { return o.scope == OptionScope::Setting; });
    if (pair.key == "format" && table_.connector == "upsert-kafka") {
      emitted.hint("write 'key.format' and 'value.format'");
    } else if (elsewhere != nullptr && elsewhere->connector.starts_with("format:")) {
      emitted.note("it belongs to format `{}`", elsewhere->connector.substr(7));
    } else if (elsewhere != nullptr) {
      const auto owners = alternatives(elsewhere->connector);
      emitted.note("it belongs to connector{} {}", owners.size() == 1 ? "" : "s", in_words(owners));
    } else if (setting != nullptr) {
      emitted.hint("it is a setting: SET '{}' = '{}'", pair.key, pair.value);
    } else if (const auto near = diagnostics::nearest(pair.key, keys)) {
      emitted.hint("did you mean `{}`?", *near);
    }
  }

  void add_known(const Option& option, OptionPair pair) {
    // A switch that is off where it is off anyway asks for nothing.
    const bool off =
        option.type == OptionType::Boolean && lower(pair.value) == "false" && option.default_value == "false";
    if (option.status == OptionStatus::Refused) {
      if (off) return;
      auto emitted = diagnostics_.emit(OptionNotSupported{}, pair.key_span, pair.key);
      if (pair.key_span == diagnostics::kNoPlace) {
        emitted.note("`--set {}.{}` asks for it", table_.name, pair.key);
      }
      emitted.hint("{}", option.detail);
      return;
    }
    if (pair.key.starts_with("properties.") && !check_kafka_property(pair, diagnostics_)) return;
    if (is_secret(pair.key) && shows_secret(pair.key, pair.value)) {
      diagnostics_.emit(SecretInText{}, pair.key_span, pair.key)
          .note("what stands in the text also stands in the executable and in every listing")
          .hint("write '${{env:NAME}}' or '${{file:/run/secrets/…}}', which the job looks up when it starts");
      return;
    }
    std::string value = pair.value;
    if (const std::string expected = value_mismatch(option, value); !expected.empty()) {
      auto emitted = diagnostics_.emit(OptionValue{}, pair.value_span, pair.key, expected, pair.value);
      const std::vector<std::string> words = alternatives(option.allowed);
      const auto begun = std::find_if(words.begin(), words.end(), [&](const std::string& word) {
        return !pair.value.empty() && word.starts_with(pair.value + "-");
      });
      if (begun != words.end()) {
        emitted.hint("did you mean `{}`?", *begun);
      } else if (const auto near = diagnostics::nearest(pair.value, words)) {
        emitted.hint("did you mean `{}`?", *near);
      }
      return;
    }
    if (option.status == OptionStatus::Accepted) {
      diagnostics_.emit(OptionWithoutEffect{}, pair.key_span, pair.key, option.detail);
    }
    result_.set(std::move(pair.key), value, pair.value_span);
  }

  const WrittenTable& table_;
  Diagnostics& diagnostics_;
  OptionSet result_;
};

}  // namespace

OptionSet check_table_options(const std::string& name, const std::vector<OptionPair>& written,
                              Span options_span, Diagnostics& diagnostics) {
  auto table = check_connector(written, options_span, diagnostics);
  if (!table) return {};
  table->name = name;
  TableOptions checked{*table, diagnostics};
  for (const OptionPair& pair : written) checked.add(pair);
  OptionSet result = checked.take();
  constexpr std::string_view fail = "json.fail-on-missing-field", ignore = "json.ignore-parse-errors";
  if (result.flag(fail, false) && result.flag(ignore, false)) {
    diagnostics.emit(OptionConflict{}, result.span(fail), fail, ignore)
        .hint("leave one of them out: a row cannot both fail and be passed over");
  }
  const auto is_given = [&](std::string_view key) {
    return std::any_of(written.begin(), written.end(),
                       [&](const OptionPair& pair) { return pair.key == key; });
  };
  const auto missing = [&](std::string_view key, std::string_view example) {
    auto emitted = diagnostics.emit(MissingOption{}, options_span, table->connector, key);
    std::vector<std::string> keys;
    for (const OptionPair& pair : written) keys.push_back(pair.key);
    if (const auto near = diagnostics::nearest(key, keys))
      emitted.hint("is it meant by `{}`?", *near);
    else
      emitted.hint("add {}", example);
  };
  for (const Required& required : kRequired) {
    // A pattern is refused by name, and says all about the topic.
    if (required.key == "topic" && is_given("topic-pattern")) continue;
    if (required.connector == table->connector && !is_given(required.key)) {
      missing(required.key, required.example);
    }
  }
  if (is_log_connector(table->connector)) {
    if (table->connector == "kafka" && !is_given("format") && !is_given("value.format")) {
      missing("format", "'format' = 'json'");
    }
    check_kafka_options(result, diagnostics);
  }
  return result;
}

}  // namespace weir::catalog
