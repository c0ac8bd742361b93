// What LATE judges a record by, beside the watermark of its own partition: generated code finds it behind the states of the
// consumers (Context::consumers).
#pragma once

#include <cstdint>

namespace weir::abi {

struct LateFloor {
  int64_t watermark;  // of what is below LATE; matters where a partition is back from idle or was found late
  int64_t allowed_lateness;  // of sessions
};

}  // namespace weir::abi
