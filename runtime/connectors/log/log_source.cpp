#include "runtime/connectors/log/log_source.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace weir::connectors {
namespace {

// As many as are asked for at once, few enough to stay in the cache; a batch holds what fits into the buffer of them.
constexpr uint32_t kMessagesPerFetch = 2048;

}  // namespace

LogPartition::LogPartition(TopicPartition place, std::unique_ptr<LogReader> reader, int64_t offset,
                           int64_t stop_offset)
    : place_(std::move(place)),
      name_(fmt::format("{}[{}]", place_.topic, place_.partition)),
      reader_(std::move(reader)),
      begin_(offset),
      stop_offset_(stop_offset) {}

int64_t LogPartition::position() const {
  return next_ < fetched_ ? messages_[next_].offset : std::max(begin_, reader_->position());
}

bool LogPartition::ready(int timeout_ms) {
  return next_ < fetched_ || stopped() || reader_->ready(timeout_ms);
}

Result<Batch> LogPartition::read(ReadBuffer& buffer) {
  Batch batch;
  if (next_ == fetched_ && !stopped()) {
    messages_.resize(kMessagesPerFetch);
    next_ = fetched_ = 0;
    const auto fetched = reader_->fetch(messages_, 0);
    if (!fetched) {
      return std::unexpected(fetched.error());
    }
    fetched_ = *fetched;
  }
  batch.messages = messages_.data() + next_;
  batch.position = static_cast<uint64_t>(position());
  if (next_ < fetched_ && messages_[next_].value.size + 1 > buffer.capacity()) {
    buffer.grow(messages_[next_].value.size + 1, 0);
  }
  char* at = buffer.data();
  char* const limit = at + buffer.capacity();
  for (; next_ < fetched_; ++next_) {
    abi::MessageInfo& message = messages_[next_];
    const bool beyond = stop_offset_ >= 0 && message.offset >= stop_offset_;
    if (beyond || static_cast<uint64_t>(limit - at) < message.value.size + 1) {
      break;
    }
    if (message.value.data != nullptr) {
      std::memcpy(at, message.value.data, message.value.size);
      message.value.data = at;
      at += message.value.size;
      *at++ = '\n';
    }
    ++batch.message_count;
  }
  batch.begin = buffer.data();
  batch.end = at;
  batch.finished = stopped();
  return batch;
}

Result<std::vector<TopicPartition>> LogSource::partitions() {
  std::vector<TopicPartition> places;
  for (const std::string& topic : options_.topics) {
    const auto count = consumer_.partition_count(topic);
    if (!count) {
      return std::unexpected(count.error());
    }
    most_partitions_ = std::max(most_partitions_, *count);
    for (int32_t partition = 0; partition < *count; ++partition) {
      places.push_back({topic, partition});
    }
  }
  return places;
}

Result<int64_t> LogSource::offset_of(const LogBound& bound, const TopicPartition& partition,
                                     const char* option) {
  const int32_t last = bound.offsets.empty() ? -1 : bound.offsets.rbegin()->first;
  if (last >= most_partitions_) {
    return std::unexpected(Error{
        Error::Kind::Usage,
        fmt::format("`{}` names partition {}, and topic{} `{}` {}", option, last,
                    options_.topics.size() == 1 ? "" : "s", fmt::join(options_.topics, "`, `"),
                    most_partitions_ == 1 ? "has partition 0 alone"
                                          : fmt::format("has partitions 0 to {}", most_partitions_ - 1))});
  }
  const auto found = bound.offsets.find(partition.partition);
  if (found == bound.offsets.end()) {
    return std::unexpected(
        Error{Error::Kind::Usage, fmt::format("`{}` names no offset for partition {} of topic `{}`", option,
                                              partition.partition, partition.topic)});
  }
  return found->second;
}

Result<int64_t> LogSource::resolve(const LogBound& bound, const TopicPartition& partition,
                                   const char* option) {
  switch (bound.kind) {
    case LogBound::Kind::None: return -1;
    case LogBound::Kind::Timestamp: return consumer_.offset_at(partition, bound.timestamp_ms);
    case LogBound::Kind::Offsets: return offset_of(bound, partition, option);
    case LogBound::Kind::GroupOffsets: {
      const auto committed = consumer_.committed(options_.group, {&partition, 1});
      if (!committed) {
        return std::unexpected(committed.error());
      }
      if (committed->front().offset == kNoOffset) {
        return std::unexpected(Error{
            Error::Kind::Usage,
            fmt::format(
                "group `{}` has committed no offset for partition {} of topic `{}`, and the option that "
                "asks for it gives no other place; say `'scan.startup.mode' = 'earliest-offset'` or "
                "`'latest-offset'`",
                options_.group, partition.partition, partition.topic)});
      }
      return committed->front().offset;
    }
    case LogBound::Kind::Earliest:
    case LogBound::Kind::Latest: break;
  }
  const auto range = consumer_.offsets(partition);
  if (!range) {
    return std::unexpected(range.error());
  }
  return bound.kind == LogBound::Kind::Earliest ? range->first : range->end;
}

Result<int64_t> LogSource::start_offset(const TopicPartition& partition) {
  constexpr const char* kOption = "scan.startup.specific-offsets";
  const auto offset = resolve(options_.start, partition, kOption);
  if (!offset || options_.start.kind != LogBound::Kind::Offsets) {
    return offset;
  }
  const auto range = consumer_.offsets(partition);
  if (!range) {
    return std::unexpected(range.error());
  }
  if (*offset < range->first || *offset > range->end) {
    return std::unexpected(Error{
        Error::Kind::Usage,
        fmt::format("`{}` says offset {} for partition {} of topic `{}`, which can be read from {} to {}",
                    kOption, *offset, partition.partition, partition.topic, range->first, range->end)});
  }
  return offset;
}

Result<int64_t> LogSource::stop_offset(const TopicPartition& partition) {
  return resolve(options_.stop, partition, "scan.bounded.specific-offsets");
}

Result<std::unique_ptr<LogPartition>> LogSource::open(const TopicPartition& partition, int64_t offset,
                                                      int64_t stop_offset) {
  auto reader = consumer_.open(partition, {.offset = offset, .with_headers = options_.with_headers});
  if (!reader) {
    return std::unexpected(reader.error());
  }
  return std::make_unique<LogPartition>(partition, std::move(*reader), offset, stop_offset);
}

}  // namespace weir::connectors
