#include "runtime/job/recovery/job_on_log.h"

#include <algorithm>

#include "runtime/job/recovery/changelog_topic.h"

namespace weir::job {
namespace {

using Role = TopicUse::Role;

}  // namespace

JobOnLog job_on_log(const Manifest& manifest) {
  JobOnLog job;
  const auto note_servers = [&](const Options& options) {
    if (job.servers.empty()) {
      job.servers = option_or(options, "properties.bootstrap.servers", "");
    }
  };
  for (const ManifestSink& sink : manifest.sinks) {
    if (!is_log(sink.options)) {
      continue;
    }
    note_servers(sink.options);
    job.uses.push_back({.role = sink.upsert ? Role::Upsert : Role::Output,
                        .table = sink.table,
                        .topic = option_or(sink.options, "topic", ""),
                        .keyed = !sink.key_columns.empty(),
                        .replayed_ms = 0,
                        .replayed_name = {}});
  }
  for (uint32_t scan = 0; scan < manifest.scans.size(); ++scan) {
    if (!is_log(manifest.scans[scan].options)) {
      continue;
    }
    note_servers(manifest.scans[scan].options);
    const auto source = log_source_options(manifest, scan);
    TopicUse use{.role = Role::Input, .table = manifest.scans[scan].table, .topic = {}, .replayed_name = {}};
    for (const ManifestOperator& op : manifest.operators) {
      if (op.recovery == commit::RecoveryMode::Replay && op.windowing != Windowing::None &&
          op.size_ms + manifest.scans[scan].watermark_delay_ms > use.replayed_ms &&
          std::ranges::find(op.upstream_scans, scan) != op.upstream_scans.end()) {
        use.replayed_ms = op.size_ms + manifest.scans[scan].watermark_delay_ms;
        use.replayed_name = op.name;
      }
    }
    job.unnamed |= source && source->group.starts_with('<');
    for (const std::string& topic : source ? source->topics : std::vector<std::string>()) {
      use.topic = topic;
      job.uses.push_back(use);
    }
  }
  if (!commits(manifest)) {
    job.unnamed = false;
    return job;
  }
  if (const auto settings = commit_settings(manifest)) {
    job.settings = *settings;
    job.unnamed |= settings->job.starts_with('<');  // "<shell>", "<standard input>"
    if (keeps_changelog(manifest)) {
      job.uses.push_back({.role = Role::Changelog,
                          .table = {},
                          .topic = changelog_topic(*settings),
                          .keyed = false,
                          .replayed_ms = 0,
                          .replayed_name = {}});
    }
  }
  return job;
}

}  // namespace weir::job
