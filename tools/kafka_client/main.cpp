// A small, quick client of Apache Kafka for tests, demos and benchmarks; `tools/kafka` runs it with the address of its cluster.

#include <CLI/CLI.hpp>

#include "tools/kafka_client/client.h"

using namespace weir::kafka_client;

namespace {

void add_settings(CLI::App* command, std::vector<std::string>& settings) {
  command->add_option("--set", settings, "KEY=VALUE: a setting of librdkafka");
}

Settings parsed(const std::vector<std::string>& settings) {
  Settings result;
  for (const std::string& setting : settings) {
    const size_t equals = setting.find('=');
    if (equals == std::string::npos) fail("`" + setting + "` is not KEY=VALUE");
    result.emplace_back(setting.substr(0, equals), setting.substr(equals + 1));
  }
  return result;
}

}  // namespace

int main(int count, char** arguments) {
  CLI::App app("Topics, messages and offsets of the Apache Kafka at KAFKA_BOOTSTRAP_SERVERS", "kafka_client");
  app.require_subcommand(1);
  std::vector<std::string> settings;

  TopicOptions topic;
  CLI::App* const topics = app.add_subcommand("topic", "create, delete, grow, truncate, list topics");
  topics->require_subcommand(1);
  CLI::App* const create = topics->add_subcommand("create", "returns when every partition has a leader");
  create->add_option("name", topic.name)->required();
  create->add_option("--partitions", topic.partitions);
  create->add_option("--replication", topic.replication, "default: the broker's");
  create->add_option("--config", topic.settings, "KEY=VALUE, for example cleanup.policy=compact");
  create->callback([&] { create_topic(topic); });
  CLI::App* const remove = topics->add_subcommand("delete", "");
  remove->add_option("name", topic.name)->required();
  remove->callback([&] { delete_topic(topic); });
  CLI::App* const grow = topics->add_subcommand("grow", "up to so many partitions");
  grow->add_option("name", topic.name)->required();
  grow->add_option("--partitions", topic.partitions)->required();
  grow->callback([&] { grow_topic(topic); });
  CLI::App* const truncate = topics->add_subcommand("truncate", "the records before the offset are gone");
  truncate->add_option("name", topic.name)->required();
  truncate->add_option("--partition", topic.partition)->required();
  truncate->add_option("--before", topic.offset)->required();
  truncate->callback([&] { truncate_topic(topic); });
  topics->add_subcommand("list", "name, tab, partitions")->callback([] { list_topics(); });

  ProduceOptions producing;
  CLI::App* const produced = app.add_subcommand("produce", "lines of standard input become messages");
  produced->add_option("topic", producing.topic)->required();
  produced->add_option("--key", producing.key,
                       "the value of this JSON member is the key, and chooses the partition as Java does");
  produced->add_option("--partition-by", producing.partition_by,
                       "partition = this integer member modulo their number");
  produced->add_option("--partition", producing.partition, "all into this partition");
  produced->add_option("--timestamp", producing.timestamp,
                       "this integer member is the timestamp in milliseconds");
  produced->add_option("--transactional-id", producing.transactional_id,
                       "all in one transaction, which is committed at the end");
  produced->add_flag("--tombstone", producing.tombstones, "lines are keys of records without value");
  produced->add_flag("--abort", producing.abort, "the transaction is aborted");
  produced->add_flag("--leave-open", producing.leave_open, "the transaction is left open");
  add_settings(produced, settings);
  produced->callback([&] {
    producing.settings = parsed(settings);
    produce(producing);
  });

  ConsumeOptions consuming;
  bool from_beginning = true;
  CLI::App* const consumed =
      app.add_subcommand("consume", "messages as lines, from the beginning to the end of all partitions");
  consumed->add_option("topic", consuming.topic)->required();
  consumed->add_flag("--read-committed", consuming.read_committed,
                     "only what is committed, and only to the first open transaction");
  consumed->add_flag("--from-beginning", from_beginning, "as it is without");
  consumed->add_flag("--from-end", consuming.from_end, "only what comes from now on; with --follow");
  consumed->add_flag("--follow", consuming.follow, "goes on at the end");
  consumed->add_flag("--keys", consuming.keys, "key, tab, value");
  consumed->add_flag("--positions", consuming.positions,
                     "partition, offset, timestamp, key, value, separated by tabs");
  consumed->add_flag("--offsets", consuming.offsets_only, "only partition and offset");
  consumed->add_flag("--count", consuming.count_only, "prints only how many there are");
  consumed->add_option("--most", consuming.most, "ends after so many");
  consumed->add_option("--timeout", consuming.timeout, "seconds after which it fails");
  add_settings(consumed, settings);
  consumed->callback([&] {
    consuming.settings = parsed(settings);
    consume(consuming);
  });

  std::string name;
  std::string group;
  CLI::App* const offsets =
      app.add_subcommand("offsets", "partition, first, last stable and last offset, separated by tabs");
  offsets->add_option("topic", name)->required();
  offsets->callback([&] { print_offsets(name); });
  CLI::App* const committed =
      app.add_subcommand("committed", "partition, offset and metadata that a group has committed");
  committed->add_option("group", group)->required();
  committed->add_option("topic", name)->required();
  committed->callback([&] { print_committed(group, name); });

  CLI::App* const setting = app.add_subcommand("set-offset", "commits an offset for a group without members");
  int32_t partition = 0;
  int64_t offset = 0;
  setting->add_option("group", group)->required();
  setting->add_option("topic", name)->required();
  setting->add_option("--partition", partition);
  setting->add_option("--offset", offset)->required();
  setting->callback([&] { set_offset(group, name, partition, offset); });

  app.add_subcommand("ask", "answers `offsets TOPIC` and `committed TOPIC GROUP` of standard input")
      ->callback([] { answer_questions(); });

  CLI11_PARSE(app, count, arguments);
  return 0;
}
