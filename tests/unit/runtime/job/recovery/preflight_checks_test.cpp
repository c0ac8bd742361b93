#include "runtime/job/recovery/preflight_checks.h"

#include <gtest/gtest.h>

namespace weir::job {
namespace {

using connectors::Configs;
using connectors::TopicFacts;

// A job over topics on brokers with which nothing is wrong; each test breaks one thing.
class Preflight : public testing::Test {
 protected:
  Preflight() {
    manifest_.job_name = "sales";
    ManifestScan scan;
    scan.table = "orders";
    scan.options = {{"connector", "kafka"}, {"topic", "orders"}, {"properties.bootstrap.servers", "b:1"}};
    manifest_.scans.push_back(scan);
    ManifestSink sink;
    sink.table = "totals";
    sink.options = {{"connector", "kafka"}, {"topic", "totals"}, {"properties.bootstrap.servers", "b:1"}};
    manifest_.sinks.push_back(sink);
    log_.brokers = 3;
    log_.clusters = {{"totals", "x"}, {"orders", "x"}};
    log_.broker = Configs{{"transaction.max.timeout.ms", "900000"}, {"offset.metadata.max.bytes", "4096"}};
    for (const char* topic :
         {"orders", "totals", "sales-changelog", "__transaction_state", "__consumer_offsets"}) {
      log_.topics[topic] = {.state = TopicFacts::State::There,
                            .partitions = 4,
                            .least_replicas = 3,
                            .configs = Configs{{"cleanup.policy", "delete"},
                                               {"min.insync.replicas", "2"},
                                               {"retention.ms", "604800000"},
                                               {"retention.bytes", "-1"},
                                               {"max.message.bytes", "1048588"},
                                               {"unclean.leader.election.enable", "false"}}};
    }
    config("sales-changelog", "retention.ms") = "-1";
  }

  std::string& config(const std::string& topic, const std::string& key) {
    return (*log_.topics[topic].configs)[key];
  }

  void set(const std::string& key, const std::string& value) { manifest_.settings.emplace_back(key, value); }
  void upsert() {
    manifest_.sinks[0].upsert = true;
    manifest_.sinks[0].options[0].second = "upsert-kafka";
  }
  void add_operator(commit::RecoveryMode recovery) {
    ManifestOperator op;
    op.name = "Aggregate TUMBLE(2 h) by category";
    op.windowing = Windowing::Sliced;
    op.size_ms = 7'200'000;
    op.recovery = recovery;
    op.upstream_scans = {0};
    manifest_.operators.push_back(op);
  }
  void remove(const std::string& topic) {
    log_.topics[topic] = {.state = TopicFacts::State::Missing, .configs = {}};
  }

  std::string text() {
    std::string text;
    for (const Finding& finding : look_at_everything(job_on_log(manifest_), log_)) {
      text += finding_text(finding);
    }
    return text;
  }

  Manifest manifest_;
  LogState log_;
};

TEST_F(Preflight, HasNothingToSayWhereAllIsWell) {
  add_operator(commit::RecoveryMode::Replay);
  EXPECT_EQ(text(), "");
}

TEST_F(Preflight, AJobThatCommitsHasAName) {
  manifest_.job_name = "<shell>";
  const std::string unnamed =
      "error: the job has no name\n"
      "note: positions and transactions go by it, and a text that is no file has none of its own\n"
      "hint: SET 'pipeline.name' = 'my_job', or put the text into a file: its name is the job's\n";
  EXPECT_EQ(text(), unnamed);
  manifest_.sinks[0].options.emplace_back("sink.transactional-id-prefix", "p");
  EXPECT_EQ(text(), unnamed);
  manifest_.scans[0].options.emplace_back("properties.group.id", "g");
  EXPECT_EQ(text(), unnamed);  // its lock goes by the name, too
  manifest_.scans[0].options.pop_back();
  manifest_.sinks[0].options = {{"connector", "stdout"}};
  EXPECT_EQ(text(), "");
}

TEST_F(Preflight, ClustersAreOne) {
  log_.clusters = {{"totals", "x"}, {"orders", "y"}};
  EXPECT_EQ(text(),
            "error: tables `totals` and `orders` lie in different Kafka clusters\n"
            "note: what was read is committed together with the results, in the cluster of the results\n"
            "hint: mirror the topic into one cluster, or split the job\n");
  manifest_.sinks[0].options = {{"connector", "stdout"}};  // nothing is committed
  EXPECT_EQ(text(), "");
}

TEST_F(Preflight, BrokersAreNewEnough) {
  (*log_.broker)["inter.broker.protocol.version"] = "2.4-IV1";
  EXPECT_EQ(
      text(),
      "error: the brokers speak version 2.4-IV1 of Kafka's protocol\n"
      "note: positions that a pending transaction may still change can be told apart since 2.5 (KIP-447)\n"
      "hint: raise `inter.broker.protocol.version`, or take newer brokers\n");
  for (const char* version : {"2.5-IV0", "3.9-IV0", "10.0-IV0", "unknown"}) {
    (*log_.broker)["inter.broker.protocol.version"] = version;
    EXPECT_EQ(text(), "") << version;
  }
}

TEST_F(Preflight, TopicsExist) {
  remove("totals");
  EXPECT_EQ(text(),
            "error: topic `totals` does not exist\n"
            "note: Weir makes no inputs and outputs: how many partitions they have is for you to decide\n"
            "hint: make it with\n"
            "  kafka-topics.sh --bootstrap-server b:1 --create --topic totals --partitions 4 "
            "--replication-factor 3\n");
  upsert();
  remove("orders");
  log_.brokers = 1;
  EXPECT_EQ(text(),
            "error: topics `totals`, `orders` do not exist\n"
            "note: Weir makes no inputs and outputs: how many partitions they have is for you to decide\n"
            "hint: make them with\n"
            "  kafka-topics.sh --bootstrap-server b:1 --create --topic totals --partitions 1 "
            "--replication-factor 1 "
            "--config cleanup.policy=compact\n"
            "  kafka-topics.sh --bootstrap-server b:1 --create --topic orders --partitions 1 "
            "--replication-factor 1\n");
}

TEST_F(Preflight, AChangelogNeedNotExist) {
  add_operator(commit::RecoveryMode::Changelog);
  remove("sales-changelog");
  EXPECT_EQ(text(), "");
}

TEST_F(Preflight, TopicsMayBeUsed) {
  log_.topics["orders"] = {.state = TopicFacts::State::Denied, .configs = {}};
  log_.topics["totals"] = {.state = TopicFacts::State::Denied, .configs = {}};
  EXPECT_EQ(text(),
            "error: topics `totals`, `orders` may not be used by this user\n"
            "note: inputs need the right READ, outputs WRITE, a changelog both; DESCRIBE comes with them\n"
            "hint: give them with\n"
            "  kafka-acls.sh --bootstrap-server b:1 --add --allow-principal User:NAME --operation Write "
            "--topic totals\n"
            "  kafka-acls.sh --bootstrap-server b:1 --add --allow-principal User:NAME --operation Read "
            "--topic orders\n");
}

TEST_F(Preflight, TransactionsMayBeOpenForAsLongAsTheyNeed) {
  set("transaction.timeout", "20 min");
  EXPECT_EQ(text(),
            "error: a transaction may be open for 20 min, and the brokers allow 15 min\n"
            "note: that is the setting `transaction.timeout`\n"
            "hint: set `transaction.timeout` to at most 15 min, or raise `transaction.max.timeout.ms` of the "
            "brokers\n");
  (*log_.broker)["transaction.max.timeout.ms"] = "50000";
  manifest_.settings.clear();
  EXPECT_EQ(text(),
            "error: a transaction may be open for 1 min, and the brokers allow 50 s\n"
            "note: that is the setting `transaction.timeout`\n"
            "hint: set `transaction.timeout` to at most 50 s, or raise `transaction.max.timeout.ms` of the "
            "brokers\n");
  (*log_.broker)["transaction.max.timeout.ms"] = "60000";
  manifest_.settings = {{"commit.interval", "10 min"}};  // it is no part of a transaction
  EXPECT_EQ(text(), "");
  (*log_.broker)["transaction.max.timeout.ms"] = "1000";
  manifest_.sinks[0].options.emplace_back("sink.delivery-guarantee", "at-least-once");  // no transactions
  EXPECT_EQ(text(), "");
}

TEST_F(Preflight, ThereIsRoomForTheRecoveryRecord) {
  (*log_.broker)["offset.metadata.max.bytes"] = "1024";
  EXPECT_EQ(text(),
            "error: the brokers take 1024 bytes beside a committed offset, and Weir may need 3500\n"
            "note: what a job needs to go on is stored there, with the offsets\n"
            "hint: raise `offset.metadata.max.bytes` of the brokers to 4096, its default\n");
}

TEST_F(Preflight, TopicsOfTheBrokersThemselvesCanBeMade) {
  remove("__transaction_state");
  remove("__consumer_offsets");
  log_.brokers = 1;
  for (auto& [name, facts] : log_.topics) {
    facts.least_replicas = 1;
    if (facts.configs) (*facts.configs)["min.insync.replicas"] = "1";
  }
  (*log_.broker)["transaction.state.log.replication.factor"] = "3";
  (*log_.broker)["offsets.topic.replication.factor"] = "1";
  EXPECT_EQ(
      text(),
      "error: topic `__transaction_state` cannot be made: it is to have 3 replicas, and there is 1 broker\n"
      "note: the brokers make it when it is first needed\n"
      "hint: set `transaction.state.log.replication.factor` of the brokers to at most 1\n");
}

TEST_F(Preflight, WhatIsWrittenHasEnoughReplicas) {
  log_.topics["totals"].least_replicas = 1;
  EXPECT_EQ(
      text(),
      "error: nothing can be written to topic `totals`: it has 1 replica, and `min.insync.replicas` is 2\n"
      "note: a record counts as written when that many replicas have it\n"
      "hint: `kafka-configs.sh --bootstrap-server b:1 --alter --entity-type topics --entity-name totals "
      "--add-config min.insync.replicas=1`, or give it more replicas with `kafka-reassign-partitions.sh`\n");
  config("totals", "min.insync.replicas") = "1";
  EXPECT_EQ(text(),
            "warning: topic `totals` has one replica, and there are 3 brokers\n"
            "note: if that broker is away, the job waits; if its disk is lost, so are the records\n"
            "hint: give it more replicas with `kafka-reassign-partitions.sh`\n");
  log_.brokers = 1;
  EXPECT_EQ(text(), "");
}

TEST_F(Preflight, WhatIsCommittedLiesOnTwoBrokers) {
  config("__transaction_state", "min.insync.replicas") = "1";
  EXPECT_EQ(text(),
            "warning: a committed record of topic `__transaction_state` may lie on one broker only: "
            "`min.insync.replicas` is 1\n"
            "note: if the others were behind when that broker's disk is lost, what was committed is lost\n"
            "hint: `kafka-configs.sh --bootstrap-server b:1 --alter --entity-type topics --entity-name "
            "__transaction_state --add-config min.insync.replicas=2`\n");
  config("__transaction_state", "min.insync.replicas") = "2";
  config("totals", "unclean.leader.election.enable") = "true";
  EXPECT_EQ(
      text(),
      "warning: topic `totals` may lose records that were committed\n"
      "note: `unclean.leader.election.enable` lets a replica lead that has not got them all\n"
      "hint: `kafka-configs.sh --bootstrap-server b:1 --alter --entity-type topics --entity-name totals "
      "--add-config unclean.leader.election.enable=false`\n");
}

TEST_F(Preflight, InputsThatAreReadAgainAreKept) {
  add_operator(commit::RecoveryMode::Replay);
  config("orders", "retention.ms") = "3600000";
  EXPECT_EQ(
      text(),
      "warning: topic `orders` keeps its records for 1 h, and `Aggregate TUMBLE(2 h) by category` is rebuilt "
      "by "
      "reading 2 h of them again\n"
      "note: what has been deleted when the job starts again is missing, and the job refuses to go on\n"
      "hint: `kafka-configs.sh --bootstrap-server b:1 --alter --entity-type topics --entity-name orders "
      "--add-config retention.ms=14400000` keeps them for twice as long; or SET 'recovery.mode' = "
      "'changelog'\n");
  // A window is open until the watermark has passed it.
  config("orders", "retention.ms") = "8000000";
  EXPECT_EQ(text(), "");
  manifest_.scans[0].watermark_delay_ms = 1'800'000;
  EXPECT_TRUE(
      text().starts_with("warning: topic `orders` keeps its records for 8000 s, and `Aggregate TUMBLE(2 h) "
                         "by category` is rebuilt by reading 150 min of them again\n"))
      << text();
  manifest_.scans[0].watermark_delay_ms = 0;
  config("orders", "retention.ms") = "-1";
  config("orders", "retention.bytes") = "1000000";
  EXPECT_EQ(text(),
            "note: topic `orders` keeps at most 1000000 bytes of a partition, and `Aggregate TUMBLE(2 h) by "
            "category` is "
            "rebuilt by reading 2 h of records again\n"
            "hint: `weir job status` shows how near the low-water offset is to the beginning of the topic\n");
  config("orders", "cleanup.policy") = "compact";
  EXPECT_EQ(
      text(),
      "error: topic `orders` is compacted, and `Aggregate TUMBLE(2 h) by category` is rebuilt by "
      "reading it "
      "again\n"
      "note: records that a later one of their key has replaced are missing then: windows that are open "
      "at a crash would come out wrong\n"
      "hint: SET 'recovery.mode' = 'changelog' keeps the state of windows in a topic of its own\n");
  manifest_.operators[0].recovery = commit::RecoveryMode::Changelog;
  EXPECT_EQ(text(), "");
}

TEST_F(Preflight, OutputsAreCleanedUpAsTheirTableNeeds) {
  upsert();
  EXPECT_EQ(
      text(),
      "warning: table `totals` updates records by key, and topic `totals` is not compacted\n"
      "note: all updates stay until they are too old, and then the last one of a key goes as well\n"
      "hint: `kafka-configs.sh --bootstrap-server b:1 --alter --entity-type topics --entity-name totals "
      "--add-config cleanup.policy=compact`\n");
  config("totals", "cleanup.policy") = "compact,delete";
  EXPECT_EQ(text(), "");
  manifest_.sinks[0].upsert = false;
  EXPECT_EQ(
      text(),
      "error: topic `totals` is compacted, and the records of table `totals` have no key\n"
      "note: a compacted topic takes no records without a key\n"
      "hint: declare `key.fields` and `key.format`, or `kafka-configs.sh --bootstrap-server b:1 --alter "
      "--entity-type topics --entity-name totals --add-config cleanup.policy=delete`\n");
  manifest_.sinks[0].key_columns = {0};
  EXPECT_EQ(
      text(),
      "warning: topic `totals` is compacted: of the rows of table `totals` with one key only the last stays\n"
      "note: a table of connector `kafka` adds rows and replaces none\n"
      "hint: `kafka-configs.sh --bootstrap-server b:1 --alter --entity-type topics --entity-name totals "
      "--add-config cleanup.policy=delete`\n");
}

TEST_F(Preflight, AChangelogForgetsNothing) {
  add_operator(commit::RecoveryMode::Changelog);
  EXPECT_EQ(text(), "");
  config("sales-changelog", "retention.ms") = "604800000";
  EXPECT_EQ(text(),
            "warning: topic `sales-changelog`, which keeps the state of the job, forgets its records\n"
            "note: a start after that has no state to go on with, and refuses to\n"
            "hint: `kafka-configs.sh --bootstrap-server b:1 --alter --entity-type topics --entity-name "
            "sales-changelog "
            "--add-config retention.ms=-1,retention.bytes=-1`\n");
  config("sales-changelog", "retention.ms") = "-1";
  config("sales-changelog", "max.message.bytes") = "100000";
  EXPECT_EQ(text(),
            "error: topic `sales-changelog`, which keeps the state of the job, takes records of 100000 bytes "
            "at most\n"
            "note: a piece of state may take 750000 bytes\n"
            "hint: `kafka-configs.sh --bootstrap-server b:1 --alter --entity-type topics --entity-name "
            "sales-changelog "
            "--add-config max.message.bytes=1048588`\n");
  config("sales-changelog", "cleanup.policy") = "compact";
  EXPECT_EQ(text(),
            "error: topic `sales-changelog`, which keeps the state of the job, is compacted\n"
            "note: its records have no key, and each of them is needed\n"
            "hint: `kafka-configs.sh --bootstrap-server b:1 --alter --entity-type topics --entity-name "
            "sales-changelog "
            "--add-config cleanup.policy=delete,retention.ms=-1`\n");
}

TEST_F(Preflight, WhatMayNotBeAskedIsANote) {
  log_.broker.reset();
  log_.topics["orders"].configs.reset();
  log_.topics["__transaction_state"] = {.state = TopicFacts::State::Denied, .configs = {}};
  log_.topics["__consumer_offsets"].configs.reset();
  EXPECT_EQ(text(),
            "note: the settings of the brokers, topic `orders` have not been checked: the brokers do not "
            "tell them\n"
            "hint: with the right DESCRIBE_CONFIGS Weir warns of what would fail later\n");
}

TEST_F(Preflight, AJobThatOnlyReadsIsAskedForLittle) {
  manifest_.sinks[0].options = {{"connector", "stdout"}};
  log_.broker.reset();
  log_.topics["__transaction_state"].least_replicas = 1;
  EXPECT_EQ(text(), "");
  remove("orders");
  EXPECT_EQ(text(),
            "error: topic `orders` does not exist\n"
            "note: Weir makes no inputs and outputs: how many partitions they have is for you to decide\n"
            "hint: make it with\n"
            "  kafka-topics.sh --bootstrap-server b:1 --create --topic orders --partitions 1 "
            "--replication-factor 3\n");
}

}  // namespace
}  // namespace weir::job
