#include "runtime/connectors/log/connection_report.h"

#include <fmt/format.h>

namespace weir::connectors {

void ConnectionReport::away(const std::string& brokers, std::string_view reason, bool refused) {
  was_away_.store(true, std::memory_order_relaxed);
  const std::lock_guard lock(mutex_);
  if (++away_[brokers] == 1) {
    write_(fmt::format("Kafka at `{}` {}{}{}", brokers, refused ? "refuses the connection" : "is away",
                       reason.empty() ? "" : ": ", reason));
  }
}

void ConnectionReport::back(const std::string& brokers) {
  const std::lock_guard lock(mutex_);
  if (--away_[brokers] == 0) {
    write_(fmt::format("Kafka at `{}` is back", brokers));
  }
}

void ConnectionReport::forget(const std::string& brokers) {
  const std::lock_guard lock(mutex_);
  --away_[brokers];
}

}  // namespace weir::connectors
