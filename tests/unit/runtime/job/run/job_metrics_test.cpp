// Metrics of a whole run, asked for while it is at work: a line `look` of the second file asks.
#include "runtime/job/run/job_metrics.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "runtime/abi/scan_state.h"
#include "runtime/job/job.h"
#include "runtime/state/row_writer.h"
#include "tests/unit/runtime/connectors/temporary_directory.h"
#include "tests/unit/runtime/observe/http_get.h"

namespace weir::job {
namespace {

uint16_t port = 0;
std::string metrics;
std::string health;

// Lines: `bad` is rejected, `drop` filtered, `look` looks at the metrics, others are written.
void scan_lines(abi::ScanState* scan, const char* begin, const char* end) {
  auto* writer = static_cast<state::RowWriterState*>(scan->context->consumers[0]);
  for (const char* line = begin; line < end;) {
    const char* stop = std::find(line, end, '\n');
    const std::string_view text(line, stop);
    ++scan->line;
    ++scan->rows_read;
    if (text == "bad") {
      ++scan->rows_rejected;
    } else if (text == "drop") {
      ++writer->counters.filtered;
    } else if (text == "look") {
      metrics = tests::get(port, "/metrics");
      health = tests::get(port, "/health");
    } else {
      weir_output_reserve(writer->output, text.size() + 1);
      writer->output->cursor = std::copy(text.begin(), text.end(), writer->output->cursor);
      *writer->output->cursor++ = '\n';
      ++writer->output->rows;
      ++writer->counters.counted;
    }
    line = stop == end ? end : stop + 1;
  }
}

std::string run(const std::string& path, const std::string& address) {
  Manifest manifest;
  manifest.job_name = "copy";
  manifest.weir_version = "1.2.3";
  ManifestScan scan;
  scan.table = "t";
  scan.columns.push_back({"a", 5, 0, 0, false, abi::Carrier::I64, 8, true, "BIGINT"});
  scan.row_bytes = 16;
  scan.options = {{"connector", "filesystem"}, {"path", path}, {"on-error", "skip"}};
  manifest.scans.push_back(scan);
  manifest.consumers.push_back({0, 0, ConsumerKernel::WriteRows, 0, {0}});
  ManifestSink sink;
  sink.options = {{"connector", "stdout"}};
  manifest.sinks.push_back(sink);
  manifest.inserts = {"SELECT"};
  const std::string bytes = serialize(manifest);
  const abi::EntryPoint entries[] = {{"scan_0", reinterpret_cast<void*>(&scan_lines)}};
  const abi::Program program{abi::kAbiVersion, 1, entries, bytes.data(), bytes.size()};
  std::string said;
  RunOptions options;
  options.threads = 1;
  options.summary = false;
  options.metrics = address;
  options.standard_output = [](std::string_view) {};
  options.standard_error = [&](std::string_view text) {
    said += text;
    constexpr std::string_view kBefore = "metrics at http://127.0.0.1:";
    if (text.starts_with(kBefore)) {
      port = static_cast<uint16_t>(std::stoi(std::string(text.substr(kBefore.size()))));
    }
  };
  run_job(program, options);
  return said;
}

void expect_line(const std::string& line) {
  EXPECT_NE(metrics.find("\n" + line + "\n"), std::string::npos) << line << "\nis not in\n" << metrics;
}

TEST(JobMetrics, AreServedWhileTheJobRuns) {
  const tests::TemporaryDirectory directory;
  directory.write("1.json", "a\nb\nbad\ndrop\nbad\nc\n");
  directory.write("2.json", "look\n");
  const std::string said = run(directory.file("*.json"), ":0");
  EXPECT_EQ(said, "metrics at http://127.0.0.1:" + std::to_string(port) + "/metrics\n");
  EXPECT_TRUE(
      metrics.starts_with("HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8"));
  expect_line("weir_up{name=\"copy\",version=\"1.2.3\"} 1");
  expect_line("# HELP weir_records_in_total Records read.");
  expect_line("# TYPE weir_records_in_total counter");
  expect_line("weir_records_in_total{table=\"t\"} 6");
  expect_line("weir_bytes_in_total{table=\"t\"} 19");
  expect_line("weir_records_rejected_total{table=\"t\"} 2");
  expect_line("weir_records_out_total{table=\"stdout\"} 3");
  expect_line("weir_records_filtered_total{from=\"t\",to=\"stdout\"} 1");
  expect_line("weir_commits_total 0");
  expect_line("weir_restarts_total 0");
  EXPECT_TRUE(health.starts_with("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")) << health;
  EXPECT_NE(health.find("{\"status\":\"ok\",\"phase\":\"running\",\"seconds_since_last_loop\":0."),
            std::string::npos)
      << health;
  EXPECT_TRUE(tests::get(port, "/metrics").empty());  // with the job it ends
}

TEST(JobMetrics, OfAnAddressThatCannotBeAreAnError) {
  const tests::TemporaryDirectory directory;
  directory.write("1.json", "a\n");
  EXPECT_EQ(run(directory.file("*.json"), "nowhere"),
            "error: `--metrics`: `nowhere` is not of the form HOST:PORT\n");
  EXPECT_EQ(run(directory.file("*.json"), "192.0.2.1:9100"),
            "error: cannot serve metrics at 192.0.2.1, port 9100: Cannot assign requested address\n");
}

TEST(JobMetrics, ForOtherMachinesAreWarnedOf) {
  const tests::TemporaryDirectory directory;
  directory.write("1.json", "a\n");
  const std::string said = run(directory.file("*.json"), "0.0.0.0:0");
  EXPECT_NE(said.find("warning: whoever reaches this address reads the metrics: there is no authentication\n"
                      "hint: `--metrics 127.0.0.1:PORT` serves this machine only\n"),
            std::string::npos)
      << said;
}

class StillClock final : public time::Clock {
 public:
  int64_t wall_us() override { return 0; }
  int64_t monotonic_us() override { return now_us; }
  void sleep_us(int64_t) override {}
  int64_t now_us = 0;
};

TEST(JobMetrics, HealthIsLostAfterFiveSilentSeconds) {
  const Manifest manifest;
  StillClock clock;
  JobMetrics job(manifest, clock);
  job.note_phase(Phase::StandingBy);
  clock.now_us = 4'999'000;
  EXPECT_EQ(job.health().status, 200);
  clock.now_us = 5'000'000;
  EXPECT_EQ(job.health().status, 503);
  EXPECT_EQ(job.health().body,
            "{\"status\":\"stuck\",\"phase\":\"standing by\",\"seconds_since_last_loop\":5.000,"
            "\"seconds_in_commit\":0.000,\"restarts\":0}\n");
}

TEST(JobMetrics, HealthIsLostWhenACommitHangs) {
  const Manifest manifest;
  StillClock clock;
  JobMetrics job(manifest, clock);
  clock.now_us = 1'000'000;
  job.note_commit_begins();
  clock.now_us = 11'000'000;
  job.note_phase(Phase::Running);
  EXPECT_EQ(job.health().status, 503);
  job.note_commit(10'000'000);
  EXPECT_EQ(job.health().status, 200);
}

}  // namespace
}  // namespace weir::job
