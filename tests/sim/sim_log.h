// A simulated Kafka for jobs that run under virtual time (world.h): topics of partitions with transactions (last stable offset,
// aborted records, markers, time-outs), producers with epochs, groups with pending offsets, the group of the lock with its
// sessions, retention; and what goes wrong with them. A seed chooses every delay, error, kill and stall, so each run
// can be repeated exactly.
//
// An error that a job gets makes it discard all it has in memory and begin from what is committed, as a killed process does;
// whether the transaction at hand was committed nevertheless is the simulation's secret.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "runtime/commit/recovery_record.h"
#include "runtime/connectors/log/kafka_log.h"
#include "tests/sim/probes.h"
#include "tests/sim/world.h"

namespace weir::sim {

using connectors::Result;
using connectors::TopicPartition;

struct SimRecord {
  std::optional<std::string> key;
  std::optional<std::string> value;
  int64_t timestamp_ms = 0;
  uint64_t transaction = 0;  // 0: none
  bool marker = false;
  bool late = false;      // by its partition's watermark
  bool rejected = false;  // not a row
};

struct SimPartition {
  std::vector<SimRecord> records;  // by offset
  std::vector<SimRecord> coming;   // not yet produced; in reverse order
  int64_t first = 0;               // what is before it has been deleted
  int64_t silent_until_us = 0;     // nothing comes before
};

enum class TransactionState : uint8_t { Open, InDoubt, Committed, Aborted };

struct SimTransaction {
  std::string id;
  uint64_t epoch = 0;
  TransactionState state = TransactionState::Open;
  std::set<TopicPartition> partitions;
  std::vector<connectors::OffsetCommit> offsets;
};

// How often what happens, of 1,000 calls.
struct Faults {
  uint64_t most = 0;
  uint64_t least = 0;  // the input does not end before
  bool eager = false;  // where the input cannot be kept back: hardly a commit succeeds before
  uint32_t fetch_fails = 0;
  uint32_t fetch_nothing = 300;
  uint32_t begin_fails = 0;
  uint32_t produce_fails = 0;
  uint32_t commit_lost = 0;      // not committed, and the producer hears an error
  uint32_t commit_unheard = 0;   // committed, and the producer hears an error
  uint32_t commit_in_doubt = 0;  // decided by the next producer of the id, or after a while
  uint32_t end_twice = 0;        // committed; the first EndTxn comes back later
  uint32_t open_fails = 0;
  uint32_t ask_fails = 0;  // offsets, committed
  uint32_t lock_fails = 0;
  uint32_t kill_calls = 0;      // at any call
  uint32_t kill_steps = 0;      // at calls of the way to the first record, and inside transactions
  uint32_t stalls = 0;          // at any call, of 10,000
  uint32_t quiet = 0;           // heartbeats get lost, of 1,000 commits
  uint32_t silence = 0;         // an input partition gives nothing for a while, of 1,000 looks
  bool retention = false;       // deletes what the job does not need any more
  uint32_t jumps = 0;           // so often everything sleeps for more than an hour
  bool damage = false;          // once
  bool hard_retention = false;  // and what it needs
};

// One member of the group of the lock. Who owns partition 0 is active.
struct LockMember {
  std::string instance;
  uint64_t serial = 0;
  const Process* process = nullptr;
  int64_t gone_since_us = kAlways;
};

class SimLog : public connectors::KafkaLog {
 public:
  explicit SimLog(World& world) : world_(world) {}

  Faults faults;
  uint32_t most_messages = 40;  // a fetch gives at most so many
  int64_t session_timeout_us = 10'000'000;
  mutable ProbeCounts probes{};
  mutable uint64_t commits = 0;
  mutable std::map<TopicPartition, uint64_t> offset_commits;  // how often each was committed
  bool may_delete = true;                                     // else `delete_before` is refused
  // Called when a transaction has been decided.
  std::function<void()> on_commit;
  // Called when a process learns that it has to read again what was committed.
  std::function<void()> on_replay;
  // What may never happen: a text for each.
  mutable std::vector<std::string> violations;

  void create_topic(const std::string& name, int32_t partitions) { topics_[name].resize(partitions); }
  std::vector<SimPartition>& topic(const std::string& name) { return topics_.at(name); }
  void add_partition(const std::string& topic, SimPartition partition) const {
    auto& partitions = topics_.at(topic);
    if (!first_commits.empty()) added.insert({topic, static_cast<int32_t>(partitions.size())});
    partitions.push_back(std::move(partition));
  }
  // Everything has been produced and read up to its end by `group`, and that is committed.
  // What an administrator does with committed offsets.
  void set_offset(const std::string& group, const TopicPartition& place, int64_t offset) {
    groups_[group][place] = {place, offset, ""};
  }
  void delete_offset(const std::string& group, const TopicPartition& place) { groups_[group].erase(place); }
  bool all_committed(const std::string& group, const std::string& topic) const;
  // Offsets of a partition that was not committed for so long are forgotten.
  static constexpr int64_t kOffsetRetentionUs = int64_t{100} * 60'000'000;
  bool expired(const std::string& group, const TopicPartition& place) const;
  std::optional<connectors::CommittedOffset> committed_offset(const std::string& group,
                                                              const TopicPartition& place) const;
  // Records of a topic that a read_committed consumer sees.
  std::vector<SimRecord> committed_records(const std::string& topic, int32_t partition) const;
  std::vector<std::pair<int64_t, std::string>> visible_records(
      const TopicPartition& place) const;  // by offset
  int32_t partitions(const std::string& topic) const {
    const auto found = topics_.find(topic);
    return found == topics_.end() ? 0 : static_cast<int32_t>(found->second.size());
  }
  bool visible(const SimRecord& record) const {
    return !record.marker && (record.transaction == 0 ||
                              transactions_[record.transaction].state == TransactionState::Committed);
  }
  // A transaction of a producer that is none of the job's.
  uint64_t foreign_transaction(bool commit) const {
    transactions_.push_back({.id = "foreign",
                             .state = commit ? TransactionState::Committed : TransactionState::Aborted,
                             .partitions = {},
                             .offsets = {}});
    return transactions_.size() - 1;
  }
  // The lock has been given to another process since.
  bool was_replaced(const Process& process) const { return active_ && active_->process != &process; }
  uint64_t fault_count() const { return faults_of(probes); }
  void see(Probe probe) const { ++probes[static_cast<size_t>(probe)]; }
  uint64_t seen(Probe probe) const { return probes[static_cast<size_t>(probe)]; }
  uint64_t restarts = 0;
  // Of an input: records come only while they are at most so far ahead of the earliest that the group has not committed.
  struct Pace {
    std::string topic, group;
    int64_t most_ms = INT64_MAX;
  };
  std::optional<Pace> pace;
  bool hold_last = false;                           // what comes last in each partition is kept back
  int64_t latest_ms() const { return latest_ms_; }  // of what was produced under it
  bool watermarks_may_fall = false;                 // where input was lost
  // Where the first commit of each partition stood.
  mutable std::map<TopicPartition, int64_t> first_commits;
  mutable std::set<TopicPartition> added;  // since then
  // The run has been given up.
  bool exhausted() const { return calls_ > kMostCalls; }

  Result<std::unique_ptr<connectors::LogConsumer>> make_consumer(const connectors::KafkaOptions&,
                                                                 const std::string& group) const override;
  Result<std::unique_ptr<connectors::LogProducer>> make_producer(
      const connectors::KafkaOptions&, const connectors::KafkaProducerOptions&) const override;
  Result<std::unique_ptr<connectors::JobLock>> make_lock(const connectors::KafkaOptions&,
                                                         const connectors::KafkaLockOptions&) const override;
  std::string library_version() const override { return "simulation"; }

 private:
  friend class SimReader;
  friend class SimConsumer;
  friend class SimProducer;
  friend class SimLock;

  // A run that makes so many calls does not end by itself.
  static constexpr uint64_t kMostCalls = 2'000'000;

  // Counts it. After `faults.most` faults the world is kind, so that every run ends.
  bool goes_wrong(uint32_t per_mille, Probe probe) const {
    const bool early = faults.eager && probe == Probe::CommitLost && fault_count() < faults.least;
    const bool wrong = fault_count() < faults.most && world_.happens(early ? 1000 : per_mille);
    if (wrong) {
      see(probe);
      world_.trace(static_cast<uint64_t>(probe));
    }
    return wrong;
  }
  // Each call of a process comes by here, and may be its last. `step`: the calls that are rare, and matter.
  void pass(uint64_t what, Doing doing, bool step) const;
  bool dying() const;
  Doing doing() const;

  int64_t end_of(const TopicPartition& place) const;  // last stable offset
  void produce_more() const;
  int64_t pace_limit() const;
  void decide(uint64_t transaction, bool commit) const;
  void late_end(const std::string& id, uint64_t epoch) const;
  void time_out(uint64_t transaction) const;
  void store(const connectors::OffsetCommit& offset) const;
  void check_commit(const connectors::OffsetCommit& offset) const;
  void note_commit(const connectors::OffsetCommit& offset, const commit::RecoveryRecord& record) const;
  void note_restore(std::span<const connectors::CommittedOffset> committed) const;
  void sleep_long(Process& process) const;
  void retain() const;
  void damage(const std::string& group) const;
  bool damage_changelog(const commit::JobRecord& job) const;
  void note_changelog(const connectors::Record& record) const;
  bool pending(const std::string& group) const;
  SimPartition& at(const TopicPartition& place) const {
    return topics_.at(place.topic).at(static_cast<size_t>(place.partition));
  }
  bool expired(const LockMember& member) const;

  World& world_;
  mutable std::map<std::string, std::vector<SimPartition>> topics_;
  mutable std::map<std::string, std::map<TopicPartition, connectors::CommittedOffset>> groups_;
  mutable std::deque<SimTransaction> transactions_{1};  // 0: none
  mutable std::set<uint64_t> undecided_;
  mutable std::map<std::string, uint64_t> epochs_;  // by transactional id
  mutable std::optional<LockMember> active_;        // of the lock
  mutable std::set<uint64_t> replaced_;             // members whose instance has joined again elsewhere
  mutable std::map<std::pair<uint32_t, std::string>, uint32_t> instance_files_;  // machine, instance -> taken
  mutable uint64_t members_ = 0;
  mutable uint64_t snapshot_commit_ = 0;  // of the changelog
  mutable std::map<std::pair<std::string, TopicPartition>, int64_t> stored_us_;
  mutable uint32_t jumps_ = 0;
  mutable uint64_t jumped_at_commit_ = 0;
  mutable uint64_t snapshot_begin_ = 0;  // its commit
  mutable uint64_t calls_ = 0;
  mutable int64_t latest_ms_ = INT64_MIN;
};

}  // namespace weir::sim
