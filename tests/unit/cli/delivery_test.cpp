// `weir check` says of each sink what holds from end to end, and what would strengthen or weaken it.
#include "tests/unit/cli/commands.h"

namespace weir::cli {
namespace {

class Delivery : public Commands {
 protected:
  static std::string topic(const std::string& name, const std::string& options = "") {
    return fmt::format(
        "CREATE TABLE {0} (a BIGINT) WITH ('connector' = 'kafka', 'topic' = '{0}', "
        "'properties.bootstrap.servers' = 'b:1', 'format' = 'json'{1});\n",
        name, options);
  }
  static std::string file(const std::string& name, const std::string& path) {
    return fmt::format(
        "CREATE TABLE {} (a BIGINT) WITH ('connector' = 'filesystem', 'path' = '{}', 'format' = 'json');\n",
        name, path);
  }
  // The lines about delivery, of all sinks.
  std::string of(const std::string& text) const {
    write("q.stream", text);
    const Ran ran = run("weir check q.stream");
    EXPECT_EQ(ran.status, 0) << ran.err;
    std::stringstream lines(ran.out);
    std::string line, delivery;
    while (std::getline(lines, line))
      if (line.starts_with("  delivery ") || line.starts_with("     ")) delivery += line.substr(14) + "\n";
    return delivery;
  }
};

TEST_F(Delivery, FromTopicToTopicIsExactlyOnce) {
  EXPECT_EQ(
      of("SET 'commit.interval' = '2 s';\n" + topic("i") + topic("o") + "INSERT INTO o SELECT a FROM i;\n"),
      "exactly once, for readers with isolation.level=read_committed\n"
      "results, positions and state are committed in one transaction every 2 s\n"
      "weaker: a reader without that setting also sees records that a crash has taken back\n"
      "weaker: 'sink.delivery-guarantee' = 'at-least-once' needs no transaction, and may write a result "
      "again "
      "after "
      "a crash\n");
}

TEST_F(Delivery, IsAsWeakAsTheSinkAsks) {
  EXPECT_EQ(of(topic("i") + topic("o", ", 'sink.delivery-guarantee' = 'at-least-once'") +
               "INSERT INTO o SELECT a FROM i;\n"),
            "at least once\n"
            "after a crash the records of up to 500 ms are written again\n"
            "a copy of the job that was taken for dead and comes back may write some twice as well\n"
            "stronger: a PRIMARY KEY and connector `upsert-kafka`, or a reader that drops what it has seen, "
            "make it once "
            "by key\n"
            "stronger: 'sink.delivery-guarantee' = 'exactly-once'\n");
  EXPECT_EQ(of(topic("i") + "CREATE TABLE o (a BIGINT, n BIGINT, PRIMARY KEY (a) NOT ENFORCED) WITH "
                            "('connector' = 'upsert-kafka', "
                            "'topic' = 'o', 'properties.bootstrap.servers' = 'b:1', 'key.format' = 'json', "
                            "'value.format' = 'json', "
                            "'sink.delivery-guarantee' = 'at-least-once');\n"
                            "INSERT INTO o SELECT a, COUNT(*) FROM i GROUP BY a;\n"),
            "at least once; the last record of a key is right\n"
            "after a crash the records of up to 500 ms are written again\n"
            "a copy of the job that was taken for dead and comes back may write some twice as well\n"
            "stronger: 'exactly-once' never shows an older record of a key after a newer one\n");
  EXPECT_EQ(
      of(topic("i") + topic("o", ", 'sink.delivery-guarantee' = 'at-most-once'") +
         "INSERT INTO o SELECT a FROM i;\n"),
      "at most once\n"
      "after a crash the records of up to 500 ms are missing\n"
      "stronger: 'at-least-once' loses none at the same cost, 'exactly-once' writes none twice either\n");
}

TEST_F(Delivery, OfAJobIsThatOfItsStrongestSink) {
  EXPECT_EQ(
      of(topic("i") + topic("o", ", 'sink.delivery-guarantee' = 'at-most-once'") +
         topic("p", ", 'sink.delivery-guarantee' = 'at-least-once'") +
         "EXECUTE STATEMENT SET BEGIN INSERT INTO o SELECT a FROM i; INSERT INTO p SELECT a FROM i; END;\n"),
      "at least once\n"
      "`o` asks for at-most-once, but all sinks of a job commit together, as the strongest asks\n"
      "after a crash the records of up to 500 ms are written again\n"
      "a copy of the job that was taken for dead and comes back may write some twice as well\n"
      "stronger: a PRIMARY KEY and connector `upsert-kafka`, or a reader that drops what it has seen, make "
      "it once "
      "by key\n"
      "stronger: 'sink.delivery-guarantee' = 'exactly-once'\n"
      "at least once\n"
      "after a crash the records of up to 500 ms are written again\n"
      "a copy of the job that was taken for dead and comes back may write some twice as well\n"
      "stronger: a PRIMARY KEY and connector `upsert-kafka`, or a reader that drops what it has seen, make "
      "it once "
      "by key\n"
      "stronger: 'sink.delivery-guarantee' = 'exactly-once'\n");
}

TEST_F(Delivery, FromAFileIsRepeatedByEveryRun) {
  EXPECT_EQ(of(file("f", "in.json") + topic("o") + "INSERT INTO o SELECT a FROM f;\n"),
            "at least once over restarts\n"
            "`f` is read from its beginning by every run, which writes all results again\n"
            "stronger: put its rows into a topic first, and read that\n");
  EXPECT_EQ(of(file("f", "in.json") + file("g", "out.json") + "INSERT INTO g SELECT a FROM f;\n"),
            "all or nothing per run (one file)\n");
}

TEST_F(Delivery, ToAFileHasNoPartInCommits) {
  EXPECT_EQ(
      of(topic("i") + "SELECT a FROM i;\n"),
      "at least once over restarts (standard output)\n"
      "every run begins where `scan.startup.mode` of `i` says: only results in a topic commit positions\n"
      "stronger: INSERT INTO a table of connector `kafka`\n");
  const std::string both =
      of(topic("i") + topic("o") + file("f", "out/") +
         "EXECUTE STATEMENT SET BEGIN INSERT INTO o SELECT a FROM i; INSERT INTO f SELECT a FROM "
         "i; END;\n");
  EXPECT_TRUE(
      both.ends_with("at most once\n"
                     "the job commits how far `i` was read together with its results in topics\n"
                     "a restart goes on there: rows from before are not written again\n"
                     "stronger: write to a topic, or in a job of its own\n"))
      << both;
}

}  // namespace
}  // namespace weir::cli
