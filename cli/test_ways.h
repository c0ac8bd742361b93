#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace weir::cli {

// How a query is compiled and run (tests/ways.def).
struct Way {
  std::string name;
  bool executable = false;
  bool optimize = true;
  bool strict_decoder_only = false;
  uint32_t block_rows = 0;
  uint32_t threads = 1;
  std::string without_pass;
};
// All ways; the first one is what runs if nothing is said.
std::vector<Way> all_ways();

}  // namespace weir::cli
