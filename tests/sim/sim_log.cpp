#include "tests/sim/sim_log.h"

#include <algorithm>

#include <fmt/format.h>

#include "runtime/commit/recovery_record.h"

namespace weir::sim {

using connectors::CommittedOffset;
using connectors::Error;
using connectors::OffsetCommit;

namespace {

std::unexpected<Error> retry(const char* what) {
  return std::unexpected(Error{Error::Kind::Retry, fmt::format("simulated: {}", what)});
}

}  // namespace

class SimReader : public connectors::LogReader {
 public:
  SimReader(const SimLog& log, TopicPartition place, int64_t offset)
      : log_(log), place_(std::move(place)), next_(offset) {}

  Result<uint32_t> fetch(std::span<abi::MessageInfo> messages, int) override {
    log_.produce_more();
    log_.clock_.sleep_us(static_cast<int64_t>(log_.below(3'000)));
    if (log_.goes_wrong(log_.faults.fetch_fails, log_.probes.fetch_failed)) {
      return retry("fetch");
    }
    at_end_ = false;
    if (log_.happens(log_.faults.fetch_nothing)) {
      return 0u;
    }
    const auto& records = log_.at(place_).records;
    const int64_t end = log_.end_of(place_);
    const uint64_t most = 1 + log_.below(std::min<uint64_t>(messages.size(), log_.most_messages));
    uint32_t count = 0;
    copies_.clear();
    for (; next_ < end && count < most; ++next_) {
      const SimRecord& record = records[static_cast<size_t>(next_)];
      if (record.marker || log_.transactions_[record.transaction].state == TransactionState::Aborted) {
        continue;
      }
      copies_.push_back(record);
      messages[count] = {};
      messages[count].offset = next_;
      messages[count].timestamp_ms = record.timestamp_ms;
      messages[count].timestamp_type = static_cast<uint32_t>(abi::TimestampType::CreateTime);
      ++count;
    }
    for (uint32_t i = 0; i < count; ++i) {  // the copies no longer move
      if (copies_[i].key) messages[i].key = {copies_[i].key->data(), copies_[i].key->size()};
      if (copies_[i].value) messages[i].value = {copies_[i].value->data(), copies_[i].value->size()};
    }
    at_end_ = next_ >= end;
    return count;
  }
  bool ready(int timeout_ms) override {
    if (timeout_ms > 0) {
      log_.clock_.sleep_us(timeout_ms * 1000);
    }
    log_.produce_more();
    return !at_end_ || next_ < log_.end_of(place_);
  }
  int64_t position() const override { return next_; }
  bool at_end() const override { return at_end_ && next_ >= log_.end_of(place_); }

 private:
  const SimLog& log_;
  TopicPartition place_;
  int64_t next_;
  bool at_end_ = false;
  std::vector<SimRecord> copies_;
};

class SimConsumer : public connectors::LogConsumer {
 public:
  explicit SimConsumer(const SimLog& log) : log_(log) {}

  Result<int32_t> partition_count(const std::string& topic) override {
    const auto found = log_.topics_.find(topic);
    if (found == log_.topics_.end()) {
      return std::unexpected(connectors::Error{connectors::Error::Kind::InputOutput, "no such topic"});
    }
    return static_cast<int32_t>(found->second.size());
  }
  Result<void> create_topic(const std::string& topic) override {
    log_.topics_[topic].resize(1);
    return {};
  }
  Result<connectors::OffsetRange> offsets(const TopicPartition& place) override {
    if (fails()) {
      return retry("offsets");
    }
    return connectors::OffsetRange{0, log_.end_of(place)};
  }
  Result<int64_t> offset_at(const TopicPartition& place, int64_t) override { return log_.end_of(place); }
  Result<std::vector<CommittedOffset>> committed(const std::string& group,
                                                 std::span<const TopicPartition> places) override {
    if (fails()) {
      return retry("committed");
    }
    std::vector<CommittedOffset> result;
    for (const TopicPartition& place : places) {
      const auto& offsets = log_.groups_[group];
      const auto found = offsets.find(place);
      result.push_back(found != offsets.end() ? found->second
                                              : CommittedOffset{place, connectors::kNoOffset, ""});
    }
    return result;
  }
  Result<std::unique_ptr<connectors::LogReader>> open(const TopicPartition& place,
                                                      const connectors::ReaderOptions& options) override {
    return std::make_unique<SimReader>(log_, place, options.offset);
  }

 private:
  bool fails() { return log_.goes_wrong(log_.faults.ask_fails, log_.probes.ask_failed); }

  const SimLog& log_;
};

class SimProducer : public connectors::LogProducer {
 public:
  SimProducer(const SimLog& log, std::string id) : log_(log), id_(std::move(id)) {}
  ~SimProducer() override {
    if (transaction_ != 0 && log_.transactions_[transaction_].state == TransactionState::Open &&
        log_.happens(500)) {
      log_.decide(transaction_, false);  // else the next producer of the id does
    }
  }

  Result<void> open() override {
    if (log_.goes_wrong(log_.faults.open_fails, log_.probes.open_failed)) {
      return retry("open");
    }
    epoch_ = ++log_.epochs_[id_];
    for (uint64_t i = 1; i < log_.transactions_.size(); ++i) {
      if (log_.transactions_[i].id == id_) {
        log_.decide(i, log_.transactions_[i].state == TransactionState::InDoubt);
      }
    }
    return {};
  }
  Result<void> begin() override {
    if (auto done = usable(log_.faults.begin_fails, log_.probes.begin_failed, "begin"); !done) {
      return done;
    }
    transaction_ = log_.transactions_.size();
    log_.transactions_.push_back(
        {.id = id_, .state = TransactionState::Open, .partitions = {}, .offsets = {}});
    return {};
  }
  Result<void> produce(const std::string& topic, int32_t,
                       std::span<const connectors::Record> records) override {
    auto& partitions = log_.topics_.at(topic);
    for (const connectors::Record& record : records) {
      if (auto done = usable(log_.faults.produce_fails, log_.probes.produce_failed, "produce"); !done) {
        return done;
      }
      const size_t to = record.key ? std::hash<std::string_view>()(*record.key) % partitions.size()
                                   : log_.below(partitions.size());
      SimRecord stored;
      if (record.key) stored.key = std::string(*record.key);
      if (record.value) stored.value = std::string(*record.value);
      stored.transaction = transaction_;
      partitions[to].records.push_back(std::move(stored));
      log_.transactions_[transaction_].partitions.insert({topic, static_cast<int32_t>(to)});
    }
    return {};
  }
  Result<void> commit(std::span<const OffsetCommit> offsets) override {
    uint64_t none = 0;
    if (auto done = usable(0, none, "commit"); !done) {
      return done;
    }
    SimTransaction& transaction = log_.transactions_[transaction_];
    transaction.offsets.assign(offsets.begin(), offsets.end());
    if (log_.goes_wrong(log_.faults.commit_lost, log_.probes.lost)) {
      return retry("commit lost");
    }
    if (log_.goes_wrong(log_.faults.commit_in_doubt, log_.probes.in_doubt)) {
      transaction.state = TransactionState::InDoubt;
      return retry("commit in doubt");
    }
    log_.decide(transaction_, true);
    transaction_ = 0;
    if (log_.goes_wrong(log_.faults.commit_unheard, log_.probes.unheard)) {
      return retry("commit unheard");
    }
    return {};
  }

 private:
  Result<void> usable(uint32_t fails, uint64_t& probe, const char* what) {
    if (epoch_ == 0 || epoch_ != log_.epochs_[id_]) {
      ++log_.probes.fenced;
      return std::unexpected(Error{Error::Kind::Fenced, "simulated: fenced"});
    }
    if (log_.goes_wrong(fails, probe)) {
      return retry(what);
    }
    return {};
  }

  const SimLog& log_;
  std::string id_;
  uint64_t epoch_ = 0;
  uint64_t transaction_ = 0;
};

class SimLock : public connectors::JobLock {
 public:
  Result<bool> acquire(int) override { return true; }
  Result<bool> held() override { return true; }
};

int64_t SimLog::end_of(const TopicPartition& place) const {
  const auto& records = at(place).records;
  for (size_t i = 0; i < records.size(); ++i) {
    const TransactionState state = transactions_[records[i].transaction].state;
    if (records[i].transaction != 0 &&
        (state == TransactionState::Open || state == TransactionState::InDoubt)) {
      return static_cast<int64_t>(i);
    }
  }
  return static_cast<int64_t>(records.size());
}

void SimLog::produce_more() const {
  for (auto& [name, partitions] : topics_) {
    for (SimPartition& partition : partitions) {
      for (uint64_t more = below(12); more > 0 && !partition.coming.empty(); --more) {
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
  const auto before = groups_[offset.group].find(offset.partition);
  if (before == groups_[offset.group].end()) {
    return;
  }
  const auto old = commit::decode(before->second.metadata);
  if (before->second.offset > offset.offset || old->partition.watermark > record->partition.watermark ||
      old->partition.low_offset > record->partition.low_offset) {
    violations.push_back(fmt::format("`{}` went back to `{}`", before->second.metadata, offset.metadata));
  }
  if (old->job && record->job && record->job->commit <= old->job->commit) {
    violations.push_back(fmt::format("commit {} follows {}", record->job->commit, old->job->commit));
  }
}

void SimLog::decide(uint64_t number, bool commit) const {
  SimTransaction& transaction = transactions_[number];
  if (transaction.state == TransactionState::Committed || transaction.state == TransactionState::Aborted) {
    return;
  }
  transaction.state = commit ? TransactionState::Committed : TransactionState::Aborted;
  for (const TopicPartition& place : transaction.partitions) {
    SimRecord marker;
    marker.marker = true;
    at(place).records.push_back(marker);
  }
  if (!commit) {
    probes.aborted_with_records += !transaction.partitions.empty();
    return;
  }
  ++probes.commits;
  for (const OffsetCommit& offset : transaction.offsets) {
    check_commit(offset);
    groups_[offset.group][offset.partition] = {offset.partition, offset.offset, offset.metadata};
  }
  if (on_commit) {
    on_commit();
  }
}

bool SimLog::all_committed(const std::string& group, const std::string& topic) const {
  const auto& partitions = topics_.at(topic);
  for (size_t i = 0; i < partitions.size(); ++i) {
    const auto& offsets = groups_[group];
    const auto found = offsets.find({topic, static_cast<int32_t>(i)});
    if (!partitions[i].coming.empty() || found == offsets.end() ||
        found->second.offset < static_cast<int64_t>(partitions[i].records.size())) {
      return false;
    }
  }
  return true;
}

std::vector<SimRecord> SimLog::committed_records(const std::string& topic, int32_t partition) const {
  std::vector<SimRecord> seen;
  for (const SimRecord& record : at({topic, partition}).records) {
    if (!record.marker &&
        (record.transaction == 0 || transactions_[record.transaction].state == TransactionState::Committed)) {
      seen.push_back(record);
    }
  }
  return seen;
}

Result<std::unique_ptr<connectors::LogConsumer>> SimLog::make_consumer(const connectors::KafkaOptions&,
                                                                       const std::string&) const {
  return std::make_unique<SimConsumer>(*this);
}
Result<std::unique_ptr<connectors::LogProducer>> SimLog::make_producer(
    const connectors::KafkaOptions&, const connectors::KafkaProducerOptions& options) const {
  return std::make_unique<SimProducer>(*this, options.transactional_id);
}
Result<std::unique_ptr<connectors::JobLock>> SimLog::make_lock(const connectors::KafkaOptions&,
                                                               const connectors::KafkaLockOptions&) const {
  return std::make_unique<SimLock>();
}

}  // namespace weir::sim
