// Records that are nearly right: what the compiled decoders make of them is what the strict parser makes of them.
#include "tests/unit/compiler/codegen/compiled_scan.h"

#include <gtest/gtest.h>

#include <deque>
#include <random>

namespace weir::compiled_scan {
namespace {

const char* const kValues[] = {"0",
                               "7",
                               "-1",
                               "12.50",
                               "1e3",
                               "1.5",
                               "\"7\"",
                               "\"\"",
                               "\"x\"",
                               "\"\\u00e9\\n\"",
                               "null",
                               "true",
                               "\"2026-01-01 08:00:00\"",
                               "\"2026-01-01 08:00:00.123\"",
                               "\"2026-01-01T08:00:00Z\"",
                               "\"2026-01-01\"",
                               "9223372036854775808",
                               "99999999999.99",
                               "{\"a\":[1,2]}",
                               "[]",
                               "\"aGVsbG8=\"",
                               "\"NaN\"",
                               "01",
                               "tru"};

const char* usual(const job::ManifestColumn& column) {
  using enum abi::ColumnKind;
  switch (static_cast<abi::ColumnKind>(column.kind)) {
    case Boolean: return "true";
    case Float:
    case Double: return "1.5";
    case Decimal: return "12.50";
    case String: return "\"x\"";
    case Bytes: return "\"aGVsbG8=\"";
    case Date: return "\"2026-01-01\"";
    case Timestamp: return "\"2026-01-01 08:00:00.123\"";
    case TimestampLtz: return "\"2026-01-01 08:00:00Z\"";
    default: return "7";
  }
}

// A record over the columns of a scan: mostly in order and in compact form, so that shapes are kept.
std::string record(std::mt19937_64& engine, const job::ManifestScan& scan) {
  std::string text = "{";
  for (const job::ManifestColumn& column : scan.columns) {
    if (!column.decoded || engine() % 200 == 0) continue;
    if (text.size() > 1) text += engine() % 200 == 0 ? " ," : ",";
    const bool odd = engine() % (scan.columns.size() * 3) == 0;
    text += "\"" + column.name + "\":" + (odd ? kValues[engine() % std::size(kValues)] : usual(column));
    if (engine() % 200 == 0) text += ",\"extra\":" + std::string(kValues[engine() % std::size(kValues)]);
  }
  text += "}";
  if (engine() % 10 == 0) text[engine() % text.size()] = static_cast<char>(engine());
  if (engine() % 50 == 0) text.resize(engine() % text.size());
  return text + "\n";
}

TEST(CompiledScan, IsTheStrictParser) {
  std::mt19937_64 engine(11);
  for (const Declared& declared : declarations()) {
    const Program program(declared);
    static_assert(abi::kScanIgnoreParseErrors == 1 && abi::kScanFailOnMissing == 2 && abi::kScanIso == 4);
    for (const uint64_t flags : {0, 1, 2, 4}) {
      Scan compiled(program, flags), strict(program, flags | abi::kScanStrictOnly);
      for (int round = 0; round < 40; ++round) {
        std::string input;
        for (int i = 0; i < 100; ++i) input += record(engine, program.manifest.scans[0]);
        const Seen seen = compiled.run(input);
        ASSERT_EQ(text(seen), text(strict.run(input))) << declared.columns << "\n" << input;
      }
      // Otherwise it would not be the compiled decoder that was compared. What no shape can hold, and rows that are all
      // rejected for the form of their times, never take the fast path.
      const bool has_shape = program.manifest.scans[0].columns.size() < abi::kShapeSteps;
      if (has_shape && flags != abi::kScanIso) EXPECT_GT(compiled.fast_rows(), 500u) << declared.columns;
      EXPECT_EQ(strict.fast_rows(), 0u);
    }
  }
}

}  // namespace
}  // namespace weir::compiled_scan
