// Rows and results of the kernel tests: COUNT, SUM and MAX of `value` by `key`, a string.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "runtime/abi/abi.h"

namespace weir::kernel_tests {

struct alignas(16) Row {
  abi::StringRef key;
  int64_t time;   // ms
  int64_t value;  // negative: WHERE drops the row
};

struct alignas(16) Result {
  abi::StringRef key;
  int64_t start;
  int64_t end;
  int64_t count;
  int64_t sum;
  int64_t max;
};

// A result in the order of output.
struct Fired {
  int64_t end;
  int64_t start;
  std::string key;
  int64_t count;
  int64_t sum;
  int64_t max;
  friend auto operator<=>(const Fired&, const Fired&) = default;
};

// A record as a source has it.
struct Record {
  int64_t time;
  std::string key;
  int64_t value;
  int64_t watermark = 0;  // w just before it, filled by set_watermarks
};
using Records = std::vector<Record>;  // of one partition, in order

// w is the running maximum of `time - delay`, over dropped rows too.
inline void set_watermarks(Records& partition, int64_t delay) {
  int64_t w = abi::kNoWatermark;
  for (Record& record : partition) {
    record.watermark = w;
    w = std::max(w, record.time - delay);
  }
}

struct Windows {
  uint32_t kind;  // weir::time::WindowKind
  int64_t size;
  int64_t slide;
  int64_t offset;
  int64_t pane;
};

}  // namespace weir::kernel_tests
