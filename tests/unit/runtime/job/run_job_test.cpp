// Whole runs of a program written by hand: lines go as they are from a table to a sink.
#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstring>
#include <sstream>
#include <thread>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/abi/scan_state.h"
#include "runtime/job/job.h"
#include "runtime/state/row_writer.h"
#include "tests/unit/runtime/connectors/temporary_directory.h"

namespace weir::job {
namespace {

using tests::TemporaryDirectory;

// Lines: `bad` is rejected, `fail` fails an expression, `stop` raises SIGINT, others are written.
void scan_lines(abi::ScanState* scan, const char* begin, const char* end) {
  auto* writer = static_cast<state::RowWriterState*>(scan->context->consumers[0]);
  for (const char* line = begin; line < end && !scan->stop;) {
    const char* stop = std::find(line, end, '\n');
    const std::string_view text(line, stop);
    ++scan->line;
    ++scan->rows_read;
    if (text == "bad") {
      ++scan->rows_rejected;
      const abi::RowError error{abi::RowReason::NotANumber, 0, 1};
      scan->on_reject(scan, &error, line, stop);
    } else if (text == "fail") {
      weir_fail(scan->context, 0, static_cast<uint32_t>(abi::FailureReason::DivisionByZero));
      scan->context->failure.row = scan->position + static_cast<uint64_t>(line - begin);
      return;
    } else {
      if (text == "stop") {
        raise(SIGINT);
      }
      weir_output_reserve(writer->output, text.size() + 1);
      writer->output->cursor = std::copy(text.begin(), text.end(), writer->output->cursor);
      *writer->output->cursor++ = '\n';
      ++writer->output->rows;
      ++writer->counters.counted;
    }
    line = stop == end ? end : stop + 1;
  }
}

// REJECTED(t): writes "line reason".
void consume_rejected(abi::Context* context, const abi::Block* block) {
  auto* writer = static_cast<state::RowWriterState*>(context->consumers[1]);
  for (uint32_t i = 0; i < block->count; ++i) {
    const char* row = block->rows + i * 96;
    abi::StringRef raw;
    int64_t line;
    std::memcpy(&raw, row + 8, sizeof raw);
    std::memcpy(&line, row + 88, sizeof line);
    const std::string text = std::to_string(line) + " " + std::string(raw.data, raw.size) + "\n";
    weir_output_reserve(writer->output, text.size());
    writer->output->cursor = std::copy(text.begin(), text.end(), writer->output->cursor);
    ++writer->output->rows;
    ++writer->counters.counted;
  }
}

Manifest copy_manifest(const std::string& path, const Options& sink_options) {
  Manifest manifest;
  manifest.job_name = "copy";
  manifest.source_name = "copy.stream";
  ManifestScan scan;
  scan.table = "t";
  scan.columns.push_back({"a", 5, 0, 0, false, abi::Carrier::I64, 8, true, "BIGINT"});
  scan.row_bytes = 16;
  scan.options = {{"connector", "filesystem"}, {"path", path}};
  manifest.scans.push_back(scan);
  manifest.consumers.push_back({0, 0, ConsumerKernel::WriteRows, 0, {0}});
  ManifestSink sink;
  sink.table = sink_options[0].second == "stdout" ? "" : "out";
  sink.options = sink_options;
  manifest.sinks.push_back(sink);
  manifest.inserts = {"SELECT"};
  manifest.expressions.push_back({"a / b", 3, 8});
  return manifest;
}

struct Outcome {
  ExitStatus status{};
  std::string out;
  std::string err;  // without the line of times
};

Outcome run(const Manifest& manifest, RunOptions options = {}) {
  const std::string bytes = serialize(manifest);
  const abi::EntryPoint entries[] = {{"scan_0", reinterpret_cast<void*>(&scan_lines)},
                                     {"consume_1", reinterpret_cast<void*>(&consume_rejected)}};
  const abi::Program program{abi::kAbiVersion, 2, entries, bytes.data(), bytes.size()};
  Outcome outcome;
  options.standard_output = [&](std::string_view rows) { outcome.out += rows; };
  options.standard_error = [&](std::string_view text) { outcome.err += text; };
  outcome.status = run_job(program, options);
  if (const size_t times = outcome.err.find(" rows/s\n"); times != std::string::npos) {
    const size_t line = outcome.err.rfind('\n', times);
    outcome.err.erase(line == std::string::npos ? 0 : line + 1);
  }
  return outcome;
}

const Options kStdout{{"connector", "stdout"}};

TEST(RunJob, RowsGoFromFileToStandardOutput) {
  const TemporaryDirectory directory;
  const Outcome outcome = run(copy_manifest(directory.write("t.json", "a\nb\nc"), kStdout));
  EXPECT_EQ(outcome.status, ExitStatus::Finished);
  EXPECT_EQ(outcome.out, "a\nb\nc\n");
  EXPECT_EQ(outcome.err,
            "SELECT\n"
            "  from t: 3 read = 3 counted + 0 filtered + 0 late + 0 outside + 0 rejected\n"
            "  3 rows out\n");
}

TEST(RunJob, ARejectedRowEndsTheRunAndIsShown) {
  const TemporaryDirectory directory;
  const std::string path = directory.write("t.json", "a\nb\n\xff\nbad\nc\n");
  const Outcome outcome = run(copy_manifest(path, kStdout));
  EXPECT_EQ(outcome.status, ExitStatus::InputOutput);
  EXPECT_EQ(outcome.out, "a\nb\n\xff\n");
  EXPECT_EQ(outcome.err, "error: `" + path +
                             "`, line 4, field `a`: this is no number (declared BIGINT)\n  bad\n"
                             "hint: `'on-error' = 'skip'` in the WITH of `t` counts such rows and goes on; "
                             "`REJECTED(t)` gives them as rows\n");
}

TEST(RunJob, SkippedRowsAreCounted) {
  const TemporaryDirectory directory;
  Manifest manifest = copy_manifest(directory.write("t.json", "a\nbad\nc\nbad\n"), kStdout);
  manifest.scans[0].options.emplace_back("on-error", "skip");
  const Outcome outcome = run(manifest);
  EXPECT_EQ(outcome.status, ExitStatus::Finished);
  EXPECT_EQ(outcome.out, "a\nc\n");
  EXPECT_EQ(outcome.err,
            "SELECT\n"
            "  from t: 4 read = 2 counted + 0 filtered + 0 late + 0 outside + 2 rejected\n"
            "  2 rows out\n");
}

TEST(RunJob, RoutedRowsReachTheirPipeline) {
  const TemporaryDirectory directory;
  std::string content;
  std::string expected;
  for (int i = 1; i <= 150; ++i) {  // more than two blocks
    content += i % 2 == 1 ? "bad\n" : "good\n";
    expected += i % 2 == 1 ? std::to_string(i) + " bad\n" : "";
  }
  Manifest manifest = copy_manifest(directory.write("t.json", content), {{"connector", "blackhole"}});
  manifest.scans[0].route_rejected = true;
  manifest.scans[0].rejected_pipeline = 1;
  manifest.consumers.push_back({1, 1, ConsumerKernel::WriteRows, 1, {1}});
  ManifestSink sink;
  sink.id = 1;
  sink.options = kStdout;
  manifest.sinks.push_back(sink);
  manifest.inserts = {"INSERT INTO out", "SELECT"};
  const Outcome outcome = run(manifest);
  EXPECT_EQ(outcome.status, ExitStatus::Finished);
  EXPECT_EQ(outcome.out, expected);
  EXPECT_EQ(outcome.err,
            "INSERT INTO out\n"
            "  from t: 150 read = 75 counted + 0 filtered + 0 late + 0 outside + 75 rejected\n"
            "  75 rows out\n"
            "SELECT\n"
            "  from REJECTED(t): 75 read = 75 counted + 0 filtered\n"
            "  75 rows out\n");
}

TEST(RunJob, AFailedExpressionNamesItselfAndTheRow) {
  const TemporaryDirectory directory;
  const std::string path = directory.write("t.json", "a\n\nb\nfail\n");
  const Outcome outcome = run(copy_manifest(path, kStdout));
  EXPECT_EQ(outcome.status, ExitStatus::InputOutput);
  EXPECT_EQ(outcome.err,
            "error: copy.stream:3:8: `a / b`: division by zero, at `" + path + "`, line 4\n  fail\n");
}

TEST(RunJob, FilesAreWrittenWholeOrNotAtAll) {
  const TemporaryDirectory directory;
  const std::string path = directory.write("in/t.json", "a\nb\n");
  const Options to_file{{"connector", "filesystem"}, {"path", directory.file("out.json")}};
  EXPECT_EQ(run(copy_manifest(path, to_file)).status, ExitStatus::Finished);
  EXPECT_EQ(directory.read("out.json"), "a\nb\n");
  directory.write("in/t.json", "c\nbad\n");
  EXPECT_EQ(run(copy_manifest(path, to_file)).status, ExitStatus::InputOutput);
  EXPECT_EQ(directory.read("out.json"), "a\nb\n");
  EXPECT_EQ(directory.names(), "in out.json");
}

TEST(RunJob, ASignalStopsReading) {
  const TemporaryDirectory directory;
  std::string content = "a\nstop\n";
  for (int i = 0; i < 200'000; ++i) {  // several batches
    content += "x\n";
  }
  const std::string path = directory.write("in/t.json", content);
  const Outcome to_output = run(copy_manifest(path, kStdout));
  EXPECT_EQ(to_output.status, ExitStatus::Finished);
  EXPECT_TRUE(to_output.out.starts_with("a\nstop\nx\n"));
  EXPECT_LT(to_output.out.size(), content.size());
  const Outcome to_file =
      run(copy_manifest(path, {{"connector", "filesystem"}, {"path", directory.file("out.json")}}));
  EXPECT_EQ(to_file.status, ExitStatus::InputOutput);
  EXPECT_EQ(to_file.err,
            "stopped before the input ended: files that are written as a whole were not written\n");
  EXPECT_EQ(directory.names(), "in");

  // Parts are whole rows, and stand.
  const Outcome to_parts =
      run(copy_manifest(path, {{"connector", "filesystem"}, {"path", directory.file("out/")}}));
  EXPECT_EQ(to_parts.status, ExitStatus::Finished);
  EXPECT_EQ(directory.read("out/part-000000.json"), to_output.out);
}

TEST(RunJob, AStopOfTheShellStopsReading) {
  const TemporaryDirectory directory;
  const std::atomic<bool> stop = true;
  RunOptions options;
  options.stop = &stop;
  const Outcome outcome = run(copy_manifest(directory.write("t.json", "a\n"), kStdout), options);
  EXPECT_EQ(outcome.status, ExitStatus::Finished);
  EXPECT_EQ(outcome.out, "");
  EXPECT_TRUE(outcome.err.starts_with("stopped before the input ended\nSELECT\n")) << outcome.err;
}

TEST(RunJob, RowsOfAPartitionKeepTheirOrderForAnyThreads) {
  const TemporaryDirectory directory;
  for (int file = 0; file < 5; ++file) {
    std::string content;
    for (int i = 0; i < 60'000; ++i) {
      content += std::to_string(file) + " " + std::to_string(i) + "\n";
    }
    directory.write("in/" + std::to_string(file), content);
  }
  for (const uint32_t threads : {1u, 2u, 4u}) {
    RunOptions options;
    options.threads = threads;
    // A file on disk, for which buffers are handed on late.
    const Options to_file{{"connector", "filesystem"}, {"path", directory.file("out.json")}};
    const Outcome outcome = run(copy_manifest(directory.file("in"), to_file), options);
    EXPECT_EQ(outcome.status, ExitStatus::Finished);
    std::istringstream stream(directory.read("out.json"));
    int next[5] = {};
    int file = 0;
    int number = 0;
    while (stream >> file >> number) {
      ASSERT_EQ(number, next[file]++) << threads;
    }
    for (const int count : next) {
      EXPECT_EQ(count, 60'000) << threads;
    }
  }
}

// Every look at it takes some time.
class SteppingClock : public time::Clock {
 public:
  explicit SteppingClock(int64_t step_us) : step_us_(step_us) {}
  int64_t wall_us() override { return 0; }
  int64_t monotonic_us() override { return now_us_ += step_us_; }
  void sleep_us(int64_t) override {}

 private:
  int64_t step_us_;
  int64_t now_us_ = 0;
};

TEST(RunJob, ProgressIsShownAfterASecond) {
  const TemporaryDirectory directory;
  std::string content;
  for (int i = 0; i < 300'000; ++i) {
    content += "x\n";
  }
  Manifest manifest = copy_manifest(directory.write("t.json", content), {{"connector", "blackhole"}});
  manifest.scans[0].has_watermark = true;
  SteppingClock clock(900'000);
  RunOptions options;
  options.progress = true;
  options.summary = false;
  options.clock = &clock;
  const Outcome outcome = run(manifest, options);
  // Nothing after the first batch, when 0.9 s have passed.
  EXPECT_EQ(outcome.err,
            "\r\033[K524.3 kB of 600.0 kB (87 %), 145636 rows/s, watermark none"
            "\r\033[K600.0 kB of 600.0 kB (100 %), 111111 rows/s, watermark end of input"
            "\r\033[K");
}

TEST(RunJob, AfterTenSecondsWithoutAWindowTheHolderIsNamed) {
  const TemporaryDirectory directory;
  directory.write("in/a", "x\n");
  directory.write("in/b", "x\n");
  Manifest manifest = copy_manifest(directory.file("in"), {{"connector", "blackhole"}});
  ManifestOperator op;
  op.windowing = Windowing::Sliced;
  op.size_ms = op.slide_ms = op.pane_ms = 1000;
  op.entry_bytes = 16;
  op.upstream_scans = {0};
  manifest.operators.push_back(op);
  SteppingClock clock(11'000'000);
  RunOptions options;
  options.progress = true;
  options.summary = false;
  options.clock = &clock;
  options.threads = 1;
  const Outcome outcome = run(manifest, options);
  EXPECT_NE(outcome.err.find(", no window for 11 s: held by `" + directory.file("in/b") + "`"),
            std::string::npos)
      << outcome.err;
}

TEST(RunJob, AFileIsNotReadAndWrittenAtOnce) {
  const TemporaryDirectory directory;
  const std::string path = directory.write("in/t.json", "a\n");
  const auto error = [&](const std::string& written) {
    const Outcome outcome = run(copy_manifest(path, {{"connector", "filesystem"}, {"path", written}}));
    EXPECT_EQ(outcome.status, ExitStatus::Usage);
    return outcome.err;
  };
  const std::string reads = ", from which this job reads `" + path + "`\n";
  EXPECT_EQ(error(path), "error: table `out` would write `" + path + "`" + reads);
  const std::string roundabout = directory.file("in/../in/t.json");
  EXPECT_EQ(error(roundabout), "error: table `out` would write `" + roundabout + "`" + reads);
  EXPECT_EQ(error(directory.file("in/")),
            "error: table `out` would write `" + directory.file("in/") + "`" + reads);
  EXPECT_EQ(directory.read("in/t.json"), "a\n");
}

TEST(RunJob, ClosedPipeAndFullDiskAreErrors) {
  const TemporaryDirectory directory;
  const std::string path = directory.write("t.json", "a\n");
  const Outcome full = run(copy_manifest(path, {{"connector", "filesystem"}, {"path", "/dev/full"}}));
  EXPECT_EQ(full.status, ExitStatus::InputOutput);
  EXPECT_EQ(full.err, "error: cannot write `/dev/full`: no space left on device\n");
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  close(ends[0]);
  const pid_t child = fork();
  if (child == 0) {  // its standard output has no reader
    dup2(ends[1], STDOUT_FILENO);
    const std::string bytes = serialize(copy_manifest(path, kStdout));
    const abi::EntryPoint entry{"scan_0", reinterpret_cast<void*>(&scan_lines)};
    const abi::Program program{abi::kAbiVersion, 1, &entry, bytes.data(), bytes.size()};
    std::string err;
    RunOptions options;
    options.standard_error = [&](std::string_view text) { err += text; };
    const bool is_right = run_job(program, options) == ExitStatus::InputOutput &&
                          err == "error: cannot write to standard output: its reader has closed it\n";
    _exit(is_right ? 0 : 1);
  }
  close(ends[1]);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST(RunJob, MissingInputAndWrongProgramsAreErrors) {
  const Outcome missing = run(copy_manifest("/none/t.json", kStdout));
  EXPECT_EQ(missing.status, ExitStatus::InputOutput);
  EXPECT_EQ(missing.err, "error: cannot read `/none/t.json`: no such file or directory\n");
  std::string err;
  RunOptions options;
  options.standard_error = [&](std::string_view text) { err += text; };
  EXPECT_EQ(run_job(abi::Program{77, 0, nullptr, nullptr, 0}, options), ExitStatus::Usage);
  EXPECT_EQ(err, "error: the program was compiled for version 77 of the runtime, this is 2\n");
}

}  // namespace
}  // namespace weir::job
