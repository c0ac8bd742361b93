#include "runtime/job/run/scan_run.h"

#include <algorithm>

#include <fmt/format.h>

#include "runtime/job/manifest/expression_failure.h"
#include "runtime/job/manifest/row_text.h"
#include "runtime/job/manifest/settings.h"

namespace weir::job {

Result<ScanSettings> scan_settings(const ManifestScan& scan, uint32_t block_rows) {
  ScanSettings settings;
  const std::string on_error = option_or(scan.options, "on-error", "fail");
  if (on_error != "fail" && on_error != "skip") {
    return std::unexpected(
        Error{Error::Kind::Usage, fmt::format("table `{}`: `on-error` is `{}`, which is neither "
                                              "`fail` nor `skip`",
                                              scan.table, on_error)});
  }
  const bool ignore = flag_or(scan.options, "json.ignore-parse-errors", false);
  settings.on_error = scan.route_rejected            ? OnError::Route
                      : on_error == "skip" || ignore ? OnError::Skip
                                                     : OnError::Fail;
  settings.flags =
      (ignore ? abi::kScanIgnoreParseErrors : 0) |
      (flag_or(scan.options, "json.fail-on-missing-field", false) ? abi::kScanFailOnMissing : 0) |
      (option_or(scan.options, "json.timestamp-format.standard", "SQL") == "ISO-8601" ? abi::kScanIso : 0);
  if (block_rows != 0) {
    settings.block_rows = std::min(block_rows, abi::kBlockRows);
  }
  return settings;
}

namespace {

std::vector<formats::JsonScanColumn> json_columns(const ManifestScan& scan) {
  std::vector<formats::JsonScanColumn> columns;
  for (const ManifestColumn& column : scan.columns) {
    columns.push_back({column.name, static_cast<abi::ColumnKind>(column.kind), column.precision, column.scale,
                       column.not_null, column.decoded, column.carrier, column.offset});
  }
  return columns;
}

std::unique_ptr<formats::MessageKey> message_key(const ManifestScan& scan, uint64_t flags) {
  if (scan.key_columns.empty()) {
    return nullptr;
  }
  const auto format =
      scan.key_format == MessageFormat::Raw ? formats::KeyFormat::Raw : formats::KeyFormat::Json;
  return std::make_unique<formats::MessageKey>(format, json_columns(scan), scan.key_columns, scan.key_names,
                                               flags);
}

}  // namespace

ScanRun::ScanRun(const Manifest& manifest, uint32_t scan, const ScanSettings& settings,
                 const EntryPoints& entries, abi::Context* context, Outcome& outcome)
    : manifest_(manifest),
      scan_(manifest.scans[scan]),
      on_error_(settings.on_error),
      outcome_(outcome),
      scan_entry_(entries.find("scan", scan_.pipeline)),
      json_(json_columns(scan_), scan_.row_bytes, settings.flags),
      key_(message_key(scan_, settings.flags)),
      state_(json_.state()) {
  state_.context = context;
  state_.block_rows = settings.block_rows;
  state_.on_reject = on_reject;
  state_.owner = this;
  state_.key = key_ ? key_->columns() : nullptr;
  if (on_error_ == OnError::Route && scan_.rejected_pipeline >= 0) {
    const auto pipeline = static_cast<uint32_t>(scan_.rejected_pipeline);
    rejected_ = std::make_unique<RejectedRows>(entries.get<Consume>("consume", pipeline), context);
  }
}

void ScanRun::run(PartitionRun& partition, const connectors::Batch& batch) {
  partition_ = &partition;
  batch_ = batch;
  lines_before_ = partition.lines;
  state_.watermark = partition.watermark;
  state_.position = batch.position;
  state_.line = partition.lines;
  state_.partition = partition.number;
  state_.stop = false;
  const uint64_t rows_before = state_.rows_read;
  call_kernel(batch);
  if (scan_.messages && !again_) {
    without_value_ += (state_.line - lines_before_) - (state_.rows_read - rows_before);
  }
  if (rejected_) {
    rejected_->flush();
  }
  partition.watermark = state_.watermark;
  partition.lines = state_.line;
  if (lost_bytes()) {
    outcome_.fail(ExitStatus::InputOutput,
                  fmt::format("error: cannot read `{}`: the file has changed while it was read\n",
                              partition.input->name()));
  }
  if (state_.context->failure.expression != 0) {
    report_failure();
  }
}

void ScanRun::run_again(PartitionRun& partition, const connectors::Batch& batch) {
  const uint64_t read = state_.rows_read;
  const uint64_t rejected = state_.rows_rejected;
  again_ = true;
  run(partition, batch);
  again_ = false;
  state_.rows_read = read;
  state_.rows_rejected = rejected;
}

void ScanRun::call_kernel(const connectors::Batch& batch) {
  if (!scan_.messages) {
    reinterpret_cast<ScanLines>(scan_entry_)(&state_, batch.begin, batch.end);
    return;
  }
  const connectors::TopicPartition& place = partition_->log->place();
  state_.topic = {place.topic.data(), place.topic.size()};
  state_.topic_partition = place.partition;
  reinterpret_cast<ScanMessages>(scan_entry_)(&state_, batch.messages, batch.message_count);
}

bool ScanRun::lost_bytes() const { return batch_.view != nullptr && batch_.view->lost(); }

void ScanRun::on_reject(abi::ScanState* state, const abi::RowError* error, const char* begin,
                        const char* end) {
  static_cast<ScanRun*>(state->owner)->reject(*error, {begin, end});
}

std::string ScanRun::describe(const abi::RowError& error) const {
  if (error.column == abi::kNoColumn) {
    return std::string(reason_text(error.reason));
  }
  return fmt::format("{} (declared {})", reason_text(error.reason), scan_.columns[error.column].sql_type);
}

void ScanRun::reject(const abi::RowError& error, std::string_view line) {
  if (on_error_ == OnError::Skip || again_) {
    return;
  }
  const std::string field = field_of(error);
  const uint64_t number = state_.line;  // the kernel counts as it goes
  if (rejected_ && scan_.messages) {
    const connectors::TopicPartition& from = partition_->log->place();
    rejected_->add(
        {line, std::string(reason_text(error.reason)), field, from.topic,
         static_cast<uint32_t>(from.partition), static_cast<uint64_t>(state_.message->offset), number},
        state_.watermark);
    return;
  }
  if (rejected_) {
    rejected_->add(
        {line, std::string(reason_text(error.reason)), field, partition_->input->name(), partition_->number,
         batch_.position + static_cast<uint64_t>(line.data() - batch_.begin), number},
        state_.watermark);
    return;
  }
  state_.stop = true;
  if (lost_bytes()) {  // the row is not to blame
    return;
  }
  outcome_.fail(
      ExitStatus::InputOutput,
      fmt::format("error: {}, {}{}: {}\n  {}\n{}"
                  "hint: `'on-error' = 'skip'` in the WITH of `{}` counts such rows and goes on; "
                  "`REJECTED({})` gives them as rows\n",
                  place_of(number), error.in_key ? "key, " : "",
                  field.empty() ? fmt::format("byte {}", error.offset + 1) : fmt::format("field `{}`", field),
                  describe(error), shown_row(line, error.offset), expected_form(error), scan_.table,
                  scan_.table));
}

// The column that the error is about; empty if it is about none.
std::string ScanRun::field_of(const abi::RowError& error) const {
  const bool of_time =
      error.reason == abi::RowReason::EventTimeNull || error.reason == abi::RowReason::EventTimeFails;
  const auto column = of_time ? static_cast<uint32_t>(scan_.event_time_column) : error.column;
  return column < scan_.columns.size() ? scan_.columns[column].name : "";
}

std::string ScanRun::expected_form(const abi::RowError& error) const {
  if (error.reason != abi::RowReason::BadTimestamp) {
    return "";
  }
  const bool iso = (state_.flags & abi::kScanIso) != 0;
  const bool zoned = scan_.columns[error.column].kind == static_cast<uint32_t>(abi::ColumnKind::TimestampLtz);
  return fmt::format(
      "note: with `'{}json.timestamp-format.standard' = '{}'` it looks like `2026-01-31{}08:00:00.123{}`\n",
      error.in_key ? "key." : "", iso ? "ISO-8601" : "SQL", iso ? 'T' : ' ', zoned ? "Z" : "");
}

std::string ScanRun::place_of(uint64_t line) const {
  return scan_.messages ? fmt::format("`{}`, offset {}", partition_->input->name(), state_.message->offset)
                        : fmt::format("`{}`, line {}", partition_->input->name(), line);
}

void ScanRun::report_failure() {
  const abi::Failure& failure = state_.context->failure;
  std::string place = fmt::format("at `{}`", partition_->input->name());
  std::string row;
  if (scan_.messages) {
    place += fmt::format(", offset {}", failure.row);
    const auto* end = batch_.messages + batch_.message_count;
    const auto* message = std::find_if(batch_.messages, end, [&](const abi::MessageInfo& it) {
      return static_cast<uint64_t>(it.offset) == failure.row;
    });
    if (message != end && message->value.data != nullptr) {
      row = fmt::format("  {}\n", shown_row({message->value.data, message->value.size}, 0));
    }
    outcome_.fail(ExitStatus::InputOutput,
                  fmt::format("{}{}", describe_failure(manifest_, failure, place), row));
    return;
  }
  const uint64_t batch_bytes = static_cast<uint64_t>(batch_.end - batch_.begin);
  if (failure.row >= batch_.position && failure.row - batch_.position < batch_bytes) {
    const char* begin = batch_.begin + (failure.row - batch_.position);
    const char* end = std::find(begin, batch_.end, '\n');
    place += fmt::format(", line {}",
                         lines_before_ + 1 + static_cast<uint64_t>(std::count(batch_.begin, begin, '\n')));
    row = fmt::format("  {}\n", shown_row({begin, end}, 0));
  }
  outcome_.fail(ExitStatus::InputOutput,
                fmt::format("{}{}", describe_failure(manifest_, failure, place), row));
}

}  // namespace weir::job
