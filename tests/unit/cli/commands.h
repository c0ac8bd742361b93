// The commands as a user's shell sees them: exit status, standard output, standard error. Runs the `weir` that lies beside
// this test.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace weir::cli {

struct Ran {
  int status;
  std::string out, err;
};

class Commands : public testing::Test {
 protected:
  void SetUp() override {
    weir_ = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "weir";
    std::string folder = (std::filesystem::temp_directory_path() / "weir-cli-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    folder_ = folder;
    write("orders.json",
          "{\"amount\":1.5,\"ts\":\"2026-01-01 08:00:00\"}\n{\"amount\":2,\"ts\":\"2026-01-01 08:01:00\"}\n");
    write("good.stream", kTable + "SELECT amount, ts FROM orders;\n");
    write("bad.stream", kTable + "SELECT amuont FROM orders;\nSELECT FROM orders;\n");
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
  }
  std::string read(const std::string& name) const {
    std::ifstream file(folder_ / name);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }
  // A line for the shell, in which `weir` is the command.
  Ran run(const std::string& line, const std::string& input = "") const {
    write("stdin", input);
    const std::string command =
        fmt::format("cd '{}' && weir() {{ '{}' \"$@\"; }} && {{ {} ; }} < stdin > stdout 2> stderr",
                    folder_.string(), weir_.string(), line);
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read("stdout"), read("stderr")};
  }

  const std::string kTable =
      "CREATE TABLE orders (amount DECIMAL(10, 2), ts TIMESTAMP(3), WATERMARK FOR ts AS ts)\n"
      "  WITH ('connector' = 'filesystem', 'path' = 'orders.json', 'format' = 'json');\n";
  const std::string kRows =
      "{\"amount\":1.50,\"ts\":\"2026-01-01 08:00:00\"}\n{\"amount\":2.00,\"ts\":\"2026-01-01 08:01:00\"}\n";
  std::filesystem::path weir_, folder_;
};

}  // namespace weir::cli
