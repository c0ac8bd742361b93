// Messages of a topic go to standard output, a line each, to the end of all partitions or for ever; and offsets, of topics and groups.

#include <array>
#include <chrono>
#include <iostream>
#include <map>
#include <sstream>
#include <thread>

#include "tools/kafka_client/client.h"

namespace weir::kafka_client {

namespace {

constexpr size_t kBatch = 10'000;

void print(const ConsumeOptions& options, const rd_kafka_message_t& message) {
  if (options.offsets_only) {
    std::printf("%d\t%lld\n", message.partition, static_cast<long long>(message.offset));
    return;
  }
  if (options.positions) {
    std::printf("%d\t%lld\t%lld\t", message.partition, static_cast<long long>(message.offset),
                static_cast<long long>(rd_kafka_message_timestamp(&message, nullptr)));
  }
  if (options.keys || options.positions) {
    if (message.key == nullptr) {
      std::fputs("null", stdout);
    } else {
      std::fwrite(message.key, 1, message.key_len, stdout);
    }
    std::putchar('\t');
  }
  if (message.payload == nullptr) {
    std::fputs("null", stdout);
  } else {
    std::fwrite(message.payload, 1, message.len, stdout);
  }
  std::putchar('\n');
}

Partitions all_partitions(rd_kafka_t* client, const std::string& topic, int64_t offset) {
  const int32_t count = partition_count(client, topic);
  Partitions list(rd_kafka_topic_partition_list_new(count));
  for (int32_t partition = 0; partition < count; ++partition) {
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)->offset = offset;
  }
  return list;
}

// Without fetch.wait.max.ms the end of a partition is told half a second late.
Settings reading(bool committed) {
  return {{"group.id", "kafka_client"},
          {"enable.auto.commit", "false"},
          {"enable.partition.eof", "true"},
          {"fetch.wait.max.ms", "20"},
          {"queued.min.messages", "1000000"},
          {"isolation.level", committed ? "read_committed" : "read_uncommitted"}};
}

std::vector<std::array<int64_t, 2>> offset_ranges(rd_kafka_t* client, const std::string& topic) {
  std::vector<std::array<int64_t, 2>> ranges(static_cast<size_t>(partition_count(client, topic)));
  for (size_t partition = 0; partition < ranges.size(); ++partition) {
    check(rd_kafka_query_watermark_offsets(client, topic.c_str(), static_cast<int32_t>(partition),
                                           &ranges[partition][0], &ranges[partition][1], kTimeoutMs),
          "offsets");
  }
  return ranges;
}

void print_offsets(rd_kafka_t* reads_uncommitted, rd_kafka_t* reads_committed, const std::string& topic) {
  const auto uncommitted = offset_ranges(reads_uncommitted, topic);
  const auto committed = offset_ranges(reads_committed, topic);
  for (size_t partition = 0; partition < uncommitted.size(); ++partition) {
    std::printf("%zu\t%lld\t%lld\t%lld\n", partition, static_cast<long long>(uncommitted[partition][0]),
                static_cast<long long>(committed[partition][1]),
                static_cast<long long>(uncommitted[partition][1]));
  }
}

Client client_of_group(const std::string& group) {
  Settings settings = reading(true);
  settings.front().second = group;
  return make_client(RD_KAFKA_CONSUMER, configuration(settings));
}

// While a broker starts.
bool is_passing(rd_kafka_resp_err_t code) {
  return code == RD_KAFKA_RESP_ERR_NOT_COORDINATOR || code == RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE ||
         code == RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS || code == RD_KAFKA_RESP_ERR__TRANSPORT ||
         code == RD_KAFKA_RESP_ERR__WAIT_COORD || code == RD_KAFKA_RESP_ERR__TIMED_OUT;
}

// A client whose coordinator has gone may take minutes to look for another (librdkafka 2.0.2): a new one does at once.
void print_committed(Client& client, const std::string& group, const std::string& topic) {
  constexpr int kPatienceMs = 3'000;
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::milliseconds(kTimeoutMs);
  Partitions list;
  for (;;) {
    list = all_partitions(client.get(), topic, RD_KAFKA_OFFSET_INVALID);
    const rd_kafka_resp_err_t code = rd_kafka_committed(client.get(), list.get(), kPatienceMs);
    if (!is_passing(code) || std::chrono::steady_clock::now() > give_up) {
      check(code, "committed");
      break;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    client = client_of_group(group);
  }
  for (int i = 0; i < list->cnt; ++i) {
    const rd_kafka_topic_partition_t& one = list->elems[i];
    std::printf("%d\t%lld\t%.*s\n", one.partition, static_cast<long long>(one.offset < 0 ? -1 : one.offset),
                static_cast<int>(one.metadata_size),
                static_cast<const char*>(one.metadata == nullptr ? "" : one.metadata));
  }
}

}  // namespace

void consume(const ConsumeOptions& options) {
  Settings settings = reading(options.read_committed);
  settings.insert(settings.end(), options.settings.begin(), options.settings.end());
  const Client client = make_client(RD_KAFKA_CONSUMER, configuration(settings));
  const Partitions partitions = all_partitions(
      client.get(), options.topic, options.from_end ? RD_KAFKA_OFFSET_END : RD_KAFKA_OFFSET_BEGINNING);
  check(rd_kafka_assign(client.get(), partitions.get()), "assign");
  const Queue queue(rd_kafka_queue_get_consumer(client.get()));
  std::vector<bool> at_end(static_cast<size_t>(partitions->cnt));
  int ended = 0;
  int64_t count = 0;
  std::vector<rd_kafka_message_t*> messages(kBatch);
  using Clock = std::chrono::steady_clock;
  const auto stop = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(
                                       options.timeout > 0 ? options.timeout : 1e8));
  std::vector<char> out(1 << 20);
  std::setvbuf(stdout, out.data(), _IOFBF, out.size());
  while ((options.follow || ended < partitions->cnt) && count != options.most) {
    const ssize_t got = rd_kafka_consume_batch_queue(queue.get(), 100, messages.data(), messages.size());
    for (ssize_t i = 0; i < got; ++i) {
      rd_kafka_message_t* const message = messages[static_cast<size_t>(i)];
      if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        if (!at_end[static_cast<size_t>(message->partition)]) {
          at_end[static_cast<size_t>(message->partition)] = true;
          ++ended;
        }
      } else if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        if (message->rkt != nullptr) fail(rd_kafka_message_errstr(message));  // others: a broker is away
      } else if (count != options.most) {
        ++count;
        if (!options.count_only) print(options, *message);
      }
      rd_kafka_message_destroy(message);
    }
    if (options.follow) std::fflush(stdout);
    if (Clock::now() > stop) fail("not at the end in time");
  }
  if (options.count_only) std::printf("%lld\n", static_cast<long long>(count));
  std::fflush(stdout);
}

void print_offsets(const std::string& topic) {
  const Client uncommitted = make_client(RD_KAFKA_CONSUMER, configuration(reading(false)));
  const Client committed = make_client(RD_KAFKA_CONSUMER, configuration(reading(true)));
  print_offsets(uncommitted.get(), committed.get(), topic);
}

void print_committed(const std::string& group, const std::string& topic) {
  Client client = client_of_group(group);
  print_committed(client, group, topic);
}

void set_offset(const std::string& group, const std::string& topic, int32_t partition, int64_t offset) {
  const Client client = client_of_group(group);
  const Partitions list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)->offset = offset;
  check(rd_kafka_commit(client.get(), list.get(), 0), "commit");
}

void answer_questions() {
  const Client uncommitted = make_client(RD_KAFKA_CONSUMER, configuration(reading(false)));
  const Client committed = make_client(RD_KAFKA_CONSUMER, configuration(reading(true)));
  std::map<std::string, Client> groups;
  std::string line;
  while (std::getline(std::cin, line)) {
    std::istringstream words(line);
    std::string what;
    std::string topic;
    std::string group;
    words >> what >> topic >> group;
    if (what == "offsets") {
      print_offsets(uncommitted.get(), committed.get(), topic);
    } else if (what == "committed") {
      Client& client = groups[group];
      if (!client) client = client_of_group(group);
      print_committed(client, group, topic);
    } else {
      fail("a question is `offsets TOPIC` or `committed TOPIC GROUP`");
    }
    std::putchar('\n');
    std::fflush(stdout);
  }
}

}  // namespace weir::kafka_client
