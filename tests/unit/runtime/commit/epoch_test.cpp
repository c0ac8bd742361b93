#include "runtime/commit/epoch.h"

#include <gtest/gtest.h>

#include "runtime/abi/message.h"
#include "tests/unit/runtime/job/fake_log.h"

namespace weir::commit {
namespace {

std::string frame(std::string_view value) {
  abi::RecordFrame frame{};
  frame.timestamp_ms = abi::kNoTimestamp;
  frame.key_bytes = abi::kNullBytes;
  frame.value_bytes = static_cast<uint32_t>(value.size());
  return std::string(reinterpret_cast<const char*>(&frame), sizeof(frame)) + std::string(value);
}

std::vector<std::string> written(Guarantee guarantee) {
  const tests::FakeLog log;
  const auto producer = log.make_producer({}, {.transactional_id = "job"});
  Epoch epoch;
  epoch.outputs.push_back({.topic = "any", .frames = frame("a") + frame("b")});
  epoch.outputs.push_back({.topic = "fixed", .partition = 0, .frames = frame("c")});
  epoch.changelog_topic = "log";
  epoch.changelog = {"state"};
  EXPECT_TRUE(write_epoch(**producer, guarantee, epoch));
  return log.told;
}

using Calls = std::vector<std::string>;

TEST(Epoch, GoesToThePartitionsThatItsSinksAskFor) {
  EXPECT_EQ(written(Guarantee::ExactlyOnce), (Calls{"begin", "produce 2 to any[-1]", "produce 1 to fixed[0]",
                                                    "produce 1 to log[0]", "commit"}));
}

TEST(Epoch, IsWrittenInTheOrderOfItsGuarantee) {
  EXPECT_EQ(written(Guarantee::AtLeastOnce),
            (Calls{"produce 2 to any[-1]", "produce 1 to fixed[0]", "produce 1 to log[0]", "commit"}));
  EXPECT_EQ(written(Guarantee::AtMostOnce), (Calls{"produce 1 to log[0]", "commit", "produce 2 to any[-1]",
                                                   "produce 1 to fixed[0]", "commit"}));
}

}  // namespace
}  // namespace weir::commit
