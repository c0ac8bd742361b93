// The outer edge: where bytes come from and go to. Virtual calls happen per batch, never per record.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/abi/abi.h"
#include "runtime/abi/message.h"
#include "runtime/connectors/file_view.h"

namespace weir::connectors {

// What went wrong at the edge; `text` names file or topic and the system's reason.
struct Error {
  enum class Kind : uint8_t { Usage, InputOutput, Retry, Fenced } kind = Kind::InputOutput;
  std::string text;
};
template <typename T>
using Result = std::expected<T, Error>;

// Memory of a worker for one batch at a time: partitions read into it, so that a thousand open files need one buffer a
// worker. kPaddingBytes readable bytes follow `capacity`.
class ReadBuffer {
 public:
  explicit ReadBuffer(uint64_t capacity);
  ~ReadBuffer();
  ReadBuffer(const ReadBuffer&) = delete;
  ReadBuffer& operator=(const ReadBuffer&) = delete;

  char* data() { return data_; }
  uint64_t capacity() const { return capacity_; }
  // The first `keep` bytes stay.
  void grow(uint64_t capacity, uint64_t keep);
  // For what need not be copied.
  FileView& view() { return view_; }

 private:
  char* data_;
  uint64_t capacity_;
  FileView view_;
};

// Whole lines (the last one of a file may lack its line end), followed by abi::kPaddingBytes readable bytes; or, of a
// log, messages whose values lie between `begin` and `end`.
struct Batch {
  const char* begin = nullptr;
  const char* end = nullptr;
  uint64_t position = 0;           // byte offset of `begin` in the partition
  bool finished = false;           // nothing follows
  const FileView* view = nullptr;  // whose bytes they are; null: the buffer's
  const abi::MessageInfo* messages = nullptr;
  uint32_t message_count = 0;
};

// One ordered sequence of records: a file, or a partition of a topic. Used by one worker at a time.
class Partition {
 public:
  virtual ~Partition() = default;
  virtual const std::string& name() const = 0;  // "orders/part-0.json"
  // Files block until there is something, or the batch is empty and `finished`; logs give what has come, maybe nothing.
  // The bytes live until the next use of the buffer or of the partition. A line longer than the buffer grows it.
  virtual Result<Batch> read(ReadBuffer& buffer) = 0;
  // Waits at most `timeout_ms` for something to read; true if `read` will not block. Files on disk always are.
  virtual bool ready(int timeout_ms) = 0;
  virtual uint64_t bytes_total() const = 0;  // 0 = unknown
};

class Source {
 public:
  virtual ~Source() = default;
  // Partitions in order; their number is their index. An input that ends has a fixed list.
  virtual Result<std::vector<std::unique_ptr<Partition>>> partitions() = 0;
  virtual bool bounded() const = 0;
};

// Takes whole rows as bytes. `write` is called under the sink's own lock, from any worker; what was written before `finish`
// becomes visible by `finish` (files) or at once (standard output).
class Sink {
 public:
  virtual ~Sink() = default;
  virtual Result<void> write(uint64_t epoch, std::string_view rows) = 0;
  virtual Result<void> finish() = 0;  // end of input, or a stop where it `stands`
  virtual void abandon() = 0;         // error: removes what is half-written
  // After a signal: true if what was written so far stands (standard output, parts).
  virtual bool stands_when_stopped() const = 0;
};

}  // namespace weir::connectors
