// The columns of a row with very many, as a table in the program's data.
#pragma once

#include "runtime/abi/row_layout.h"

namespace weir::abi {

struct PlacedColumn {
  uint32_t offset;  // kNoOffset: the row does not hold it
  Carrier carrier;
  uint8_t unused[3];
};
static_assert(sizeof(PlacedColumn) == 8);

}  // namespace weir::abi
