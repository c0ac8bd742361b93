// Reads one partition through its own queue, in batches and without copying.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "runtime/connectors/kafka/config.h"
#include "runtime/connectors/kafka/handle.h"
#include "runtime/connectors/kafka/nudge.h"
#include "runtime/connectors/log/log.h"

namespace weir::connectors::kafka {

// What all readers of a consumer share.
struct ReadingClient {
  explicit ReadingClient(Client made) : client(std::move(made)), nudge(client.handle()) {}
  Client client;
  Nudge nudge;
};

class Reader final : public LogReader {
 public:
  // Assigns the partition to the client, which may read others already.
  static Result<std::unique_ptr<Reader>> open(std::shared_ptr<ReadingClient> client,
                                              const TopicPartition& partition, const ReaderOptions& options);
  ~Reader() override;
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  Result<uint32_t> fetch(std::span<abi::MessageInfo> messages, int timeout_ms) override;
  bool ready(int timeout_ms) override;
  int64_t position() const override { return next_; }
  bool at_end() const override { return at_end_; }
  int64_t end() const override;

 private:
  Reader(std::shared_ptr<ReadingClient> shared, TopicPartition partition, const ReaderOptions& options,
         Queue queue)
      : shared_(std::move(shared)),
        client_(&shared_->client),
        partition_(std::move(partition)),
        with_headers_(options.with_headers),
        queue_(std::move(queue)),
        next_(options.offset) {}

  void release();
  size_t take(size_t capacity, int timeout_ms);
  Result<uint32_t> deliver(std::span<abi::MessageInfo> messages);
  void add_headers(std::span<abi::MessageInfo> messages);
  Error failed(const rd_kafka_message_t& message) const;
  void serve_events();

  std::shared_ptr<ReadingClient> shared_;
  Client* client_;
  TopicPartition partition_;
  bool with_headers_;
  Queue queue_;
  Drained drained_;
  int64_t next_;
  bool at_end_ = false;
  // taken_[0, held_) belongs to the last fetch, the rest up to taken_.size() is still to be delivered.
  std::vector<rd_kafka_message_t*> taken_;
  size_t held_ = 0;
  std::vector<uint32_t> delivered_;  // indices into taken_, where headers are asked for
  std::string headers_;
  std::chrono::steady_clock::time_point served_{};
};

}  // namespace weir::connectors::kafka
