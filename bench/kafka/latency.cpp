#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstring>
#include <ctime>
#include <map>
#include <mutex>
#include <thread>

#include "bench/kafka/bare.h"

namespace weir::kafka_bare {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int64_t kQuietMs = 3'000;  // before and after what is measured

int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

double ms_since(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

void check(rd_kafka_error_t* error) {
  if (error != nullptr) fail(rd_kafka_error_string(error));
}

// When the last partition got its first record at or after a window's end, by that end.
class Passed {
 public:
  Passed(int32_t partitions, int64_t window_ms)
      : window_ms_(window_ms), last_(static_cast<size_t>(partitions)) {}

  void note(int32_t partition, int64_t event_ms) {
    int64_t& last = last_[static_cast<size_t>(partition)];
    const int64_t before = last;
    last = event_ms / window_ms_ * window_ms_;
    if (before == 0 || last == before) return;
    const std::lock_guard lock(mutex_);
    for (int64_t end = before + window_ms_; end <= last; end += window_ms_) {
      at_[end] = Clock::now();  // the latest of all partitions stays
    }
  }
  // Takes it out, so that a window counts once.
  bool take(int64_t end, Clock::time_point& at) {
    const std::lock_guard lock(mutex_);
    const auto found = at_.find(end);
    if (found == at_.end()) return false;
    at = found->second;
    at_.erase(found);
    return true;
  }

 private:
  int64_t window_ms_;
  std::vector<int64_t> last_;
  std::mutex mutex_;
  std::map<int64_t, Clock::time_point> at_;
};

void append_time(std::string& out, int64_t ms) {
  const time_t seconds = ms / 1000;
  tm parts{};
  gmtime_r(&seconds, &parts);
  char text[40];
  const size_t size = std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts);
  out.append(text, size);
  std::snprintf(text, sizeof text, ".%03d", static_cast<int>(ms % 1000));
  out += text;
}

// Of the member `window_end`; -1: there is none.
int64_t window_end(std::string_view row) {
  constexpr std::string_view kName = "\"window_end\":\"";
  const size_t at = row.find(kName);
  if (at == std::string_view::npos) return -1;
  const std::string text(row.substr(at + kName.size(), 23));
  tm parts{};
  const char* const rest = strptime(text.c_str(), "%Y-%m-%d %H:%M:%S", &parts);
  if (rest == nullptr) return -1;
  const double fraction = *rest == '.' ? std::strtod(rest, nullptr) : 0;
  return timegm(&parts) * 1000 + std::llround(fraction * 1000);
}

class Load {
 public:
  Load(const std::string& topic, int per_second)
      : producer_(kafka_client::make_client(
            RD_KAFKA_PRODUCER,
            kafka_client::configuration({{"linger.ms", "1"}, {"queue.buffering.max.messages", "1000000"}}))),
        topic_(rd_kafka_topic_new(producer_.get(), topic.c_str(), nullptr)),
        partitions_(kafka_client::partition_count(producer_.get(), topic)),
        per_second_(per_second) {}

  int32_t partitions() const { return partitions_; }

  // Until `stop`, evenly, in turn to each partition.
  void run(Passed& passed, const std::atomic<bool>& stop) {
    const auto begin = Clock::now();
    std::string line;
    for (int64_t sent = 0; !stop.load(std::memory_order_relaxed);) {
      const auto due = static_cast<int64_t>(ms_since(begin) * per_second_ / 1000);
      for (; sent < due; ++sent) send(line, sent, passed);
      rd_kafka_poll(producer_.get(), 0);
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    kafka_client::check(rd_kafka_flush(producer_.get(), 30'000), "flush");
  }

 private:
  void send(std::string& line, int64_t number, Passed& passed) {
    static constexpr const char* kCategories[] = {"books", "garden", "music", "toys"};
    const int64_t event_ms = now_ms();
    const auto partition = static_cast<int32_t>(number % partitions_);
    line = "{\"order_id\":" + std::to_string(number) + ",\"customer_id\":" + std::to_string(number % 1000) +
           ",\"amount\":12.50,\"category\":\"" + kCategories[number / partitions_ % 4] +
           "\",\"event_time\":\"";
    append_time(line, event_ms);
    line += "\"}";
    while (rd_kafka_produce(topic_.get(), partition, RD_KAFKA_MSG_F_COPY, line.data(), line.size(), nullptr,
                            0, nullptr) != 0) {
      rd_kafka_poll(producer_.get(), 10);
    }
    passed.note(partition, event_ms);
  }

  Client producer_;
  kafka_client::Topic topic_;
  int32_t partitions_;
  int per_second_;
};

}  // namespace

void transactions(const std::string& topic, int count) {
  Reader reader(topic, true);
  const Client producer = kafka_client::make_client(
      RD_KAFKA_PRODUCER,
      kafka_client::configuration({{"transactional.id", "kafka_bare"}, {"linger.ms", "0"}}));
  check(rd_kafka_init_transactions(producer.get(), 30'000));
  const kafka_client::Topic to(rd_kafka_topic_new(producer.get(), topic.c_str(), nullptr));
  while (!reader.at_end()) reader.next();
  Latencies latencies;
  constexpr int kFirst = 3;  // connections are made
  for (int i = 0; i < count + kFirst; ++i) {
    const auto begin = Clock::now();
    check(rd_kafka_begin_transaction(producer.get()));
    const std::string value = std::to_string(i);
    if (rd_kafka_produce(to.get(), 0, RD_KAFKA_MSG_F_COPY, const_cast<char*>(value.data()), value.size(),
                         nullptr, 0, nullptr) != 0) {
      fail("produce");
    }
    check(rd_kafka_commit_transaction(producer.get(), 30'000));
    while (reader.next().empty()) {
    }
    if (i >= kFirst) latencies.milliseconds.push_back(ms_since(begin));
  }
  std::printf("{%s}\n", summary(std::move(latencies)).c_str());
}

void latency(const std::string& source, const std::string& target, int per_second, int seconds,
             int64_t window_ms) {
  Reader reader(target, true);
  while (!reader.at_end()) reader.next();
  Load load(source, per_second);
  Passed passed(load.partitions(), window_ms);
  std::atomic<bool> stop = false;
  std::thread producing([&] { load.run(passed, stop); });
  Latencies latencies;
  const auto begin = Clock::now();
  while (ms_since(begin) < static_cast<double>(seconds) * 1000 + 2.0 * kQuietMs) {
    for (const rd_kafka_message_t* message : reader.next()) {
      const int64_t end =
          window_end(std::string_view(static_cast<const char*>(message->payload), message->len));
      Clock::time_point at;
      if (!passed.take(end, at)) continue;
      if (ms_since(begin) > kQuietMs && ms_since(begin) < static_cast<double>(seconds) * 1000 + kQuietMs) {
        latencies.milliseconds.push_back(ms_since(at));
      }
    }
  }
  stop = true;
  producing.join();
  std::printf("{%s}\n", summary(std::move(latencies)).c_str());
}

}  // namespace weir::kafka_bare
