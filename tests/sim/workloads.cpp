#include "tests/sim/workloads.h"

#include <cstdio>
#include <cstdlib>

#include "compiler/compile.h"
#include "compiler/diagnostics/render.h"

namespace weir::sim {
namespace {

#define EVENTS_OF(delay, options)                                                                       \
  "CREATE TABLE events (id BIGINT, k STRING, v INT, h BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts " \
  "- INTERVAL '" delay "' SECOND) WITH (@events" options ");"
#define EVENTS EVENTS_OF("4", "")

// Both modes in one job, and several sinks.
constexpr const char* kEverything = EVENTS R"(
       CREATE TABLE out_t (ws TIMESTAMP(3), k STRING, n BIGINT, s BIGINT) WITH (@out_t);
       CREATE TABLE out_u (ws TIMESTAMP(3), k STRING, n BIGINT) WITH (@out_u);
       CREATE TABLE out_v (id BIGINT, v INT) WITH (@out_v);
       CREATE TABLE out_w (id BIGINT, ts TIMESTAMP(3)) WITH (@out_w);
       INSERT INTO out_t SELECT window_start, k, COUNT(*), SUM(id)
         FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '30' SECOND)) GROUP BY window_start, window_end, k;
       INSERT INTO out_u SELECT window_start, k, COUNT(*)
         FROM TABLE(SESSION(TABLE events PARTITION BY k, DESCRIPTOR(ts), INTERVAL '1' SECOND))
         GROUP BY window_start, window_end, k;
       INSERT INTO out_v SELECT id, v FROM events WHERE MOD(id, 3) = 0;
       INSERT INTO out_w SELECT id, ts FROM LATE(HOP(TABLE events, DESCRIPTOR(ts), INTERVAL '2' SECOND,
         INTERVAL '6' SECOND));)";

constexpr Workload kWorkloads[] = {
    {.name = "tumble", .sql = EVENTS R"(
       CREATE TABLE out_t (ws TIMESTAMP(3), k STRING, n BIGINT, s BIGINT, lo BIGINT, hi BIGINT) WITH (@out_t);
       INSERT INTO out_t SELECT window_start, k, COUNT(*), SUM(id), MIN(id), MAX(id)
         FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end, k;)"},
    {.name = "hop", .sql = EVENTS R"(
       CREATE TABLE out_t (ws TIMESTAMP(3), k STRING, n BIGINT, s BIGINT, hi BIGINT) WITH (@out_t);
       INSERT INTO out_t SELECT window_start, k, COUNT(*), SUM(id), MAX(id)
         FROM TABLE(HOP(TABLE events, DESCRIPTOR(ts), INTERVAL '4' SECOND, INTERVAL '10' SECOND))
         WHERE v <> 3 GROUP BY window_start, window_end, k;)"},
    {.name = "cumulate", .sql = EVENTS R"(
       CREATE TABLE out_t (ws TIMESTAMP(3), we TIMESTAMP(3), k STRING, n BIGINT, s BIGINT) WITH (@out_t);
       INSERT INTO out_t SELECT window_start, window_end, k, COUNT(*), SUM(id)
         FROM TABLE(CUMULATE(TABLE events, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '15' SECOND))
         GROUP BY window_start, window_end, k;)"},
    {.name = "copy", .sql = EVENTS R"(
       CREATE TABLE out_t (id BIGINT, k STRING, v INT) WITH (@out_t);
       INSERT INTO out_t SELECT id, k, v FROM events WHERE v > 2;)"},
    {.name = "late", .sql = EVENTS R"(
       CREATE TABLE out_t (id BIGINT, k STRING) WITH (@out_t);
       CREATE TABLE out_u (ws TIMESTAMP(3), n BIGINT) WITH (@out_u);
       INSERT INTO out_t SELECT id, k FROM LATE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '10' SECOND));
       INSERT INTO out_u SELECT window_start, COUNT(*)
         FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;)"},
    {.name = "rejected",
     .sql = EVENTS R"(
       CREATE TABLE out_t (raw BYTES, reason STRING, field STRING, part INT, at BIGINT) WITH (@out_t);
       CREATE TABLE out_u (ws TIMESTAMP(3), n BIGINT, s BIGINT) WITH (@out_u);
       INSERT INTO out_t SELECT raw, reason, field, `partition`, `offset` FROM REJECTED(events);
       INSERT INTO out_u SELECT window_start, COUNT(*), SUM(id)
         FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;)",
     .rejects = true},
    {.name = "union",
     .sql = EVENTS R"(
       CREATE TABLE others (id BIGINT, k STRING, v INT, h BIGINT, ts TIMESTAMP(3),
         WATERMARK FOR ts AS ts - INTERVAL '1' SECOND) WITH (@others);
       CREATE TABLE out_t (ws TIMESTAMP(3), k STRING, n BIGINT, s BIGINT) WITH (@out_t);
       CREATE TABLE out_u (ws TIMESTAMP(3), n BIGINT) WITH (@out_u);
       CREATE VIEW both_of_them AS SELECT id, k, ts FROM events UNION ALL SELECT id, k, ts FROM others WHERE v > 1;
       INSERT INTO out_t SELECT window_start, k, COUNT(*), SUM(id)
         FROM TABLE(TUMBLE(TABLE both_of_them, DESCRIPTOR(ts), INTERVAL '10' SECOND))
         GROUP BY window_start, window_end, k;
       INSERT INTO out_u SELECT window_start, COUNT(*)
         FROM TABLE(TUMBLE(TABLE others, DESCRIPTOR(ts), INTERVAL '5' SECOND)) GROUP BY window_start, window_end;)",
     .second_input = true},
    {.name = "windows_above", .sql = EVENTS R"(
       CREATE TABLE out_t (ws TIMESTAMP(3), most BIGINT, ks BIGINT, s BIGINT) WITH (@out_t);
       INSERT INTO out_t SELECT window_start, MAX(n), COUNT(*), SUM(s) FROM (
         SELECT window_start, window_end, k, COUNT(*) AS n, SUM(id) AS s
           FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '10' SECOND))
           GROUP BY window_start, window_end, k) GROUP BY window_start, window_end;)"},
    // Mode C.
    {.name = "session", .sql = EVENTS R"(
       CREATE TABLE out_t (ws TIMESTAMP(3), we TIMESTAMP(3), k STRING, n BIGINT, s BIGINT, hi STRING) WITH (@out_t);
       INSERT INTO out_t SELECT window_start, window_end, k, COUNT(*), SUM(id), MAX(CAST(id AS STRING))
         FROM TABLE(SESSION(TABLE events PARTITION BY k, DESCRIPTOR(ts), INTERVAL '2' SECOND))
         GROUP BY window_start, window_end, k;)"},
    {.name = "groups",
     .sql = EVENTS R"(
       CREATE TABLE out_t (k STRING NOT NULL, n BIGINT, s BIGINT, d BIGINT, hi STRING, PRIMARY KEY (k) NOT ENFORCED)
         WITH (@!out_t);
       INSERT INTO out_t SELECT COALESCE(k, ''), COUNT(*), SUM(id), COUNT(DISTINCT v), MAX(CAST(id AS STRING))
         FROM events GROUP BY COALESCE(k, '');)",
     .check = Check::SameLast},
    {.name = "distinct", .sql = EVENTS R"(
       CREATE TABLE out_t (k STRING, v INT) WITH (@out_t);
       INSERT INTO out_t SELECT DISTINCT k, v FROM events;)"},
    {.name = "windows_of_windows", .sql = EVENTS R"(
       CREATE TABLE out_t (we TIMESTAMP(3), n BIGINT, s BIGINT) WITH (@out_t);
       CREATE TABLE out_u (we TIMESTAMP(3), k STRING, n BIGINT) WITH (@out_u);
       CREATE VIEW small AS SELECT TUMBLE_ROWTIME(ts, INTERVAL '3' SECOND) AS t, k, COUNT(*) AS n, SUM(id) AS s
         FROM events GROUP BY TUMBLE(ts, INTERVAL '3' SECOND), k;
       INSERT INTO out_t SELECT TUMBLE_END(t, INTERVAL '12' SECOND), SUM(n), SUM(s)
         FROM small GROUP BY TUMBLE(t, INTERVAL '12' SECOND);
       INSERT INTO out_u SELECT HOP_END(t, INTERVAL '6' SECOND, INTERVAL '18' SECOND), k, SUM(n)
         FROM small GROUP BY HOP(t, INTERVAL '6' SECOND, INTERVAL '18' SECOND), k;)"},
    {.name = "all_changelog", .sql = EVENTS R"(
       CREATE TABLE out_t (ws TIMESTAMP(3), k STRING, n BIGINT, s BIGINT, hi BIGINT) WITH (@out_t);
       CREATE TABLE out_u (ws TIMESTAMP(3), we TIMESTAMP(3), n BIGINT) WITH (@out_u);
       SET 'recovery.mode' = 'changelog';
       INSERT INTO out_t SELECT window_start, k, COUNT(*), SUM(id), MAX(id)
         FROM TABLE(HOP(TABLE events, DESCRIPTOR(ts), INTERVAL '4' SECOND, INTERVAL '10' SECOND))
         GROUP BY window_start, window_end, k;
       INSERT INTO out_u SELECT window_start, window_end, COUNT(*)
         FROM TABLE(CUMULATE(TABLE events, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '15' SECOND))
         GROUP BY window_start, window_end;)"},
    {.name = "everything", .sql = kEverything},
    {.name = "damaged", .sql = kEverything, .check = Check::AtMost, .damaged = true},
    // Without transactions.
    {.name = "at_least_once",
     .sql = EVENTS R"(
       CREATE TABLE out_t (id BIGINT, k STRING) WITH (@out_t, 'sink.delivery-guarantee' = 'at-least-once');
       CREATE TABLE out_u (ws TIMESTAMP(3), k STRING, n BIGINT, s BIGINT)
         WITH (@out_u, 'sink.delivery-guarantee' = 'at-least-once');
       INSERT INTO out_t SELECT id, k FROM events WHERE v > 2;
       INSERT INTO out_u SELECT window_start, k, COUNT(*), SUM(id)
         FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end, k;)",
     .check = Check::AtLeast,
     .plain = true},
    {.name = "groups_at_least_once",
     .sql = EVENTS R"(
       CREATE TABLE out_t (k STRING NOT NULL, n BIGINT, s BIGINT, PRIMARY KEY (k) NOT ENFORCED)
         WITH (@!out_t, 'sink.delivery-guarantee' = 'at-least-once');
       INSERT INTO out_t SELECT COALESCE(k, ''), COUNT(*), SUM(id) FROM events GROUP BY COALESCE(k, '');)",
     .check = Check::SameLast,
     .plain = true},
    {.name = "at_most_once",
     .sql = EVENTS R"(
       CREATE TABLE out_t (id BIGINT, k STRING) WITH (@out_t, 'sink.delivery-guarantee' = 'at-most-once');
       CREATE TABLE out_u (ws TIMESTAMP(3), k STRING, n BIGINT, s BIGINT)
         WITH (@out_u, 'sink.delivery-guarantee' = 'at-most-once');
       INSERT INTO out_t SELECT id, k FROM events WHERE v > 2;
       INSERT INTO out_u SELECT window_start, k, COUNT(*), SUM(id)
         FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end, k;)",
     .check = Check::AtMost,
     .plain = true},
    // Nothing is late here, whenever partitions fall silent or are found.
    {.name = "idle",
     .sql = EVENTS_OF("40", ", 'scan.watermark.idle-timeout' = '300 ms'") R"(
       CREATE TABLE out_t (ws TIMESTAMP(3), k STRING, n BIGINT, s BIGINT) WITH (@out_t);
       CREATE TABLE out_u (id BIGINT, h BIGINT) WITH (@out_u);
       INSERT INTO out_t SELECT window_start, k, COUNT(*), SUM(h)
         FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end, k;
       INSERT INTO out_u SELECT id, h FROM LATE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '10' SECOND));)",
     .silence = true,
     .paced = true},
    {.name = "growing",
     .sql = EVENTS_OF("40", ", 'scan.topic-partition-discovery.interval' = '100 ms'") R"(
       CREATE TABLE out_t (ws TIMESTAMP(3), k STRING, n BIGINT, s BIGINT) WITH (@out_t);
       CREATE TABLE out_u (id BIGINT, h BIGINT) WITH (@out_u);
       INSERT INTO out_t SELECT window_start, k, COUNT(*), SUM(h)
         FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end, k;
       INSERT INTO out_u SELECT id, h FROM LATE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '10' SECOND));)",
     .check = Check::Conserved,
     .grows = true,
     .paced = true},
    {.name = "idle_sessions",
     .sql = EVENTS_OF("40",
                      ", 'scan.watermark.idle-timeout' = '300 ms', "
                      "'scan.topic-partition-discovery.interval' = '100 ms'") R"(
       CREATE TABLE out_t (ws TIMESTAMP(3), k STRING, n BIGINT, s BIGINT) WITH (@out_t);
       CREATE TABLE out_u (id BIGINT, h BIGINT) WITH (@out_u);
       INSERT INTO out_t SELECT window_start, k, COUNT(*), SUM(h)
         FROM TABLE(SESSION(TABLE events PARTITION BY k, DESCRIPTOR(ts), INTERVAL '2' SECOND))
         GROUP BY window_start, window_end, k;
       INSERT INTO out_u SELECT id, h
         FROM LATE(SESSION(TABLE events PARTITION BY k, DESCRIPTOR(ts), INTERVAL '2' SECOND));)",
     .check = Check::Conserved,
     .silence = true,
     .grows = true,
     .paced = true},
    // The same with records that are late, also only because other partitions were ahead while theirs was silent, or not
    // yet found: what a window does not take LATE gives.
    {.name = "idle_late",
     .sql = EVENTS_OF("2",
                      ", 'scan.watermark.idle-timeout' = '300 ms', "
                      "'scan.topic-partition-discovery.interval' = '100 ms'") R"(
       CREATE TABLE out_t (ws TIMESTAMP(3), k STRING, n BIGINT, s BIGINT) WITH (@out_t);
       CREATE TABLE out_u (id BIGINT, h BIGINT) WITH (@out_u);
       INSERT INTO out_t SELECT window_start, k, COUNT(*), SUM(h)
         FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end, k;
       INSERT INTO out_u SELECT id, h FROM LATE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '10' SECOND));)",
     .check = Check::Conserved,
     .silence = true,
     .grows = true},
    {.name = "union_late",
     .sql = EVENTS_OF("2",
                      ", 'scan.watermark.idle-timeout' = '300 ms', "
                      "'scan.topic-partition-discovery.interval' = '100 ms'") R"(
       CREATE TABLE others (id BIGINT, k STRING, v INT, h BIGINT, ts TIMESTAMP(3),
         WATERMARK FOR ts AS ts - INTERVAL '1' SECOND) WITH (@others);
       CREATE TABLE out_t (ws TIMESTAMP(3), we TIMESTAMP(3), k STRING, n BIGINT, s BIGINT) WITH (@out_t);
       CREATE TABLE out_u (id BIGINT, h BIGINT) WITH (@out_u);
       CREATE VIEW both_of_them AS SELECT id, k, h, ts FROM events UNION ALL SELECT id, k, h, ts FROM others;
       SET 'session.allowed-lateness' = '3 s';
       INSERT INTO out_t SELECT window_start, window_end, k, COUNT(*), SUM(h)
         FROM TABLE(SESSION(TABLE both_of_them PARTITION BY k, DESCRIPTOR(ts), INTERVAL '2' SECOND))
         GROUP BY window_start, window_end, k;
       INSERT INTO out_u SELECT id, h
         FROM LATE(SESSION(TABLE both_of_them PARTITION BY k, DESCRIPTOR(ts), INTERVAL '2' SECOND));)",
     .check = Check::Conserved,
     .second_input = true,
     .silence = true,
     .grows = true},
    {.name = "processing_time",
     .sql = R"(
       CREATE TABLE events (id BIGINT, k STRING, v INT, h BIGINT, p AS PROCTIME()) WITH (@events);
       CREATE TABLE out_t (ws TIMESTAMP(3), k STRING, n BIGINT, s BIGINT) WITH (@out_t);
       INSERT INTO out_t SELECT window_start, k, COUNT(*), SUM(h)
         FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(p), INTERVAL '5' SECOND)) GROUP BY window_start, window_end, k;)",
     .check = Check::Conserved,
     .linger_us = 3'000'000},
    {.name = "latest",
     .sql = EVENTS_OF("4", ", 'scan.startup.mode' = 'latest-offset'") R"(
       CREATE TABLE out_t (id BIGINT, k STRING) WITH (@out_t);
       INSERT INTO out_t SELECT id, k FROM events;)",
     .check = Check::Suffix},
    {.name = "latest_growing",
     .sql = EVENTS_OF("4",
                      ", 'scan.startup.mode' = 'latest-offset', "
                      "'scan.topic-partition-discovery.interval' = '5 s'") R"(
       CREATE TABLE out_t (id BIGINT, k STRING) WITH (@out_t);
       INSERT INTO out_t SELECT id, k FROM events;)",
     .check = Check::Suffix,
     .grows = true,
     .paced = true},
    {.name = "bounded",
     .sql = EVENTS_OF("4", ", 'scan.bounded.mode' = 'latest-offset'") R"(
       CREATE TABLE out_t (id BIGINT, k STRING) WITH (@out_t);
       CREATE TABLE out_u (ws TIMESTAMP(3), n BIGINT) WITH (@out_u);
       INSERT INTO out_t SELECT id, k FROM events;
       INSERT INTO out_u SELECT window_start, COUNT(*)
         FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;)",
     .check = Check::Prefix},
    {.name = "lost_input",
     .sql = EVENTS R"(
       CREATE TABLE out_t (id BIGINT, k STRING) WITH (@out_t);
       CREATE TABLE out_u (ws TIMESTAMP(3), k STRING, n BIGINT) WITH (@out_u);
       INSERT INTO out_t SELECT id, k FROM events;
       INSERT INTO out_u SELECT window_start, k, COUNT(*)
         FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end, k;)",
     .check = Check::NothingTwice,
     .loses = true},
};

// `@topic` and `@!topic` become the options of a table.
std::string with_options(std::string_view sql) {
  std::string result;
  while (true) {
    const size_t at = sql.find('@');
    result += sql.substr(0, at);
    if (at == std::string_view::npos) {
      return result;
    }
    sql.remove_prefix(at + 1);
    const bool upsert = sql.starts_with('!');
    sql.remove_prefix(upsert ? 1 : 0);
    const size_t end = sql.find_first_not_of("abcdefghijklmnopqrstuvwxyz_");
    result +=
        upsert ? "'connector' = 'upsert-kafka', 'key.format' = 'json', 'value.format' = 'json', 'topic' = '"
               : "'connector' = 'kafka', 'format' = 'json', 'topic' = '";
    result += sql.substr(0, end);
    result += "', 'properties.bootstrap.servers' = 'simulated:9092'";
    sql.remove_prefix(end);
  }
}

}  // namespace

std::span<const Workload> workloads() { return kWorkloads; }

std::unique_ptr<backend::JitProgram> compile(const Workload& workload) {
  catalog::Catalog catalog;
  const auto text = std::make_shared<const diagnostics::Source>("sim.stream", with_options(workload.sql));
  auto compiled = compiler::compile(text, {}, catalog);
  if (compiled.diagnostics.has_errors()) {
    std::fputs(diagnostics::render_all(compiled.diagnostics, *text).c_str(), stderr);
    std::exit(2);
  }
  for (auto& step : compiled.steps) {
    if (auto* job = std::get_if<std::unique_ptr<compiler::CompiledJob>>(&step)) {
      codegen::EmittedModule module = compiler::emit(**job, *text, {});
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

}  // namespace weir::sim
