// From kernels to sinks: each writer (a consumer of a worker) fills a buffer of its own; whole rows of it go to the sink
// under the sink's lock.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string_view>

#include "runtime/abi/abi.h"
#include "runtime/connectors/connector.h"
#include "runtime/job/run/outcome.h"

namespace weir::job {

// A sink that all writers share.
class SinkGate {
 public:
  // `interactive`: somebody watches, so rows are handed on after each firing and batch.
  SinkGate(std::unique_ptr<connectors::Sink> sink, Outcome& outcome, bool interactive)
      : sink_(std::move(sink)), outcome_(outcome), interactive_(interactive) {}

  bool interactive() const { return interactive_; }
  connectors::Sink& sink() { return *sink_; }
  void write(std::string_view rows);

 private:
  std::unique_ptr<connectors::Sink> sink_;
  Outcome& outcome_;
  std::mutex mutex_;
  uint64_t epoch_ = 0;
  bool interactive_;
  bool broken_ = false;
};

// What RowWriterState::output points to. Memory is taken with the first row.
class WriterBuffer {
 public:
  explicit WriterBuffer(SinkGate& gate);
  ~WriterBuffer();
  WriterBuffer(const WriterBuffer&) = delete;
  WriterBuffer& operator=(const WriterBuffer&) = delete;

  abi::OutputBuffer* buffer() { return &buffer_; }
  SinkGate& gate() { return gate_; }
  // Hands on what is there.
  void flush();
  // At least `bytes` of room.
  void reserve(uint64_t bytes);
  void discard() { buffer_.cursor = buffer_.begin; }

 private:
  SinkGate& gate_;
  abi::OutputBuffer buffer_{};
};

}  // namespace weir::job
