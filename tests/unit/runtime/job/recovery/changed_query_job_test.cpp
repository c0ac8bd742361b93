// A query is changed between two starts of its job: what still fits goes on, what does not is refused by name.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/runtime/job/log_job.h"

namespace weir::job {
namespace {

using namespace log_tests;

class ChangedQueryJob : public testing::Test {
 protected:
  ChangedQueryJob() {
    log.create_topic("events", 1);
    log.create_topic("results", 2);
    // The window of the first ten seconds is open when the first query stops.
    for (int64_t id = 1; id <= 9; ++id) add_event(log, 0, id, id % 3 == 0 ? "b" : "a", id * 10, id);
  }

  static std::string text(const std::string& columns, const std::string& select,
                          const std::string& set = "") {
    return set + events_to_results(columns) + "INSERT INTO results " + select + ";";
  }
  Ended until_all_is_read(const std::string& query, const RunOptions& options = {}) {
    LogJob job(query);
    return job.run(log, clock, [&] { return all_read(log); }, options);
  }
  // Then the window ends.
  void add_the_rest() {
    add_event(log, 0, 10, "a", 1000, 9);
    add_event(log, 0, 11, "a", 0, 40);
  }
  std::vector<std::string> sorted_results() {
    auto rows = results(log);
    std::ranges::sort(rows);
    return rows;
  }

  sim::World world{1};
  sim::SimClock clock{world};
  sim::SimLog log{world};
  const std::string by_key = "k STRING, n BIGINT";
  const std::string counted =
      "SELECT k, COUNT(*) FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY "
      "window_start, window_end, k";
};

TEST_F(ChangedQueryJob, AnAggregateIsAddedToAWindowThatIsReadAgain) {
  const Ended first = until_all_is_read(text(by_key, counted));
  ASSERT_EQ(first.status, ExitStatus::Finished) << first.messages;
  EXPECT_EQ(results(log), std::vector<std::string>());
  add_the_rest();
  const Ended second = until_all_is_read(text(
      "k STRING, n BIGINT, total BIGINT, highest BIGINT",
      "SELECT k, COUNT(*), SUM(v), MAX(id) FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '10' "
      "SECOND)) GROUP BY window_start, window_end, k"));
  ASSERT_EQ(second.status, ExitStatus::Finished) << second.messages;
  EXPECT_EQ(sorted_results(), (std::vector<std::string>{R"({"k":"a","n":7,"total":1270,"highest":10})",
                                                        R"({"k":"b","n":3,"total":180,"highest":9})"}));
}

TEST_F(ChangedQueryJob, AnotherWindowIsRefused) {
  ASSERT_EQ(until_all_is_read(text(by_key, counted)).status, ExitStatus::Finished);
  const Ended second = until_all_is_read(
      text(by_key,
           "SELECT k, COUNT(*) FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '20' SECOND)) GROUP "
           "BY window_start, window_end, k"));
  EXPECT_EQ(second.status, ExitStatus::Usage);
  EXPECT_EQ(second.messages,
            "error: the state that was committed does not fit the query: the window of `Aggregate TUMBLE(20 "
            "s) by k` "
            "has changed\n"
            "hint: start with `--restart-from committed` (from the committed offset, with empty state), "
            "`--restart-from earliest` or `--restart-from latest`\n");
}

TEST_F(ChangedQueryJob, InAChangelogAggregatesBelongToTheState) {
  const std::string set = "SET 'recovery.mode' = 'changelog';";
  ASSERT_EQ(until_all_is_read(text(by_key, counted, set)).status, ExitStatus::Finished);
  const Ended second = until_all_is_read(
      text("k STRING, n BIGINT",
           "SELECT k, SUM(v) FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '10' SECOND)) "
           "GROUP BY window_start, window_end, k",
           set));
  EXPECT_EQ(second.status, ExitStatus::Usage);
  EXPECT_TRUE(
      second.messages.starts_with("error: the state that was committed does not fit the query: the keys or "
                                  "aggregates of `Aggregate TUMBLE(10 s) by k` have changed\n"))
      << second.messages;
  const Ended third = until_all_is_read(text(by_key, counted));
  EXPECT_EQ(third.status, ExitStatus::Usage);
  EXPECT_TRUE(
      third.messages.starts_with("error: the state that was committed does not fit the query: the state of "
                                 "`Aggregate TUMBLE(10 s) by k` was kept "
                                 "in a changelog, and is now made again from the input\n"))
      << third.messages;
}

TEST_F(ChangedQueryJob, AnOperatorThatIsLeftOutIsLeftBehind) {
  const std::string tables = events_to_results(by_key);
  const std::string sessions =
      "SELECT k, COUNT(*) FROM TABLE(SESSION(TABLE events PARTITION BY k, DESCRIPTOR(ts), INTERVAL '4' "
      "SECOND)) GROUP "
      "BY window_start, window_end, k";
  ASSERT_EQ(until_all_is_read(tables + "EXECUTE STATEMENT SET BEGIN INSERT INTO results " + counted +
                              "; INSERT INTO results " + sessions + "; END;")
                .status,
            ExitStatus::Finished);
  add_the_rest();
  const Ended second = until_all_is_read(tables + "INSERT INTO results " + sessions + ";");
  ASSERT_EQ(second.status, ExitStatus::Finished) << second.messages;
  EXPECT_TRUE(
      second.messages.starts_with("the state of an operator that the query no longer has is left behind\n"))
      << second.messages;
  EXPECT_EQ(sorted_results(), (std::vector<std::string>{R"({"k":"a","n":7})", R"({"k":"b","n":3})"}));
  // And the other way round, the changelog still holds what nobody needs.
  const Ended third = until_all_is_read(tables + "INSERT INTO results " + counted + ";");
  EXPECT_EQ(third.status, ExitStatus::Usage);
  EXPECT_TRUE(third.messages.starts_with("error: the state that was committed does not fit the query: "))
      << third.messages;
}

}  // namespace
}  // namespace weir::job
