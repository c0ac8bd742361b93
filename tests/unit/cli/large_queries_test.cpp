// Queries that a program wrote: LLVM's time must not grow with the square of their size. Runs the `weir` that lies beside
// this test.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include "weir_version.h"

namespace weir::cli {
namespace {

// Of processor time, where nothing is sanitized. Each takes less than half of it.
constexpr double kMostSeconds = 8;

double seconds_of_children() {
  rusage usage{};
  getrusage(RUSAGE_CHILDREN, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec) + static_cast<double>(usage.ru_utime.tv_usec) / 1e6;
}

std::string join(int count, const char* between, const std::function<std::string(int)>& item) {
  std::string text;
  for (int i = 0; i < count; ++i) text += (i == 0 ? "" : between) + item(i);
  return text;
}

std::vector<std::string> sorted_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::stringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  std::ranges::sort(lines);
  return lines;
}

class LargeQueries : public testing::Test {
 protected:
  void SetUp() override {
    std::string folder = (std::filesystem::temp_directory_path() / "weir-large-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    folder_ = folder;
    write("t.json",
          "{\"a\":7,\"d\":3.5,\"s\":\"k21\"}\n{\"a\":8,\"d\":9000.25,\"s\":\"k22\"}\n{\"a\":null,\"d\":null,"
          "\"s\":null}\n");
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
  }

  // The rows, in the time that is allowed.
  std::string run(const std::string& query) const {
    write("query.stream", query);
    const std::filesystem::path weir = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "weir";
    const double before = seconds_of_children();
    const std::string command =
        fmt::format("cd '{}' && '{}' run query.stream > out 2> err", folder_.string(), weir.string());
    EXPECT_EQ(std::system(command.c_str()), 0);
    if (version_sanitizers.empty()) EXPECT_LT(seconds_of_children() - before, kMostSeconds);
    std::ifstream file(folder_ / "out");
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }

  const std::string kTable =
      "CREATE TABLE t (a BIGINT, d DOUBLE, s STRING)\n"
      "WITH ('connector' = 'filesystem', 'path' = 't.json', 'format' = 'json');\n";

  std::filesystem::path folder_;
};

TEST_F(LargeQueries, TenThousandConstants) {
  const std::string integers = join(10'000, ", ", [](int i) { return fmt::format("{}", 7 * i); });
  const std::string strings = join(10'000, ", ", [](int i) { return fmt::format("'k{}'", 7 * i); });
  EXPECT_EQ(
      run(kTable + fmt::format("SELECT a, a IN ({}) AS i, s IN ({}) AS s FROM t;\n", integers, strings)),
      "{\"a\":7,\"i\":true,\"s\":true}\n{\"a\":8,\"i\":false,\"s\":false}\n{\"a\":null,\"i\":null,\"s\":null}"
      "\n");
}

TEST_F(LargeQueries, TenThousandConditions) {
  const std::string conditions =
      join(10'000, " OR ", [](int i) { return fmt::format("(a > {} AND d < {}.5)", i, i); });
  EXPECT_EQ(run(kTable + "SELECT a FROM t WHERE " + conditions + ";\n"), "{\"a\":7}\n");
}

TEST_F(LargeQueries, FourThousandConditionsThatAllHold) {
  const std::string conditions = join(4000, " AND ", [](int i) { return fmt::format("a <> {}", 8 + i); });
  const std::string equal = join(4000, " AND ", [](int i) { return fmt::format("a + {} = {}", i, 7 + i); });
  EXPECT_EQ(run(kTable + "SELECT a FROM t WHERE " + conditions + " AND " + equal + ";\n"), "{\"a\":7}\n");
}

TEST_F(LargeQueries, FourHundredBranches) {
  const std::string branches = join(400, "\nUNION ALL ", [](int i) {
    return fmt::format("SELECT a + {} AS x, s FROM t WHERE a > {}", i, i);
  });
  std::string expected;
  for (int i = 0; i < 7; ++i) expected += fmt::format("{{\"x\":{},\"s\":\"k21\"}}\n", 7 + i);
  for (int i = 0; i < 8; ++i) expected += fmt::format("{{\"x\":{},\"s\":\"k22\"}}\n", 8 + i);
  EXPECT_EQ(sorted_lines(run(kTable + branches + ";\n")), sorted_lines(expected));
}

TEST_F(LargeQueries, TwoThousandColumns) {
  constexpr int count = 2000;
  write("w.json", "{" + join(count, ",", [](int i) { return fmt::format("\"c{}\":{}", i, i); }) + "}\n");
  const std::string table = "CREATE TABLE w (" +
                            join(count, ", ", [](int i) { return fmt::format("c{} BIGINT", i); }) +
                            ")\nWITH ('connector' = 'filesystem', 'path' = 'w.json', 'format' = 'json');\n";
  const std::string sums = join(count, ", ", [](int i) { return fmt::format("c{} + 1 AS x{}", i, i); });
  EXPECT_EQ(run(table + "SELECT " + sums + " FROM w;\n"),
            "{" + join(count, ",", [](int i) { return fmt::format("\"x{}\":{}", i, i + 1); }) + "}\n");
}

}  // namespace
}  // namespace weir::cli
