#include "tools/kafka_client/client.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace weir::kafka_client {

void fail(std::string_view text) {
  std::fflush(stdout);
  std::fprintf(stderr, "kafka_client: %.*s\n", static_cast<int>(text.size()), text.data());
  std::_Exit(1);
}

namespace {

void set(rd_kafka_conf_t* configuration, const std::string& key, const std::string& value) {
  std::array<char, 512> error{};
  if (rd_kafka_conf_set(configuration, key.c_str(), value.c_str(), error.data(), error.size()) !=
      RD_KAFKA_CONF_OK) {
    fail(error.data());
  }
}

// A broker that restarts is no news: what does not get better in time is reported by the call that waits for it.
void log(const rd_kafka_t* /*client*/, int level, const char* facility, const char* text) {
  if (level <= 2) std::fprintf(stderr, "kafka_client: %s: %s\n", facility, text);
}

}  // namespace

rd_kafka_conf_t* configuration(const Settings& settings) {
  const char* const servers = std::getenv("KAFKA_BOOTSTRAP_SERVERS");
  if (servers == nullptr)
    fail("KAFKA_BOOTSTRAP_SERVERS is not set: use `tools/kafka`, which knows its cluster");
  rd_kafka_conf_t* const made = rd_kafka_conf_new();
  rd_kafka_conf_set_log_cb(made, log);
  set(made, "bootstrap.servers", servers);
  for (const auto& [key, value] : settings) set(made, key, value);
  return made;
}

constexpr int kAttempts = 10;

Client make_client(rd_kafka_type_t type, rd_kafka_conf_t* configuration) {
  std::array<char, 512> error{};
  Client client(rd_kafka_new(type, configuration, error.data(), error.size()));
  if (!client) fail(error.data());
  return client;
}

int32_t partition_count(rd_kafka_t* client, const std::string& topic) {
  const Topic handle(rd_kafka_topic_new(client, topic.c_str(), nullptr));
  const rd_kafka_metadata_t* found = nullptr;
  rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
  for (int asked = 0; asked < kAttempts; ++asked) {  // whoever is asked may be dying
    code = rd_kafka_metadata(client, 0, handle.get(), &found, kTimeoutMs / kAttempts);
    if (code != RD_KAFKA_RESP_ERR__TIMED_OUT && code != RD_KAFKA_RESP_ERR__TRANSPORT) break;
  }
  check(code, "metadata");
  const Metadata metadata(found);
  if (metadata->topic_cnt != 1) fail("no topic `" + topic + "`");
  check(metadata->topics[0].err, "topic `" + topic + "`");
  return metadata->topics[0].partition_cnt;
}

}  // namespace weir::kafka_client
