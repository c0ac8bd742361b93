// Any bytes as lines of JSON: the decoder by shape, the flat one and the complete one give the same rows and the same reasons.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "tests/unit/runtime/kernels/scan_fixture.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace weir;
  if (size == 0) return 0;
  // The first byte chooses the options.
  const uint64_t flags = data[0] & (abi::kScanIgnoreParseErrors | abi::kScanFailOnMissing | abi::kScanIso);
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string_view first =
      bytes.substr(0, bytes.find('\n') == bytes.npos ? bytes.size() : bytes.find('\n') + 1);
  // The first line twice, so that the rest meets its shape.
  const std::string input = std::string(first) + std::string(first) + std::string(bytes);

  scan_fixture::Scan quick(flags), strict(flags | abi::kScanStrictOnly);
  const scan_fixture::Seen expected = strict.run(input, 1);
  const scan_fixture::Seen run = quick.run(input, 1);
  if (run.events != expected.events || run.watermark != expected.watermark) {
    for (size_t i = 0; i < run.events.size() || i < expected.events.size(); ++i) {
      const std::string a = i < run.events.size() ? run.events[i] : "nothing";
      const std::string b = i < expected.events.size() ? expected.events[i] : "nothing";
      if (a != b) std::fprintf(stderr, "fast:   %s\nstrict: %s\n", a.c_str(), b.c_str());
    }
    std::abort();
  }
  return 0;
}
