// How fast a topic is read through LogReader, against a bare loop of rd_kafka_consume_batch_queue over all partitions.
//   bench_kafka_read BROKERS fill TOPIC PARTITIONS RECORDS   makes the topic
//   bench_kafka_read BROKERS bare|weir TOPIC PARTITIONS [properties…]
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>

#include "runtime/connectors/kafka_log.h"

namespace weir::connectors {
namespace {

using std::chrono::steady_clock;

const size_t kBatch =
    std::getenv("BATCH") != nullptr ? std::strtoul(std::getenv("BATCH"), nullptr, 10) : 8192;

// What a job does with a record, in nanoseconds; so that reading is not what limits.
const double kWorkNs = std::getenv("WORK_NS") != nullptr ? std::strtod(std::getenv("WORK_NS"), nullptr) : 0;
void work(uint64_t records) {
  const auto end = steady_clock::now() +
                   std::chrono::nanoseconds(static_cast<int64_t>(static_cast<double>(records) * kWorkNs));
  while (steady_clock::now() < end) {
  }
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

void print(const char* name, uint64_t records, uint64_t bytes, steady_clock::time_point begin) {
  const double seconds = std::chrono::duration<double>(steady_clock::now() - begin).count();
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  fmt::print("{}: {} records, {:.2f} s, {:.2f} M/s, {:.0f} MB/s, {:.0f} ns CPU a record, peak {} MB\n", name,
             records, seconds, static_cast<double>(records) / seconds / 1e6,
             static_cast<double>(bytes) / seconds / 1e6, cpu_seconds() / static_cast<double>(records) * 1e9,
             usage.ru_maxrss / 1024);
}

void require(const Result<void>& done) {
  if (!done) {
    fmt::print(stderr, "{}\n", done.error().text);
    std::exit(1);
  }
}

void fill(const KafkaOptions& options, const std::string& topic, int partitions, uint64_t records) {
  auto producer = weir_kafka_log()->make_producer(options, {.transactional_id = "bench-fill"});
  require((*producer)->open());
  std::vector<std::string> values(1000);
  std::vector<Record> batch(values.size());
  uint64_t id = 0;
  const auto begin = steady_clock::now();
  while (id < records) {
    require((*producer)->begin());
    for (int step = 0; step < 200 && id < records; ++step) {
      for (size_t i = 0; i < values.size(); ++i, ++id) {
        values[i] = fmt::format(
            R"({{"order_id":{},"customer":"customer-{}","category":"books","amount":{}.{:02},"ts":"2026-01-01 00:00:{:02}.000"}})",
            id, id % 10007, id % 900, id % 100, id % 60);
        batch[i] = {.key = std::nullopt, .value = values[i]};
      }
      require((*producer)->produce(topic, static_cast<int32_t>(id / 1000 % static_cast<uint64_t>(partitions)),
                                   batch));
    }
    require((*producer)->commit({}));
  }
  print("fill", records, records * 120, begin);
}

void bare(const KafkaOptions& options, const std::string& topic, int partitions) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  const auto set = [&](const std::string& name, const std::string& value) {
    char reason[256];
    if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), reason, sizeof reason) != RD_KAFKA_CONF_OK) {
      fmt::print(stderr, "{}\n", reason);
      std::exit(1);
    }
  };
  set("group.id", "bench");
  set("enable.auto.commit", "false");
  set("enable.partition.eof", "true");
  set("isolation.level", "read_committed");
  for (const auto& [name, value] : options.properties) {
    set(name, value);
  }
  rd_kafka_t* client = rd_kafka_new(RD_KAFKA_CONSUMER, conf, nullptr, 0);
  rd_kafka_poll_set_consumer(client);
  rd_kafka_topic_partition_list_t* list = rd_kafka_topic_partition_list_new(partitions);
  for (int i = 0; i < partitions; ++i) {
    rd_kafka_topic_partition_list_add(list, topic.c_str(), i)->offset = 0;
  }
  rd_kafka_assign(client, list);
  rd_kafka_queue_t* queue = rd_kafka_queue_get_consumer(client);
  std::vector<rd_kafka_message_t*> messages(kBatch);
  uint64_t records = 0;
  uint64_t bytes = 0;
  const auto begin = steady_clock::now();
  for (int ends = 0; ends < partitions;) {
    const ssize_t count = rd_kafka_consume_batch_queue(queue, 100, messages.data(), messages.size());
    for (ssize_t i = 0; i < count; ++i) {
      ends += messages[i]->err == RD_KAFKA_RESP_ERR__PARTITION_EOF ? 1 : 0;
      records += messages[i]->err == RD_KAFKA_RESP_ERR_NO_ERROR ? 1 : 0;
      bytes += messages[i]->err == RD_KAFKA_RESP_ERR_NO_ERROR ? messages[i]->len : 0;
      rd_kafka_message_destroy(messages[i]);
    }
    work(static_cast<uint64_t>(std::max<ssize_t>(count, 0)));
  }
  print("bare", records, bytes, begin);
}

// Two threads, each with its share of the partitions, as workers of a job read.
void weir(const KafkaOptions& options, const std::string& topic, int partitions, int threads) {
  auto consumer = weir_kafka_log()->make_consumer(options, "bench");
  const auto begin = steady_clock::now();
  std::vector<std::unique_ptr<LogReader>> readers;
  for (int i = 0; i < partitions; ++i) {
    auto reader = (*consumer)->open({topic, i}, {.offset = 0});
    readers.push_back(std::move(*reader));
  }
  std::atomic<uint64_t> records = 0;
  std::atomic<uint64_t> bytes = 0;
  std::vector<std::thread> workers;
  for (int t = 0; t < threads; ++t) {
    workers.emplace_back([&, t] {
      std::vector<abi::MessageInfo> messages(kBatch);
      for (bool more = true; more;) {
        more = false;
        for (int i = t; i < partitions; i += threads) {
          if (readers[i]->at_end()) {
            continue;
          }
          more = true;
          const auto count = readers[i]->fetch(messages, 10);
          if (!count) {
            require(std::unexpected(count.error()));
          }
          records += *count;
          uint64_t sum = 0;
          for (uint32_t k = 0; k < *count; ++k) {
            sum += messages[k].value.size;
          }
          bytes += sum;
          work(*count);
        }
      }
    });
  }
  for (std::thread& worker : workers) {
    worker.join();
  }
  print("weir", records, bytes, begin);
}

int run(int argc, char** argv) {
  if (argc < 5) {
    fmt::print(
        stderr,
        "usage: bench_kafka_read BROKERS fill|bare|weir|weir1 TOPIC PARTITIONS [RECORDS | name=value…]\n");
    return 2;
  }
  KafkaOptions options;
  options.properties = {{"bootstrap.servers", argv[1]}};
  const std::string what = argv[2];
  const int partitions = std::atoi(argv[4]);
  if (what == "fill") {
    fill(options, argv[3], partitions, argc > 5 ? std::strtoull(argv[5], nullptr, 10) : 4'000'000);
    return 0;
  }
  for (int i = 5; i < argc; ++i) {
    const std::string text = argv[i];
    options.properties.emplace_back(text.substr(0, text.find('=')), text.substr(text.find('=') + 1));
  }
  if (what == "bare") {
    bare(options, argv[3], partitions);
  } else {
    weir(options, argv[3], partitions, what == "weir1" ? 1 : 2);
  }
  return 0;
}

}  // namespace
}  // namespace weir::connectors

int main(int argc, char** argv) { return weir::connectors::run(argc, argv); }
