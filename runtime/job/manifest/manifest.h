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
#include "runtime/commit/recovery_record.h"

namespace weir::job {

constexpr uint32_t kManifestVersion = 4;

// Types of the file formats; how a column is checked and converted. Numbering of weir::types::Kind.
struct ManifestColumn {
  std::string name;
  uint8_t kind = 0;  // weir::types::Kind
  uint8_t precision = 0;
  uint8_t scale = 0;
  bool not_null = false;
  abi::Carrier carrier{};
  uint32_t offset = abi::kNoOffset;  // in the row; kNoOffset: checked, not kept
  bool decoded = true;               // false: computed, of the key or of the metadata; no member of the value
  std::string sql_type;              // for messages: "DECIMAL(10, 2)"
};
using Options = std::vector<std::pair<std::string, std::string>>;  // `${env:X}` unresolved

// How the bytes of a key or a value are read and written.
enum class MessageFormat : uint8_t { Json, Raw };

struct ManifestScan {
  std::string table;
  uint32_t pipeline = 0;  // whose source it is
  std::vector<ManifestColumn> columns;
  uint32_t row_bytes = 0;
  int32_t event_time_column = -1;
  bool has_watermark = false;
  int64_t watermark_delay_ms = 0;  // of `column - INTERVAL …`; of other expressions it is not known
  bool route_rejected = false;
  int32_t rejected_pipeline = -1;
  Options options;
  // Messages only (entry points of type ScanMessages).
  bool messages = false;
  MessageFormat value_format{};
  MessageFormat key_format{};
  std::vector<uint32_t>
      key_columns;  // of `columns`: those that are read from the key; none: the key is not looked at
  std::vector<std::string> key_names;  // of their members (JSON)
  bool with_headers = false;           // a column asks for them
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
  std::vector<ManifestColumn> keys;  // as they lie in an entry; strings as {offset, size} in its memory
  bool invertible = false;           // every aggregate can be retracted exactly
  bool incremental = true;
  bool append_only = false;      // DISTINCT: new groups only
  int32_t output_pipeline = -1;  // whose source it is
  std::vector<uint32_t> upstream_scans;
  std::vector<uint32_t> upstream_operators;
  bool ordered = true;  // some sink below asks for the order of output
  // What the state is, apart from the code that makes it: state with another fingerprint is of no use to this operator.
  uint64_t fingerprint = 0;
  // The same, 16 bits for each of input, filters, window, keys (and in mode C aggregates), lowest first: says what has changed.
  uint64_t fingerprint_parts = 0;
  commit::RecoveryMode recovery{};
  std::string recovery_reason;  // "its windows of event time are rebuilt by reading input again"
  uint64_t state_layout = 0;    // mode C: how entries lie in memory, and so in the changelog
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
// LATE in a consumer: what is below it, whose watermark judges beside that of the record's own partition. Its abi::LateFloor
// stands behind the states of the consumers.
struct ManifestLate {
  uint32_t pipeline = 0;
  std::vector<uint32_t> upstream_scans;
  std::vector<uint32_t> upstream_operators;
};
struct ManifestSink {
  uint32_t id = 0;
  std::string label;
  std::string table;  // empty: standard output
  Options options;    // connector among them; for standard output: {connector=stdout}
  bool changes = false;
  std::vector<ManifestColumn> columns;  // names and types, for table views and print
  bool framed = false;                  // rows are records of a log: abi::RecordFrame, key, value
  bool upsert = false;                  // a deletion is a tombstone
  std::vector<uint32_t> key_columns;    // of `columns`; empty: records have no key
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
  std::vector<ManifestLate> lates;
  std::vector<ManifestSink> sinks;   // index = id
  std::vector<std::string> inserts;  // labels
  std::vector<ManifestExpression> expressions;
  Options settings;
};

// Whether a table of the job lies in a log: an executable then needs what speaks to it.
bool uses_log(const Manifest& manifest);

std::string serialize(const Manifest& manifest);
std::expected<Manifest, std::string> deserialize(std::string_view bytes);

}  // namespace weir::job
