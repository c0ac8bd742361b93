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
#include <vector>

#include <fmt/format.h>

#include "runtime/abi/nearest_name.h"
#include "runtime/connectors/duration_text.h"
#include "runtime/connectors/system_error.h"
#include "runtime/job/manifest/option_rows.h"
#include "runtime/state/budget.h"

namespace weir::job {
namespace {

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

// The value in the form of the row, where the option takes words; numbers and durations are looked at where they are used, and
// references once they are looked up.
Result<std::string> checked(const OptionRow& row, std::string_view key, std::string value) {
  const std::string given = value;
  if (given.find("${") != std::string::npos) {
    return given;
  }
  if (const std::string wanted = word_mismatch(row, value); !wanted.empty()) {
    return usage(fmt::format("`{}` is {}, not `{}`", key, wanted, given));
  }
  return value;
}

bool is_setting(const OptionRow& row) { return row.scope == OptionScope::Setting; }

// Whether the row is of a source's or a sink's table with these options.
bool is_of(const OptionRow& row, OptionScope edge, const Options& options) {
  if (row.scope != edge && row.scope != OptionScope::Table) {
    return false;
  }
  constexpr std::string_view kFormat = "format:";
  if (row.connector.starts_with(kFormat)) {
    const std::string_view format = row.connector.substr(kFormat.size());
    return option_or(options, "format", option_or(options, "value.format", "json")) == format;
  }
  const std::vector<std::string> owners = alternatives(row.connector);
  return row.connector.empty() ||
         std::ranges::find(owners, option_or(options, "connector", "")) != owners.end();
}

bool is_settable(const OptionRow& row, OptionScope edge) {
  return row.status == OptionStatus::AtStart ||
         (row.status == OptionStatus::AtSourceStart && edge == OptionScope::Source);
}

// The keys of rows, each once, in order.
template <typename Belongs>
std::vector<std::string> keys_of_rows(Belongs&& belongs) {
  std::vector<std::string> keys;
  for (const OptionRow& row : option_rows()) {
    if (belongs(row)) {
      keys.emplace_back(row.key);
    }
  }
  std::ranges::sort(keys);
  const auto repeated = std::ranges::unique(keys);
  keys.erase(repeated.begin(), repeated.end());
  return keys;
}

// ": did you mean `path`?", or what there is.
std::string instead(std::string_view name, const std::vector<std::string>& candidates, std::string_view all) {
  if (const auto meant = abi::nearest_name(name, candidates)) {
    return fmt::format(": did you mean `{}`?", *meant);
  }
  return fmt::format("; {} `{}`", all, fmt::join(candidates, "`, `"));
}

// Overrides one option of a scan or sink of the table.
Result<void> override_option(Options& options, OptionScope edge, std::string_view table,
                             std::string_view option, const std::string& value, std::string_view key) {
  if (says(options, option, value)) {
    return {};
  }
  const auto settable = [&](const OptionRow& row) {
    return is_of(row, edge, options) && is_settable(row, edge);
  };
  const OptionRow* row = find_option_row(option, settable);
  if (row == nullptr && find_option(options, option) == nullptr) {
    return usage(fmt::format("table `{}` has no option `{}` that can be set when the job is started{}", table,
                             option, instead(option, keys_of_rows(settable), "there are")));
  }
  const auto connectors = edge == OptionScope::Source ? std::span<const std::string_view>(kLineSources)
                                                      : std::span<const std::string_view>(kJsonSinks);
  if (row == nullptr || (option == "connector" && !exchangeable(connectors, options, value))) {
    return not_settable(key);
  }
  Result<std::string> accepted = checked(*row, key, value);
  if (!accepted) {
    return std::unexpected(accepted.error());
  }
  store(options, option, *accepted);
  return {};
}

// Overrides one option of all scans and sinks of a table; false if the job has no such table.
Result<bool> override_table(Manifest& manifest, std::string_view table, std::string_view option,
                            const std::string& value, std::string_view key) {
  bool found = false;
  Result<void> done;
  const auto lay_over = [&](auto& edges, OptionScope edge) {
    for (auto& each : edges) {
      if (each.table != table || !done) {
        continue;
      }
      found = true;
      done = override_option(each.options, edge, table, option, value, key);
    }
  };
  lay_over(manifest.scans, OptionScope::Source);
  lay_over(manifest.sinks, OptionScope::Sink);
  if (!done) {
    return std::unexpected(done.error());
  }
  return found;
}

std::vector<std::string> tables_of(const Manifest& manifest) {
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
  return names;
}

Result<void> override_one(Manifest& manifest, const std::string& key, const std::string& value) {
  if (says(manifest.settings, key, value)) {
    return {};
  }
  const auto settable = [](const OptionRow& row) {
    return is_setting(row) && row.status == OptionStatus::AtStart;
  };
  if (find_option_row(key, settable) != nullptr) {
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
  const std::vector<std::string> tables = tables_of(manifest);
  const size_t dot = key.find('.');
  if (const auto meant = abi::nearest_name(key.substr(0, dot), tables); meant && dot != std::string::npos) {
    return usage(fmt::format("the job has no table `{}`: did you mean `{}`?", key.substr(0, dot), *meant));
  }
  return usage(fmt::format(
      "unknown setting `{}`{}", key,
      instead(key, keys_of_rows(settable),
              fmt::format("tables of this job are `{}`; settings are", fmt::join(tables, "`, `")))));
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
  // Connectors first: which options there are depends on them.
  for (const bool connectors : {true, false}) {
    for (const auto& [key, value] : overrides) {
      if (key.ends_with(".connector") != connectors) {
        continue;
      }
      if (auto done = override_one(manifest, key, value); !done) {
        return done;
      }
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
