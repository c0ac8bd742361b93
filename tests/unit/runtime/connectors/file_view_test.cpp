#include "runtime/connectors/file_view.h"

#include <gtest/gtest.h>

#include <csignal>
#include <string_view>

#include <fcntl.h>
#include <unistd.h>

#include "tests/unit/runtime/connectors/temporary_directory.h"

namespace weir::connectors {
namespace {

constexpr uint64_t kPage = 4096;

// Three pages and a half, all bytes different from zero.
std::string some_bytes() {
  std::string bytes;
  for (uint64_t i = 0; i < 3 * kPage + kPage / 2; ++i) bytes += static_cast<char>('a' + i % 23);
  return bytes;
}

class FileViewTest : public testing::Test {
 protected:
  void SetUp() override {
    path_ = directory_.write("f", bytes_);
    descriptor_ = open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    ASSERT_GE(descriptor_, 0);
  }
  void TearDown() override { close(descriptor_); }

  const tests::TemporaryDirectory directory_;
  const std::string bytes_ = some_bytes();
  std::string path_;
  int descriptor_ = -1;
};

TEST_F(FileViewTest, ShowsAnyPart) {
  FileView view;
  for (const uint64_t position : {uint64_t{0}, uint64_t{1}, kPage - 1, kPage, kPage + 7}) {
    for (const uint64_t bytes : {uint64_t{1}, uint64_t{100}, kPage, 2 * kPage}) {
      const char* const data = view.show(descriptor_, position, bytes);
      ASSERT_NE(data, nullptr);
      EXPECT_EQ(std::string_view(data, bytes), bytes_.substr(position, bytes)) << position << " " << bytes;
    }
  }
  EXPECT_FALSE(view.lost());
}

TEST_F(FileViewTest, WhatTheFileLosesIsZeros) {
  FileView view;
  const char* const data = view.show(descriptor_, 10, bytes_.size() - 10);
  ASSERT_NE(data, nullptr);
  ASSERT_EQ(truncate(path_.c_str(), kPage + 100), 0);
  EXPECT_EQ(data[kPage], bytes_[kPage + 10]);  // its page is still there
  EXPECT_EQ(data[kPage + 200], 0);
  EXPECT_EQ(data[2 * kPage], 0);
  EXPECT_TRUE(view.lost());
  EXPECT_EQ(data[bytes_.size() - 11], 0);
  EXPECT_EQ(data[0], bytes_[10]);

  ASSERT_NE(view.show(descriptor_, 0, 100), nullptr);
  EXPECT_FALSE(view.lost());
}

TEST_F(FileViewTest, PartOfAPageIsMissedAsWell) {
  FileView view;
  ASSERT_NE(view.show(descriptor_, 10, 200), nullptr);
  ASSERT_EQ(truncate(path_.c_str(), 210), 0);
  EXPECT_FALSE(view.lost());
  ASSERT_EQ(truncate(path_.c_str(), 209), 0);
  EXPECT_TRUE(view.lost());
}

TEST_F(FileViewTest, WhatIsNoFileIsNotShown) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  FileView view;
  EXPECT_EQ(view.show(ends[0], 0, 100), nullptr);
  EXPECT_NE(view.show(descriptor_, 0, 100), nullptr);
  close(ends[0]);
  close(ends[1]);
}

TEST_F(FileViewTest, OtherBusErrorsEndTheProcess) {
  FileView view;
  ASSERT_NE(view.show(descriptor_, 0, 100), nullptr);
  EXPECT_DEATH(raise(SIGBUS); raise(SIGBUS), "");  // by the signal, or by a sanitizer that handles it
}

}  // namespace
}  // namespace weir::connectors
