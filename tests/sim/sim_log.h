// A simulated Kafka for jobs that run in one thread under virtual time: topics of partitions with transactions (last stable
// offset, aborted records, markers), producers with epochs, groups with pending offsets; and what goes wrong with them. A seed
// chooses every delay, error and crash, so each run can be repeated exactly.
//
// An error that a job gets makes it discard all it has in memory and begin from what is committed, as a killed process does;
// whether the transaction at hand was committed nevertheless is the simulation's secret.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "runtime/connectors/kafka_log.h"
#include "runtime/time/clock.h"

namespace weir::sim {

using connectors::Result;
using connectors::TopicPartition;

class SimClock : public time::Clock {
 public:
  int64_t wall_us() override { return 1'767'225'600'000'000 + monotonic_us(); }
  int64_t monotonic_us() override { return now_us_ += 7; }
  void sleep_us(int64_t duration_us) override { now_us_ += duration_us; }

 private:
  int64_t now_us_ = 0;
};

struct SimRecord {
  std::optional<std::string> key;
  std::optional<std::string> value;
  int64_t timestamp_ms = 0;
  uint64_t transaction = 0;  // 0: none
  bool marker = false;
};

struct SimPartition {
  std::vector<SimRecord> records;  // by offset
  std::vector<SimRecord> coming;   // not yet produced; in reverse order
};

enum class TransactionState : uint8_t { Open, InDoubt, Committed, Aborted };

struct SimTransaction {
  std::string id;
  TransactionState state = TransactionState::Open;
  std::set<TopicPartition> partitions;
  std::vector<connectors::OffsetCommit> offsets;
};

// How often what happens, of 1,000 calls.
struct Faults {
  uint64_t most = 0;
  uint32_t fetch_fails = 0;
  uint32_t fetch_nothing = 300;
  uint32_t begin_fails = 0;
  uint32_t produce_fails = 0;
  uint32_t commit_lost = 0;      // not committed, and the producer hears an error
  uint32_t commit_unheard = 0;   // committed, and the producer hears an error
  uint32_t commit_in_doubt = 0;  // decided by the next producer of the id
  uint32_t open_fails = 0;
  uint32_t ask_fails = 0;  // offsets, committed
};

// How often it has happened.
struct Probes {
  uint64_t fetch_failed = 0, begin_failed = 0, produce_failed = 0, lost = 0, unheard = 0, in_doubt = 0,
           open_failed = 0, ask_failed = 0, commits = 0, fenced = 0, aborted_with_records = 0;
  uint64_t faults() const {
    return fetch_failed + begin_failed + produce_failed + lost + unheard + in_doubt + open_failed +
           ask_failed;
  }
};

class SimLog : public connectors::KafkaLog {
 public:
  SimLog(uint64_t seed, SimClock& clock) : random_(seed), clock_(clock) {}

  Faults faults;
  uint32_t most_messages = 40;  // a fetch gives at most so many
  mutable Probes probes;
  // Called when a transaction has been decided.
  std::function<void()> on_commit;
  // What a commit may never do: a text for each violation.
  mutable std::vector<std::string> violations;

  void create_topic(const std::string& name, int32_t partitions) { topics_[name].resize(partitions); }
  std::vector<SimPartition>& topic(const std::string& name) { return topics_.at(name); }
  // Everything has been produced and read up to its end by `group`, and that is committed.
  bool all_committed(const std::string& group, const std::string& topic) const;
  // Records of a topic that a read_committed consumer sees.
  std::vector<SimRecord> committed_records(const std::string& topic, int32_t partition) const;

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

  // Counts it. After `faults.most` faults the world is kind, so that every run ends.
  bool goes_wrong(uint32_t per_mille, uint64_t& probe) const {
    const bool wrong = probes.faults() < faults.most && happens(per_mille);
    probe += wrong;
    return wrong;
  }
  bool happens(uint32_t per_mille) const { return random_() % 1000 < per_mille; }
  uint64_t below(uint64_t limit) const { return random_() % limit; }
  int64_t end_of(const TopicPartition& place) const;  // last stable offset
  void produce_more() const;
  void decide(uint64_t transaction, bool commit) const;
  void check_commit(const connectors::OffsetCommit& offset) const;
  SimPartition& at(const TopicPartition& place) const {
    return topics_.at(place.topic).at(static_cast<size_t>(place.partition));
  }

  mutable std::mt19937_64 random_;
  SimClock& clock_;
  mutable std::map<std::string, std::vector<SimPartition>> topics_;
  mutable std::map<std::string, std::map<TopicPartition, connectors::CommittedOffset>> groups_;
  mutable std::vector<SimTransaction> transactions_{1};  // 0: none
  mutable std::map<std::string, uint64_t> epochs_;       // by transactional id
};

}  // namespace weir::sim
