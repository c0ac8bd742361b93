// A partition over a descriptor that cannot be read at a given offset: standard input, a named pipe, a terminal.
#pragma once

#include <memory>
#include <string>

#include "runtime/connectors/connector.h"

namespace weir::connectors {

// Takes the descriptor over if `owned`.
std::unique_ptr<Partition> make_stream_partition(std::string name, int descriptor, bool owned,
                                                 uint64_t longest_line);

}  // namespace weir::connectors
