// Consumer state of write_rows and write_changes: rows become bytes in a buffer on its way to a sink.
#pragma once

#include <cstdint>

#include "runtime/abi/abi.h"

namespace weir::state {

struct RowWriterState {
  abi::Counters counters;
  abi::OutputBuffer* output;
  uint32_t
      insert_kind;  // `kind` of hole_encode for plain rows: RowKind::Insert, or 255 where the output has no op
  uint32_t unused;
};

}  // namespace weir::state
