#include "runtime/job/manifest/log_options.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace weir::job {
namespace {

using connectors::LogBound;

constexpr std::string_view kPropertyPrefix = "properties.";
constexpr std::string_view kTransactions = "sink.transactional-id-prefix";
constexpr int64_t kLeastTransactionMs = 1'000;  // librdkafka takes no less

std::unexpected<Error> usage(std::string text) {
  return std::unexpected(Error{Error::Kind::Usage, std::move(text)});
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const size_t at = text.find(separator);
    std::string_view part = text.substr(0, at);
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    if (!part.empty()) {
      parts.emplace_back(part);
    }
    text = at == std::string_view::npos ? std::string_view() : text.substr(at + 1);
  }
  return parts;
}

template <typename Number>
bool parse_after(std::string_view text, std::string_view prefix, Number& value) {
  if (!text.starts_with(prefix)) {
    return false;
  }
  text.remove_prefix(prefix.size());
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

// "partition:0,offset:42;partition:1,offset:300"
Result<std::map<int32_t, int64_t>> specific_offsets(const std::string& text, const std::string& key) {
  std::map<int32_t, int64_t> offsets;
  for (const std::string& entry : split(text, ';')) {
    const std::vector<std::string> parts = split(entry, ',');
    int32_t partition = 0;
    int64_t offset = 0;
    if (parts.size() != 2 || !parse_after(parts[0], "partition:", partition) ||
        !parse_after(parts[1], "offset:", offset)) {
      return usage(
          fmt::format("`{}` has `{}`, which is not of the form `partition:0,offset:42`", key, entry));
    }
    offsets[partition] = offset;
  }
  return offsets;
}

// scan.startup.* and scan.bounded.*, which are built alike.
Result<LogBound> bound(const Options& options, const std::string& prefix, LogBound otherwise) {
  const std::string* mode = find_option(options, prefix + ".mode");
  LogBound result = std::move(otherwise);
  if (mode == nullptr) {
    return result;
  }
  if (*mode == "earliest-offset") {
    result.kind = LogBound::Kind::Earliest;
  } else if (*mode == "latest-offset") {
    result.kind = LogBound::Kind::Latest;
  } else if (*mode == "group-offsets") {
    result.kind = LogBound::Kind::GroupOffsets;
  } else if (*mode == "unbounded") {
    result.kind = LogBound::Kind::None;
  } else if (*mode == "timestamp") {
    const auto millis = number_or(options, prefix + ".timestamp-millis", 0, 0);
    if (!millis) {
      return std::unexpected(millis.error());
    }
    result = {LogBound::Kind::Timestamp, static_cast<int64_t>(*millis), {}};
  } else if (*mode == "specific-offsets") {
    const std::string key = prefix + ".specific-offsets";
    auto offsets = specific_offsets(option_or(options, key, ""), key);
    if (!offsets) {
      return std::unexpected(offsets.error());
    }
    result = {LogBound::Kind::Offsets, 0, std::move(*offsets)};
  } else {
    return usage(fmt::format("`{}.mode` is `{}`, which is no mode", prefix, *mode));
  }
  return result;
}

// Each committed position belongs to one table: a second table over the same topic has a group of its own.
std::string group_of(const Manifest& manifest, uint32_t scan, const std::vector<std::string>& topics) {
  const std::string group = option_or(manifest.scans[scan].options, "properties.group.id", manifest.job_name);
  for (uint32_t before = 0; before < scan; ++before) {
    const Options& options = manifest.scans[before].options;
    if (!is_log(options) || option_or(options, "properties.group.id", manifest.job_name) != group) {
      continue;
    }
    const std::vector<std::string> others = split(option_or(options, "topic", ""), ';');
    if (std::ranges::find_first_of(topics, others) != topics.end()) {
      return group + "." + manifest.scans[scan].table;
    }
  }
  return group;
}

Result<commit::Guarantee> guarantee_of(const ManifestSink& sink) {
  const std::string text = option_or(sink.options, "sink.delivery-guarantee", "exactly-once");
  if (text == "exactly-once") return commit::Guarantee::ExactlyOnce;
  if (text == "at-least-once") return commit::Guarantee::AtLeastOnce;
  if (text == "at-most-once" || text == "none") return commit::Guarantee::AtMostOnce;
  return usage(
      fmt::format("table `{}`: `sink.delivery-guarantee` is `{}`, which is none of `exactly-once`, "
                  "`at-least-once` and `at-most-once`",
                  sink.table, text));
}

}  // namespace

bool is_log(const Options& options) {
  const std::string connector = option_or(options, "connector", "");
  return connector == "kafka" || connector == "upsert-kafka";
}

bool reads_log(const Manifest& manifest) {
  return std::ranges::any_of(manifest.scans, [](const ManifestScan& scan) { return is_log(scan.options); });
}

bool commits(const Manifest& manifest) {
  return std::ranges::any_of(manifest.sinks, [](const ManifestSink& sink) { return is_log(sink.options); });
}

const ManifestSink& first_log_sink(const Manifest& manifest) {
  return *std::ranges::find_if(manifest.sinks, [](const ManifestSink& it) { return is_log(it.options); });
}

connectors::KafkaOptions connection_options(const Options& options,
                                            std::shared_ptr<connectors::ConnectionReport> report) {
  connectors::KafkaOptions result;
  for (const auto& [key, value] : options) {
    if (key.starts_with(kPropertyPrefix)) {
      result.properties.emplace_back(key.substr(kPropertyPrefix.size()), value);
    }
  }
  result.client_id = "weir";
  result.report = std::move(report);
  return result;
}

Result<connectors::LogSourceOptions> log_source_options(const Manifest& manifest, uint32_t scan) {
  const Options& options = manifest.scans[scan].options;
  connectors::LogSourceOptions result;
  result.topics = split(option_or(options, "topic", ""), ';');
  if (result.topics.empty()) {
    return usage(fmt::format("table `{}` has no `topic`", manifest.scans[scan].table));
  }
  result.group = group_of(manifest, scan, result.topics);
  if (const std::string* group = find_option(options, "properties.group.id");
      group != nullptr && group->empty()) {
    return usage(fmt::format("table `{}`: `properties.group.id` is empty", manifest.scans[scan].table));
  }
  result.with_headers = manifest.scans[scan].with_headers;
  auto start = bound(options, "scan.startup", {LogBound::Kind::Earliest, 0, {}});
  if (!start) {
    return std::unexpected(start.error());
  }
  auto stop = bound(options, "scan.bounded", {LogBound::Kind::None, 0, {}});
  if (!stop) {
    return std::unexpected(stop.error());
  }
  result.start = std::move(*start);
  result.stop = std::move(*stop);
  return result;
}

Result<CommitSettings> commit_settings(const Manifest& manifest) {
  CommitSettings settings;
  settings.job = manifest.job_name;
  settings.guarantee = commit::Guarantee::AtMostOnce;
  for (const ManifestSink& sink : manifest.sinks) {
    if (!is_log(sink.options)) {
      continue;
    }
    const auto guarantee = guarantee_of(sink);
    if (!guarantee) {
      return std::unexpected(guarantee.error());
    }
    settings.guarantee = std::max(settings.guarantee, *guarantee);
    const std::string* prefix = find_option(sink.options, kTransactions);
    if (prefix == nullptr) {
      continue;
    }
    if (prefix->empty()) {
      return usage(fmt::format("table `{}`: `{}` is empty", sink.table, kTransactions));
    }
    if (!settings.transactional_id.empty() && settings.transactional_id != *prefix) {
      return usage(fmt::format(
          "table `{}`: `{}` is `{}`, and that of another table of the job is `{}`: all that a job writes is "
          "in the same transactions",
          sink.table, kTransactions, *prefix, settings.transactional_id));
    }
    settings.transactional_id = *prefix;
  }
  if (settings.transactional_id.empty()) {
    settings.transactional_id = manifest.job_name;
  }
  const auto interval = duration_ms_or(manifest.settings, "commit.interval", settings.interval_ms);
  if (!interval) {
    return std::unexpected(interval.error());
  }
  if (*interval < 1) {
    return usage(
        "`commit.interval` is zero: each commit is a transaction of its own, and no records stand between "
        "two");
  }
  settings.interval_ms = *interval;
  for (auto [key, value] : {std::pair("changelog.snapshot-size", &settings.snapshot_bytes),
                            std::pair("changelog.slice-size", &settings.slice_bytes)}) {
    const auto bytes = bytes_or(manifest.settings, key, *value);
    if (!bytes) {
      return std::unexpected(bytes.error());
    }
    *value = *bytes;
  }
  const auto timeout =
      duration_ms_or(manifest.settings, "transaction.timeout", settings.transaction_timeout_ms);
  if (!timeout) {
    return std::unexpected(timeout.error());
  }
  // A transaction is begun when the interval is over; how long that is does not matter to it.
  if (*timeout < kLeastTransactionMs) {
    return usage(fmt::format(
        "`transaction.timeout` is {} ms, and a transaction, in which the results of `commit.interval` are "
        "written, has to have {} ms at least",
        *timeout, kLeastTransactionMs));
  }
  settings.transaction_timeout_ms = static_cast<int32_t>(std::min<int64_t>(*timeout, INT32_MAX));
  return settings;
}

std::string lock_group(const CommitSettings& settings) { return settings.job + ".lock"; }

std::string changelog_topic(const CommitSettings& settings) { return settings.job + "-changelog"; }

std::string transactions_of(const CommitSettings& settings) {
  return settings.guarantee == commit::Guarantee::ExactlyOnce ? settings.transactional_id : "";
}

Result<int64_t> idle_timeout_ms(const Manifest& manifest, uint32_t scan) {
  const auto general = duration_ms_or(manifest.settings, "table.exec.source.idle-timeout", 0);
  if (!general) {
    return general;
  }
  return duration_ms_or(manifest.scans[scan].options, "scan.watermark.idle-timeout", *general);
}

}  // namespace weir::job
