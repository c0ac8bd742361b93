// The clients of the simulated log: what a job holds of it.
#include <algorithm>

#include <fmt/format.h>

#include "tests/sim/sim_log.h"

namespace weir::sim {

using connectors::CommittedOffset;
using connectors::Error;
using connectors::OffsetCommit;

namespace {

std::unexpected<Error> retry(const char* what) {
  return std::unexpected(Error{Error::Kind::Retry, fmt::format("simulated: {}", what)});
}
std::unexpected<Error> fenced(const char* what) {
  return std::unexpected(Error{Error::Kind::Fenced, fmt::format("simulated: {}", what)});
}

// For the trace.
enum Call : uint64_t { Fetch = 1, Ready, Ask, Open, Begin, Produce, Commit, Ended, Acquire, Held };

}  // namespace

class SimReader : public connectors::LogReader {
 public:
  SimReader(const SimLog& log, const std::string& group, TopicPartition place, int64_t offset)
      : log_(log),
        place_(std::move(place)),
        next_(offset),
        known_(offset),
        is_changelog_(place_.topic.ends_with("-changelog")) {
    if (const auto committed = log_.committed_offset(group, place_)) {
      replay_until_ = committed->offset;
    }
  }

  Result<uint32_t> fetch(std::span<abi::MessageInfo> messages, int) override {
    log_.pass(Fetch, doing(), next_ < replay_until_ || is_changelog_);
    log_.produce_more();
    log_.world_.sleep(static_cast<int64_t>(log_.world_.below(3'000)));
    if (log_.goes_wrong(log_.faults.fetch_fails, Probe::FetchFails)) {
      return retry("fetch");
    }
    at_end_ = false;
    if (log_.world_.happens(log_.faults.fetch_nothing)) {
      return 0u;
    }
    const SimPartition& partition = log_.at(place_);
    if (next_ < partition.first) {
      return std::unexpected(Error{Error::Kind::InputOutput,
                                   fmt::format("simulated: offset {} of `{}`, partition {}, has been deleted",
                                               next_, place_.topic, place_.partition)});
    }
    const int64_t end = log_.end_of(place_);
    const uint64_t most = 1 + log_.world_.below(std::min<uint64_t>(messages.size(), log_.most_messages));
    uint32_t count = 0;
    copies_.clear();
    for (; next_ < end && count < most; ++next_) {
      const SimRecord& record = partition.records[static_cast<size_t>(next_)];
      if (!log_.visible(record)) {
        if (!record.marker && log_.transactions_[record.transaction].id == "foreign")
          log_.see(Probe::ForeignAborted);
        continue;
      }
      copies_.push_back(record);
      messages[count] = {};
      messages[count].offset = next_;
      messages[count].timestamp_ms = record.timestamp_ms;
      messages[count].timestamp_type = static_cast<uint32_t>(abi::TimestampType::CreateTime);
      ++count;
      known_ = next_ + 1;
    }
    for (uint32_t i = 0; i < count; ++i) {  // the copies no longer move
      if (copies_[i].key) messages[i].key = {copies_[i].key->data(), copies_[i].key->size()};
      if (copies_[i].value) messages[i].value = {copies_[i].value->data(), copies_[i].value->size()};
      log_.world_.trace(static_cast<uint64_t>(messages[i].offset));
    }
    at_end_ = next_ >= end;
    if (at_end_) known_ = std::max(known_, next_);
    return count;
  }
  bool ready(int timeout_ms) override {
    log_.pass(Ready, doing(), false);
    if (timeout_ms > 0) {
      log_.world_.sleep(timeout_ms * 1000);
    }
    log_.produce_more();
    return !at_end_ || next_ < log_.end_of(place_);
  }
  // Markers between records are not heard of, only the end of the partition is.
  int64_t position() const override { return known_; }
  bool at_end() const override { return at_end_ && next_ >= log_.end_of(place_); }

 private:
  Doing doing() const {
    return is_changelog_ ? Doing::ReadingChangelog : next_ < replay_until_ ? Doing::Replaying : Doing::Other;
  }

  const SimLog& log_;
  TopicPartition place_;
  int64_t next_;
  int64_t known_;
  int64_t replay_until_ = 0;
  bool is_changelog_;
  bool at_end_ = false;
  std::vector<SimRecord> copies_;
};

// Answered as of the moment when it is asked, or of the one when somebody looks, once some time has passed.
template <typename T>
class SimQuestion : public connectors::Question<T> {
 public:
  using Ask = std::function<std::optional<Result<T>>()>;
  SimQuestion(World& world, Ask ask)
      : world_(world), ask_(std::move(ask)), due_us_(world.now_us() + delay_us()) {
    if (world_.happens(500)) {
      answer_ = ask_();
    }
  }
  std::optional<Result<T>> answer() override {
    if (world_.now_us() < due_us_) {
      return std::nullopt;
    }
    answer_ = answer_ ? answer_ : ask_();
    return answer_;
  }

 private:
  int64_t delay_us() const {
    return static_cast<int64_t>(world_.below(world_.happens(100) ? 20'000'000 : 5'000));
  }

  World& world_;
  Ask ask_;
  int64_t due_us_;
  std::optional<Result<T>> answer_;
};

class SimConsumer : public connectors::LogConsumer {
 public:
  SimConsumer(const SimLog& log, std::string group) : log_(log), group_(std::move(group)) {}

  Result<int32_t> partition_count(const std::string& topic) override {
    const auto found = log_.topics_.find(topic);
    if (found == log_.topics_.end()) {
      return std::unexpected(Error{Error::Kind::InputOutput, "no such topic"});
    }
    return static_cast<int32_t>(found->second.size());
  }
  Result<void> create_topic(const std::string& topic) override {
    log_.pass(Ask, Doing::Opening, true);
    log_.topics_[topic].resize(1);
    return {};
  }
  Result<connectors::OffsetRange> offsets(const TopicPartition& place) override {
    if (fails()) {
      return retry("offsets");
    }
    return connectors::OffsetRange{log_.at(place).first, log_.end_of(place)};
  }
  Result<int64_t> offset_at(const TopicPartition& place, int64_t) override { return log_.end_of(place); }
  Result<std::vector<CommittedOffset>> committed(const std::string& group,
                                                 std::span<const TopicPartition> places) override {
    if (fails()) {
      return retry("committed");
    }
    for (int i = 0; log_.pending(group); ++i) {  // KIP-447
      log_.see(Probe::Unstable);
      if (i == 50) {
        return retry("offsets are not stable");
      }
      log_.world_.sleep(100'000);
    }
    if (log_.world_.lives() && log_.was_replaced(log_.world_.current())) log_.see(Probe::ZombieReads);
    const bool restores = !reads_;  // later it only looks whether that still stands
    if (restores) log_.damage(group);
    std::vector<CommittedOffset> result;
    for (const TopicPartition& place : places) {
      const auto known = log_.expired(group, place) ? std::nullopt : log_.committed_offset(group, place);
      result.push_back(known.value_or(CommittedOffset{place, connectors::kNoOffset, ""}));
    }
    if (restores) log_.note_restore(result);
    return result;
  }
  std::unique_ptr<connectors::Question<std::vector<connectors::OffsetRange>>> ask_offsets(
      std::vector<TopicPartition> places) override {
    return std::make_unique<SimQuestion<std::vector<connectors::OffsetRange>>>(
        log_.world_, [this, places = std::move(places)] {
          Result<std::vector<connectors::OffsetRange>> ranges;
          for (const TopicPartition& place : places) {
            const auto range = offsets(place);
            if (!range)
              return std::optional(
                  Result<std::vector<connectors::OffsetRange>>(std::unexpected(range.error())));
            ranges->push_back(*range);
          }
          return std::optional(ranges);
        });
  }
  std::unique_ptr<connectors::Question<std::vector<CommittedOffset>>> ask_committed(
      const std::string& group, std::vector<TopicPartition> places) override {
    return std::make_unique<SimQuestion<std::vector<CommittedOffset>>>(
        log_.world_,
        [this, group, places = std::move(places)]() -> std::optional<Result<std::vector<CommittedOffset>>> {
          if (log_.pending(group)) {
            log_.see(Probe::Unstable);
            return std::nullopt;  // KIP-447
          }
          return committed(group, places);
        });
  }
  Result<void> delete_before(const TopicPartition& place, int64_t offset) override {
    if (!log_.may_delete) {
      return std::unexpected(Error{Error::Kind::InputOutput, "simulated: not allowed"});
    }
    log_.see(Probe::Deleted);
    log_.at(place).first = std::max(log_.at(place).first, offset);
    return {};
  }
  Result<std::unique_ptr<connectors::LogReader>> open(const TopicPartition& place,
                                                      const connectors::ReaderOptions& options) override {
    reads_ = true;
    return std::make_unique<SimReader>(log_, group_, place, options.offset);
  }

 private:
  bool fails() {
    log_.pass(Ask, Doing::Opening, true);
    return log_.goes_wrong(log_.faults.ask_fails, Probe::AskFails);
  }

  const SimLog& log_;
  std::string group_;
  bool reads_ = false;
};

class SimProducer : public connectors::LogProducer {
 public:
  SimProducer(const SimLog& log, const connectors::KafkaProducerOptions& options)
      : log_(log), id_(options.transactional_id), timeout_ms_(options.transaction_timeout_ms) {}
  ~SimProducer() override {
    if (!log_.dying() && transaction_ != 0 &&
        log_.transactions_[transaction_].state == TransactionState::Open && log_.epochs_[id_] == epoch_ &&
        log_.world_.happens(500)) {
      log_.decide(transaction_, false);  // else the next producer of the id does, or the time-out
    }
  }

  Result<void> open() override {
    log_.pass(Open, Doing::Opening, true);
    if (log_.goes_wrong(log_.faults.open_fails, Probe::OpenFails)) {
      return retry("open");
    }
    if (id_.empty()) {
      return {};
    }
    if (log_.world_.lives() && log_.members_ != 0 && !log_.world_.current().has_lock) {
      log_.violations.push_back("a producer was opened without the lock");
    }
    epoch_ = ++log_.epochs_[id_];
    const auto undecided = log_.undecided_;
    for (const uint64_t number : undecided) {
      if (log_.transactions_[number].id == id_) {
        log_.decide(number, log_.transactions_[number].state == TransactionState::InDoubt);
      }
    }
    log_.world_.sleep(static_cast<int64_t>(log_.world_.below(20'000)));
    return {};
  }
  Result<void> begin() override {
    if (auto done = usable(Begin, log_.faults.begin_fails, Probe::BeginFails, "begin"); !done) {
      return done;
    }
    transaction_ = log_.transactions_.size();
    log_.transactions_.push_back({.id = id_, .epoch = epoch_, .partitions = {}, .offsets = {}});
    log_.undecided_.insert(transaction_);
    const SimLog& log = log_;
    log_.world_.at(log_.world_.now_us() + timeout_ms_ * 1000,
                   [&log, number = transaction_] { log.time_out(number); });
    return {};
  }
  Result<void> produce(const std::string& topic, int32_t partition,
                       std::span<const connectors::Record> records) override {
    auto& partitions = log_.topics_.at(topic);
    for (const connectors::Record& record : records) {
      if (auto done = usable(Produce, log_.faults.produce_fails, Probe::ProduceFails, "produce"); !done) {
        return done;
      }
      const size_t to = partition >= 0 ? static_cast<size_t>(partition)
                        : record.key   ? std::hash<std::string_view>()(*record.key) % partitions.size()
                                       : log_.world_.below(partitions.size());
      SimRecord stored;
      if (record.key) stored.key = std::string(*record.key);
      if (record.value) stored.value = std::string(*record.value);
      if (topic.ends_with("-changelog")) {
        log_.world_.trace(
            record.value->size());  // padding between the members of a state is not always the same
      } else {
        log_.world_.trace(record.value.value_or("-"));
      }
      stored.transaction = transaction_;
      partitions[to].records.push_back(std::move(stored));
      if (transaction_ != 0) {
        log_.transactions_[transaction_].partitions.insert({topic, static_cast<int32_t>(to)});
      }
      if (topic.ends_with("-changelog")) {
        log_.note_changelog(record);
      }
    }
    return {};
  }
  Result<void> commit(std::span<const OffsetCommit> offsets) override {
    if (auto done = usable(Commit, 0, Probe::BeginFails, "commit"); !done) {
      return done;
    }
    if (log_.goes_wrong(log_.faults.quiet, Probe::HeartbeatsLost)) {
      lose_heartbeats();
    }
    return id_.empty() ? commit_plainly(offsets) : commit_transaction(offsets);
  }

 private:
  Result<void> commit_transaction(std::span<const OffsetCommit> offsets) {
    const uint64_t number = std::exchange(transaction_, 0);
    SimTransaction& transaction = log_.transactions_[number];
    if (transaction.state != TransactionState::Open) {
      return retry("the transaction is over");
    }
    transaction.offsets.assign(offsets.begin(), offsets.end());
    log_.world_.sleep(static_cast<int64_t>(log_.world_.below(10'000)));
    if (epoch_ != log_.epochs_[id_]) {
      log_.see(Probe::ZombieFenced);
      return fenced("fenced at the end of a transaction");
    }
    transaction_ = number;
    if (log_.goes_wrong(log_.faults.commit_lost, Probe::CommitLost)) {
      return retry("commit lost");
    }
    transaction_ = 0;
    const SimLog& log = log_;
    if (log_.goes_wrong(log_.faults.commit_in_doubt, Probe::CommitInDoubt)) {
      transaction.state = TransactionState::InDoubt;
      log_.world_.at(log_.world_.now_us() + static_cast<int64_t>(log_.world_.below(3'000'000)),
                     [&log, number] { log.decide(number, true); });
      log_.pass(Ended, Doing::InTransaction, true);
      return retry("commit in doubt");
    }
    log_.decide(number, true);
    if (log_.goes_wrong(log_.faults.end_twice, Probe::EndSentTwice)) {
      log_.world_.at(log_.world_.now_us() + static_cast<int64_t>(log_.world_.below(2'000'000)),
                     [&log, id = id_, epoch = epoch_] { log.late_end(id, epoch); });
      return retry("the end of a transaction was sent twice");
    }
    log_.pass(Ended, Doing::InTransaction, true);
    if (log_.goes_wrong(log_.faults.commit_unheard, Probe::CommitUnheard)) {
      return retry("commit unheard");
    }
    return {};
  }

  Result<void> commit_plainly(std::span<const OffsetCommit> offsets) {
    if (offsets.empty()) {
      return {};
    }
    if (log_.goes_wrong(log_.faults.commit_lost, Probe::CommitLost)) {
      return retry("commit lost");
    }
    for (const OffsetCommit& offset : offsets) {
      log_.store(offset);
    }
    ++log_.commits;
    if (log_.on_commit) log_.on_commit();
    log_.pass(Ended, Doing::InTransaction, true);
    if (log_.goes_wrong(log_.faults.commit_unheard, Probe::CommitUnheard)) {
      return retry("commit unheard");
    }
    return {};
  }

  // The group takes the member for dead, which works on.
  void lose_heartbeats() const {
    if (!log_.world_.lives()) {
      return;
    }
    Process& process = log_.world_.current();
    process.quiet_since_us = log_.world_.now_us();
    log_.world_.at(log_.world_.now_us() + 8'000'000 + static_cast<int64_t>(log_.world_.below(10'000'000)),
                   [&process, starts = process.starts] {
                     if (process.starts == starts) process.quiet_since_us = kAlways;
                   });
  }

  Result<void> usable(Call call, uint32_t fails, Probe probe, const char* what) {
    log_.pass(call, Doing::InTransaction, true);
    if (!id_.empty() && (epoch_ == 0 || epoch_ != log_.epochs_[id_])) {
      log_.see(Probe::ZombieFenced);
      return fenced("fenced");
    }
    if (log_.goes_wrong(fails, probe)) {
      return retry(what);
    }
    return {};
  }

  const SimLog& log_;
  std::string id_;
  int64_t timeout_ms_;
  uint64_t epoch_ = 0;
  uint64_t transaction_ = 0;
};

class SimLock : public connectors::JobLock {
 public:
  SimLock(const SimLog& log, const connectors::KafkaLockOptions& options)
      : log_(log),
        process_(log.world_.lives() ? &log.world_.current() : nullptr),
        me_{.instance = options.instance, .serial = ++log.members_, .process = process_} {
    ++log_.instance_files_[file()];
  }
  ~SimLock() override {
    --log_.instance_files_[file()];
    if (process_ != nullptr) process_->has_lock = false;
    if (log_.active_ && log_.active_->serial == me_.serial) {
      log_.active_->gone_since_us = log_.world_.now_us();  // a static member does not leave
    }
  }

  Result<bool> acquire(int timeout_ms) override {
    log_.pass(Acquire, Doing::StandingBy, false);
    if (log_.goes_wrong(log_.faults.lock_fails, Probe::LockFails)) {
      return retry("lock");
    }
    if (log_.replaced_.contains(me_.serial)) {
      return fenced("another process has started as this instance");
    }
    if (auto& active = log_.active_; active && active->serial != me_.serial) {
      if (active->instance == me_.instance) {
        replace(*active);
      } else if (log_.expired(*active)) {
        log_.see(Probe::TakeOver);
        if (active->gone_since_us == kAlways) log_.see(Probe::TakeOverFromLiving);
        active = me_;
      } else {
        log_.see(Probe::StandsBy);
        log_.world_.sleep(timeout_ms * 1000);
        return false;
      }
    }
    log_.active_ = me_;
    if (process_ != nullptr) process_->has_lock = true;
    return true;
  }

  bool others() const override { return log_.active_ && log_.active_->serial != me_.serial; }

  Result<bool> held() override {
    log_.pass(Held, log_.doing(), false);
    if (process_ != nullptr && process_->quiet_since_us != kAlways) {
      return true;  // it hears nothing
    }
    if (log_.replaced_.contains(me_.serial)) {
      return fenced("another process has started as this instance");
    }
    if (log_.active_ && log_.active_->serial == me_.serial) {
      return true;
    }
    return false;
  }

 private:
  std::pair<uint32_t, std::string> file() const {
    return {process_ != nullptr ? process_->machine : 0, me_.instance};
  }
  // A member with the same instance takes the place of the old one, who is fenced if it lives.
  void replace(LockMember& active) const {
    if (active.gone_since_us == kAlways) {
      log_.see(Probe::SameInstanceElsewhere);
      log_.replaced_.insert(active.serial);
    } else {
      log_.see(log_.expired(active) ? Probe::RejoinsAfterTimeout : Probe::RejoinsAtOnce);
    }
    active = me_;
  }

  const SimLog& log_;
  Process* process_;
  LockMember me_;
};

Result<std::unique_ptr<connectors::LogConsumer>> SimLog::make_consumer(const connectors::KafkaOptions&,
                                                                       const std::string& group) const {
  return std::make_unique<SimConsumer>(*this, group);
}
Result<std::unique_ptr<connectors::LogProducer>> SimLog::make_producer(
    const connectors::KafkaOptions&, const connectors::KafkaProducerOptions& options) const {
  return std::make_unique<SimProducer>(*this, options);
}
Result<std::unique_ptr<connectors::JobLock>> SimLog::make_lock(
    const connectors::KafkaOptions&, const connectors::KafkaLockOptions& options) const {
  if (world_.lives() && instance_files_[{world_.current().machine, options.instance}] > 0) {
    see(Probe::SameInstanceHere);
    return fenced("this instance runs on this machine already");
  }
  return std::make_unique<SimLock>(*this, options);
}

}  // namespace weir::sim
