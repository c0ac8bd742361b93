#include "runtime/connectors/kafka/producer.h"

#include <unistd.h>

#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <map>
#include <optional>
#include <thread>

#include <fmt/format.h>

#include "runtime/connectors/kafka/config.h"
#include "runtime/connectors/kafka/error.h"
#include "runtime/connectors/kafka/sent_count.h"
#include "runtime/connectors/kafka/watchdog.h"

namespace weir::connectors::kafka {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kTryAgainStatus = 75;
constexpr milliseconds kGrace{
    10'000};  // beyond the transaction's time-out, before the watchdog ends the process
constexpr milliseconds kOpenLimit{30'000};
constexpr int kOpenSliceMs = 2'000;  // then errors of the connection are looked at
constexpr int kAbortMs = 5'000;
constexpr int kFullWaitMs = 100;
constexpr int kFlushSliceMs = 500;
// A job that is to stop does not wait longer for brokers: nothing is lost, a restart does it again.
constexpr milliseconds kStopLimit{5'000};
// Records wait; after so long it is looked whether their topics are there.
constexpr milliseconds kLookAtTopics{3'000};
constexpr int kTopicAnswerMs = 2'000;

void end_process(const std::string& what) {
  const std::string line = fmt::format(
      "weir: {} has not come back in time; the process ends, a restart goes on from the last commit\n", what);
  static_cast<void>(!write(STDERR_FILENO, line.data(), line.size()));
  _exit(kTryAgainStatus);
}

int32_t setting_ms(const rd_kafka_conf_t* conf, const char* name) {
  std::array<char, 32> text{};
  size_t size = text.size();
  int32_t value = 0;
  if (rd_kafka_conf_get(conf, name, text.data(), &size) == RD_KAFKA_CONF_OK && size > 0) {
    std::from_chars(text.data(), text.data() + size - 1, value);
  }
  return value;
}

PartitionList list_of(std::span<const OffsetCommit> offsets, const std::string& group) {
  PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(offsets.size())));
  for (const OffsetCommit& offset : offsets) {
    if (offset.group != group) {
      continue;
    }
    rd_kafka_topic_partition_t* entry = rd_kafka_topic_partition_list_add(
        list.get(), offset.partition.topic.c_str(), offset.partition.partition);
    entry->offset = offset.offset;
    if (!offset.metadata.empty()) {  // freed with the list, by free()
      entry->metadata = strndup(offset.metadata.data(), offset.metadata.size());
      entry->metadata_size = offset.metadata.size();
    }
  }
  return list;
}

std::vector<std::string> groups_of(std::span<const OffsetCommit> offsets) {
  std::vector<std::string> groups;
  for (const OffsetCommit& offset : offsets) {
    if (std::ranges::find(groups, offset.group) == groups.end()) {
      groups.push_back(offset.group);
    }
  }
  return groups;
}

class Producer final : public LogProducer {
 public:
  Producer(KafkaOptions options, bool transactional)
      : options_(std::move(options)), transactional_(transactional) {}

  Result<void> start(Configured configured) {
    rd_kafka_conf_t* conf = configured.conf.get();
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    if (transactional_) {
      sent_.attach(conf);
      transaction_timeout_ = milliseconds(setting_ms(conf, "transaction.timeout.ms"));
      watchdog_.emplace(transaction_timeout_ + kGrace, end_process);
      watchdog_->hurry([this] { return client_ && client_->connection().stopping(); }, 2 * kStopLimit);
    }
    auto client = Client::make(RD_KAFKA_PRODUCER, std::move(configured));
    if (!client) {
      return std::unexpected(client.error());
    }
    client_.emplace(std::move(*client));
    return {};
  }

  // What a transaction has left behind is not left to its time-out, which would hold up all who read what is committed.
  ~Producer() override {
    if (!client_) {
      return;
    }
    if (in_transaction_ && !fenced_) {
      const Watchdog::Watch watch(*watchdog_, "ending a transaction");
      const OwnedError ignored(rd_kafka_abort_transaction(client_->handle(), kAbortMs));
    }
    rd_kafka_purge(client_->handle(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    topics_.clear();
    offset_clients_.clear();
    client_.reset();
  }

  Result<void> open() override {
    if (!transactional_) {
      return {};
    }
    const auto give_up = steady_clock::now() + kOpenLimit;
    for (;;) {
      OwnedError error;
      {
        const Watchdog::Watch watch(*watchdog_, "taking over the transactions of the job");
        error.reset(rd_kafka_init_transactions(client_->handle(), kOpenSliceMs));
      }
      if (error == nullptr) {
        client_->connection().alive();
        return {};
      }
      rd_kafka_poll(client_->handle(), 0);
      if (step_after(error.get()) == TransactionStep::GiveUp || client_->connection().refused() ||
          client_->connection().stopping() || steady_clock::now() > give_up) {
        return std::unexpected(failed("taking over the transactions of the job", error.get()));
      }
    }
  }

  Result<void> begin() override {
    if (!transactional_) {
      return {};
    }
    const OwnedError error(rd_kafka_begin_transaction(client_->handle()));
    if (error != nullptr) {
      return std::unexpected(failed("beginning a transaction", error.get()));
    }
    in_transaction_ = true;
    begun_ = steady_clock::now();
    return {};
  }

  Result<void> produce(const std::string& topic, int32_t partition,
                       std::span<const Record> records) override {
    rd_kafka_topic_t* handle = topic_handle(topic);
    if (handle == nullptr) {
      return std::unexpected(
          error_of(client_->connection(), fmt::format("topic `{}`", topic), rd_kafka_last_error()));
    }
    for (const Record& record : records) {
      if (auto put = put_one(handle, topic, partition, record); !put) {
        return put;
      }
    }
    rd_kafka_poll(client_->handle(), 0);
    return first_failure();
  }

  // Outputs are stored before their offsets are sent, and both before the end: what one step leaves in doubt, the next
  // must not build on.
  Result<void> commit(std::span<const OffsetCommit> offsets) override {
    if (!transactional_) {
      return commit_plainly(offsets);
    }
    const Watchdog::Watch watch(*watchdog_, "committing a transaction");
    flush();
    if (auto stored = first_failure(); !stored) {
      return stored;
    }
    sent_.reset();
    const std::vector<std::string> groups = groups_of(offsets);
    for (const std::string& group : groups) {
      if (auto sent = send_offsets(list_of(offsets, group), group); !sent) {
        return sent;
      }
    }
    for (;;) {
      const OwnedError error(rd_kafka_commit_transaction(client_->handle(), -1));
      if (error == nullptr) {
        break;
      }
      if (step_after(error.get()) == TransactionStep::GiveUp) {
        return std::unexpected(failed("committing a transaction", error.get()));
      }
      pause();
    }
    in_transaction_ = false;
    if (sent_.ends() > 1) {
      return std::unexpected(
          Error{Error::Kind::Retry,
                "committing a transaction: its end had to be sent twice, and the first message may "
                "still arrive and end the next one"});
    }
    if (sent_.positions() > groups.size()) {
      return std::unexpected(
          Error{Error::Kind::Retry,
                "committing a transaction: its positions had to be sent twice, and the first message may "
                "still arrive and move those of the next one back"});
    }
    client_->connection().alive();
    return {};
  }

 private:
  static void on_delivery(rd_kafka_t* /*client*/, const rd_kafka_message_t* message, void* /*opaque*/) {
    auto* producer = static_cast<Producer*>(message->_private);
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR || producer->failure_) {
      return;
    }
    if (message->err == RD_KAFKA_RESP_ERR__PURGE_QUEUE || message->err == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT) {
      producer->purged_ = true;
      return;
    }
    const char* topic = message->rkt != nullptr ? rd_kafka_topic_name(message->rkt) : "";
    producer->failure_ =
        error_of(producer->client_->connection(), fmt::format("writing to topic `{}`", topic), message->err);
  }

  Result<void> put_one(rd_kafka_topic_t* handle, const std::string& topic, int32_t partition,
                       const Record& record) {
    static constexpr char kEmpty[] = "";  // an empty value is not a missing one
    const auto data_of = [](const std::optional<std::string_view>& bytes) -> void* {
      if (!bytes) {
        return nullptr;
      }
      return const_cast<char*>(bytes->data() == nullptr ? kEmpty : bytes->data());
    };
    const auto size_of = [](const std::optional<std::string_view>& bytes) {
      return bytes ? bytes->size() : 0;
    };
    const int64_t timestamp = record.timestamp_ms == abi::kNoTimestamp ? 0 : record.timestamp_ms;  // 0: now
    for (;;) {
      const rd_kafka_resp_err_t code =
          rd_kafka_producev(client_->handle(), RD_KAFKA_V_RKT(handle), RD_KAFKA_V_PARTITION(partition),
                            RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                            RD_KAFKA_V_VALUE(data_of(record.value), size_of(record.value)),
                            RD_KAFKA_V_KEY(data_of(record.key), size_of(record.key)),
                            RD_KAFKA_V_TIMESTAMP(timestamp), RD_KAFKA_V_OPAQUE(this), RD_KAFKA_V_END);
      if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
        return {};
      }
      if (code == RD_KAFKA_RESP_ERR__STATE && transactional_) {
        return std::unexpected(failed_or(why_failed()));
      }
      if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
        return std::unexpected(
            failed_or(error_of(client_->connection(), fmt::format("writing to topic `{}`", topic), code)));
      }
      rd_kafka_poll(client_->handle(), kFullWaitMs);
      look_after_waiting();
      if (auto stored = first_failure(); !stored) {
        return stored;
      }
    }
  }

  Result<void> send_offsets(const PartitionList& list, const std::string& group) {
    // Without a generation: the producer's epoch fences, not the group's membership.
    const GroupMetadata metadata(rd_kafka_consumer_group_metadata_new(group.c_str()));
    for (;;) {
      const OwnedError error(
          rd_kafka_send_offsets_to_transaction(client_->handle(), list.get(), metadata.get(), -1));
      if (error == nullptr) {
        return {};
      }
      if (step_after(error.get()) == TransactionStep::GiveUp) {
        return std::unexpected(failed("committing positions", error.get()));
      }
      pause();
    }
  }

  // A transaction's records time out with it, so this ends.
  void flush() {
    waiting_since_ = steady_clock::now();
    while (!failure_ && !purged_ &&
           rd_kafka_flush(client_->handle(), kFlushSliceMs) == RD_KAFKA_RESP_ERR__TIMED_OUT) {
      look_after_waiting();
    }
  }

  // Records that are on their way for long: is the job to stop, or has a topic been deleted?
  void look_after_waiting() {
    const auto now = steady_clock::now();
    stop_seen_ = client_->connection().stopping() ? stop_seen_.value_or(now)
                                                  : std::optional<steady_clock::time_point>();
    if (stop_seen_ && now - *stop_seen_ > kStopLimit && !failure_) {
      failure_ = Error{Error::Kind::Retry,
                       error_of(client_->connection(), "stopping: the last results could not be written",
                                RD_KAFKA_RESP_ERR__TIMED_OUT)
                           .text};
    }
    if (now - waiting_since_ < kLookAtTopics) {
      return;
    }
    waiting_since_ = now;
    for (const auto& [name, handle] : topics_) {
      const rd_kafka_metadata_t* answer = nullptr;
      if (rd_kafka_metadata(client_->handle(), 0, handle.get(), &answer, kTopicAnswerMs) !=
          RD_KAFKA_RESP_ERR_NO_ERROR) {
        return;  // brokers are away
      }
      const Metadata metadata(answer);
      if (metadata->topic_cnt == 1 && metadata->topics[0].err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART &&
          !failure_) {
        failure_ = Error{Error::Kind::InputOutput,
                         fmt::format("topic `{}`, which is written to, has been deleted", name)};
      }
    }
  }

  Result<void> commit_plainly(std::span<const OffsetCommit> offsets) {
    flush();
    if (auto stored = first_failure(); !stored) {
      return stored;
    }
    for (const std::string& group : groups_of(offsets)) {
      auto client = offset_client(group);
      if (!client) {
        return std::unexpected(client.error());
      }
      const PartitionList list = list_of(offsets, group);
      rd_kafka_resp_err_t code = rd_kafka_commit((*client)->handle(), list.get(), 0);
      rd_kafka_poll((*client)->handle(), 0);
      for (int i = 0; i < list->cnt && code == RD_KAFKA_RESP_ERR_NO_ERROR; ++i) {
        code = list->elems[i].err;
      }
      if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return std::unexpected(error_of((*client)->connection(), "committing positions", code));
      }
    }
    client_->connection().alive();
    return {};
  }

  Result<Client*> offset_client(const std::string& group) {
    if (const auto found = offset_clients_.find(group); found != offset_clients_.end()) {
      return &found->second;
    }
    auto configured = configure_consumer(options_, group);
    if (!configured) {
      return std::unexpected(configured.error());
    }
    auto client = Client::make(RD_KAFKA_CONSUMER, std::move(*configured));
    if (!client) {
      return std::unexpected(client.error());
    }
    return &offset_clients_.emplace(group, std::move(*client)).first->second;
  }

  rd_kafka_topic_t* topic_handle(const std::string& topic) {
    Topic& handle = topics_[topic];
    if (handle == nullptr) {
      handle.reset(rd_kafka_topic_new(client_->handle(), topic.c_str(), nullptr));
    }
    return handle.get();
  }

  Result<void> first_failure() {
    if (purged_ && !failure_) {
      failure_ = why_failed();
    }
    if (failure_) {
      return std::unexpected(*failure_);
    }
    return {};
  }
  // A transaction that has failed drops its records, and takes no more; why, it says only when it is asked for something.
  // Beginning another is refused in any case.
  Error why_failed() {
    const OwnedError error(rd_kafka_begin_transaction(client_->handle()));
    if (error == nullptr || rd_kafka_error_code(error.get()) == RD_KAFKA_RESP_ERR__STATE) {
      return {Error::Kind::Retry, "writing: the transaction has failed"};
    }
    return failed("writing", error.get());
  }
  // A record that could not be stored explains best why what follows fails.
  Error failed_or(const Error& error) const { return failure_.value_or(error); }
  Error failed(std::string_view what, const rd_kafka_error_t* error) {
    rd_kafka_poll(client_->handle(), 0);
    Error result = error_of(client_->connection(), client_->handle(), what, error);
    fenced_ = fenced_ || result.kind == Error::Kind::Fenced;
    if (!fenced_) {
      return failed_or(std::move(result));
    }
    // The broker fences the producer of a transaction that it gives up. Whether another process works now, the lock tells.
    if (in_transaction_ && steady_clock::now() - begun_ > transaction_timeout_) {
      return Error{
          Error::Kind::Retry,
          fmt::format("{}: the transaction was open for longer than `transaction.timeout` ({} ms), and "
                      "the broker has given it up",
                      what, transaction_timeout_.count())};
    }
    return result;
  }
  static void pause() { std::this_thread::sleep_for(milliseconds(20)); }

  const KafkaOptions options_;
  const bool transactional_;
  milliseconds transaction_timeout_{0};
  steady_clock::time_point begun_{};
  SentCount sent_;  // before the client, whose threads use it
  std::optional<Watchdog> watchdog_;
  std::optional<Client> client_;
  std::map<std::string, Topic> topics_;
  std::map<std::string, Client> offset_clients_;  // without transactions: of groups
  std::optional<Error> failure_;
  steady_clock::time_point waiting_since_{};
  std::optional<steady_clock::time_point> stop_seen_;
  bool in_transaction_ = false;
  bool fenced_ = false;
  bool purged_ = false;
};

}  // namespace

Result<std::unique_ptr<LogProducer>> make_producer(const KafkaOptions& options,
                                                   const KafkaProducerOptions& producer) {
  auto configured = configure_producer(options, producer);
  if (!configured) {
    return std::unexpected(configured.error());
  }
  auto made = std::make_unique<Producer>(options, !producer.transactional_id.empty());
  if (auto started = made->start(std::move(*configured)); !started) {
    return std::unexpected(started.error());
  }
  return made;
}

}  // namespace weir::connectors::kafka
