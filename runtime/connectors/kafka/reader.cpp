#include "runtime/connectors/kafka/reader.h"

#include <algorithm>

#include <fmt/format.h>

#include "runtime/connectors/kafka/error.h"
#include "runtime/connectors/kafka/headers.h"
#include "runtime/connectors/kafka/questions.h"

namespace weir::connectors::kafka {
namespace {

abi::StringRef bytes_of(const void* data, size_t size) { return {static_cast<const char*>(data), size}; }

}  // namespace

Result<std::unique_ptr<Reader>> Reader::open(std::shared_ptr<ReadingClient> shared,
                                             const TopicPartition& partition, const ReaderOptions& options) {
  rd_kafka_t* handle = shared->client.handle();
  Queue queue(rd_kafka_queue_get_partition(handle, partition.topic.c_str(), partition.partition));
  if (queue == nullptr) {
    return std::unexpected(
        Error{Error::Kind::InputOutput,
              fmt::format("topic `{}` has no partition {}", partition.topic, partition.partition)});
  }
  rd_kafka_queue_forward(queue.get(), nullptr);  // before the first message
  const PartitionList list = one_partition(partition.topic, partition.partition, options.offset);
  const OwnedError error(rd_kafka_incremental_assign(handle, list.get()));
  if (error != nullptr) {
    return std::unexpected(
        error_of(shared->client.connection(), handle,
                 fmt::format("topic `{}`, partition {}", partition.topic, partition.partition), error.get()));
  }
  return std::unique_ptr<Reader>(new Reader(std::move(shared), partition, options, std::move(queue)));
}

Reader::~Reader() {
  held_ = taken_.size();
  release();
  const PartitionList list = one_partition(partition_.topic, partition_.partition, RD_KAFKA_OFFSET_INVALID);
  const OwnedError ignored(rd_kafka_incremental_unassign(client_->handle(), list.get()));
}

// Frees the messages of the last fetch; what was not delivered moves to the front.
void Reader::release() {
  for (size_t i = 0; i < held_; ++i) {
    rd_kafka_message_destroy(taken_[i]);
  }
  taken_.erase(taken_.begin(), taken_.begin() + static_cast<ptrdiff_t>(held_));
  held_ = 0;
}

// rd_kafka_consume_batch_queue waits until as many have come as were asked for; so it is asked for one when there is
// nothing, and then for what else is there.
size_t Reader::take(size_t capacity, int timeout_ms) {
  const size_t before = taken_.size();
  taken_.resize(before + capacity);
  rd_kafka_message_t** free = taken_.data() + before;
  ssize_t count = rd_kafka_consume_batch_queue(queue_.get(), 0, free, capacity);
  if (count <= 0 && timeout_ms > 0) {
    count = rd_kafka_consume_batch_queue(queue_.get(), timeout_ms, free, 1);
    if (count == 1 && capacity > 1 && free[0]->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      count += std::max<ssize_t>(0, rd_kafka_consume_batch_queue(queue_.get(), 0, free + 1, capacity - 1));
    }
  }
  const size_t taken = count > 0 ? static_cast<size_t>(count) : 0;
  taken_.resize(before + taken);
  return taken;
}

Result<uint32_t> Reader::fetch(std::span<abi::MessageInfo> messages, int timeout_ms) {
  release();
  serve_events();
  if (taken_.empty() && take(messages.size(), timeout_ms) == 0) {
    return 0U;
  }
  client_->connection().alive();
  if (drained_.now(rd_kafka_queue_length(queue_.get()))) {
    shared_->nudge.ask(partition_);
  }
  return deliver(messages);
}

Result<uint32_t> Reader::deliver(std::span<abi::MessageInfo> messages) {
  size_t count = 0;
  delivered_.clear();
  while (held_ < taken_.size() && count < messages.size()) {
    const rd_kafka_message_t& message = *taken_[held_];
    if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      next_ = std::max(next_, message.offset);  // behind transaction markers
      at_end_ = true;
      ++held_;
      continue;
    }
    if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      if (count > 0) {
        break;  // first what came before it
      }
      ++held_;
      return std::unexpected(failed(message));
    }
    ++held_;
    if (message.offset < next_) {
      continue;  // librdkafka before 2.4 may deliver from a stale position
    }
    next_ = message.offset + 1;
    at_end_ = false;
    rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
    const int64_t timestamp = rd_kafka_message_timestamp(&message, &type);
    abi::MessageInfo& info = messages[count++];
    info.value = bytes_of(message.payload, message.len);
    info.key = bytes_of(message.key, message.key_len);
    info.headers = {};
    info.offset = message.offset;
    info.timestamp_ms = type == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE ? abi::kNoTimestamp : timestamp;
    info.timestamp_type = static_cast<uint32_t>(type);
    info.unused = 0;
    if (with_headers_) {
      delivered_.push_back(static_cast<uint32_t>(held_ - 1));
    }
  }
  if (with_headers_) {
    add_headers(messages.first(count));
  }
  return static_cast<uint32_t>(count);
}

// The texts of a batch lie in one string, so the views into it are made when it has stopped growing.
void Reader::add_headers(std::span<abi::MessageInfo> messages) {
  headers_.clear();
  for (size_t i = 0; i < messages.size(); ++i) {
    const size_t begin = headers_.size();
    append_headers(headers_, *taken_[delivered_[i]]);
    messages[i].headers.size = headers_.size() - begin;
  }
  const char* at = headers_.data();
  for (abi::MessageInfo& message : messages) {
    message.headers.data = at;
    at += message.headers.size;
  }
}

bool Reader::ready(int timeout_ms) {
  if (held_ < taken_.size() || rd_kafka_queue_length(queue_.get()) > 0) {
    return true;
  }
  serve_events();
  return timeout_ms > 0 && take(1, timeout_ms) > 0;
}

int64_t Reader::end() const {
  int64_t first = 0;
  int64_t end = 0;
  const auto error = rd_kafka_get_watermark_offsets(client_->handle(), partition_.topic.c_str(),
                                                    partition_.partition, &first, &end);
  return error == RD_KAFKA_RESP_ERR_NO_ERROR && end >= 0 ? end : kNoOffset;
}

Error Reader::failed(const rd_kafka_message_t& message) const {
  const std::string place = fmt::format("topic `{}`, partition {}", partition_.topic, partition_.partition);
  const Connection& connection = client_->connection();
  if (message.err != RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET &&
      message.err != RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE) {
    return error_of(connection, fmt::format("{}, offset {}", place, next_), message.err,
                    rd_kafka_message_errstr(&message));
  }
  OffsetRange range;
  if (ask_offsets(*client_, std::span(&partition_, 1), std::span(&range, 1)) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return {Error::Kind::InputOutput, fmt::format("{}: offset {} is not in the log", place, next_)};
  }
  // What retention has deleted is not there when the job is started again either, which says what can be done; unless another
  // instance has taken over long ago, and has read it.
  return {next_ < range.first ? Error::Kind::Retry : Error::Kind::InputOutput,
          fmt::format("{}: offset {} is not in the log, which has {} to {}: {}", place, next_, range.first,
                      range.end,
                      next_ < range.first ? "retention has deleted what was still to be read"
                                          : "the topic was made anew, or lost records")};
}

// Errors of the connection come by the client's own queue, which any reader may serve.
void Reader::serve_events() {
  const auto now = std::chrono::steady_clock::now();
  if (now - served_ > std::chrono::milliseconds(100)) {
    served_ = now;
    rd_kafka_poll(client_->handle(), 0);
  }
}

}  // namespace weir::connectors::kafka
