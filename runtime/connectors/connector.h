// The outer edge: where bytes come from and go to. Virtual calls happen per batch, never per record.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/abi/abi.h"

namespace weir::connectors {

// What went wrong at the edge; `text` names file or topic and the system's reason.
struct Error {
  enum class Kind : uint8_t { Usage, InputOutput, Retry, Fenced } kind = Kind::InputOutput;
  std::string text;
};
template <typename T>
using Result = std::expected<T, Error>;

// Whole lines (the last one of a file may lack its line end), followed by abi::kPaddingBytes readable bytes.
struct Batch {
  const char* begin = nullptr;
  const char* end = nullptr;
  uint64_t position = 0;    // byte offset of `begin` in the partition
  uint64_t lines_before = 0;
  bool finished = false;    // nothing follows
};

// One ordered sequence of records: a file, or a partition of a topic. Used by one worker at a time.
class Partition {
 public:
  virtual ~Partition() = default;
  virtual const std::string& name() const = 0;      // "orders/part-0.json"
  // Blocks until there is something. The bytes live until the next call. Lines longer than the buffer grow it.
  virtual Result<Batch> read() = 0;
  virtual uint64_t bytes_total() const = 0;         // 0 = unknown
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
  virtual Result<void> finish() = 0;   // end of input: all or nothing from here on
  virtual void abandon() = 0;          // error or signal: removes what is half-written
  // After a signal: true if what was written so far stands (standard output, parts).
  virtual bool stands_when_stopped() const = 0;
};

}  // namespace weir::connectors
