// A scan as one lane runs it: the state of its kernel, and what becomes of rows that are rejected.
//
// on-error: `fail` ends the run and shows the row, `skip` counts it (the kernel does), `route` hands it to the pipelines of
// REJECTED(table).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/abi/scan_state.h"
#include "runtime/connectors/connector.h"
#include "runtime/formats/json_scan.h"
#include "runtime/formats/message_key.h"
#include "runtime/job/manifest/entry_points.h"
#include "runtime/job/manifest/manifest.h"
#include "runtime/job/run/outcome.h"
#include "runtime/job/run/rejected_rows.h"
#include "runtime/job/run/schedule.h"

namespace weir::job {

enum class OnError : uint8_t { Fail, Skip, Route };

struct ScanSettings {
  OnError on_error = OnError::Fail;
  uint64_t flags = 0;  // kScan…
  uint32_t block_rows = abi::kBlockRows;
};
connectors::Result<ScanSettings> scan_settings(const ManifestScan& scan, uint32_t block_rows);

class ScanRun {
 public:
  ScanRun(const Manifest& manifest, uint32_t scan, const ScanSettings& settings, const EntryPoints& entries,
          abi::Context* context, Outcome& outcome);
  ScanRun(const ScanRun&) = delete;
  ScanRun& operator=(const ScanRun&) = delete;

  // Decodes and consumes one batch; brings the partition's watermark and lines up to date. Failures go to the outcome.
  void run(PartitionRun& partition, const connectors::Batch& batch);
  // The same for records whose effects were committed: nothing is counted, rejected or routed again.
  void run_again(PartitionRun& partition, const connectors::Batch& batch);

  uint64_t rows_read() const { return state_.rows_read; }
  uint64_t rows_rejected() const { return state_.rows_rejected; }
  // Messages that are no records: they have no value, and the format needs one.
  uint64_t without_value() const { return without_value_; }

 private:
  static void on_reject(abi::ScanState* state, const abi::RowError* error, const char* begin,
                        const char* end);
  void call_kernel(const connectors::Batch& batch);
  void reject(const abi::RowError& error, std::string_view line);
  std::string field_of(const abi::RowError& error) const;
  std::string expected_form(const abi::RowError& error) const;
  std::string place_of(uint64_t line) const;
  void report_failure();
  bool lost_bytes() const;
  std::string describe(const abi::RowError& error) const;

  const Manifest& manifest_;
  const ManifestScan& scan_;
  OnError on_error_;
  Outcome& outcome_;
  void* scan_entry_;  // ScanLines or ScanMessages
  formats::JsonScan json_;
  std::unique_ptr<formats::MessageKey> key_;  // null: no column stands in the key
  abi::ScanState& state_;
  std::unique_ptr<RejectedRows> rejected_;  // route
  // Of the batch at hand.
  PartitionRun* partition_ = nullptr;
  connectors::Batch batch_;
  uint64_t lines_before_ = 0;
  bool again_ = false;
  uint64_t without_value_ = 0;
};

}  // namespace weir::job
