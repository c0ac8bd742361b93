// weir_sim [--seeds N] [--first SEED] [--verbose]: runs jobs over a simulated Kafka (sim_log.h). Each seed chooses a query, input,
// how it is cut and interleaved, and what goes wrong; a read_committed consumer must see exactly what it sees when nothing
// goes wrong. A seed that fails is printed; `--first SEED --seeds 1` repeats it.
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <string>

#include <fmt/format.h>

#include "compiler/backend/backend.h"
#include "compiler/compile.h"
#include "compiler/diagnostics/render.h"
#include "runtime/job/job.h"
#include "tests/sim/sim_log.h"

namespace weir::sim {
namespace {

constexpr int32_t kInputPartitions = 3;
constexpr int32_t kOutputPartitions = 2;

struct Workload {
  const char* name;
  const char* query;
  bool upsert;
};

const std::string kTables = R"(
CREATE TABLE events (id BIGINT, k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '4' SECOND)
WITH ('connector' = 'filesystem', 'path' = 'events', 'format' = 'json');
)";

constexpr Workload kWorkloads[] = {
    {"tumble",
     "CREATE TABLE out_t (ws TIMESTAMP(3), k STRING, n BIGINT, s BIGINT, lo BIGINT, hi BIGINT) WITH "
     "('connector' = "
     "'filesystem', 'path' = 'out', 'format' = 'json');"
     "INSERT INTO out_t SELECT window_start, k, COUNT(*), SUM(id), MIN(id), MAX(id) FROM TABLE(TUMBLE(TABLE "
     "events, "
     "DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end, k;",
     false},
    {"hop",
     "CREATE TABLE out_t (ws TIMESTAMP(3), k STRING, n BIGINT, s BIGINT, hi BIGINT) WITH ('connector' = "
     "'filesystem', "
     "'path' = 'out', 'format' = 'json');"
     "INSERT INTO out_t SELECT window_start, k, COUNT(*), SUM(id), MAX(id) FROM TABLE(HOP(TABLE events, "
     "DESCRIPTOR(ts), "
     "INTERVAL '4' SECOND, INTERVAL '10' SECOND)) WHERE v <> 3 GROUP BY window_start, window_end, k;",
     false},
    {"cumulate",
     "CREATE TABLE out_t (ws TIMESTAMP(3), we TIMESTAMP(3), k STRING, n BIGINT, s BIGINT) WITH ('connector' "
     "= "
     "'filesystem', 'path' = 'out', 'format' = 'json');"
     "INSERT INTO out_t SELECT window_start, window_end, k, COUNT(*), SUM(id) FROM TABLE(CUMULATE(TABLE "
     "events, "
     "DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '15' SECOND)) GROUP BY window_start, window_end, k;",
     false},
    {"copy",
     "CREATE TABLE out_t (id BIGINT, k STRING, v INT) WITH ('connector' = 'filesystem', 'path' = 'out', "
     "'format' = 'json');"
     "INSERT INTO out_t SELECT id, k, v FROM events WHERE v > 2;",
     false},
    {"late",
     "CREATE TABLE out_t (id BIGINT, k STRING) WITH ('connector' = 'filesystem', 'path' = 'out', 'format' = "
     "'json');"
     "CREATE TABLE out_u (ws TIMESTAMP(3), n BIGINT) WITH ('connector' = 'filesystem', 'path' = 'out2', "
     "'format' = "
     "'json');"
     "INSERT INTO out_t SELECT id, k FROM LATE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '10' SECOND));"
     "INSERT INTO out_u SELECT window_start, COUNT(*) FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), "
     "INTERVAL '10' "
     "SECOND)) GROUP BY window_start, window_end;",
     false},
    // Mode C.
    {"session",
     "CREATE TABLE out_t (ws TIMESTAMP(3), we TIMESTAMP(3), k STRING, n BIGINT, s BIGINT, hi STRING) WITH "
     "('connector' = 'filesystem', 'path' = 'out', 'format' = 'json');"
     "INSERT INTO out_t SELECT window_start, window_end, k, COUNT(*), SUM(id), MAX(CAST(id AS STRING)) FROM "
     "TABLE(SESSION(TABLE events PARTITION BY k, DESCRIPTOR(ts), INTERVAL '2' SECOND)) GROUP BY "
     "window_start, "
     "window_end, k;",
     false},
    {"groups",
     "CREATE TABLE out_t (k STRING NOT NULL, n BIGINT, s BIGINT, d BIGINT, hi STRING, PRIMARY KEY (k) NOT "
     "ENFORCED) WITH ('connector' = 'filesystem', 'path' = 'out', 'format' = 'json');"
     "INSERT INTO out_t SELECT COALESCE(k, ''), COUNT(*), SUM(id), COUNT(DISTINCT v), MAX(CAST(id AS "
     "STRING)) "
     "FROM events GROUP BY COALESCE(k, '');",
     true},
    {"windows_of_windows",
     "CREATE TABLE out_t (we TIMESTAMP(3), n BIGINT, s BIGINT) WITH ('connector' = 'filesystem', 'path' = "
     "'out', 'format' = 'json');"
     "CREATE TABLE out_u (we TIMESTAMP(3), k STRING, n BIGINT) WITH ('connector' = 'filesystem', 'path' = "
     "'out2', 'format' = 'json');"
     "CREATE VIEW small AS SELECT TUMBLE_ROWTIME(ts, INTERVAL '3' SECOND) AS t, k, COUNT(*) AS n, SUM(id) AS "
     "s "
     "FROM events GROUP BY TUMBLE(ts, INTERVAL '3' SECOND), k;"
     "INSERT INTO out_t SELECT TUMBLE_END(t, INTERVAL '12' SECOND), SUM(n), SUM(s) FROM small GROUP BY "
     "TUMBLE(t, "
     "INTERVAL '12' SECOND);"
     "INSERT INTO out_u SELECT HOP_END(t, INTERVAL '6' SECOND, INTERVAL '18' SECOND), k, SUM(n) FROM small "
     "GROUP "
     "BY HOP(t, INTERVAL '6' SECOND, INTERVAL '18' SECOND), k;",
     false},
    {"all_changelog",
     "CREATE TABLE out_t (ws TIMESTAMP(3), k STRING, n BIGINT, s BIGINT, hi BIGINT) WITH ('connector' = "
     "'filesystem', 'path' = 'out', 'format' = 'json');"
     "CREATE TABLE out_u (ws TIMESTAMP(3), we TIMESTAMP(3), n BIGINT) WITH ('connector' = 'filesystem', "
     "'path' = "
     "'out2', 'format' = 'json');"
     "SET 'recovery.mode' = 'changelog';"
     "INSERT INTO out_t SELECT window_start, k, COUNT(*), SUM(id), MAX(id) FROM TABLE(HOP(TABLE events, "
     "DESCRIPTOR(ts), INTERVAL '4' SECOND, INTERVAL '10' SECOND)) GROUP BY window_start, window_end, k;"
     "INSERT INTO out_u SELECT window_start, window_end, COUNT(*) FROM TABLE(CUMULATE(TABLE events, "
     "DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '15' SECOND)) GROUP BY window_start, window_end;",
     false},
};

struct Compiled {
  std::unique_ptr<backend::JitProgram> program;
};

std::unique_ptr<backend::JitProgram> compile(const Workload& workload) {
  catalog::Catalog catalog;
  const auto text = [&](const std::string& sql) {
    return std::make_shared<const diagnostics::Source>("sim.stream", sql);
  };
  const auto in_log = [&](const std::string& name, const std::string& topic) {
    catalog::Table table = *catalog.table(name);
    const bool upsert = workload.upsert && name != "events";
    table.options.set("connector", upsert ? "upsert-kafka" : "kafka");
    table.options.set("topic", topic);
    if (upsert) {
      table.key_columns = table.primary_key;
      table.options.set("key.format", "json");
    }
    catalog.add(std::move(table));
  };
  const std::string sql = workload.query;
  const size_t insert = sql.find("INSERT");
  const auto tables = text(kTables + sql.substr(0, insert));
  const auto fail = [](const diagnostics::Diagnostics& found, const diagnostics::Source& source) {
    std::fputs(diagnostics::render_all(found, source).c_str(), stderr);
    std::exit(2);
  };
  if (auto declared = compiler::compile(tables, {}, catalog); declared.diagnostics.has_errors()) {
    fail(declared.diagnostics, *tables);
  }
  in_log("events", "events");
  in_log("out_t", "out_t");
  if (catalog.table("out_u") != nullptr) {
    in_log("out_u", "out_u");
  }
  const auto query = text(sql.substr(insert));
  auto compiled = compiler::compile(query, {}, catalog);
  if (compiled.diagnostics.has_errors()) {
    fail(compiled.diagnostics, *query);
  }
  for (auto& step : compiled.steps) {
    if (auto* job = std::get_if<std::unique_ptr<compiler::CompiledJob>>(&step)) {
      codegen::EmittedModule module = compiler::emit(**job, *query, {});
      const backend::BackendOptions options;
      backend::optimize(module, options);
      auto program = backend::jit(std::move(module), options);
      if (program) {
        return std::move(*program);
      }
      std::fputs(program.error().c_str(), stderr);
    }
  }
  std::exit(2);
}

// Events of three partitions, out of order within the watermark's delay, some late, some keys in bursts.
void fill(SimLog& log, uint64_t seed, uint32_t records) {
  std::mt19937_64 random(seed * 0x9e3779b97f4a7c15u + 1);
  auto& partitions = log.topic("events");
  int64_t id = 0;
  for (SimPartition& partition : partitions) {
    int64_t time_ms = 1'767'225'600'000 + static_cast<int64_t>(random() % 20'000);
    const uint32_t count = static_cast<uint32_t>(random() % (records + 1));
    const int64_t step = 1 + static_cast<int64_t>(random() % 600);
    for (uint32_t i = 0; i < count; ++i) {
      time_ms += static_cast<int64_t>(random() % static_cast<uint64_t>(step));
      int64_t event_ms = time_ms - static_cast<int64_t>(random() % 4'000);
      if (random() % 20 == 0) {
        event_ms -= static_cast<int64_t>(random() % 30'000);
      }
      const int64_t second = event_ms / 1000 - 1'767'225'600;
      const int64_t shifted = second + 86'400;  // on the 1st or the day before or after
      SimRecord record;
      record.value =
          fmt::format("{{\"id\":{},\"k\":\"k{}\",\"v\":{},\"ts\":\"2026-01-0{} {:02}:{:02}:{:02}.{:03}\"}}",
                      ++id, random() % 5, random() % 7, 1 + shifted / 86'400, shifted % 86'400 / 3600,
                      shifted % 3600 / 60, shifted % 60, event_ms % 1000);
      record.timestamp_ms = event_ms;
      partition.coming.push_back(std::move(record));
    }
    std::ranges::reverse(partition.coming);
    if (random() % 3 == 0) {  // it is all there already
      while (!partition.coming.empty()) {
        partition.records.push_back(std::move(partition.coming.back()));
        partition.coming.pop_back();
      }
    }
  }
}

bool live = false;  // messages are shown as they come

using Outputs = std::map<std::string, uint32_t>;  // "topic key value" -> how often

struct RunResult {
  Outputs outputs;
  job::ExitStatus status{};
  std::string messages;
  Probes probes;
  std::vector<std::string> violations;
};

RunResult run(const abi::Program& program, const Workload& workload, uint64_t seed, bool with_faults,
              uint32_t records) {
  SimClock clock;
  SimLog log(seed * 2 + (with_faults ? 1 : 0), clock);
  log.create_topic("events", kInputPartitions);
  log.create_topic("out_t", kOutputPartitions);
  log.create_topic("out_u", kOutputPartitions);

  fill(log, seed, records);
  std::mt19937_64 random(seed);
  std::atomic<bool> stop = false;
  if (with_faults) {
    const auto some = [&](uint32_t most) { return static_cast<uint32_t>(random() % (most + 1)); };
    log.most_messages = 1 + some(60);
    log.faults = {.most = 20 + random() % 60,
                  .fetch_fails = some(40),
                  .fetch_nothing = some(700),
                  .begin_fails = some(30),
                  .produce_fails = some(10),
                  .commit_lost = some(120),
                  .commit_unheard = some(120),
                  .commit_in_doubt = some(120),
                  .open_fails = some(60),
                  .ask_fails = some(30)};
  }
  log.on_commit = [&] {
    if (log.all_committed("sim", "events")) {
      stop = true;
    }
  };
  RunResult result;
  job::RunOptions options;
  options.threads = 1;
  options.single_thread = true;
  options.summary = false;
  options.stop = &stop;
  options.clock = &clock;
  options.log = &log;
  options.overrides = {{"commit.interval", with_faults ? "20 ms" : "500 ms"}};
  // Asked for at a start, it holds until the job has committed something, however often it tries again.
  options.restart_from = seed % 4 == 0 ? "earliest" : "";
  options.standard_error = [&](std::string_view text) {
    result.messages += text;
    if (live) std::fwrite(text.data(), 1, text.size(), stderr);
  };
  // The first opening may fail too; a supervisor starts the job again then.
  for (int starts = 0; starts < 1000; ++starts) {
    result.status = job::run_job(program, options);
    if (result.status == job::ExitStatus::TryAgain && stop) {
      result.status = job::ExitStatus::Finished;  // it has not heard that its last commit was the last
    }
    if (result.status != job::ExitStatus::TryAgain) {
      break;
    }
  }
  for (const char* topic : {"out_t", "out_u"}) {
    for (int32_t partition = 0; partition < kOutputPartitions; ++partition) {
      std::map<std::string, std::string> last;  // of each key
      for (const SimRecord& record : log.committed_records(topic, partition)) {
        if (workload.upsert) {
          last[record.key.value_or("-")] = record.value.value_or("-");
          continue;
        }
        ++result
              .outputs[fmt::format("{} {} {}", topic, record.key.value_or("-"), record.value.value_or("-"))];
      }
      for (const auto& [key, value] : last) ++result.outputs[fmt::format("{} {} {}", topic, key, value)];
    }
  }
  result.probes = log.probes;
  result.violations = log.violations;
  return result;
}

std::string difference(const Outputs& expected, const Outputs& found) {
  std::string text;
  for (const auto& [row, count] : expected) {
    const auto at = found.find(row);
    const uint32_t seen = at == found.end() ? 0 : at->second;
    if (seen != count) text += fmt::format("  {} × instead of {} ×: {}\n", seen, count, row);
  }
  for (const auto& [row, count] : found) {
    if (!expected.contains(row)) text += fmt::format("  {} × instead of 0 ×: {}\n", count, row);
  }
  return text;
}

int main(int argc, char** argv) {
  uint64_t seeds = 1000;
  uint64_t first = 1;
  bool verbose = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--seeds" && i + 1 < argc) {
      seeds = std::strtoull(argv[++i], nullptr, 10);
    } else if (argument == "--first" && i + 1 < argc) {
      first = std::strtoull(argv[++i], nullptr, 10);
    } else if (argument == "--verbose") {
      verbose = live = true;
    } else {
      std::fputs("usage: weir_sim [--seeds N] [--first SEED] [--verbose]\n", stderr);
      return 2;
    }
  }
  std::vector<std::unique_ptr<backend::JitProgram>> programs;
  for (const Workload& workload : kWorkloads) {
    programs.push_back(compile(workload));
  }
  Probes total;
  uint64_t failed = 0;
  uint64_t rows = 0;
  for (uint64_t seed = first; seed < first + seeds; ++seed) {
    const size_t which = seed % programs.size();
    const uint32_t records = 40 + static_cast<uint32_t>(seed * 7919 % 300);
    const abi::Program& program = *programs[which]->program();
    const RunResult calm = run(program, kWorkloads[which], seed, false, records);
    const RunResult stormy = run(program, kWorkloads[which], seed, true, records);
    const std::string wrong = difference(calm.outputs, stormy.outputs);
    const bool bad = calm.status != job::ExitStatus::Finished || stormy.status != job::ExitStatus::Finished ||
                     !wrong.empty() || !stormy.violations.empty() || !calm.violations.empty();
    for (const auto& [row, count] : calm.outputs) rows += count;
    const Probes& probes = stormy.probes;
    total.fetch_failed += probes.fetch_failed;
    total.begin_failed += probes.begin_failed;
    total.produce_failed += probes.produce_failed;
    total.lost += probes.lost;
    total.unheard += probes.unheard;
    total.in_doubt += probes.in_doubt;
    total.open_failed += probes.open_failed;
    total.ask_failed += probes.ask_failed;
    total.commits += probes.commits;
    total.aborted_with_records += probes.aborted_with_records;
    if (bad || verbose) {
      failed += bad;
      fmt::print("seed {} ({}): {}, status {} and {}, {} faults\n{}", seed, kWorkloads[which].name,
                 bad ? "FAILED" : "as it should be", static_cast<int>(calm.status),
                 static_cast<int>(stormy.status), probes.faults(), wrong);
      for (const std::string& violation : stormy.violations) fmt::print("  {}\n", violation);
      if (verbose || !wrong.empty() || bad)
        fmt::print("{}", stormy.messages.substr(0, verbose ? 100'000 : 2'000));
      if (failed >= 5) break;
    }
  }
  fmt::print(
      "{} seeds, {} failed; {} rows, {} commits; faults: {} fetch, {} begin, {} produce, {} commits lost, {} "
      "unheard, {} in "
      "doubt, {} open, {} ask; {} transactions aborted with records in them\n",
      seeds, failed, rows, total.commits, total.fetch_failed, total.begin_failed, total.produce_failed,
      total.lost, total.unheard, total.in_doubt, total.open_failed, total.ask_failed,
      total.aborted_with_records);
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace weir::sim

int main(int argc, char** argv) { return weir::sim::main(argc, argv); }
