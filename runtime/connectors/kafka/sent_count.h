// Counts the messages that commit positions in a transaction (TxnOffsetCommit) and that end it (EndTxn). librdkafka repeats one
// that is not answered in time, and says success when the second is; the first may arrive later, in the next transaction,
// whose producer and epoch are the same, and end it or move its positions back (KAFKA-17754; there is no KIP-890 in
// librdkafka, #5423). A producer that has sent more than it should is not to be used again: the epoch of the next one fences
// what is late.
#pragma once

#include <atomic>
#include <cstdint>

#include <librdkafka/rdkafka.h>

namespace weir::connectors::kafka {

class SentCount {
 public:
  // Before the client is made; it must not outlive this.
  void attach(rd_kafka_conf_t* conf) { rd_kafka_conf_interceptor_add_on_new(conf, "weir", on_new, this); }
  void reset() {
    positions_.store(0);
    ends_.store(0);
  }
  uint32_t positions() const { return positions_.load(); }
  uint32_t ends() const { return ends_.load(); }

 private:
  static constexpr int16_t kEndTxn = 26;
  static constexpr int16_t kTxnOffsetCommit = 28;

  static rd_kafka_resp_err_t on_new(rd_kafka_t* client, const rd_kafka_conf_t* /*conf*/, void* self,
                                    char* /*reason*/, size_t /*size*/) {
    return rd_kafka_interceptor_add_on_request_sent(client, "weir", on_request_sent, self);
  }
  static rd_kafka_resp_err_t on_request_sent(rd_kafka_t* /*client*/, int /*socket*/, const char* /*broker*/,
                                             int32_t /*broker_id*/, int16_t api, int16_t /*version*/,
                                             int32_t /*correlation*/, size_t /*size*/, void* self) {
    auto* const count = static_cast<SentCount*>(self);
    if (api == kEndTxn) {
      count->ends_.fetch_add(1);
    } else if (api == kTxnOffsetCommit) {
      count->positions_.fetch_add(1);
    }
    return RD_KAFKA_RESP_ERR_NO_ERROR;
  }

  std::atomic<uint32_t> positions_ = 0;
  std::atomic<uint32_t> ends_ = 0;
};

}  // namespace weir::connectors::kafka
