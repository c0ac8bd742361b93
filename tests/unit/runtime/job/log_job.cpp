#include "tests/unit/runtime/job/log_job.h"

#include <atomic>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "compiler/compile.h"
#include "compiler/diagnostics/render.h"

namespace weir::job::log_tests {
namespace {

constexpr int32_t kResultPartitions = 2;

}  // namespace

LogJob::LogJob(const std::string& sql) {
  catalog::Catalog catalog;
  const auto source = std::make_shared<const diagnostics::Source>("job.stream", sql);
  const auto compiled = compiler::compile(source, {}, catalog);
  if (compiled.diagnostics.has_errors()) {
    ADD_FAILURE() << diagnostics::render_all(compiled.diagnostics, *source);
    return;
  }
  for (const auto& step : compiled.steps) {
    if (const auto* job = std::get_if<std::unique_ptr<compiler::CompiledJob>>(&step)) {
      codegen::EmittedModule module = compiler::emit(**job, *source, {});
      const backend::BackendOptions options;
      backend::optimize(module, options);
      auto program = backend::jit(std::move(module), options);
      if (program) {
        program_ = std::move(*program);
      } else {
        ADD_FAILURE() << program.error();
      }
    }
  }
}

Ended LogJob::run(sim::SimLog& log, sim::SimClock& clock, const std::function<bool()>& enough,
                  RunOptions options) {
  Ended ended;
  std::atomic<bool> stop = false;
  options.threads = 1;
  options.single_thread = true;
  options.stop = &stop;
  options.clock = &clock;
  options.log = &log;
  options.standard_error = [&](std::string_view text) { ended.messages += text; };
  log.on_commit = [&] { stop = stop || enough(); };
  ended.status = run_job(*program_->program(), options);
  log.on_commit = nullptr;
  return ended;
}

std::string events_to_results(const std::string& columns, const std::string& options_of_events) {
  return fmt::format(
      "CREATE TABLE events (id BIGINT, k STRING, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - "
      "INTERVAL '2' "
      "SECOND) WITH ('connector' = 'kafka', 'topic' = 'events', 'properties.bootstrap.servers' = "
      "'simulated:1', "
      "'properties.group.id' = 'job', 'format' = 'json'{});\n"
      "CREATE TABLE results ({}) WITH ('connector' = 'kafka', 'topic' = 'results', "
      "'properties.bootstrap.servers' = 'simulated:1', 'format' = 'json', 'sink.transactional-id-prefix' = "
      "'job');\n",
      options_of_events, columns);
}

void add_event(sim::SimLog& log, int32_t partition, int64_t id, const std::string& key, int64_t v,
               int64_t second) {
  sim::SimRecord record;
  record.value = fmt::format(R"({{"id":{},"k":"{}","v":{},"ts":"2026-01-01 {:02}:{:02}:{:02}"}})", id, key, v,
                             second / 3600, second / 60 % 60, second % 60);
  log.topic("events")[static_cast<size_t>(partition)].records.push_back(std::move(record));
}

std::vector<std::string> results(const sim::SimLog& log) {
  std::vector<std::string> values;
  for (int32_t partition = 0; partition < kResultPartitions; ++partition) {
    for (const sim::SimRecord& record : log.committed_records("results", partition)) {
      values.push_back(record.value.value_or("-"));
    }
  }
  return values;
}

bool all_read(const sim::SimLog& log) { return log.all_committed("job", "events"); }

}  // namespace weir::job::log_tests
