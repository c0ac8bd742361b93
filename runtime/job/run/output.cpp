#include "runtime/job/run/output.h"

#include <algorithm>
#include <cstdlib>
#include <new>

#include <fmt/format.h>

namespace weir::job {
namespace {

constexpr uint64_t kBufferBytes = 64 << 10;

}  // namespace

void SinkGate::write(std::string_view rows) {
  const std::lock_guard lock(mutex_);
  if (broken_) {
    return;  // the run is ending
  }
  if (auto written = sink_->write(epoch_++, rows); !written) {
    broken_ = true;
    outcome_.fail(ExitStatus::InputOutput, fmt::format("error: {}\n", written.error().text));
  }
}

WriterBuffer::WriterBuffer(SinkGate& gate) : gate_(gate) { buffer_.sink = this; }

WriterBuffer::~WriterBuffer() { std::free(buffer_.begin); }

void WriterBuffer::flush() {
  if (buffer_.cursor != buffer_.begin) {
    gate_.write({buffer_.begin, buffer_.cursor});
    buffer_.cursor = buffer_.begin;
  }
}

void WriterBuffer::reserve(uint64_t bytes) {
  if (static_cast<uint64_t>(buffer_.limit - buffer_.cursor) >= bytes) {
    return;
  }
  flush();
  if (static_cast<uint64_t>(buffer_.limit - buffer_.begin) < bytes) {
    const uint64_t capacity = std::max(kBufferBytes, bytes);
    std::free(buffer_.begin);
    buffer_.begin = static_cast<char*>(std::malloc(capacity));
    if (buffer_.begin == nullptr) {
      throw std::bad_alloc();  // ends the process: no buffer, no job
    }
    buffer_.cursor = buffer_.begin;
    buffer_.limit = buffer_.begin + capacity;
  }
}

}  // namespace weir::job

void weir_output_reserve(weir::abi::OutputBuffer* output, uint64_t bytes) {
  static_cast<weir::job::WriterBuffer*>(output->sink)->reserve(bytes);
}
