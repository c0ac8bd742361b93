// What the operator of a log may ask about it and do to it: for the checks before a job starts, and for `weir job`. Nothing
// here writes a record.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runtime/connectors/connector.h"
#include "runtime/connectors/log/log.h"

namespace weir::connectors {

struct Cluster {
  std::string id;
  int32_t brokers = 0;
};

// Effective settings: what was not set for the topic is the broker's.
using Configs = std::map<std::string, std::string>;

struct TopicFacts {
  enum class State : uint8_t { There, Missing, Denied };  // Denied: the right to DESCRIBE it is missing
  State state = State::There;
  int32_t partitions = 0;
  int32_t least_replicas = 0;      // of its partitions
  std::optional<Configs> configs;  // nothing: the log does not tell (DESCRIBE_CONFIGS)
};

class LogAdmin {
 public:
  virtual ~LogAdmin() = default;
  virtual Result<Cluster> cluster() = 0;
  virtual Result<TopicFacts> topic(const std::string& name) = 0;
  // Of one broker, which stands for all. Nothing: the log does not tell.
  virtual Result<std::optional<Configs>> broker_configs() = 0;
  // Names (`group.instance.id`, or what the log calls them) of the members of a group.
  virtual Result<std::vector<std::string>> members(const std::string& group) = 0;

  // False: there is nothing of it. A group with members cannot be deleted.
  virtual Result<bool> delete_group(const std::string& group) = 0;
  virtual Result<bool> delete_topic(const std::string& name) = 0;
  // What the group has committed for these partitions.
  virtual Result<bool> delete_offsets(const std::string& group,
                                      std::span<const TopicPartition> partitions) = 0;
};

}  // namespace weir::connectors
