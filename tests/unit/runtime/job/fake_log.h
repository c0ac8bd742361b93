// A log that answers what a test has put there and remembers what it was told: for commands and checks that read and write
// no records.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/connectors/log/kafka_log.h"

namespace weir::tests {

using namespace connectors;

struct FakeLog : KafkaLog {
  std::map<std::string, std::vector<OffsetRange>> topics;
  std::map<std::string, std::map<TopicPartition, CommittedOffset>> groups;
  std::map<std::string, std::vector<std::string>> members;
  std::map<std::string, TopicFacts> facts;        // of topics; others are missing
  std::map<std::string, std::string> cluster_of;  // by bootstrap.servers
  std::optional<Configs> broker = Configs{};
  int32_t brokers = 1;
  mutable std::vector<std::string> told;
  mutable std::vector<OffsetCommit> commits;

  class Consumer : public LogConsumer {
   public:
    explicit Consumer(const FakeLog& log) : log_(log) {}
    Result<int32_t> partition_count(const std::string& topic) override {
      const auto found = log_.topics.find(topic);
      if (found == log_.topics.end()) {
        return std::unexpected(Error{Error::Kind::InputOutput, "topic `" + topic + "` does not exist"});
      }
      return static_cast<int32_t>(found->second.size());
    }
    Result<void> create_topic(const std::string&) override { return {}; }
    Result<void> delete_before(const TopicPartition&, int64_t) override { return {}; }
    Result<OffsetRange> offsets(const TopicPartition& it) override {
      return log_.topics.at(it.topic).at(static_cast<size_t>(it.partition));
    }
    Result<int64_t> offset_at(const TopicPartition&, int64_t) override { return 0; }
    Result<std::vector<CommittedOffset>> committed(const std::string& group,
                                                   std::span<const TopicPartition> places) override {
      std::vector<CommittedOffset> result;
      for (const TopicPartition& place : places) {
        const auto in_group = log_.groups.find(group);
        result.push_back({place, kNoOffset, {}});
        if (in_group != log_.groups.end() && in_group->second.contains(place)) {
          result.back() = in_group->second.at(place);
        }
      }
      return result;
    }
    Result<std::unique_ptr<LogReader>> open(const TopicPartition&, const ReaderOptions&) override {
      return std::unexpected(Error{Error::Kind::InputOutput, "nothing is read"});
    }

   private:
    const FakeLog& log_;
  };

  class Producer : public LogProducer {
   public:
    Producer(const FakeLog& log, std::string id) : log_(log), id_(std::move(id)) {}
    Result<void> open() override { return say("open " + id_); }
    Result<void> begin() override { return say("begin"); }
    Result<void> produce(const std::string& topic, int32_t partition,
                         std::span<const Record> records) override {
      return say("produce " + std::to_string(records.size()) + " to " + topic + "[" +
                 std::to_string(partition) + "]");
    }
    Result<void> commit(std::span<const OffsetCommit> offsets) override {
      log_.commits.assign(offsets.begin(), offsets.end());
      return say("commit");
    }

   private:
    Result<void> say(std::string what) {
      log_.told.push_back(std::move(what));
      return {};
    }
    const FakeLog& log_;
    std::string id_;
  };

  class Admin : public LogAdmin {
   public:
    Admin(const FakeLog& log, std::string servers) : log_(log), servers_(std::move(servers)) {}
    Result<Cluster> cluster() override {
      const auto found = log_.cluster_of.find(servers_);
      return Cluster{found == log_.cluster_of.end() ? "c" : found->second, log_.brokers};
    }
    Result<TopicFacts> topic(const std::string& name) override {
      const auto found = log_.facts.find(name);
      return found == log_.facts.end() ? TopicFacts{.state = TopicFacts::State::Missing, .configs = {}}
                                       : found->second;
    }
    Result<std::optional<Configs>> broker_configs() override { return log_.broker; }
    Result<std::vector<std::string>> members(const std::string& group) override {
      const auto found = log_.members.find(group);
      return found == log_.members.end() ? std::vector<std::string>{} : found->second;
    }
    Result<bool> delete_group(const std::string& group) override { return say("delete group " + group); }
    Result<bool> delete_topic(const std::string& name) override { return say("delete topic " + name); }
    Result<bool> delete_offsets(const std::string& group, std::span<const TopicPartition> places) override {
      return say("delete " + std::to_string(places.size()) + " offsets of " + group);
    }

   private:
    Result<bool> say(std::string what) {
      log_.told.push_back(std::move(what));
      return true;
    }
    const FakeLog& log_;
    std::string servers_;
  };

  Result<std::unique_ptr<LogConsumer>> make_consumer(const KafkaOptions&, const std::string&) const override {
    return std::make_unique<Consumer>(*this);
  }
  Result<std::unique_ptr<LogProducer>> make_producer(const KafkaOptions&,
                                                     const KafkaProducerOptions& producer) const override {
    return std::make_unique<Producer>(*this, producer.transactional_id);
  }
  Result<std::unique_ptr<JobLock>> make_lock(const KafkaOptions&, const KafkaLockOptions&) const override {
    return std::unexpected(Error{Error::Kind::Usage, "nothing is locked"});
  }
  Result<std::unique_ptr<LogAdmin>> make_admin(const KafkaOptions& options) const override {
    std::string servers;
    for (const auto& [name, value] : options.properties) {
      servers = name == "bootstrap.servers" ? value : servers;
    }
    return std::make_unique<Admin>(*this, servers);
  }
  std::string library_version() const override { return "fake"; }
};

}  // namespace weir::tests
