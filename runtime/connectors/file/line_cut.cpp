#include "runtime/connectors/file/line_cut.h"

#include <algorithm>

#include <fmt/format.h>

namespace weir::connectors {

uint64_t whole_lines(std::string_view bytes) {
  const size_t last = bytes.rfind('\n');
  return last == std::string_view::npos ? 0 : last + 1;
}

Result<void> grow_for_line(ReadBuffer& buffer, uint64_t keep, uint64_t longest_line, std::string_view name,
                           uint64_t position) {
  if (buffer.capacity() >= longest_line) {
    return std::unexpected(
        Error{Error::Kind::InputOutput,
              fmt::format("cannot read `{}`: the line that begins at byte {} is longer than {} bytes", name,
                          position, longest_line)});
  }
  buffer.grow(std::min(buffer.capacity() * 2, longest_line), keep);
  return {};
}

uint64_t byte_order_mark_bytes(std::string_view bytes, uint64_t position) {
  return position == 0 && bytes.starts_with("\xEF\xBB\xBF") ? 3 : 0;
}

}  // namespace weir::connectors
