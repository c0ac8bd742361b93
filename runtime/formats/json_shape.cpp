#include "runtime/formats/json_shape.h"

#include <cstring>
#include <string_view>

#include "runtime/formats/json_keys.h"
#include "runtime/formats/json_text.h"

namespace weir::formats::json {
namespace {

using abi::ScanState;
using abi::Shape;
using abi::ShapeStep;

constexpr uint32_t kPatience = 4;     // records of another shape in a row before a new one is learnt
constexpr uint32_t kFirstPause = 32;  // records; doubles while shapes keep changing
constexpr uint32_t kLongestPause = 4096;

class ShapeWriter {
 public:
  explicit ShapeWriter(Shape* shape) : shape_(shape) {}

  // Bytes that the record has, then what follows them. False: there is no room.
  bool add(const char* begin, const char* end, uint32_t action) {
    while (end - begin > abi::kShapeLiteralBytes) {
      if (!add_step(begin, abi::kShapeLiteralBytes, abi::kStepMore)) return false;
      begin += abi::kShapeLiteralBytes;
    }
    return add_step(begin, static_cast<uint32_t>(end - begin), action);
  }
  uint32_t count() const { return count_; }

 private:
  bool add_step(const char* literal, uint32_t length, uint32_t action) {
    if (count_ == abi::kShapeSteps) return false;
    ShapeStep& step = shape_->steps[count_++];
    step = {};
    std::memcpy(step.literal, literal, length);
    std::memset(step.mask, 0xff, length);
    step.length = length;
    step.action = action;
    return true;
  }
  Shape* shape_;
  uint32_t count_ = 0;
};

// The line is known to decode. `end` is the line feed. A message may hold line feeds between its tokens; no shape is made of
// it, because only literals without line feeds never match beyond the record's end.
bool write_shape(ScanState* scan, const char* line, const char* end) {
  if (std::memchr(line, '\n', static_cast<size_t>(end - line)) != nullptr) return false;
  if (scan->column_count > abi::kShapeColumns) return false;
  uint64_t* const absent = scan->shape.absent;
  std::memset(absent, 0xff, sizeof scan->shape.absent);
  ShapeWriter writer(&scan->shape);
  Fault fault;
  const char* literal = line;
  const char* at = skip_space(skip_space(line, end) + 1, end);
  while (*at == '"') {
    bool escaped = false;
    const char* const name = at + 1;
    const char* const quote = check_string(name, end, &escaped, &fault);
    const std::string_view text(name, static_cast<size_t>(quote - name));
    const uint32_t column = escaped ? abi::kNoColumn : find_column(scan, text);
    if (escaped) return false;
    if (column != abi::kNoColumn) {
      const uint64_t bit = uint64_t{1} << (column % 64);
      if ((absent[column / 64] & bit) == 0) return false;  // twice: the last one counts
      absent[column / 64] &= ~bit;
    }
    at = skip_space(skip_space(quote + 1, end) + 1, end);
    if (!writer.add(literal, at, column == abi::kNoColumn ? uint32_t{abi::kStepSkip} : column)) return false;
    Span value;
    at = check_value(at, end, 1, &value, &fault);
    literal = at;
    at = skip_space(at, end);
    if (*at == ',') at = skip_space(at + 1, end);
  }
  if (!writer.add(literal, end + 1, abi::kStepEnd)) return false;
  scan->shape.step_count = writer.count();
  return true;
}

}  // namespace

void learn_shape(ScanState* scan, const char* line, const char* end) {
  Shape& shape = scan->shape;
  if ((scan->flags & abi::kScanStrictOnly) != 0 || *end != '\n') return;
  if (shape.step_count == 0) {
    if (shape.pause == 0) {
      if (!write_shape(scan, line, end)) shape.step_count = 0, shape.pause = kLongestPause;
    } else {
      --shape.pause;
    }
    return;
  }
  if (shape.misses < kPatience) return;
  // A shape that never came true makes the next pause longer.
  if (scan->fast_rows - shape.fast_rows_before < kPatience) {
    shape.next_pause = shape.next_pause == 0              ? kFirstPause
                       : shape.next_pause < kLongestPause ? shape.next_pause * 2
                                                          : kLongestPause;
    shape.pause = shape.next_pause;
  } else {
    shape.next_pause = 0;
  }
  shape.misses = 0;
  shape.fast_rows_before = scan->fast_rows;
  if (!write_shape(scan, line, end)) shape.step_count = 0, shape.pause = kLongestPause;
}

}  // namespace weir::formats::json
