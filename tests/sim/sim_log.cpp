#include "tests/sim/sim_log.h"

#include <algorithm>

#include <fmt/format.h>

#include "runtime/commit/changelog.h"

namespace weir::sim {

using connectors::CommittedOffset;
using connectors::OffsetCommit;

namespace {

// A partition's closing record, and what may be behind it.
constexpr size_t kKeptBack = 3;

constexpr Probe kKills[] = {Probe::KillOther,     Probe::KillStandingBy,
                            Probe::KillOpening,   Probe::KillReadingChangelog,
                            Probe::KillReplaying, Probe::KillInTransaction};

}  // namespace

bool SimLog::dying() const { return world_.lives() && world_.current().dying; }

Doing SimLog::doing() const { return world_.lives() ? world_.current().doing : Doing::Other; }

void SimLog::pass(uint64_t what, Doing doing, bool step) const {
  world_.trace(what);
  if (!world_.lives() || world_.current().dying) {
    return;
  }
  Process& process = world_.current();
  process.doing = doing;
  if (++calls_ > kMostCalls) {
    if (calls_ == kMostCalls + 1) {
      violations.push_back("it never ends");
    }
    process.dying = true;
    throw Killed();
  }
  if (goes_wrong(step ? faults.kill_steps : faults.kill_calls, kKills[static_cast<size_t>(doing)])) {
    process.dying = true;
    throw Killed();
  }
  if (jumps_ < faults.jumps && commits >= jumped_at_commit_ + 2 && world_.happens(20)) {
    sleep_long(process);
    return;
  }
  if (world_.below(10'000) < faults.stalls && fault_count() < faults.most) {
    see(Probe::Stall);
    process.quiet_since_us = world_.now_us();
    world_.sleep(1'000'000 + static_cast<int64_t>(world_.below(24'000'000)));
    process.quiet_since_us = kAlways;
  }
}

// Less than after which offsets are forgotten; twice is more.
void SimLog::sleep_long(Process& process) const {
  ++jumps_;
  jumped_at_commit_ = commits;
  see(Probe::Jump);
  process.quiet_since_us = world_.now_us();
  world_.sleep(int64_t{65} * 60'000'000);
  process.quiet_since_us = kAlways;
}

bool SimLog::expired(const std::string& group, const TopicPartition& place) const {
  const auto stored = stored_us_.find({group, place});
  return stored != stored_us_.end() && world_.now_us() - stored->second > kOffsetRetentionUs;
}

int64_t SimLog::end_of(const TopicPartition& place) const {
  const auto& records = at(place).records;
  int64_t end = static_cast<int64_t>(records.size());
  for (const uint64_t number : undecided_) {
    const SimTransaction& transaction = transactions_[number];
    if (!transaction.partitions.contains(place)) {
      continue;
    }
    for (int64_t i = 0; i < end; ++i) {
      if (records[static_cast<size_t>(i)].transaction == number) {
        end = i;
      }
    }
  }
  return end;
}

int64_t SimLog::pace_limit() const {
  if (!pace) {
    return INT64_MAX;
  }
  int64_t earliest = INT64_MAX - pace->most_ms;
  const auto& partitions = topics_.at(pace->topic);
  for (size_t i = 0; i < partitions.size(); ++i) {
    const SimPartition& partition = partitions[i];
    const auto committed = committed_offset(pace->group, {pace->topic, static_cast<int32_t>(i)});
    for (size_t at = committed ? static_cast<size_t>(committed->offset) : 0; at < partition.records.size();
         ++at) {
      const SimRecord& record = partition.records[at];
      if (!record.marker) earliest = std::min(earliest, record.timestamp_ms);
    }
    for (auto record = partition.coming.rbegin(); record != partition.coming.rend(); ++record) {
      if (!record->marker) {
        earliest = std::min(earliest, record->timestamp_ms);
        break;
      }
    }
  }
  return earliest + pace->most_ms;
}

void SimLog::produce_more() const {
  const int64_t limit_ms = pace_limit();
  const bool early = hold_last || fault_count() < std::min(faults.least, faults.most);
  for (auto& [name, partitions] : topics_) {
    for (SimPartition& partition : partitions) {
      if (partition.coming.empty() || partition.silent_until_us > world_.now_us()) {
        continue;
      }
      if (world_.happens(faults.silence)) {
        partition.silent_until_us = world_.now_us() + static_cast<int64_t>(world_.below(4'000'000));
        continue;
      }
      // What comes last is kept back until enough has gone wrong.
      const size_t keep = early ? kKeptBack + partition.coming.size() / 50 : 0;
      for (uint64_t more = world_.below(12); more > 0 && partition.coming.size() > keep; --more) {
        if (partition.coming.back().timestamp_ms > limit_ms) {
          break;
        }
        if (pace) latest_ms_ = std::max(latest_ms_, partition.coming.back().timestamp_ms);
        partition.records.push_back(std::move(partition.coming.back()));
        partition.coming.pop_back();
      }
    }
  }
}

// What has been committed may only grow.
void SimLog::check_commit(const OffsetCommit& offset) const {
  const auto record = commit::decode(offset.metadata);
  if (!record || record->partition.position != offset.offset) {
    violations.push_back(fmt::format("the record of offset {} is `{}`", offset.offset, offset.metadata));
    return;
  }
  note_commit(offset, *record);
  const auto before = groups_[offset.group].find(offset.partition);
  if (before == groups_[offset.group].end()) {
    return;
  }
  if (before->second.metadata == offset.metadata && !record->job) {
    see(Probe::CommittedAgain);
  }
  const auto old = commit::decode(before->second.metadata);
  if (!old) {
    return;
  }
  if (before->second.offset > offset.offset ||
      (old->partition.watermark > record->partition.watermark && !watermarks_may_fall) ||
      old->partition.low_offset > record->partition.low_offset) {
    violations.push_back(fmt::format("`{}` went back to `{}`", before->second.metadata, offset.metadata));
  }
  if (old->job && record->job && record->job->commit <= old->job->commit) {
    violations.push_back(fmt::format("commit {} follows {}", record->job->commit, old->job->commit));
  }
  for (size_t i = 0; old->job && record->job && i < old->job->operators.size(); ++i) {
    const auto& now = record->job->operators;
    if (now.size() != old->job->operators.size() || now[i].reached < old->job->operators[i].reached) {
      violations.push_back(fmt::format("`{}` follows `{}`", offset.metadata, before->second.metadata));
      break;
    }
  }
  if (old->partition.idle && before->second.offset < offset.offset) {
    see(Probe::IdleReturns);
  }
}

void SimLog::note_commit(const OffsetCommit& offset, const commit::RecoveryRecord& record) const {
  const SimPartition& partition = at(offset.partition);
  if (offset.offset > 0 && offset.offset <= static_cast<int64_t>(partition.records.size()) &&
      partition.records[static_cast<size_t>(offset.offset - 1)].marker) {
    see(Probe::MarkerAtPosition);
  }
  if (record.job && record.job->finished) {
    see(Probe::Finished);
  }
  if (record.job && !record.job->changelog.empty()) {
    const uint64_t begin = record.job->changelog.front().commit;
    if (begin != 0 && begin != snapshot_begin_ && record.job->commit > begin) see(Probe::SnapshotSliced);
    snapshot_begin_ = begin;
  }
}

// What a process that begins is told: what it will have to do.
void SimLog::note_restore(std::span<const CommittedOffset> committed) const {
  bool replay = false;
  bool idle = false;
  bool at_position = false;
  for (const CommittedOffset& it : committed) {
    const auto record = commit::decode(it.metadata);
    if (!record) {
      continue;
    }
    const commit::PartitionRecord& partition = record->partition;
    if (partition.low_offset < partition.position) {
      replay = true;
      const auto& records = at(it.partition).records;
      for (int64_t i = partition.low_offset; i < partition.position; ++i) {
        const SimRecord& again = records[static_cast<size_t>(i)];
        if (again.late) see(Probe::LateAgain);
        if (again.rejected) see(Probe::RejectedAgain);
      }
    } else {
      at_position = true;
    }
    idle |= partition.idle;
    if (partition.low_offset < at(it.partition).first) {
      see(Probe::RetentionPassedLow);
    }
    if (record->job && record->job->finished) {
      see(Probe::FinishedAgain);
    }
    if (record->job && !record->job->changelog.empty() && record->job->commit != snapshot_commit_) {
      see(Probe::ChangesRead);
    }
  }
  if (replay) {
    see(Probe::Replay);
    if (on_replay) on_replay();
  }
  if (replay && idle) see(Probe::ReplayWithIdle);
  if (replay && at_position) see(Probe::ReplayInPart);
}

// A record of the changelog that the job needs is lost, or a bit of it.
bool SimLog::damage_changelog(const commit::JobRecord& job) const {
  const auto topic =
      std::ranges::find_if(topics_, [](const auto& it) { return it.first.ends_with("-changelog"); });
  if (topic == topics_.end() || job.changelog.empty()) {
    return false;
  }
  std::vector<SimRecord*> needed;
  auto& records = topic->second.front().records;
  for (auto i = static_cast<size_t>(job.changelog.front().snapshot_offset); i < records.size(); ++i) {
    const auto decoded = visible(records[i]) ? commit::decode_changelog(records[i].value.value_or(""))
                                             : std::unexpected(std::string());
    if (decoded && decoded->commit <= job.commit) needed.push_back(&records[i]);
  }
  if (needed.empty()) {
    return false;
  }
  SimRecord& victim = *needed[world_.below(needed.size())];
  if (world_.happens(500)) {
    victim.marker = true;
  } else {
    std::string& bytes = *victim.value;
    bytes[world_.below(bytes.size())] ^= static_cast<char>(1 << world_.below(8));
  }
  return true;
}

// Of what `group` has committed, or of what belongs to it.
void SimLog::damage(const std::string& group) const {
  if (!faults.damage || seen(Probe::Damaged) != 0 || fault_count() < faults.least || !world_.happens(300)) {
    return;
  }
  auto& offsets = groups_[group];
  std::vector<CommittedOffset*> stored;
  std::optional<commit::JobRecord> job;
  for (auto& [place, offset] : offsets) {
    stored.push_back(&offset);
    if (const auto record = commit::decode(offset.metadata); record && record->job) job = record->job;
  }
  if (!job) {
    return;
  }
  if (world_.happens(600)) {
    if (damage_changelog(*job)) see(Probe::Damaged);
    return;
  }
  std::string& text = stored[world_.below(stored.size())]->metadata;
  char& letter = text[world_.below(text.size())];
  letter = letter == '7' ? '1' : '7';
  see(Probe::Damaged);
}

// Deletes what is before the low-water offset, or more.
void SimLog::retain() const {
  if (!faults.retention || !world_.happens(200)) {
    return;
  }
  for (const auto& [group, offsets] : groups_) {
    for (const auto& [place, offset] : offsets) {
      const auto record = commit::decode(offset.metadata);
      if (!record) {
        continue;
      }
      SimPartition& partition = at(place);
      int64_t keep = record->partition.low_offset;
      if (faults.hard_retention && fault_count() < faults.most && world_.happens(100)) {
        const auto more = static_cast<uint64_t>(record->partition.position - keep) + 3;
        keep += static_cast<int64_t>(world_.below(more));
      }
      keep = std::min(keep, static_cast<int64_t>(partition.records.size()));
      if (keep > partition.first) {
        partition.first = keep;
        see(Probe::RetentionAtLow);
        world_.trace(static_cast<uint64_t>(keep));
      }
    }
  }
}

void SimLog::note_changelog(const connectors::Record& record) const {
  const auto decoded = commit::decode_changelog(record.value.value_or(""));
  if (!decoded || !decoded->snapshot || decoded->index != 0) {
    return;
  }
  see(Probe::Snapshot);
  if (snapshot_commit_ != 0) see(Probe::SnapshotAgain);
  snapshot_commit_ = decoded->commit;
}

void SimLog::store(const OffsetCommit& offset) const {
  check_commit(offset);
  stored_us_[{offset.group, offset.partition}] = world_.now_us();
  ++offset_commits[offset.partition];
  first_commits.try_emplace(offset.partition, offset.offset);
  groups_[offset.group][offset.partition] = {offset.partition, offset.offset, offset.metadata};
  world_.trace(offset.metadata);
}

void SimLog::decide(uint64_t number, bool commit) const {
  SimTransaction& transaction = transactions_[number];
  if (transaction.state == TransactionState::Committed || transaction.state == TransactionState::Aborted) {
    return;
  }
  transaction.state = commit ? TransactionState::Committed : TransactionState::Aborted;
  undecided_.erase(number);
  for (const TopicPartition& place : transaction.partitions) {
    SimRecord marker;
    marker.marker = true;
    at(place).records.push_back(marker);
  }
  if (!commit) {
    if (!transaction.partitions.empty()) see(Probe::AbortedWithRecords);
    return;
  }
  ++commits;
  const bool results = std::ranges::any_of(
      transaction.partitions, [](const TopicPartition& it) { return !it.topic.ends_with("-changelog"); });
  if (results && first_commits.empty()) {
    violations.push_back("there are results before it is committed where reading began");
  }
  const auto offsets = transaction.offsets;
  for (const OffsetCommit& offset : offsets) {
    store(offset);
  }
  retain();
  if (on_commit) {
    on_commit();
  }
}

// The first EndTxn of a commit that was sent twice. The broker takes it for the transaction that it finds.
void SimLog::late_end(const std::string& id, uint64_t epoch) const {
  world_.trace(epoch);
  if (epochs_[id] != epoch) {
    see(Probe::LateEndRefused);
    return;
  }
  for (const uint64_t number : undecided_) {
    if (transactions_[number].id == id && transactions_[number].state == TransactionState::Open) {
      violations.push_back("a late EndTxn has ended a later transaction");
      decide(number, true);
      return;
    }
  }
  see(Probe::LateEndIdle);
}

// By the coordinator, which also fences the producer.
void SimLog::time_out(uint64_t number) const {
  SimTransaction& transaction = transactions_[number];
  if (transaction.state != TransactionState::Open) {
    return;
  }
  see(Probe::TransactionTimesOut);
  if (epochs_[transaction.id] == transaction.epoch) {
    ++epochs_[transaction.id];
  }
  decide(number, false);
}

bool SimLog::pending(const std::string& group) const {
  return std::ranges::any_of(undecided_, [&](uint64_t number) {
    return std::ranges::any_of(transactions_[number].offsets,
                               [&](const OffsetCommit& it) { return it.group == group; });
  });
}

bool SimLog::all_committed(const std::string& group, const std::string& topic) const {
  const auto& partitions = topics_.at(topic);
  for (size_t i = 0; i < partitions.size(); ++i) {
    const auto& offsets = groups_[group];
    const auto found = offsets.find({topic, static_cast<int32_t>(i)});
    if (!partitions[i].coming.empty() || found == offsets.end()) {
      return false;
    }
    int64_t needed = static_cast<int64_t>(partitions[i].records.size());
    while (needed > 0 && !visible(partitions[i].records[static_cast<size_t>(needed - 1)])) {
      --needed;
    }
    if (found->second.offset < needed) {
      return false;
    }
  }
  return true;
}

std::optional<CommittedOffset> SimLog::committed_offset(const std::string& group,
                                                        const TopicPartition& place) const {
  const auto& offsets = groups_[group];
  const auto found = offsets.find(place);
  return found == offsets.end() ? std::nullopt : std::optional(found->second);
}

std::vector<SimRecord> SimLog::committed_records(const std::string& topic, int32_t partition) const {
  std::vector<SimRecord> seen;
  for (const SimRecord& record : at({topic, partition}).records) {
    if (visible(record)) {
      seen.push_back(record);
    }
  }
  return seen;
}

std::vector<std::pair<int64_t, std::string>> SimLog::visible_records(const TopicPartition& place) const {
  std::vector<std::pair<int64_t, std::string>> seen;
  const auto& records = at(place).records;
  for (size_t i = 0; i < records.size(); ++i) {
    if (visible(records[i])) {
      seen.emplace_back(static_cast<int64_t>(i), records[i].value.value_or(""));
    }
  }
  return seen;
}

bool SimLog::expired(const LockMember& member) const {
  const int64_t quiet =
      std::min(member.gone_since_us, member.process != nullptr ? member.process->quiet_since_us : kAlways);
  return quiet != kAlways && quiet + session_timeout_us <= world_.now_us();
}

}  // namespace weir::sim
