// Lines of standard input become messages, in order; optionally within one transaction.

#include <charconv>
#include <cstdlib>
#include <cstring>

#include "tools/kafka_client/client.h"
#include "tools/kafka_client/json_member.h"

namespace weir::kafka_client {

namespace {

constexpr size_t kBlockBytes = 1 << 20;

void delivered(rd_kafka_t* /*client*/, const rd_kafka_message_t* message, void* /*opaque*/) {
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR)
    fail(std::string("not delivered: ") + rd_kafka_err2str(message->err));
}

void check(rd_kafka_error_t* error) {
  if (error != nullptr) fail(rd_kafka_error_string(error));
}

class Producer {
 public:
  explicit Producer(const ProduceOptions& options) : options_(options) {
    Settings settings{{"linger.ms", "5"},
                      {"batch.num.messages", "20000"},
                      {"queue.buffering.max.messages", "500000"},
                      {"enable.idempotence", "true"},
                      {"partitioner", "murmur2_random"}};
    if (!options.transactional_id.empty())
      settings.emplace_back("transactional.id", options.transactional_id);
    settings.insert(settings.end(), options.settings.begin(), options.settings.end());
    rd_kafka_conf_t* const conf = configuration(settings);
    rd_kafka_conf_set_dr_msg_cb(conf, delivered);
    client_ = make_client(RD_KAFKA_PRODUCER, conf);
    partitions_ = partition_count(client_.get(), options.topic);
    topic_.reset(rd_kafka_topic_new(client_.get(), options.topic.c_str(), nullptr));
    if (!options.transactional_id.empty()) {
      check(rd_kafka_init_transactions(client_.get(), kTimeoutMs));
      check(rd_kafka_begin_transaction(client_.get()));
    }
  }

  void send(std::string_view line) {
    std::string_view key;
    if (!options_.key.empty()) key = json_member(line, options_.key).value_or(std::string_view());
    int32_t partition = options_.partition < 0 ? RD_KAFKA_PARTITION_UA : options_.partition;
    if (!options_.partition_by.empty()) {
      partition = static_cast<int32_t>(integer(line, options_.partition_by) % partitions_);
    }
    if (!options_.timestamp.empty()) {
      send_at(line, key, partition, integer(line, options_.timestamp));
      return;
    }
    if (options_.tombstones) {
      key = line;
      line = {};
    }
    while (rd_kafka_produce(topic_.get(), partition, RD_KAFKA_MSG_F_COPY,
                            options_.tombstones ? nullptr : const_cast<char*>(line.data()), line.size(),
                            key.data(), key.size(), nullptr) != 0) {
      wait_for_room(rd_kafka_last_error());
    }
    if ((++sent_ & 0x3ff) == 0) rd_kafka_poll(client_.get(), 0);
  }

  void finish() {
    if (options_.transactional_id.empty()) {
      kafka_client::check(rd_kafka_flush(client_.get(), 120'000), "flush");
      return;
    }
    kafka_client::check(rd_kafka_flush(client_.get(), 120'000), "flush");
    if (options_.leave_open) {
      std::fflush(stdout);
      std::_Exit(0);
    }
    check(options_.abort ? rd_kafka_abort_transaction(client_.get(), kTimeoutMs)
                         : rd_kafka_commit_transaction(client_.get(), kTimeoutMs));
  }

 private:
  void send_at(std::string_view line, std::string_view key, int32_t partition, int64_t timestamp_ms) {
    while (true) {
      const rd_kafka_resp_err_t error = rd_kafka_producev(
          client_.get(), RD_KAFKA_V_RKT(topic_.get()), RD_KAFKA_V_PARTITION(partition),
          RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
          RD_KAFKA_V_VALUE(const_cast<char*>(line.data()), line.size()),
          RD_KAFKA_V_KEY(key.data(), key.size()), RD_KAFKA_V_TIMESTAMP(timestamp_ms), RD_KAFKA_V_END);
      if (error == RD_KAFKA_RESP_ERR_NO_ERROR) break;
      wait_for_room(error);
    }
    if ((++sent_ & 0x3ff) == 0) rd_kafka_poll(client_.get(), 0);
  }

  void wait_for_room(rd_kafka_resp_err_t error) {
    if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL) kafka_client::check(error, "produce");
    rd_kafka_poll(client_.get(), 20);
  }

  static int64_t integer(std::string_view line, std::string_view name) {
    const std::string_view text = json_member(line, name).value_or("");
    int64_t value = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc() || value < 0) {
      fail("`" + std::string(name) + "` is no whole number in " + std::string(line));
    }
    return value;
  }

  const ProduceOptions& options_;
  Client client_;
  Topic topic_;
  int32_t partitions_ = 0;
  uint64_t sent_ = 0;
};

}  // namespace

void produce(const ProduceOptions& options) {
  Producer producer(options);
  std::string buffer;
  size_t used = 0;  // of the buffer
  while (true) {
    buffer.resize(used + kBlockBytes);
    const size_t count = std::fread(buffer.data() + used, 1, kBlockBytes, stdin);
    used += count;
    std::string_view rest(buffer.data(), used);
    for (size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
      if (end > 0) producer.send(rest.substr(0, end));
      rest.remove_prefix(end + 1);
    }
    if (count == 0) {
      if (!rest.empty()) producer.send(rest);
      break;
    }
    std::memmove(buffer.data(), rest.data(), rest.size());
    used = rest.size();
  }
  producer.finish();
}

}  // namespace weir::kafka_client
