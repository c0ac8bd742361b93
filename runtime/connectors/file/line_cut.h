// What partitions that read bytes have in common: whole lines only, and no line without end.
#pragma once

#include <cstdint>
#include <string_view>

#include "runtime/connectors/connector.h"

namespace weir::connectors {

// Bytes up to and with the last line end; 0 = no line end.
uint64_t whole_lines(std::string_view bytes);
// Doubles a full buffer, or the error that the line at `position` is too long.
Result<void> grow_for_line(ReadBuffer& buffer, uint64_t keep, uint64_t longest_line, std::string_view name,
                           uint64_t position);
// A byte order mark at the start of an input is no part of its first record.
uint64_t byte_order_mark_bytes(std::string_view bytes, uint64_t position);

}  // namespace weir::connectors
