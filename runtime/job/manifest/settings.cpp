#include "runtime/job/manifest/settings.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <span>
#include <system_error>

#include <fmt/format.h>

#include "runtime/connectors/duration_text.h"
#include "runtime/connectors/system_error.h"
#include "runtime/state/budget.h"

namespace weir::job {
namespace {

// What can be set when a job is started, because compiled code does not depend on it. `*` stands for a column.
constexpr std::string_view kSettings[] = {"changelog.slice-size",     "changelog.snapshot-size",
                                          "commit.interval",          "memory.budget",
                                          "parallelism.default",      "pipeline.name",
                                          "session.allowed-lateness", "table.exec.source.idle-timeout",
                                          "transaction.timeout"};
constexpr std::string_view kSourceOptions[] = {"connector",
                                               "fields.*.end",
                                               "fields.*.kind",
                                               "fields.*.length",
                                               "fields.*.max",
                                               "fields.*.max-past",
                                               "fields.*.min",
                                               "fields.*.null-rate",
                                               "fields.*.start",
                                               "json.fail-on-missing-field",
                                               "json.ignore-parse-errors",
                                               "json.timestamp-format.standard",
                                               "number-of-rows",
                                               "on-error",
                                               "partitions",
                                               "path",
                                               "properties.*",
                                               "rows-per-second",
                                               "scan.bounded.*",
                                               "scan.startup.*",
                                               "scan.topic-partition-discovery.interval",
                                               "scan.watermark.idle-timeout",
                                               "seed",
                                               "topic"};
constexpr std::string_view kSinkOptions[] = {"connector",
                                             "path",
                                             "properties.*",
                                             "sink.delivery-guarantee",
                                             "sink.rolling-policy.file-size",
                                             "sink.transactional-id-prefix",
                                             "standard-error",
                                             "topic"};

bool matches(std::string_view pattern, std::string_view key) {
  const size_t star = pattern.find('*');
  if (star == std::string_view::npos) {
    return pattern == key;
  }
  const std::string_view before = pattern.substr(0, star);
  const std::string_view after = pattern.substr(star + 1);
  return key.size() > before.size() + after.size() && key.starts_with(before) && key.ends_with(after);
}

bool any_matches(std::span<const std::string_view> patterns, std::string_view key) {
  return std::ranges::any_of(patterns, [&](std::string_view pattern) { return matches(pattern, key); });
}

void store(Options& options, std::string_view key, const std::string& value) {
  for (auto& [present, old] : options) {
    if (present == key) {
      old = value;
      return;
    }
  }
  options.emplace_back(key, value);
}

bool says(const Options& options, std::string_view key, const std::string& value) {
  const std::string* present = find_option(options, key);
  return present != nullptr && *present == value;
}

std::unexpected<Error> usage(std::string text) {
  return std::unexpected(Error{Error::Kind::Usage, std::move(text)});
}

std::unexpected<Error> not_settable(std::string_view key) {
  return usage(
      fmt::format("`{}` cannot be set when the job is started: the code was compiled for its value", key));
}

// A change of connector that needs other code: rows of print and of standard output are encoded in their own way.
bool exchangeable(std::span<const std::string_view> connectors, const Options& options,
                  const std::string& wanted) {
  return std::ranges::find(connectors, option_or(options, "connector", "")) != connectors.end() &&
         std::ranges::find(connectors, wanted) != connectors.end();
}
constexpr std::string_view kLineSources[] = {"filesystem", "datagen"};
constexpr std::string_view kJsonSinks[] = {"filesystem", "blackhole"};

// Of options that are words: which ones, if the value is none of them. Numbers and durations are looked at where they are used.
std::string_view wanted_instead(std::string_view option, std::string_view value) {
  if (option == "json.fail-on-missing-field" || option == "json.ignore-parse-errors" ||
      option == "standard-error") {
    return value == "true" || value == "false" ? "" : "`true` or `false`";
  }
  if (option == "json.timestamp-format.standard") {
    return value == "SQL" || value == "ISO-8601" ? "" : "`SQL` or `ISO-8601`";
  }
  return "";
}

// Overrides one option of all scans and sinks of a table; false if the job has no such table.
Result<bool> override_table(Manifest& manifest, std::string_view table, std::string_view option,
                            const std::string& value, std::string_view key) {
  bool found = false;
  const auto lay_over = [&](Options& options, std::span<const std::string_view> settable,
                            std::span<const std::string_view> connectors) -> Result<void> {
    found = true;
    if (says(options, option, value)) {
      return {};
    }
    if (!any_matches(settable, option) && find_option(options, option) == nullptr) {
      return usage(
          fmt::format("table `{}` has no option `{}` that can be set when the job is started; there are `{}`",
                      table, option, fmt::join(settable, "`, `")));
    }
    if (!any_matches(settable, option) ||
        (option == "connector" && !exchangeable(connectors, options, value))) {
      return not_settable(key);
    }
    if (const std::string_view wanted = wanted_instead(option, value); !wanted.empty()) {
      return usage(fmt::format("`{}` is {}, not `{}`", key, wanted, value));
    }
    store(options, option, value);
    return {};
  };
  for (ManifestScan& scan : manifest.scans) {
    if (scan.table == table) {
      if (auto done = lay_over(scan.options, kSourceOptions, kLineSources); !done) {
        return std::unexpected(done.error());
      }
    }
  }
  for (ManifestSink& sink : manifest.sinks) {
    if (sink.table == table) {
      if (auto done = lay_over(sink.options, kSinkOptions, kJsonSinks); !done) {
        return std::unexpected(done.error());
      }
    }
  }
  return found;
}

std::string tables_of(const Manifest& manifest) {
  std::vector<std::string> names;
  for (const ManifestScan& scan : manifest.scans) {
    names.push_back(scan.table);
  }
  for (const ManifestSink& sink : manifest.sinks) {
    if (!sink.table.empty()) {
      names.push_back(sink.table);
    }
  }
  std::ranges::sort(names);
  const auto repeated = std::ranges::unique(names);
  names.erase(repeated.begin(), repeated.end());
  return fmt::format("`{}`", fmt::join(names, "`, `"));
}

Result<void> override_one(Manifest& manifest, const std::string& key, const std::string& value) {
  if (says(manifest.settings, key, value)) {
    return {};
  }
  if (any_matches(kSettings, key)) {
    store(manifest.settings, key, value);
    if (key == "pipeline.name") {
      manifest.job_name = value;
    }
    return {};
  }
  // A table's name may hold dots, and so may an option's: the longest table that fits is meant.
  for (size_t dot = key.rfind('.'); dot != std::string::npos && dot != 0; dot = key.rfind('.', dot - 1)) {
    const Result<bool> done = override_table(manifest, std::string_view(key).substr(0, dot),
                                             std::string_view(key).substr(dot + 1), value, key);
    if (!done) {
      return std::unexpected(done.error());
    }
    if (*done) {
      return {};
    }
  }
  if (find_option(manifest.settings, key) != nullptr) {
    return not_settable(key);
  }
  return usage(fmt::format("unknown setting `{}`: tables of this job are {}; settings are `{}`", key,
                           tables_of(manifest), fmt::join(kSettings, "`, `")));
}

Result<std::string> look_up(std::string_view kind, const std::string& name, std::string_view where) {
  if (kind == "env") {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) {
      return usage(fmt::format("{}: the environment has no variable `{}`", where, name));
    }
    return std::string(value);
  }
  if (kind == "file") {
    std::ifstream file(name, std::ios::binary);
    if (!file) {
      return std::unexpected(
          Error{Error::Kind::InputOutput,
                fmt::format("{}: cannot read `{}`: {}", where, name, connectors::system_reason(errno))});
    }
    std::string text{std::istreambuf_iterator<char>(file), {}};
    if (text.ends_with('\n')) {
      text.pop_back();
    }
    return text;
  }
  return usage(
      fmt::format("{}: unknown reference `${{{}:{}}}`; known are `${{env:NAME}}` and `${{file:PATH}}`", where,
                  kind, name));
}

Result<void> resolve(std::string& value, std::string_view where) {
  size_t at = 0;
  while ((at = value.find("${", at)) != std::string::npos) {
    const size_t end = value.find('}', at);
    const size_t colon = value.find(':', at);
    if (end == std::string::npos || colon == std::string::npos || colon > end) {
      return usage(fmt::format("{}: `{}` is no reference; known are `${{env:NAME}}` and `${{file:PATH}}`",
                               where, value.substr(at, end == std::string::npos ? end : end + 1 - at)));
    }
    const Result<std::string> found = look_up(std::string_view(value).substr(at + 2, colon - at - 2),
                                              value.substr(colon + 1, end - colon - 1), where);
    if (!found) {
      return std::unexpected(found.error());
    }
    value.replace(at, end + 1 - at, *found);
    at += found->size();
  }
  return {};
}

Result<void> resolve_all(Options& options, std::string_view of) {
  for (auto& [key, value] : options) {
    if (auto done = resolve(value, fmt::format("{}`{}`", of, key)); !done) {
      return done;
    }
  }
  return {};
}

}  // namespace

Result<void> apply_overrides(Manifest& manifest, const Options& overrides) {
  for (const auto& [key, value] : overrides) {
    if (auto done = override_one(manifest, key, value); !done) {
      return done;
    }
  }
  return {};
}

Result<void> resolve_references(Manifest& manifest) {
  for (ManifestScan& scan : manifest.scans) {
    if (auto done = resolve_all(scan.options, fmt::format("table `{}`, option ", scan.table)); !done) {
      return done;
    }
  }
  for (ManifestSink& sink : manifest.sinks) {
    if (auto done = resolve_all(sink.options, fmt::format("table `{}`, option ", sink.table)); !done) {
      return done;
    }
  }
  return resolve_all(manifest.settings, "setting ");
}

const std::string* find_option(const Options& options, std::string_view key) {
  const auto found = std::ranges::find_if(options, [&](const auto& option) { return option.first == key; });
  return found == options.end() ? nullptr : &found->second;
}

std::string option_or(const Options& options, std::string_view key, std::string_view otherwise) {
  const std::string* value = find_option(options, key);
  return value != nullptr ? *value : std::string(otherwise);
}

bool flag_or(const Options& options, std::string_view key, bool otherwise) {
  const std::string* value = find_option(options, key);
  return value != nullptr ? *value == "true" : otherwise;
}

Result<uint64_t> number_or(const Options& options, std::string_view key, uint64_t otherwise, uint64_t least) {
  const std::string* value = find_option(options, key);
  if (value == nullptr) {
    return otherwise;
  }
  uint64_t number = 0;
  const auto [end, code] = std::from_chars(value->data(), value->data() + value->size(), number);
  if (code != std::errc{} || end != value->data() + value->size() || number < least) {
    return usage(fmt::format("`{}` is `{}`, which is no whole number of at least {}", key, *value, least));
  }
  return number;
}

Result<uint64_t> bytes_or(const Options& options, std::string_view key, uint64_t otherwise) {
  const std::string* value = find_option(options, key);
  if (value == nullptr) {
    return otherwise;
  }
  const uint64_t bytes = state::parse_bytes(*value);
  if (bytes == 0) {
    return usage(fmt::format("`{}` is `{}`, which is no size such as `128 MB`", key, *value));
  }
  return bytes;
}

Result<int64_t> duration_ms_or(const Options& options, std::string_view key, int64_t otherwise) {
  const std::string* value = find_option(options, key);
  if (value == nullptr) {
    return otherwise;
  }
  const std::optional<int64_t> duration = connectors::parse_duration_ms(*value);
  if (!duration) {
    return usage(fmt::format("`{}` is `{}`, which is no duration such as `5 s`", key, *value));
  }
  return *duration;
}

}  // namespace weir::job
