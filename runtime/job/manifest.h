// What a program carries beside its code: tables, operators, sinks, settings. One versioned struct, serialised into the
// module by the compiler and read by runtime/job.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/abi/abi.h"

namespace weir::job {

constexpr uint32_t kManifestVersion = 1;

// Types of the file formats; how a column is checked and converted. Numbering of weir::types::Kind.
struct ManifestColumn {
  std::string name;
  uint8_t kind = 0;  // weir::types::Kind
  uint8_t precision = 0;
  uint8_t scale = 0;
  bool not_null = false;
  abi::Carrier carrier{};
  uint32_t offset = abi::kNoOffset;  // in the row; kNoOffset: checked, not kept
  bool decoded = true;               // false: computed event time, written by the row's completion
  std::string sql_type;              // for messages: "DECIMAL(10, 2)"
};
using Options = std::vector<std::pair<std::string, std::string>>;  // `${env:X}` unresolved

struct ManifestScan {
  std::string table;
  uint32_t pipeline = 0;  // whose source it is
  std::vector<ManifestColumn> columns;
  uint32_t row_bytes = 0;
  int32_t event_time_column = -1;
  bool has_watermark = false;
  bool route_rejected = false;
  int32_t rejected_pipeline = -1;
  Options options;
};
enum class Windowing : uint8_t { None, Attached, Sliced, Session };
struct ManifestOperator {
  uint32_t id = 0;
  std::string name;  // "Aggregate TUMBLE(5 min) by category", for messages and metrics
  Windowing windowing{};
  uint32_t window_kind = 0;  // weir::time::WindowKind
  int64_t size_ms = 0, slide_ms = 0, offset_ms = 0, pane_ms = 0;
  bool processing_time = false;
  uint32_t entry_bytes = 0;
  uint32_t key_count = 0;
  bool invertible = false;  // every aggregate can be retracted exactly
  bool incremental = true;
  bool append_only = false;      // DISTINCT: new groups only
  int32_t output_pipeline = -1;  // whose source it is
  std::vector<uint32_t> upstream_scans;
  std::vector<uint32_t> upstream_operators;
  bool ordered = true;  // some sink below asks for the order of output
};
enum class ConsumerKernel : uint8_t {
  PaneAggregate,
  SessionAggregate,
  GroupAggregate,
  WriteRows,
  WriteChanges
};
struct ManifestConsumer {
  uint32_t id = 0;
  uint32_t pipeline = 0;
  ConsumerKernel kernel{};
  uint32_t target = 0;            // operator or sink id
  std::vector<uint32_t> inserts;  // whose accounting
};
struct ManifestSink {
  uint32_t id = 0;
  std::string label;
  std::string table;  // empty: standard output
  Options options;    // connector among them; for standard output: {connector=stdout}
  bool changes = false;
  std::vector<ManifestColumn> columns;  // names and types, for table views and print
};
struct ManifestExpression {  // for a failure at run time
  std::string text;
  uint32_t line = 0, column = 0;
};
struct Manifest {
  uint32_t version = kManifestVersion;
  std::string weir_version;
  std::string job_name;
  std::string source_name;  // "sales.stream"
  std::vector<ManifestScan> scans;
  std::vector<ManifestOperator> operators;  // index = id
  std::vector<ManifestConsumer> consumers;  // index = id
  std::vector<ManifestSink> sinks;          // index = id
  std::vector<std::string> inserts;         // labels
  std::vector<ManifestExpression> expressions;
  Options settings;
};

std::string serialize(const Manifest& manifest);
std::expected<Manifest, std::string> deserialize(std::string_view bytes);

}  // namespace weir::job
