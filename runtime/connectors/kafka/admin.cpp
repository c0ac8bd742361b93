#include "runtime/connectors/kafka/admin.h"

#include <algorithm>
#include <array>
#include <functional>

#include <fmt/format.h>

#include "runtime/connectors/kafka/config.h"
#include "runtime/connectors/kafka/error.h"
#include "runtime/connectors/kafka/questions.h"

namespace weir::connectors::kafka {
namespace {

struct FreeResource {
  void operator()(rd_kafka_ConfigResource_t* it) const { rd_kafka_ConfigResource_destroy(it); }
  void operator()(rd_kafka_DeleteTopic_t* it) const { rd_kafka_DeleteTopic_destroy(it); }
  void operator()(rd_kafka_DeleteGroup_t* it) const { rd_kafka_DeleteGroup_destroy(it); }
  void operator()(rd_kafka_DeleteConsumerGroupOffsets_t* it) const {
    rd_kafka_DeleteConsumerGroupOffsets_destroy(it);
  }
};
template <typename T>
using Request = std::unique_ptr<T, FreeResource>;

bool is_denied(rd_kafka_resp_err_t code) {
  return code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED ||
         code == RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED ||
         code == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED;
}

Configs configs_of(const rd_kafka_ConfigResource_t* resource) {
  size_t count = 0;
  const rd_kafka_ConfigEntry_t** entries = rd_kafka_ConfigResource_configs(resource, &count);
  Configs configs;
  for (size_t i = 0; i < count; ++i) {
    if (const char* value = rd_kafka_ConfigEntry_value(entries[i])) {
      configs.emplace(rd_kafka_ConfigEntry_name(entries[i]), value);
    }
  }
  return configs;
}

class Admin final : public LogAdmin {
 public:
  explicit Admin(Client client) : client_(std::move(client)) {}

  Result<Cluster> cluster() override {
    const auto answer = metadata(nullptr, "the cluster");
    if (!answer) {
      return std::unexpected(answer.error());
    }
    Cluster cluster{.id = {}, .brokers = (*answer)->broker_cnt};
    if (char* id = rd_kafka_clusterid(client_.handle(), kAnswerMs)) {
      cluster.id = id;
      rd_kafka_mem_free(client_.handle(), id);
    }
    if ((*answer)->broker_cnt == 0) {
      return std::unexpected(Error{Error::Kind::Retry, "the cluster has no broker at the moment"});
    }
    some_broker_ = (*answer)->brokers[0].id;
    return cluster;
  }

  Result<TopicFacts> topic(const std::string& name) override {
    const std::string what = fmt::format("topic `{}`", name);
    const Topic handle(rd_kafka_topic_new(client_.handle(), name.c_str(), nullptr));
    if (handle == nullptr) {
      return std::unexpected(error_of(client_.connection(), what, rd_kafka_last_error()));
    }
    const auto answer = metadata(handle.get(), what);
    if (!answer) {
      return std::unexpected(answer.error());
    }
    TopicFacts facts;
    const rd_kafka_metadata_topic_t* topic = (*answer)->topic_cnt == 1 ? (*answer)->topics : nullptr;
    if (topic == nullptr || topic->err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
        (topic->err == RD_KAFKA_RESP_ERR_NO_ERROR && topic->partition_cnt == 0)) {
      facts.state = TopicFacts::State::Missing;
      return facts;
    }
    if (is_denied(topic->err)) {
      facts.state = TopicFacts::State::Denied;
      return facts;
    }
    if (topic->err != RD_KAFKA_RESP_ERR_NO_ERROR && topic->err != RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE) {
      return std::unexpected(failed(what, topic->err));
    }
    facts.partitions = topic->partition_cnt;
    for (int i = 0; i < topic->partition_cnt; ++i) {
      const int replicas = topic->partitions[i].replica_cnt;
      facts.least_replicas = i == 0 ? replicas : std::min(facts.least_replicas, replicas);
    }
    facts.configs = describe(RD_KAFKA_RESOURCE_TOPIC, name);
    return facts;
  }

  Result<std::optional<Configs>> broker_configs() override {
    if (some_broker_ < 0) {
      if (const auto known = cluster(); !known) {
        return std::unexpected(known.error());
      }
    }
    return describe(RD_KAFKA_RESOURCE_BROKER, std::to_string(some_broker_));
  }

  Result<std::vector<std::string>> members(const std::string& group) override {
    const std::string what = fmt::format("group `{}`", group);
    const char* name = group.c_str();
    const auto answer = ask(what, RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS,
                            [&](rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
                              rd_kafka_DescribeConsumerGroups(client_.handle(), &name, 1, options, queue);
                            });
    std::vector<std::string> members;
    if (!answer) {
      return std::unexpected(answer.error());
    }
    size_t count = 0;
    const rd_kafka_ConsumerGroupDescription_t** groups = rd_kafka_DescribeConsumerGroups_result_groups(
        rd_kafka_event_DescribeConsumerGroups_result(answer->get()), &count);
    if (count != 1) {
      return members;
    }
    if (const rd_kafka_error_t* error = rd_kafka_ConsumerGroupDescription_error(groups[0])) {
      if (rd_kafka_error_code(error) == RD_KAFKA_RESP_ERR_GROUP_ID_NOT_FOUND) {
        return members;
      }
      return std::unexpected(failed(what, rd_kafka_error_code(error)));
    }
    for (size_t i = 0; i < rd_kafka_ConsumerGroupDescription_member_count(groups[0]); ++i) {
      const auto* const member = rd_kafka_ConsumerGroupDescription_member(groups[0], i);
      const char* instance = rd_kafka_MemberDescription_group_instance_id(member);
      members.emplace_back(instance != nullptr ? instance : rd_kafka_MemberDescription_consumer_id(member));
    }
    std::ranges::sort(members);
    return members;
  }

  Result<bool> delete_group(const std::string& group) override {
    const std::string what = fmt::format("deleting group `{}`", group);
    const Request<rd_kafka_DeleteGroup_t> request(rd_kafka_DeleteGroup_new(group.c_str()));
    rd_kafka_DeleteGroup_t* const requests[] = {request.get()};
    const auto answer = ask(
        what, RD_KAFKA_ADMIN_OP_DELETEGROUPS, [&](rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
          rd_kafka_DeleteGroups(client_.handle(), const_cast<rd_kafka_DeleteGroup_t**>(requests), 1, options,
                                queue);
        });
    if (!answer) {
      return std::unexpected(answer.error());
    }
    size_t count = 0;
    const rd_kafka_group_result_t** results =
        rd_kafka_DeleteGroups_result_groups(rd_kafka_event_DeleteGroups_result(answer->get()), &count);
    return group_done(what, count == 1 ? results[0] : nullptr);
  }

  Result<bool> delete_topic(const std::string& name) override {
    const std::string what = fmt::format("deleting topic `{}`", name);
    const Request<rd_kafka_DeleteTopic_t> request(rd_kafka_DeleteTopic_new(name.c_str()));
    rd_kafka_DeleteTopic_t* const requests[] = {request.get()};
    const auto answer = ask(
        what, RD_KAFKA_ADMIN_OP_DELETETOPICS, [&](rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
          rd_kafka_DeleteTopics(client_.handle(), const_cast<rd_kafka_DeleteTopic_t**>(requests), 1, options,
                                queue);
        });
    if (!answer) {
      return std::unexpected(answer.error());
    }
    size_t count = 0;
    const rd_kafka_topic_result_t** results =
        rd_kafka_DeleteTopics_result_topics(rd_kafka_event_DeleteTopics_result(answer->get()), &count);
    return count == 1 ? done(what, rd_kafka_topic_result_error(results[0])) : false;
  }

  Result<bool> delete_offsets(const std::string& group, std::span<const TopicPartition> partitions) override {
    const std::string what = fmt::format("deleting what group `{}` has committed", group);
    const PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
    for (const TopicPartition& partition : partitions) {
      rd_kafka_topic_partition_list_add(list.get(), partition.topic.c_str(), partition.partition);
    }
    const Request<rd_kafka_DeleteConsumerGroupOffsets_t> request(
        rd_kafka_DeleteConsumerGroupOffsets_new(group.c_str(), list.get()));
    rd_kafka_DeleteConsumerGroupOffsets_t* const requests[] = {request.get()};
    const auto answer =
        ask(what, RD_KAFKA_ADMIN_OP_DELETECONSUMERGROUPOFFSETS,
            [&](rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
              rd_kafka_DeleteConsumerGroupOffsets(
                  client_.handle(), const_cast<rd_kafka_DeleteConsumerGroupOffsets_t**>(requests), 1, options,
                  queue);
            });
    if (!answer) {
      return std::unexpected(answer.error());
    }
    size_t count = 0;
    const rd_kafka_group_result_t** results = rd_kafka_DeleteConsumerGroupOffsets_result_groups(
        rd_kafka_event_DeleteConsumerGroupOffsets_result(answer->get()), &count);
    return group_done(what, count == 1 ? results[0] : nullptr);
  }

 private:
  using Ask = std::function<void(rd_kafka_AdminOptions_t*, rd_kafka_queue_t*)>;

  Result<Event> ask(const std::string& what, rd_kafka_admin_op_t kind, const Ask& send) {
    const Queue queue(rd_kafka_queue_new(client_.handle()));
    const AdminOptions options(rd_kafka_AdminOptions_new(client_.handle(), kind));
    std::array<char, 256> reason{};
    rd_kafka_AdminOptions_set_request_timeout(options.get(), kAnswerMs, reason.data(), reason.size());
    send(options.get(), queue.get());
    Event event = wait_for_answer(client_.connection(), queue.get(), 2 * kAnswerMs);
    if (event == nullptr) {
      return std::unexpected(failed(what, RD_KAFKA_RESP_ERR__TIMED_OUT));
    }
    if (rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return std::unexpected(failed(what, rd_kafka_event_error(event.get())));
    }
    client_.connection().alive();
    return event;
  }

  // Null: of the brokers alone.
  Result<Metadata> metadata(rd_kafka_topic_t* topic, const std::string& what) {
    const rd_kafka_metadata_t* answer = nullptr;
    const rd_kafka_resp_err_t code = ask_patiently(client_.connection(), [&](int timeout_ms) {
      const rd_kafka_resp_err_t heard = rd_kafka_metadata(client_.handle(), 0, topic, &answer, timeout_ms);
      rd_kafka_poll(client_.handle(), 0);  // whether the connection is refused
      return heard;
    });
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return std::unexpected(failed(what, code));
    }
    client_.connection().alive();
    return Metadata(answer);
  }

  // Nothing: the brokers do not give them, be it for a right that is missing or because they are not Apache's and do not
  // know the request. A job can do without.
  std::optional<Configs> describe(rd_kafka_ResourceType_t type, const std::string& name) {
    const Request<rd_kafka_ConfigResource_t> resource(rd_kafka_ConfigResource_new(type, name.c_str()));
    rd_kafka_ConfigResource_t* const resources[] = {resource.get()};
    const auto answer =
        ask("settings", RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS,
            [&](rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
              rd_kafka_DescribeConfigs(client_.handle(), const_cast<rd_kafka_ConfigResource_t**>(resources),
                                       1, options, queue);
            });
    if (!answer) {
      return std::nullopt;
    }
    size_t count = 0;
    const rd_kafka_ConfigResource_t** described = rd_kafka_DescribeConfigs_result_resources(
        rd_kafka_event_DescribeConfigs_result(answer->get()), &count);
    if (count != 1 || rd_kafka_ConfigResource_error(described[0]) != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return std::nullopt;
    }
    return configs_of(described[0]);
  }

  Result<bool> done(const std::string& what, rd_kafka_resp_err_t code) const {
    if (code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART || code == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC ||
        code == RD_KAFKA_RESP_ERR_GROUP_ID_NOT_FOUND) {
      return false;
    }
    if (code == RD_KAFKA_RESP_ERR_NON_EMPTY_GROUP || code == RD_KAFKA_RESP_ERR_GROUP_SUBSCRIBED_TO_TOPIC) {
      return std::unexpected(Error{Error::Kind::Usage, fmt::format("{}: it has members", what)});
    }
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return std::unexpected(error_of(client_.connection(), what, code));
    }
    return true;
  }

  Result<bool> group_done(const std::string& what, const rd_kafka_group_result_t* result) const {
    if (result == nullptr) {
      return false;
    }
    if (const rd_kafka_error_t* error = rd_kafka_group_result_error(result)) {
      return done(what, rd_kafka_error_code(error));
    }
    const rd_kafka_topic_partition_list_t* partitions = rd_kafka_group_result_partitions(result);
    for (int i = 0; partitions != nullptr && i < partitions->cnt; ++i) {
      if (auto each = done(what, partitions->elems[i].err); !each) {
        return each;
      }
    }
    return true;
  }

  Error failed(const std::string& what, rd_kafka_resp_err_t code) {
    rd_kafka_poll(client_.handle(), 0);  // the connection's own errors
    return error_of(client_.connection(), what, code);
  }

  Client client_;
  int32_t some_broker_ = -1;
};

}  // namespace

Result<std::unique_ptr<LogAdmin>> make_admin(const KafkaOptions& options) {
  // A consumer, because asking about a topic as a producer may create it.
  auto configured = configure_consumer(options, "weir-admin");
  if (!configured) {
    return std::unexpected(configured.error());
  }
  auto client = Client::make(RD_KAFKA_CONSUMER, std::move(*configured));
  if (!client) {
    return std::unexpected(client.error());
  }
  return std::make_unique<Admin>(std::move(*client));
}

}  // namespace weir::connectors::kafka
