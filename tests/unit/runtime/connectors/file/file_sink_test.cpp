#include "runtime/connectors/file/file_sink.h"

#include <csignal>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/runtime/connectors/temporary_directory.h"

namespace weir::connectors {
namespace {

using tests::TemporaryDirectory;

std::unique_ptr<Sink> open_sink(const FileSinkOptions& options) {
  auto sink = make_file_sink(options);
  EXPECT_TRUE(sink.has_value()) << sink.error().text;
  return std::move(*sink);
}

TEST(FileSink, SingleFileAppearsAtTheEnd) {
  const TemporaryDirectory directory;
  directory.write("out.json", "old\n");
  const auto sink = open_sink({.path = directory.file("out.json")});
  ASSERT_TRUE(sink->write(0, "a\nb\n").has_value());
  EXPECT_EQ(directory.read("out.json"), "old\n");
  ASSERT_TRUE(sink->write(1, "c\n").has_value());
  ASSERT_TRUE(sink->finish().has_value());
  EXPECT_EQ(directory.read("out.json"), "a\nb\nc\n");
  EXPECT_EQ(directory.names(), "out.json");
  EXPECT_FALSE(sink->stands_when_stopped());
}

TEST(FileSink, AbandonedSingleFileLeavesWhatWasThere) {
  const TemporaryDirectory directory;
  directory.write("out.json", "old\n");
  const auto sink = open_sink({.path = directory.file("out.json")});
  ASSERT_TRUE(sink->write(0, "a\n").has_value());
  sink->abandon();
  EXPECT_EQ(directory.read("out.json"), "old\n");
  EXPECT_EQ(directory.names(), "out.json");
}

TEST(FileSink, DirectoriesAreMadeAndALinkStaysALink) {
  const TemporaryDirectory directory;
  ASSERT_TRUE(open_sink({.path = directory.file("a/b/out.json")})->finish().has_value());
  EXPECT_EQ(directory.read("a/b/out.json"), "");
  directory.write("real.json", "old\n");
  std::filesystem::create_symlink("real.json", directory.file("link.json"));
  const auto sink = open_sink({.path = directory.file("link.json")});
  ASSERT_TRUE(sink->write(0, "new\n").has_value());
  ASSERT_TRUE(sink->finish().has_value());
  EXPECT_TRUE(std::filesystem::is_symlink(directory.file("link.json")));
  EXPECT_EQ(directory.read("real.json"), "new\n");
  std::filesystem::create_symlink("later/real.json", directory.file("ahead.json"));
  ASSERT_TRUE(open_sink({.path = directory.file("ahead.json")})->finish().has_value());
  EXPECT_TRUE(std::filesystem::is_symlink(directory.file("ahead.json")));
  EXPECT_TRUE(std::filesystem::is_regular_file(directory.file("later/real.json")));
}

TEST(FileSink, KeepsTheModeOfTheFileThatItReplaces) {
  const TemporaryDirectory directory;
  chmod(directory.write("out.json", "").c_str(), 0640);
  ASSERT_TRUE(open_sink({.path = directory.file("out.json")})->finish().has_value());
  struct stat status{};
  ASSERT_EQ(stat(directory.file("out.json").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0640u);
}

TEST(FileSink, PartsRollBetweenRowsHoweverTheRowsArrive) {
  const std::string rows = "22\n333\n1\n4444\n55555\n666666\n7\n";
  for (size_t cut = 1; cut <= rows.size(); ++cut) {
    const TemporaryDirectory directory;
    const auto sink = open_sink({.path = directory.file("out/"), .roll_bytes = 6});
    std::string_view rest = rows;
    while (!rest.empty()) {  // whole rows, at least `cut` bytes of them
      const size_t end = std::min(rest.find('\n', std::min(cut, rest.size()) - 1), rest.size() - 1) + 1;
      ASSERT_TRUE(sink->write(0, rest.substr(0, end)).has_value());
      rest.remove_prefix(end);
    }
    ASSERT_TRUE(sink->finish().has_value());
    EXPECT_EQ(directory.read("out/part-000000.json"), "22\n") << cut;
    EXPECT_EQ(directory.read("out/part-000001.json"), "333\n1\n") << cut;
    EXPECT_EQ(directory.read("out/part-000002.json"), "4444\n") << cut;
    EXPECT_EQ(directory.read("out/part-000003.json"), "55555\n") << cut;
    EXPECT_EQ(directory.read("out/part-000004.json"), "666666\n") << cut;
    EXPECT_EQ(directory.read("out/part-000005.json"), "7\n") << cut;
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory.file("out")), {}), 6) << cut;
  }
}

TEST(FileSink, NumbersGoOnAfterTheHighestPartPresent) {
  const TemporaryDirectory directory;
  directory.write("part-000041.json", "x\n");
  directory.write("part-000007.json", "y\n");
  const auto sink = open_sink({.path = directory.path() + "/"});
  ASSERT_TRUE(sink->write(0, "z\n").has_value());
  ASSERT_TRUE(sink->finish().has_value());
  EXPECT_EQ(directory.names(), "part-000007.json part-000041.json part-000042.json");
}

TEST(FileSink, AbandonedPartsKeepTheFinishedOnes) {
  const TemporaryDirectory directory;
  const auto sink = open_sink({.path = directory.path() + "/", .roll_bytes = 2});
  ASSERT_TRUE(sink->write(0, "1\n2\n").has_value());
  sink->abandon();
  EXPECT_EQ(directory.names(), "part-000000.json");
}

TEST(FileSink, ADirectoryWithoutSlashIsNoFile) {
  const TemporaryDirectory directory;
  const auto sink = make_file_sink({.path = directory.path()});
  ASSERT_FALSE(sink.has_value());
  EXPECT_EQ(sink.error().text, "cannot write `" + directory.path() + "`: it is a directory; `" +
                                   directory.path() + "/` writes part files into it");
}

TEST(FileSink, DevicesAreWrittenInPlace) {
  const auto full = open_sink({.path = "/dev/full"});
  const auto written = full->write(0, "x\n");
  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(written.error().text, "cannot write `/dev/full`: no space left on device");
}

// Runs `body` in a process of its own; its exit status.
template <typename Body>
int in_child(Body body) {
  const pid_t child = fork();
  if (child == 0) {
    _exit(body());
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

TEST(FileSink, AFileThatMayNotGrowIsAnErrorAndNothingStays) {
  const TemporaryDirectory directory;
  const int status = in_child([&] {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{1000, 1000};
    setrlimit(RLIMIT_FSIZE, &limit);
    const auto sink = make_file_sink({.path = directory.file("out.json")});
    if (!sink) {
      return 1;
    }
    const auto written = (*sink)->write(0, std::string(2000, 'x') + "\n");
    if (written ||
        written.error().text != "cannot write `" + directory.file("out.json") + "`: file too large") {
      return 2;
    }
    (*sink)->abandon();
    return 0;
  });
  EXPECT_EQ(status, 0);
  EXPECT_EQ(directory.names(), "");
}

TEST(FileSink, AKillLeavesNoHalfFile) {
  const TemporaryDirectory directory;
  directory.write("out.json", "old\n");
  const int status = in_child([&] {
    const auto sink = make_file_sink({.path = directory.file("out.json")});
    if (!sink || !(*sink)->write(0, "half\n")) {
      return 1;
    }
    raise(SIGKILL);
    return 0;
  });
  EXPECT_EQ(status, 128 + SIGKILL);
  EXPECT_EQ(directory.read("out.json"), "old\n");
  // What stays has a name that no source reads.
  for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
    const std::string name = entry.path().filename().string();
    EXPECT_TRUE(name == "out.json" || name.starts_with(".")) << name;
  }
}

}  // namespace
}  // namespace weir::connectors
