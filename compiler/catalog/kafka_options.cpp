#include "compiler/catalog/kafka_options.h"

#include <algorithm>
#include <charconv>

#include "compiler/catalog/option_values.h"
#include "runtime/connectors/kafka_refused.h"

namespace weir::catalog {
namespace {

using diagnostics::Diagnostics;
using diagnostics::Span;

WEIR_ERROR(PropertyRefused, "`properties.{}` cannot be set", std::string_view);
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
WEIR_ERROR(PartitionerNotBuilt, "`sink.partitioner` = `{}` is not built yet", std::string_view);
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
  const auto* refusal = connectors::kafka::find_refusal(name);
  if (refusal == nullptr) return true;
  diagnostics.emit(PropertyRefused{}, written.key_span, name).note("{}", refusal->reason);
  return false;
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
  if (const auto partitioner = options.find("sink.partitioner"); partitioner && *partitioner != "default") {
    diagnostics.emit(PartitionerNotBuilt{}, options.span("sink.partitioner"), *partitioner)
        .note("records of a key go to the partition of its hash, as Java clients do, others to any")
        .hint("leave it out");
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
