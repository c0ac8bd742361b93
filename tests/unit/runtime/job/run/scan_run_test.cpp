#include "runtime/job/run/scan_run.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include "runtime/connectors/file/file_source.h"
#include "tests/unit/runtime/connectors/temporary_directory.h"

namespace weir::job {
namespace {

// Where the file's bytes are when the scan looks at them.
void (*before_scan)();

// Reads the whole batch; a zero is a row that is rejected.
void scan_bytes(abi::ScanState* scan, const char* begin, const char* end) {
  before_scan();
  for (const char* at = begin; at < end && !scan->stop; ++at) {
    if (*at != 0) continue;
    const abi::RowError error{};
    scan->on_reject(scan, &error, at, at + 1);
  }
}

std::string path;

std::string message_of_run() {
  const abi::EntryPoint entry{"scan_0", reinterpret_cast<void*>(scan_bytes)};
  const abi::Program program{abi::kAbiVersion, 1, &entry, nullptr, 0};
  Manifest manifest;
  ManifestScan& table = manifest.scans.emplace_back();
  table.table = "orders";
  table.row_bytes = 16;
  abi::Context context{};
  Outcome outcome;
  const EntryPoints entries(program);
  ScanRun scan(manifest, 0, ScanSettings{}, entries, &context, outcome);

  PartitionRun partition;
  auto partitions = connectors::make_file_source({.path = path, .view_bytes = 8192})->partitions();
  partition.input = std::move(partitions->front());
  connectors::ReadBuffer buffer(64);
  const auto batch = partition.input->read(buffer);
  scan.run(partition, *batch);
  return outcome.message();
}

TEST(ScanRun, AFileThatLosesBytesFailsTheRunAndNoRowIsBlamed) {
  const tests::TemporaryDirectory directory;
  path = directory.write("f.json", std::string(20'000, '\n'));
  before_scan = [] {};
  EXPECT_EQ(message_of_run(), "");
  before_scan = [] { ASSERT_EQ(truncate(path.c_str(), 100), 0); };
  EXPECT_EQ(message_of_run(), "error: cannot read `" + path + "`: the file has changed while it was read\n");
}

}  // namespace
}  // namespace weir::job
