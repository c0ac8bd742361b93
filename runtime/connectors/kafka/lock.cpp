#include "runtime/connectors/kafka/lock.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <thread>

#include <fmt/format.h>

#include "runtime/connectors/kafka/config.h"
#include "runtime/connectors/kafka/error.h"
#include "runtime/connectors/kafka/instance_file.h"

namespace weir::connectors::kafka {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kLookInterval{500};
// librdkafka 2.0.2 ends the process if a request to a coordinator times out and the coordinator comes up afterwards: so it
// does not time out, and who waits for it gives up.
constexpr int kDescribeMs = 3'600'000;
constexpr std::chrono::seconds kSilenceLimit{60};
constexpr int kPollMs = 50;
// Who cannot leave the group in this time is taken out of it when the session ends.
constexpr milliseconds kLeaveLimit{3'000};

enum class Membership { Nobody, Ours, Others };
// What the last assignment of the group has said of this member.
enum class Standing { Unknown, Active, Standby };

class Lock final : public JobLock {
 public:
  Lock(InstanceFile file, const KafkaLockOptions& options)
      : file_(std::move(file)), options_(options), group_(options.job + ".lock") {}

  Result<void> start(Configured configured) {
    rd_kafka_conf_t* conf = configured.conf.get();
    rd_kafka_conf_set_opaque(conf, this);
    rd_kafka_conf_set_error_cb(conf, on_error);
    rd_kafka_conf_set_rebalance_cb(conf, on_rebalance);
    connection_ = configured.connection.get();
    auto client = Client::make(RD_KAFKA_CONSUMER, std::move(configured));
    if (!client) {
      return std::unexpected(client.error());
    }
    client_.emplace(std::move(*client));
    rd_kafka_poll_set_consumer(client_->handle());
    return {};
  }

  Result<bool> acquire(int timeout_ms) override {
    const auto give_up = steady_clock::now() + milliseconds(timeout_ms);
    for (;;) {
      if (auto joined = join_if_vacant(); !joined) {
        return std::unexpected(joined.error());
      }
      if (auto served = serve(kPollMs); !served) {
        return std::unexpected(served.error());
      }
      if (standing_ == Standing::Active) {
        return true;
      }
      const auto now = steady_clock::now();
      if (joined_ && standing_ == Standing::Unknown && now - looked_ > kSilenceLimit) {
        return std::unexpected(error_of(client_->connection(), what(), RD_KAFKA_RESP_ERR__TIMED_OUT));
      }
      if (now >= give_up) {
        return false;
      }
    }
  }

  bool others() const override { return standing_ == Standing::Standby || others_; }

  // While the brokers are away, or a new assignment is under way, nobody else can have been told to take over; the lock is
  // lost when one is there who has.
  Result<bool> held() override {
    if (auto served = serve(0); !served) {
      return std::unexpected(served.error());
    }
    const auto joined = join_if_vacant();
    if (!joined) {
      return std::unexpected(joined.error());
    }
    return *joined && standing_ != Standing::Standby;
  }

  // A static member that is closed stays a member; one that ends its subscription before leaves.
  void release() override {
    if (!joined_ || rd_kafka_unsubscribe(client_->handle()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return;
    }
    const auto give_up = steady_clock::now() + kLeaveLimit;
    while (steady_clock::now() < give_up && serve(kPollMs)) {
      const auto members = membership();
      if (!members || (*members && **members != Membership::Ours)) {
        return;
      }
    }
  }

 private:
  // Members are sorted by instance when partitions are assigned, so a newcomer could take partition 0 from who is at
  // work. Hence one joins only when there is nobody, or when the broker still has itself as a member. False: there are
  // others.
  Result<bool> join_if_vacant() {
    const auto now = steady_clock::now();
    if (joined_ || (question_ == nullptr && now - looked_ < kLookInterval)) {
      return true;
    }
    const auto members = membership();
    if (!members) {
      return std::unexpected(members.error());
    }
    if (!*members) {
      return true;
    }
    others_ = **members == Membership::Others;
    if (others_) {
      return false;
    }
    const PartitionList topics =
        one_partition(options_.topic, RD_KAFKA_PARTITION_UA, RD_KAFKA_OFFSET_INVALID);
    const rd_kafka_resp_err_t code = rd_kafka_subscribe(client_->handle(), topics.get());
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return std::unexpected(error_of(client_->connection(), what(), code));
    }
    joined_ = true;
    return true;
  }

  // Nothing: the broker has not said yet.
  Result<std::optional<Membership>> membership() {
    if (question_ == nullptr) {
      ask();
    }
    const Event event(rd_kafka_queue_poll(question_.get(), kPollMs));
    if (event == nullptr) {
      if (steady_clock::now() - looked_ > kSilenceLimit) {
        return std::unexpected(error_of(client_->connection(), what(), RD_KAFKA_RESP_ERR__TIMED_OUT));
      }
      return std::optional<Membership>();
    }
    question_.reset();
    looked_ = steady_clock::now();
    return answer(event.get());
  }

  void ask() {
    rd_kafka_t* handle = client_->handle();
    looked_ = steady_clock::now();
    question_.reset(rd_kafka_queue_new(handle));
    const AdminOptions options(rd_kafka_AdminOptions_new(handle, RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS));
    std::array<char, 256> reason{};
    rd_kafka_AdminOptions_set_request_timeout(options.get(), kDescribeMs, reason.data(), reason.size());
    const char* name = group_.c_str();
    rd_kafka_DescribeConsumerGroups(handle, &name, 1, options.get(), question_.get());
  }

  Result<std::optional<Membership>> answer(rd_kafka_event_t* event) {
    const rd_kafka_DescribeConsumerGroups_result_t* result =
        rd_kafka_event_DescribeConsumerGroups_result(event);
    if (result == nullptr) {
      return refused_or_silent(rd_kafka_event_error(event));
    }
    size_t count = 0;
    const rd_kafka_ConsumerGroupDescription_t** groups =
        rd_kafka_DescribeConsumerGroups_result_groups(result, &count);
    if (count != 1) {
      return std::optional<Membership>();
    }
    if (const rd_kafka_error_t* error = rd_kafka_ConsumerGroupDescription_error(groups[0])) {
      return refused_or_silent(rd_kafka_error_code(error));
    }
    client_->connection().alive();
    const size_t members = rd_kafka_ConsumerGroupDescription_member_count(groups[0]);
    for (size_t i = 0; i < members; ++i) {
      const char* instance = rd_kafka_MemberDescription_group_instance_id(
          rd_kafka_ConsumerGroupDescription_member(groups[0], i));
      if (instance != nullptr && options_.instance == instance) {
        return std::optional(Membership::Ours);
      }
    }
    return std::optional(members == 0 ? Membership::Nobody : Membership::Others);
  }

  Result<std::optional<Membership>> refused_or_silent(rd_kafka_resp_err_t code) const {
    Error error = error_of(client_->connection(), what(), code);
    // A group that nobody has used yet is unknown to the broker, or said not to exist.
    if (code == RD_KAFKA_RESP_ERR_GROUP_ID_NOT_FOUND) {
      return std::optional(Membership::Nobody);
    }
    if (error.kind == Error::Kind::InputOutput) {
      return std::unexpected(std::move(error));
    }
    return std::optional<Membership>();
  }

  // Callbacks run inside; then what there is to say of this member.
  Result<void> serve(int timeout_ms) {
    rd_kafka_t* handle = client_->handle();
    while (rd_kafka_message_t* message = rd_kafka_consumer_poll(handle, timeout_ms)) {
      timeout_ms = 0;
      const rd_kafka_resp_err_t code = message->err;
      Error error = error_of(client_->connection(), what(), code, rd_kafka_message_errstr(message));
      rd_kafka_message_destroy(message);
      if (code != RD_KAFKA_RESP_ERR_NO_ERROR && error.kind == Error::Kind::InputOutput) {
        return std::unexpected(std::move(error));
      }
    }
    std::array<char, 256> reason{};
    const rd_kafka_resp_err_t fatal = rd_kafka_fatal_error(handle, reason.data(), reason.size());
    if (fatal == RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID) {
      return std::unexpected(
          Error{Error::Kind::Fenced, fmt::format("another process has started as instance `{}` of job `{}`",
                                                 options_.instance, options_.job)});
    }
    if (fatal != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return std::unexpected(error_of(client_->connection(), what(), fatal, reason.data()));
    }
    if (client_->connection().refused()) {
      return std::unexpected(error_of(client_->connection(), what(), RD_KAFKA_RESP_ERR__TRANSPORT));
    }
    return {};
  }

  std::string what() const { return fmt::format("instances of job `{}` (group `{}`)", options_.job, group_); }

  static void on_error(rd_kafka_t* /*client*/, int code, const char* reason, void* self) {
    static_cast<Lock*>(self)->connection_->trouble(static_cast<rd_kafka_resp_err_t>(code), reason);
  }

  // The assignment only says who is active; nothing of it is taken, so nothing is fetched.
  static void on_rebalance(rd_kafka_t* client, rd_kafka_resp_err_t code,
                           rd_kafka_topic_partition_list_t* partitions, void* self) {
    Lock& lock = *static_cast<Lock*>(self);
    if (code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
      const bool first =
          rd_kafka_topic_partition_list_find(partitions, lock.options_.topic.c_str(), 0) != nullptr;
      lock.standing_ = first ? Standing::Active : Standing::Standby;
      lock.connection_->alive();
      const PartitionList nothing(rd_kafka_topic_partition_list_new(0));
      rd_kafka_assign(client, nothing.get());
    } else {
      lock.standing_ = Standing::Unknown;
      if (rd_kafka_assignment_lost(client) != 0) {
        // The session has ended. librdkafka would join again by itself, before it is known who else is there.
        lock.joined_ = false;
        rd_kafka_unsubscribe(client);
      }
      rd_kafka_assign(client, nullptr);
    }
  }

  InstanceFile file_;
  const KafkaLockOptions options_;
  const std::string group_;
  Connection* connection_ = nullptr;
  bool joined_ = false;
  bool others_ = false;  // as the brokers have said last
  Standing standing_ = Standing::Unknown;
  steady_clock::time_point looked_{};
  std::optional<Client> client_;
  Queue question_;  // where the answer to the last question will come; null: it has come
};

}  // namespace

Result<std::unique_ptr<JobLock>> make_lock(const KafkaOptions& options, const KafkaLockOptions& lock) {
  auto configured = configure_lock(options, lock);
  if (!configured) {
    return std::unexpected(configured.error());
  }
  auto file = InstanceFile::take(lock.job, lock.instance, configured->connection->brokers());
  if (!file) {
    return std::unexpected(file.error());
  }
  auto made = std::make_unique<Lock>(std::move(*file), lock);
  if (auto started = made->start(std::move(*configured)); !started) {
    return std::unexpected(started.error());
  }
  return made;
}

}  // namespace weir::connectors::kafka
