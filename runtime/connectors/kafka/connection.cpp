#include "runtime/connectors/kafka/connection.h"

namespace weir::connectors::kafka {
namespace {

// librdkafka's reasons begin with "host:port/bootstrap: " and end with "(after 2ms in state CONNECT)", which may stand
// twice; the address is in the line already, and the rest says nothing to a reader.
std::string_view essence(std::string_view reason) {
  const size_t colon = reason.find(": ");
  if (colon != std::string_view::npos && reason.substr(0, colon).find(' ') == std::string_view::npos) {
    reason.remove_prefix(colon + 2);
  }
  if (const size_t after = reason.find(" (after "); after != std::string_view::npos) {
    reason = reason.substr(0, after);
  }
  return reason;
}

}  // namespace

std::string mask(std::string_view text, const std::vector<std::string>& secrets) {
  std::string masked(text);
  for (const std::string& secret : secrets) {
    if (secret.empty()) {
      continue;
    }
    for (size_t at = masked.find(secret); at != std::string::npos; at = masked.find(secret, at + 3)) {
      masked.replace(at, secret.size(), "***");
    }
  }
  return masked;
}

void Connection::trouble(rd_kafka_resp_err_t code, std::string_view reason) {
  const bool refused = code == RD_KAFKA_RESP_ERR__AUTHENTICATION ||
                       code == RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED ||
                       code == RD_KAFKA_RESP_ERR__SSL || code == RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM;
  const bool all_down = code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN;
  if (!refused && !all_down && code != RD_KAFKA_RESP_ERR__TRANSPORT && code != RD_KAFKA_RESP_ERR__RESOLVE) {
    return;  // of one request; whoever made it hears of it
  }
  std::string known;
  bool is_new = false;
  {
    const std::lock_guard lock(mutex_);
    if (!all_down) {  // which has no reason of its own
      reason_ = masked(essence(reason));
      refused_ = refused;
    }
    is_new = (all_down || refused) && !away_.exchange(true);
    known = reason_;
  }
  if (is_new && report_) {
    report_->away(brokers_, known, refused);
  }
}

void Connection::back() {
  {
    const std::lock_guard lock(mutex_);
    if (!away_.exchange(false)) {
      return;
    }
    reason_.clear();
    refused_ = false;
  }
  if (report_) {
    report_->back(brokers_);
  }
}

Connection::~Connection() {
  if (away_ && report_) {
    report_->forget(brokers_);
  }
}

std::string Connection::reason() const {
  const std::lock_guard lock(mutex_);
  return reason_;
}

bool Connection::refused() const {
  const std::lock_guard lock(mutex_);
  return refused_;
}

std::string Connection::masked(std::string_view text) const { return mask(text, secrets_); }

}  // namespace weir::connectors::kafka
