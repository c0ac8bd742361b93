#include "runtime/connectors/file/file_source.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/connectors/file/stream_partition.h"
#include "tests/unit/runtime/connectors/temporary_directory.h"

namespace weir::connectors {
namespace {

using tests::TemporaryDirectory;

std::vector<std::unique_ptr<Partition>> open_all(FileSourceOptions options) {
  auto partitions = make_file_source(std::move(options))->partitions();
  EXPECT_TRUE(partitions.has_value()) << partitions.error().text;
  return std::move(*partitions);
}

std::string open_error(const std::string& path) {
  const auto partitions = make_file_source({.path = path})->partitions();
  return partitions ? "" : partitions.error().text;
}

struct Read {
  std::string bytes;        // of all batches
  std::string starts;       // "position " of each batch that is not empty
  bool whole_lines = true;  // every batch but the last ends with a line end
  std::string error;
};
Read read_all(Partition& partition, uint64_t buffer_bytes) {
  ReadBuffer buffer(buffer_bytes);
  Read read;
  while (true) {
    const auto batch = partition.read(buffer);
    if (!batch) {
      read.error = batch.error().text;
      return read;
    }
    const std::string_view bytes(batch->begin, batch->end);
    if (!bytes.empty()) {
      read.starts += std::to_string(batch->position) + " ";
      read.whole_lines &= batch->finished || bytes.ends_with('\n');
    }
    read.bytes += bytes;
    if (batch->finished) {
      return read;
    }
  }
}

TEST(FileSource, CutsAtLineEndsForEveryBufferSize) {
  const TemporaryDirectory directory;
  const std::string content = "{\"a\":1}\r\n\n{\"a\":22}\n{\"a\":333}\n{\"b\":\"x\"}";
  const std::string path = directory.write("f.json", content);
  for (uint64_t bytes = 1; bytes < content.size() + 3; ++bytes) {
    const Read read = read_all(*open_all({.path = path})[0], bytes);
    EXPECT_EQ(read.bytes, content) << bytes;
    EXPECT_TRUE(read.whole_lines) << bytes;
    EXPECT_EQ(read.error, "") << bytes;
  }
}

TEST(FileSource, WhatIsSeenAsMemoryAndWhatIsCopiedFollowEachOther) {
  const TemporaryDirectory directory;
  std::string content = "\xEF\xBB\xBF";
  for (int i = 0; i < 3000; ++i) content += std::string(static_cast<size_t>(i % 97), 'x') + "\n";
  content += std::string(5'000, 'y') + "\n" + std::string(9'000, 'z') + "\nlast";
  const std::string path = directory.write("f.json", content);
  for (const uint64_t view_bytes : {100, 4'000, 4'096, 6'000, 1 << 20}) {
    const auto partitions = open_all({.path = path, .view_bytes = view_bytes});
    const Read read = read_all(*partitions[0], 64);
    EXPECT_EQ(read.bytes, content.substr(3)) << view_bytes;
    EXPECT_TRUE(read.whole_lines) << view_bytes;
    EXPECT_EQ(read.error, "") << view_bytes;
  }
}

TEST(FileSource, BatchesSayThatTheyAreSeenAsMemory) {
  const TemporaryDirectory directory;
  const std::string path = directory.write("f.json", std::string(100, '\n') + "last");
  const auto partitions = open_all({.path = path, .view_bytes = 40});
  ReadBuffer buffer(1000);
  EXPECT_EQ(partitions[0]->read(buffer)->view, &buffer.view());
  EXPECT_EQ(partitions[0]->read(buffer)->view, nullptr);  // less than 40 bytes and their padding are left
}

TEST(FileSource, AFileThatIsMadeShorterBetweenTwoBatchesEndsThere) {
  const TemporaryDirectory directory;
  const std::string path = directory.write("f.json", std::string(100'000, '\n'));
  const auto partitions = open_all({.path = path, .view_bytes = 4'096});
  ReadBuffer buffer(1000);
  ASSERT_TRUE(partitions[0]->read(buffer).has_value());
  ASSERT_EQ(truncate(path.c_str(), 5'000), 0);
  const auto rest = partitions[0]->read(buffer);
  ASSERT_TRUE(rest.has_value());
  EXPECT_EQ(rest->end - rest->begin, 5'000 - 4'096);
  EXPECT_TRUE(rest->finished);
  EXPECT_FALSE(buffer.view().lost());
}

TEST(FileSource, PositionsAreByteOffsets) {
  const TemporaryDirectory directory;
  const std::string path = directory.write("f.json", "aaa\nbb\ncccc\n");
  EXPECT_EQ(read_all(*open_all({.path = path})[0], 5).starts, "0 4 7 ");
}

TEST(FileSource, ByteOrderMarkIsNoPartOfTheFirstLine) {
  const TemporaryDirectory directory;
  const std::string path = directory.write("f.json", "\xEF\xBB\xBF{}\n{}\n");
  const Read read = read_all(*open_all({.path = path})[0], 100);
  EXPECT_EQ(read.bytes, "{}\n{}\n");
  EXPECT_EQ(read.starts, "3 ");
}

TEST(FileSource, PaddingBehindABatchIsReadable) {
  const TemporaryDirectory directory;
  const std::string path = directory.write("f.json", "12345678\n");
  const auto partitions = open_all({.path = path});
  ReadBuffer buffer(9);
  const auto batch = partitions[0]->read(buffer);
  ASSERT_TRUE(batch.has_value());
  int sum = 0;
  for (uint32_t i = 0; i < abi::kPaddingBytes; ++i) {  // the address sanitizer watches
    sum += batch->end[i];
  }
  EXPECT_EQ(sum, 0);
}

TEST(FileSource, LongLineGrowsTheBufferUpToTheLimit) {
  const TemporaryDirectory directory;
  const std::string line(10'000, 'x');
  const std::string path = directory.write("f.json", "ab\n" + line + "\n");
  EXPECT_EQ(read_all(*open_all({.path = path, .longest_line = 10'001})[0], 16).bytes, "ab\n" + line + "\n");
  EXPECT_EQ(read_all(*open_all({.path = path, .longest_line = 5'000})[0], 16).error,
            "cannot read `" + path + "`: the line that begins at byte 3 is longer than 5000 bytes");
}

TEST(FileSource, DirectoryIsSortedAndWithoutHiddenNames) {
  const TemporaryDirectory directory;
  directory.write("b.json", "b\n");
  directory.write("a/2.json", "a2\n");
  directory.write("a/1.json", "a1\n");
  directory.write(".hidden", "h\n");
  directory.write("_temporary/x.json", "t\n");
  directory.write("a/_SUCCESS", "s\n");
  std::string names;
  std::string bytes;
  for (const auto& partition : open_all({.path = directory.path()})) {
    names += partition->name().substr(directory.path().size()) + " ";
    bytes += read_all(*partition, 100).bytes;
  }
  EXPECT_EQ(names, "/a/1.json /a/2.json /b.json ");
  EXPECT_EQ(bytes, "a1\na2\nb\n");
}

TEST(FileSource, GlobAndEmptyDirectory) {
  const TemporaryDirectory directory;
  directory.write("x1.json", "");
  directory.write("x2.json", "");
  directory.write("_x3.json", "");
  directory.write("y.json", "");
  EXPECT_EQ(open_all({.path = directory.file("x*.json")}).size(), 2u);
  EXPECT_EQ(open_all({.path = directory.file("?[12].json")}).size(), 2u);
  EXPECT_EQ(open_error(directory.file("z*")), "no file matches `" + directory.file("z*") + "`");
  std::filesystem::create_directory(directory.file("empty"));
  EXPECT_EQ(open_all({.path = directory.file("empty")}).size(), 0u);
}

TEST(FileSource, NameWithWildcardsIsAFileIfItExists) {
  const TemporaryDirectory directory;
  const std::string path = directory.write("a[1].json", "x\n");
  directory.write("a1.json", "y\n");
  EXPECT_EQ(read_all(*open_all({.path = path})[0], 10).bytes, "x\n");
}

TEST(FileSource, SchemesAndMissingFiles) {
  const TemporaryDirectory directory;
  const std::string path = directory.write("f.json", "x\n");
  EXPECT_EQ(open_all({.path = "file://" + path}).size(), 1u);
  EXPECT_EQ(open_error("s3://bucket/x"),
            "cannot open `s3://bucket/x`: only local files are supported, not `s3://`");
  EXPECT_EQ(open_error(directory.file("none")),
            "cannot read `" + directory.file("none") + "`: no such file or directory");
}

TEST(FileSource, UnreadableDirectoryAndFile) {
  if (geteuid() == 0) {
    GTEST_SKIP() << "root reads everything";
  }
  const TemporaryDirectory directory;
  const std::string path = directory.write("d/f.json", "x\n");
  chmod(path.c_str(), 0);
  EXPECT_EQ(open_error(path), "cannot read `" + path + "`: permission denied");
  chmod(directory.file("d").c_str(), 0);
  EXPECT_EQ(open_error(directory.file("d")),
            "cannot read directory `" + directory.file("d") + "`: permission denied");
  chmod(directory.file("d").c_str(), 0700);
}

TEST(FileSource, FewFilesAreOpenAtOnce) {
  const TemporaryDirectory directory;
  std::string expected;
  for (int i = 0; i < 20; ++i) {
    directory.write("f" + std::to_string(10 + i), std::to_string(i) + "\n" + std::to_string(i) + "!\n");
  }
  const auto partitions = open_all({.path = directory.path(), .open_files = 3});
  const auto open_descriptors = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                         std::filesystem::directory_iterator());
  };
  const auto before = open_descriptors();
  ReadBuffer buffer(3);  // a line at a time
  std::vector<std::string> contents(partitions.size());
  for (int round = 0; round < 3; ++round) {
    for (size_t i = 0; i < partitions.size(); ++i) {
      const auto batch = partitions[i]->read(buffer);
      ASSERT_TRUE(batch.has_value());
      contents[i].append(batch->begin, batch->end);
      EXPECT_LE(open_descriptors(), before + 3);
    }
  }
  for (size_t i = 0; i < contents.size(); ++i) {
    EXPECT_EQ(contents[i], std::to_string(i) + "\n" + std::to_string(i) + "!\n");
  }
}

TEST(FileSource, AFileThatTookAnothersPlaceIsAnError) {
  const TemporaryDirectory directory;
  const std::string path = directory.write("a", "1\n2\n");
  directory.write("b", "1\n2\n");
  const auto partitions = open_all({.path = directory.path(), .open_files = 1});
  ReadBuffer buffer(2);
  ASSERT_TRUE(partitions[0]->read(buffer).has_value());
  ASSERT_TRUE(partitions[1]->read(buffer).has_value());  // closes the first
  directory.write("c", "x\ny\n");
  std::filesystem::rename(directory.file("c"), path);
  const auto batch = partitions[0]->read(buffer);
  ASSERT_FALSE(batch.has_value());
  EXPECT_EQ(batch.error().text, "cannot read `" + path + "`: another file has taken its place");
}

TEST(StreamPartition, LinesThatComeInPieces) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const auto partition = make_stream_partition("pipe", ends[0], true, 1 << 20);
  ReadBuffer buffer(4);
  const auto send = [&](std::string_view text) {
    ASSERT_EQ(write(ends[1], text.data(), text.size()), ssize_t(text.size()));
  };
  const auto next = [&] {
    const auto batch = partition->read(buffer);
    return batch ? std::string(batch->begin, batch->end) + "@" + std::to_string(batch->position) +
                       (batch->finished ? "." : "")
                 : batch.error().text;
  };
  EXPECT_FALSE(partition->ready(0));
  send(
      "\xEF\xBB\xBF"
      "abcdefgh");
  EXPECT_TRUE(partition->ready(0));
  EXPECT_EQ(next(), "@0");
  send("ij\nk");
  EXPECT_EQ(next(), "abcdefghij\n@3");
  send("l\nlast");
  EXPECT_EQ(next(), "kl\n@14");
  close(ends[1]);
  EXPECT_TRUE(partition->ready(0));
  EXPECT_EQ(next(), "last@17.");
}

}  // namespace
}  // namespace weir::connectors
