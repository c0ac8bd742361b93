#include "compiler/catalog/kafka_options.h"

#include <algorithm>
#include <charconv>

#include "compiler/catalog/option_values.h"
#include "runtime/connectors/log/kafka_refused.h"

namespace weir::catalog {
namespace {

using diagnostics::Diagnostics;
using diagnostics::Span;

WEIR_ERROR(PropertyRefused, "`properties.{}` cannot be set", std::string_view);
WEIR_ERROR(PathInText,
           "`properties.{}` names a file of the machine, and the text of a query cannot choose it",
           std::string_view);
WEIR_ERROR(EmptyTopic, "`topic` has an empty name in its list");
WEIR_ERROR(TopicTwice, "`topic` names `{}` twice", std::string_view);
WEIR_ERROR(FormatTwice, "`format` and `value.format` are the same option");
WEIR_ERROR(CompanionMissing, "`{}` = `{}` needs the option `{}`", std::string_view, std::string_view,
           std::string_view);
WEIR_ERROR(CompanionUnused, "option `{}` goes with `{}` = `{}`", std::string_view, std::string_view,
           std::string_view);
WEIR_ERROR(OffsetsForm, "option `{}` takes offsets of partitions, not `{}`", std::string_view,
           std::string_view);
WEIR_ERROR(OffsetsOfTopics, "`{}` = `specific-offsets` goes with one topic, and `topic` names {}",
           std::string_view, size_t);
WEIR_ERROR(KeyFormatAlone, "`key.format` goes with `key.fields`");
WEIR_ERROR(KeyFieldsAlone, "`key.fields` goes with `key.format`");
WEIR_ERROR(KeyPrefixAlone, "`key.fields-prefix` goes with `key.fields`");
WEIR_ERROR(KeyPrefixInValue, "`key.fields-prefix` needs `value.fields-include` = `EXCEPT_KEY`");
WEIR_ERROR(RoundRobinOfKeys, "`sink.partitioner` = `round-robin` goes with records that have no key");
WEIR_NOTE(DeliveryNone, "`sink.delivery-guarantee` = `none` is taken as `at-most-once`");

// An option that says what another one's mode refers to.
struct Companion {
  std::string_view mode_key;
  std::string_view mode;
  std::string_view key;
  std::string_view example;
};
constexpr Companion kCompanions[] = {
    {"scan.startup.mode", "timestamp", "scan.startup.timestamp-millis", "'1767225600000'"},
    {"scan.startup.mode", "specific-offsets", "scan.startup.specific-offsets",
     "'partition:0,offset:42;partition:1,offset:300'"},
    {"scan.bounded.mode", "timestamp", "scan.bounded.timestamp-millis", "'1767225600000'"},
    {"scan.bounded.mode", "specific-offsets", "scan.bounded.specific-offsets",
     "'partition:0,offset:42;partition:1,offset:300'"},
};

template <typename Number>
bool take_number(std::string_view& text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || number < 0) return false;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return true;
}

// What stands in the text itself.
std::string without_references(std::string_view value) {
  std::string rest;
  while (!value.empty()) {
    const size_t at = std::min(value.find("${env:"), value.find("${file:"));
    rest += value.substr(0, at);
    const size_t end = at == std::string_view::npos ? at : value.find('}', at);
    value = end == std::string_view::npos ? std::string_view() : value.substr(end + 1);
  }
  return rest;
}

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

void check_topics(const OptionSet& options, Diagnostics& diagnostics) {
  const auto written = options.find("topic");
  if (!written) return;
  std::vector<std::string> topics = split_list(*written);
  for (size_t i = 0; i < topics.size(); ++i) {
    if (topics[i].empty()) {
      diagnostics.emit(EmptyTopic{}, options.span("topic")).hint("write 'orders' or 'orders;returns'");
      return;
    }
    if (std::find(topics.begin(), topics.begin() + static_cast<ptrdiff_t>(i), topics[i]) !=
        topics.begin() + static_cast<ptrdiff_t>(i)) {
      diagnostics.emit(TopicTwice{}, options.span("topic"), topics[i]);
      return;
    }
  }
}

void check_companion(const OptionSet& options, const Companion& companion, Diagnostics& diagnostics) {
  const bool chosen = options.get(companion.mode_key) == companion.mode;
  const auto value = options.find(companion.key);
  if (chosen && !value) {
    diagnostics
        .emit(CompanionMissing{}, options.span(companion.mode_key), companion.mode_key, companion.mode,
              companion.key)
        .hint("add '{}' = {}", companion.key, companion.example);
  }
  if (!value) return;
  const Span span = options.span(companion.key);
  if (!chosen && !is_reference(options.get(companion.mode_key))) {
    auto emitted =
        diagnostics.emit(CompanionUnused{}, span, companion.key, companion.mode_key, companion.mode);
    if (const auto mode = options.find(companion.mode_key)) {
      emitted.hint("leave it out, or set '{}' = '{}' instead of `{}`", companion.mode_key, companion.mode,
                   *mode);
    } else {
      emitted.hint("add '{}' = '{}'", companion.mode_key, companion.mode);
    }
    return;
  }
  if (companion.mode != "specific-offsets" || is_reference(*value)) return;
  if (!parse_offsets(*value)) {
    diagnostics.emit(OffsetsForm{}, span, companion.key, *value)
        .hint("write {}, each partition once", companion.example);
  }
  const size_t topics = split_list(options.get("topic")).size();
  if (topics > 1) {
    diagnostics.emit(OffsetsOfTopics{}, span, companion.mode_key, topics)
        .note("each topic has a partition 0")
        .hint("declare a table for each topic");
  }
}

void check_key(const OptionSet& options, bool upsert, Diagnostics& diagnostics) {
  const bool fields = options.find("key.fields").has_value();
  const bool prefix = !options.get("key.fields-prefix").empty();
  if (!upsert && options.find("key.format") && !fields) {
    diagnostics.emit(KeyFormatAlone{}, options.span("key.format"))
        .hint("add 'key.fields' = 'a;b', the columns that stand in the key");
  }
  if (fields && !options.find("key.format")) {
    diagnostics.emit(KeyFieldsAlone{}, options.span("key.fields")).hint("add 'key.format' = 'json'");
  }
  if (prefix && !upsert && !fields) {
    diagnostics.emit(KeyPrefixAlone{}, options.span("key.fields-prefix"));
  }
  if (prefix && options.get("value.fields-include", "ALL") != "EXCEPT_KEY") {
    diagnostics.emit(KeyPrefixInValue{}, options.span("key.fields-prefix"))
        .note("with `ALL` the columns of the key stand in the value too, and there they keep their names")
        .hint("add 'value.fields-include' = 'EXCEPT_KEY'");
  }
}

}  // namespace

bool check_kafka_property(const syntax::OptionPair& written, Diagnostics& diagnostics) {
  const std::string_view name = std::string_view{written.key}.substr(std::string_view{"properties."}.size());
  if (const auto* refusal = connectors::kafka::find_refusal(name)) {
    diagnostics.emit(PropertyRefused{}, written.key_span, name).note("{}", refusal->reason);
    return false;
  }
  const bool from_environment = without_references(written.value).empty() &&
                                written.value.find("${file:") == std::string::npos &&
                                is_reference(written.value);
  if (connectors::kafka::is_path(name) && !from_environment) {
    auto emitted = diagnostics.emit(PathInText{}, written.key_span, name);
    emitted.note("whoever writes a query would make the job read any file that it may read");
    emitted.hint(
        "whoever starts the job says it: `--kafka-config FILE` with a line `{}=…`, or '${{env:NAME}}' here",
        name);
    if (name.starts_with("ssl.")) {
      emitted.hint(
          "or give what is in the file: 'properties.ssl.ca.pem' = '${{file:/run/secrets/ca.pem}}', likewise "
          "`ssl.certificate.pem` and `ssl.key.pem`");
    }
    return false;
  }
  return true;
}

bool shows_secret(std::string_view key, std::string_view value) {
  const std::string shown = without_references(value);
  if (key == "properties.sasl.jaas.config") {
    // Of a JAAS line only the password is one.
    size_t at = shown.find("password");
    at = at == std::string::npos ? at
                                 : shown.find_first_not_of(" \t", at + std::string_view{"password"}.size());
    if (at == std::string::npos || shown[at] != '=') return false;
    at = shown.find_first_not_of(" \t", at + 1);
    if (at == std::string::npos || shown[at] == ';') return false;
    const bool quoted = shown[at] == '"' || shown[at] == '\'';
    return !quoted || at + 1 >= shown.size() || shown[at + 1] != shown[at];
  }
  // Of what says how an OAuth token is made, only the user knows which part is one.
  return !is_reference(value) || (!shown.empty() && key != "properties.sasl.oauthbearer.config");
}

bool is_secret_property(std::string_view name) { return connectors::kafka::is_secret(name); }

void check_kafka_options(OptionSet& options, Diagnostics& diagnostics) {
  const bool upsert = options.get("connector") == "upsert-kafka";
  check_topics(options, diagnostics);
  if (options.find("format") && options.find("value.format")) {
    diagnostics.emit(FormatTwice{}, options.span("value.format"))
        .label(options.span("format"), "the first one")
        .hint("leave one of them out");
  }
  for (const Companion& companion : kCompanions) check_companion(options, companion, diagnostics);
  check_key(options, upsert, diagnostics);
  if (options.get("sink.partitioner") == "round-robin" && options.find("key.fields")) {
    diagnostics.emit(RoundRobinOfKeys{}, options.span("sink.partitioner"))
        .label(options.span("key.fields"), "their key")
        .note("records of a key would be spread over partitions, and lose their order")
        .hint("leave it out: a record goes to the partition of its key's hash");
  }
  if (options.get("sink.delivery-guarantee") == "none") {
    const Span span = options.span("sink.delivery-guarantee");
    diagnostics.emit(DeliveryNone{}, span).hint("`at-least-once` costs hardly more, and loses nothing");
    options.set("sink.delivery-guarantee", "at-most-once", span);
  }
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> names;
  for (;;) {
    const size_t semicolon = text.find(';');
    names.emplace_back(text.substr(0, semicolon));
    if (semicolon == std::string_view::npos) return names;
    text.remove_prefix(semicolon + 1);
  }
}

std::optional<std::map<int32_t, int64_t>> parse_offsets(std::string_view text) {
  std::map<int32_t, int64_t> offsets;
  while (true) {
    int32_t partition = 0;
    int64_t offset = 0;
    if (!take(text, "partition:") || !take_number(text, partition) || !take(text, ",offset:") ||
        !take_number(text, offset) || !offsets.emplace(partition, offset).second) {
      return std::nullopt;
    }
    if (text.empty()) return offsets;
    if (!take(text, ";")) return std::nullopt;
    if (text.empty()) return offsets;
  }
}

}  // namespace weir::catalog
