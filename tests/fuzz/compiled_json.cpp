// Any bytes as lines of JSON: the decoders that the compiler makes for some tables give the rows and the reasons of the strict
// parser.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <string>
#include <string_view>

#include "tests/unit/compiler/codegen/compiled_scan.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace weir;
  static const std::deque<compiled_scan::Program> programs = [] {
    std::deque<compiled_scan::Program> made;
    for (const compiled_scan::Declared& declared : compiled_scan::declarations()) made.emplace_back(declared);
    return made;
  }();
  if (size < 2) return 0;
  // The first byte chooses the options, the second the table.
  const uint64_t flags = data[0] & (abi::kScanIgnoreParseErrors | abi::kScanFailOnMissing | abi::kScanIso);
  const compiled_scan::Program& program = programs[data[1] % programs.size()];
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  const std::string_view first = bytes.substr(0, bytes.find('\n'));
  // The first line twice, so that the rest meets its shape.
  const std::string input = std::string(first) + "\n" + std::string(first) + "\n" + std::string(bytes);

  const compiled_scan::Seen seen = compiled_scan::Scan(program, flags).run(input);
  const compiled_scan::Seen expected = compiled_scan::Scan(program, flags | abi::kScanStrictOnly).run(input);
  if (seen == expected) return 0;
  std::fprintf(stderr, "compiled: %s\nstrict:   %s\n", compiled_scan::text(seen).c_str(),
               compiled_scan::text(expected).c_str());
  std::abort();
}
