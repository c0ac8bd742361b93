// How states come back after a crash, and which changes of a query leave its state as it is.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "compiler/plan/describe.h"
#include "tests/unit/compiler/log_tables.h"

namespace weir::plan {
namespace {

using compiler_tests::LogTables;

struct Table {
  std::string columns =
      "order_id BIGINT, customer_id BIGINT, amount DECIMAL(10, 2), category STRING, event_time TIMESTAMP(3)";
  std::string watermark = "event_time - INTERVAL '5' SECOND";
  std::string name = "orders";
};

std::string declare(const Table& table) {
  return "CREATE TABLE " + table.name + " (" + table.columns + ", WATERMARK FOR event_time AS " +
         table.watermark +
         ") WITH ('connector' = 'filesystem', 'path' = 'orders.json', 'format' = 'json');\n";
}

// Recoveries of the aggregates of a job, in order of the plan.
std::vector<Recovery> recoveries(const std::string& query, const Table& table = {},
                                 const compiler::CompileOptions& options = {}) {
  LogTables tables(declare(table) + declare({.name = "returns"}) +
                   "CREATE TABLE sink (n BIGINT) WITH ('connector' = 'blackhole');");
  tables.in_log(table.name).in_log("returns");
  const auto job = tables.job(query, options);
  std::vector<Recovery> result;
  for (const Node& node : job->plan.nodes) {
    const auto* aggregate = std::get_if<Aggregate>(&node.kind);
    if (aggregate == nullptr) continue;
    EXPECT_TRUE(aggregate->recovery.has_value());
    result.push_back(aggregate->recovery.value_or(Recovery{}));
  }
  return result;
}
uint64_t fingerprint(const std::string& query, const Table& table = {}) {
  return recoveries(query, table).back().fingerprint;
}
// "replay", or "changelog: why", of the last aggregate.
std::string mode(const std::string& query) {
  const Recovery recovery = recoveries(query).back();
  if (recovery.mode == RecoveryMode::Changelog) return "changelog: " + recovery.reason;
  EXPECT_EQ(recovery.reason, "its windows are made again from the input");
  return "replay";
}

std::string tumble(const std::string& select, const std::string& rest = "",
                   const std::string& from = "orders", const std::string& keys = ", category") {
  return "SELECT window_start, window_end" + keys + ", " + select + " FROM TABLE(TUMBLE(TABLE " + from +
         ", DESCRIPTOR(event_time), INTERVAL '5' MINUTE)) " + rest + " GROUP BY window_start, window_end" +
         keys + ";";
}

TEST(Recovery, IsReplayForWindowsOfEventTime) {
  EXPECT_EQ(mode(tumble("COUNT(*) AS n")), "replay");
  EXPECT_EQ(mode("SELECT window_start, COUNT(*) AS n FROM TABLE(HOP(TABLE orders, DESCRIPTOR(event_time), "
                 "INTERVAL '1' MINUTE, INTERVAL '1' HOUR)) GROUP BY window_start, window_end;"),
            "replay");
  EXPECT_EQ(
      mode("SELECT window_start, COUNT(*) AS n FROM TABLE(CUMULATE(TABLE orders, DESCRIPTOR(event_time), "
           "INTERVAL '1' MINUTE, INTERVAL '1' HOUR)) GROUP BY window_start, window_end;"),
      "replay");
  EXPECT_EQ(mode("CREATE VIEW both_kinds AS SELECT amount, event_time FROM orders WHERE amount > 1 UNION ALL "
                 "SELECT amount, "
                 "event_time FROM returns; " +
                 tumble("SUM(amount) AS total", "", "both_kinds", "")),
            "replay");
  // The same window once more.
  EXPECT_EQ(
      mode("SELECT window_start, window_end, MAX(n) AS most FROM (SELECT window_start, window_end, category, "
           "COUNT(*) AS n FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(event_time), INTERVAL '5' MINUTE)) "
           "GROUP BY window_start, window_end, category) GROUP BY window_start, window_end;"),
      "replay");
}

TEST(Recovery, IsAChangelogForTheRest) {
  EXPECT_EQ(mode("SELECT category, COUNT(*) AS n FROM orders GROUP BY category;"),
            "changelog: its groups live for ever");
  EXPECT_EQ(mode("SELECT COUNT(*) AS n FROM orders;"), "changelog: its group lives for ever");
  EXPECT_EQ(mode("SELECT DISTINCT category FROM orders;"),
            "changelog: rows that were seen are remembered for ever");
  EXPECT_EQ(
      mode("SELECT window_start, window_end, category, COUNT(*) AS n FROM TABLE(SESSION(TABLE orders "
           "PARTITION BY category, DESCRIPTOR(event_time), INTERVAL '5' MINUTE)) GROUP BY window_start, "
           "window_end, category;"),
      "changelog: a session may be of any length");
  EXPECT_EQ(mode(tumble("COUNT(*) AS n", "WHERE CURRENT_TIMESTAMP > TO_TIMESTAMP_LTZ(order_id, 3)")),
            "changelog: its input would be another: it reads the clock or a random source");
  EXPECT_EQ(
      mode("SELECT TUMBLE_END(t, INTERVAL '1' HOUR) AS hour_end, SUM(n) AS n FROM (SELECT "
           "TUMBLE_ROWTIME(event_time, "
           "INTERVAL '5' MINUTE) AS t, COUNT(*) AS n FROM orders GROUP BY TUMBLE(event_time, INTERVAL '5' "
           "MINUTE)) GROUP BY TUMBLE(t, INTERVAL '1' HOUR);"),
      "changelog: its windows are made of windows");
  EXPECT_EQ(mode("SET 'recovery.mode' = 'changelog'; " + tumble("COUNT(*) AS n")),
            "changelog: `recovery.mode` asks for it");
}

TEST(Recovery, OfWindowsOfProcessingTimeIsAChangelog) {
  LogTables tables(
      "CREATE TABLE clicks (id BIGINT, pt AS PROCTIME()) WITH ('connector' = 'filesystem', 'path' = 'x', "
      "'format' = "
      "'json');");
  tables.in_log("clicks");
  const auto job = tables.job(
      "SELECT window_start, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE clicks, DESCRIPTOR(pt), INTERVAL '5' "
      "SECOND)) GROUP "
      "BY window_start, window_end;");
  for (const Node& node : job->plan.nodes) {
    if (const auto* aggregate = std::get_if<Aggregate>(&node.kind)) {
      EXPECT_EQ(aggregate->recovery->mode, RecoveryMode::Changelog);
      EXPECT_EQ(aggregate->recovery->reason, "its windows are of processing time");
    }
  }
}

TEST(Recovery, IsOnlyDecidedWhereALogIsRead) {
  LogTables tables(declare({}));
  const auto job = tables.job(tumble("COUNT(*) AS n"));
  for (const Node& node : job->plan.nodes)
    if (const auto* aggregate = std::get_if<Aggregate>(&node.kind))
      EXPECT_FALSE(aggregate->recovery.has_value());
}

TEST(Fingerprint, IsTheSameInEveryVersion) {
  // Jobs that run keep it with their offsets: whoever changes it makes them start anew.
  EXPECT_EQ(fingerprint(tumble("COUNT(*) AS n")), 317915971541116795u);
  EXPECT_EQ(fingerprint("SELECT category, COUNT(*) AS n FROM orders GROUP BY category;"),
            9220528849357920062u);
}

TEST(Fingerprint, DoesNotChangeWithWhatIsNoState) {
  const uint64_t whole = fingerprint(tumble("COUNT(*) AS n", "WHERE amount > 10 AND customer_id < 5"));
  const auto same = [&](const std::string& query, const Table& table = {}) {
    EXPECT_EQ(fingerprint(query, table), whole) << query;
  };
  same(tumble("COUNT(*) AS other_name, SUM(amount) AS total", "WHERE amount > 10 AND customer_id < 5"));
  same(tumble("COUNT(*) AS n", "WHERE customer_id < 5 AND amount > 10"));
  same(tumble("COUNT(*) AS n", "WHERE customer_id < 2 + 3 AND amount > 10 AND 1 = 1"));
  same("CREATE VIEW large AS SELECT * FROM orders WHERE amount > 10; " +
       tumble("COUNT(*) AS n", "WHERE customer_id < 5", "large"));
  same(
      "CREATE VIEW large AS SELECT customer_id AS c, category, event_time, 1 AS one FROM orders WHERE amount "
      "> 10; " +
      tumble("COUNT(*) AS n", "WHERE c < 5", "large"));
  same("SELECT window_end, category FROM (" +
       tumble("COUNT(*) AS n", "WHERE amount > 10 AND customer_id < 5").substr(0, 0) +
       "SELECT window_start, window_end, category, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE orders, "
       "DESCRIPTOR(event_time), INTERVAL '5' MINUTE)) WHERE amount > 10 AND customer_id < 5 GROUP BY "
       "window_start, "
       "window_end, category) WHERE n > 3;");
  same(
      "SELECT category, COUNT(*) AS n, TUMBLE_START(event_time, INTERVAL '5' MINUTE) AS t FROM orders WHERE "
      "amount > "
      "10 AND customer_id < 5 GROUP BY TUMBLE(event_time, INTERVAL '5' MINUTE), category;");
  // Columns that it does not use.
  same(tumble("COUNT(*) AS n", "WHERE amount > 10 AND customer_id < 5"),
       {.columns = "note STRING, event_time TIMESTAMP(3), category STRING, customer_id BIGINT, amount "
                   "DECIMAL(10, 2)"});
  same("SET 'parallelism.default' = '7'; SET 'expression.on-error' = 'null'; " +
       tumble("COUNT(*) AS n", "WHERE amount > 10 AND customer_id < 5"));
}

TEST(Fingerprint, DoesNotChangeWithOtherQueriesOrPasses) {
  const std::string query = tumble("COUNT(*) AS n", "WHERE amount > 10");
  const uint64_t whole = fingerprint(query);
  const std::string insert = "INSERT INTO sink SELECT n FROM (" + query.substr(0, query.size() - 1) + ");";
  const std::string other =
      "INSERT INTO sink SELECT n FROM (SELECT customer_id, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE orders, "
      "DESCRIPTOR(event_time), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end, customer_id);";
  const auto has = [&](const std::vector<Recovery>& all) {
    return std::ranges::count(all, whole, &Recovery::fingerprint);
  };
  EXPECT_EQ(has(recoveries(insert)), 1);
  EXPECT_EQ(has(recoveries(insert + other)), 1);
  EXPECT_EQ(has(recoveries(other + insert)), 1);
  for (const Pass& pass : passes()) {
    if (!pass.optional) continue;
    compiler::CompileOptions options;
    options.passes.without.insert(std::string(pass.name));
    EXPECT_EQ(has(recoveries(insert + other, {}, options)), 1) << pass.name;
  }
}

TEST(Fingerprint, ChangesWithTheState) {
  const std::string query = tumble("COUNT(*) AS n", "WHERE amount > 10");
  std::vector<uint64_t> all = {fingerprint(query)};
  const auto other = [&](const std::string& changed, const Table& table = {}) {
    const uint64_t value = fingerprint(changed, table);
    EXPECT_EQ(std::ranges::count(all, value), 0) << changed;
    all.push_back(value);
  };
  other(tumble("COUNT(*) AS n", "WHERE amount > 11"));
  other(tumble("COUNT(*) AS n", "WHERE amount >= 10"));
  other(tumble("COUNT(*) AS n"));
  other(tumble("COUNT(*) AS n", "WHERE amount > 10 AND category <> 'x'"));
  other(tumble("COUNT(*) AS n", "WHERE amount > 10", "orders", ", customer_id"));
  other(tumble("COUNT(*) AS n", "WHERE amount > 10", "orders", ""));
  other(tumble("COUNT(*) AS n", "WHERE amount > 10", "returns"));
  other(
      "SELECT window_start, window_end, category, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE orders, "
      "DESCRIPTOR(event_time), INTERVAL '6' MINUTE)) WHERE amount > 10 GROUP BY window_start, window_end, "
      "category;");
  other(
      "SELECT window_start, window_end, category, COUNT(*) AS n FROM TABLE(HOP(TABLE orders, "
      "DESCRIPTOR(event_time), "
      "INTERVAL '1' MINUTE, INTERVAL '5' MINUTE)) WHERE amount > 10 GROUP BY window_start, window_end, "
      "category;");
  other(
      "SELECT window_start, window_end, category, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE orders, "
      "DESCRIPTOR(event_time), INTERVAL '5' MINUTE, INTERVAL '1' MINUTE)) WHERE amount > 10 GROUP BY "
      "window_start, "
      "window_end, category;");
  other(query, {.watermark = "event_time - INTERVAL '6' SECOND"});
  other(query,
        {.columns = "order_id BIGINT, customer_id BIGINT, amount DECIMAL(12, 2), category STRING, event_time "
                    "TIMESTAMP(3)"});
  other(
      "CREATE VIEW all_orders AS SELECT amount, category, event_time FROM orders UNION ALL SELECT amount, "
      "category, "
      "event_time FROM returns; " +
      tumble("COUNT(*) AS n", "WHERE amount > 10", "all_orders"));
  // Above another aggregate on the same window.
  const auto above = [](const std::string& having) {
    return "SELECT window_start, window_end, COUNT(*) AS n FROM (SELECT window_start, window_end, category, "
           "COUNT(*) AS "
           "n, SUM(amount) AS total FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(event_time), INTERVAL '5' "
           "MINUTE)) "
           "GROUP BY window_start, window_end, category) WHERE " +
           having + " GROUP BY window_start, window_end;";
  };
  other(above("n > 3"));
  other(above("total > 3"));
  other(above("n > 4"));
}

TEST(Fingerprint, OfChangelogsHasTheAggregatesInIt) {
  const auto query = [](const std::string& select) {
    return "SELECT category, " + select + " FROM orders GROUP BY category;";
  };
  const uint64_t whole = fingerprint(query("SUM(amount) AS total"));
  EXPECT_EQ(fingerprint(query("SUM(amount) AS other_name")), whole);
  EXPECT_NE(fingerprint(query("SUM(amount) AS total, COUNT(*) AS n")), whole);
  EXPECT_NE(fingerprint(query("SUM(DISTINCT amount) AS total")), whole);
  EXPECT_NE(fingerprint(query("SUM(amount) FILTER (WHERE order_id > 1) AS total")), whole);
  EXPECT_NE(fingerprint(query("SUM(order_id) AS total")), whole);
}

TEST(Fingerprint, PartsSayWhatHasChanged) {
  const auto parts = [](const std::string& query, const Table& table = {}) {
    return recoveries(query, table).back().fingerprint_parts;
  };
  // Which 16 bits differ, lowest first.
  const uint64_t whole = parts(tumble("COUNT(*) AS n", "WHERE amount > 10"));
  const auto changed = [&](uint64_t other) {
    std::string names;
    const char* all[] = {"input ", "filters ", "window ", "keys "};
    for (int i = 0; i < 4; ++i)
      if (((whole ^ other) >> (16 * i) & 0xffff) != 0) names += all[i];
    return names;
  };
  EXPECT_EQ(changed(parts(tumble("COUNT(*) AS n", "WHERE amount > 11"))), "filters ");
  EXPECT_EQ(changed(parts(tumble("COUNT(*) AS n", "WHERE amount > 10", "orders", ", customer_id"))), "keys ");
  EXPECT_EQ(changed(parts(tumble("COUNT(*) AS n", "WHERE amount > 10"), {.watermark = "event_time"})),
            "input ");
  EXPECT_EQ(changed(parts(
                "SELECT window_start, window_end, category, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE orders, "
                "DESCRIPTOR(event_time), INTERVAL '6' MINUTE)) WHERE amount > 10 GROUP BY window_start, "
                "window_end, category;")),
            "window ");
}

}  // namespace
}  // namespace weir::plan
