// Rows and places as messages show them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/abi/row_error.h"

namespace weir::job {

// Why a row was rejected, as the end of "rejected: …": "this is no number".
std::string_view reason_text(abi::RowReason reason);

// About 200 bytes of a row around `offset`; what is left out is `…`, what is not printable `\xNN`. Whole characters.
std::string shown_row(std::string_view line, uint64_t offset);

}  // namespace weir::job
