// What is known of the way to the brokers, for error texts and for one line per change. librdkafka's own logs are taken and
// dropped: what matters of them also arrives as errors.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <librdkafka/rdkafka.h>

#include "runtime/connectors/connector.h"
#include "runtime/connectors/log/connection_report.h"

namespace weir::connectors::kafka {

// Shared by a client's threads and librdkafka's.
class Connection {
 public:
  Connection(std::string brokers, std::vector<std::string> secrets, std::shared_ptr<ConnectionReport> report)
      : brokers_(std::move(brokers)), secrets_(std::move(secrets)), report_(std::move(report)) {}

  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // An error that librdkafka reports by itself.
  void trouble(rd_kafka_resp_err_t code, std::string_view reason);
  // Something has come from a broker.
  void alive() {
    if (away_.load(std::memory_order_relaxed)) {
      back();
    }
  }
  // The last trouble since `alive`; empty: none.
  std::string reason() const;
  // Waiting will not help: rights, certificates.
  bool refused() const;
  // Nobody waits for an answer any more.
  bool stopping() const { return given_up_.load() || (report_ && report_->stopping()); }
  // Whoever asks is about to go.
  void give_up() { given_up_.store(true); }
  // Without the values of secrets.
  std::string masked(std::string_view text) const;
  const std::string& brokers() const { return brokers_; }

 private:
  void back();

  const std::string brokers_;
  const std::vector<std::string> secrets_;
  const std::shared_ptr<ConnectionReport> report_;
  mutable std::mutex mutex_;
  std::string reason_;
  bool refused_ = false;
  std::atomic<bool> away_ = false;
  std::atomic<bool> given_up_ = false;
};

std::string mask(std::string_view text, const std::vector<std::string>& secrets);

}  // namespace weir::connectors::kafka
