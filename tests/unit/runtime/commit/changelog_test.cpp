#include "runtime/commit/changelog.h"

#include <random>

#include <gtest/gtest.h>

namespace weir::commit {
namespace {

ChangelogRecord record(uint64_t commit, uint32_t index = 0, uint32_t count = 1, bool snapshot = false) {
  return {.commit = commit,
          .index = index,
          .count = count,
          .snapshot = snapshot,
          .fingerprint = 5,
          .state_layout = 6};
}

TEST(ChangelogRecord, ComesBackAsItWas) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 200; ++i) {
    std::string blob(random() % 100, '\0');
    for (char& c : blob) c = static_cast<char>(random());
    const std::string bytes = encode({.commit = random(),
                                      .index = static_cast<uint32_t>(random()),
                                      .count = static_cast<uint32_t>(random()),
                                      .snapshot = i % 2 == 0,
                                      .fingerprint = random(),
                                      .state_layout = random(),
                                      .blob = blob});
    const auto read = decode_changelog(bytes);
    ASSERT_TRUE(read) << read.error();
    EXPECT_EQ(read->blob, blob);
    EXPECT_EQ(encode(*read), bytes);
  }
}

TEST(ChangelogRecord, EveryFlippedBitIsSeen) {
  ChangelogRecord whole = record(7);
  whole.blob = "groups";
  const std::string bytes = encode(whole);
  for (size_t at = 0; at < bytes.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = bytes;
      flipped[at] = static_cast<char>(flipped[at] ^ (1 << bit));
      EXPECT_FALSE(decode_changelog(flipped)) << at << " " << bit;
    }
  }
  for (size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(decode_changelog(bytes.substr(0, size))) << size;
}

TEST(ChangelogRecord, SaysWhatIsWrong) {
  std::string bytes = encode(record(7));
  EXPECT_EQ(decode_changelog("").error(), "it is no record of a changelog of Weir");
  EXPECT_EQ(decode_changelog(std::string(100, 'x')).error(), "it is no record of a changelog of Weir");
  std::string newer = bytes;
  newer[3] = '2';
  EXPECT_EQ(decode_changelog(newer).error(), "it has version 2, this runtime reads version 1");
  bytes.back() = static_cast<char>(bytes.back() + 1);
  EXPECT_EQ(decode_changelog(bytes).error(), "it is damaged: its checksum differs");
}

TEST(ChangelogOrder, CommitsFollowEachOther) {
  ChangelogOrder order(4, 6);
  EXPECT_EQ(order.next(record(3)), false);  // before the snapshot
  EXPECT_EQ(order.next(record(4, 0, 2)), true);
  EXPECT_EQ(order.next(record(4, 1, 2, true)), true);
  EXPECT_EQ(order.next(record(5)), true);
  EXPECT_EQ(order.next(record(6, 0, 2)), true);
  EXPECT_FALSE(order.finished());
  EXPECT_EQ(order.next(record(6, 1, 2)), true);
  EXPECT_TRUE(order.finished());
}

TEST(ChangelogOrder, AGapIsSeen) {
  const auto error = [](const ChangelogRecord& first, const ChangelogRecord& second) {
    ChangelogOrder order(4, 9);
    EXPECT_EQ(order.next(first), true);
    const auto next = order.next(second);
    return next ? "" : next.error();
  };
  EXPECT_EQ(error(record(4), record(6)), "record 0 of commit 6 follows record 0 of 1 of commit 4");
  EXPECT_EQ(error(record(4, 0, 3), record(4, 2, 3)),
            "record 2 of commit 4 follows record 0 of 3 of commit 4");
  EXPECT_EQ(error(record(4, 0, 3), record(5)), "record 0 of commit 5 follows record 0 of 3 of commit 4");
  EXPECT_EQ(error(record(4), record(5, 1, 2)), "record 1 of commit 5 follows record 0 of 1 of commit 4");
  EXPECT_EQ(error(record(4), record(4)), "record 0 of commit 4 follows record 0 of 1 of commit 4");
  EXPECT_EQ(error(record(4), record(3)), "record 0 of commit 3 follows record 0 of 1 of commit 4");
}

TEST(ChangelogOrder, TheBeginHasToBeThere) {
  EXPECT_EQ(ChangelogOrder(4, 6).next(record(5)).error(),
            "it begins with record 0 of commit 5, and not with record 0 of commit 4");
  EXPECT_EQ(ChangelogOrder(4, 6).next(record(4, 1, 2)).error(),
            "it begins with record 1 of commit 4, and not with record 0 of commit 4");
  // A record that does not say where the snapshot begins is an older one, whose snapshots were whole.
  EXPECT_EQ(ChangelogOrder(0, 6).next(record(5, 0, 1, true)), true);
  EXPECT_EQ(ChangelogOrder(0, 6).next(record(5)).error(),
            "it begins with record 0 of commit 5, which is no snapshot");
}

}  // namespace
}  // namespace weir::commit
