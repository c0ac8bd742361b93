#include "compiler/codegen/bitcode.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>

namespace weir::bitcode {
namespace {

std::string_view magic(std::span<const char> blob) { return {blob.data(), std::min<size_t>(blob.size(), 4)}; }

constexpr std::string_view kBitcodeMagic = "BC\xC0\xDE";

TEST(Bitcode, StdlibIsOneModule) { EXPECT_EQ(magic(stdlib()), kBitcodeMagic); }

TEST(Bitcode, KernelsAreFoundByNameInAlphabeticalOrder) {
  const auto names = kernel_names();
  EXPECT_TRUE(std::ranges::is_sorted(names));
  EXPECT_NE(std::ranges::find(names, "fire_panes"), names.end());
  for (const std::string_view name : names) EXPECT_EQ(magic(kernel(name)), kBitcodeMagic) << name;
}

TEST(Bitcode, UnknownKernelIsEmpty) { EXPECT_TRUE(kernel("no_such_kernel").empty()); }

// LLVM's reader looks one byte past the end.
TEST(Bitcode, BlobsAreFollowedByAZeroByte) {
  EXPECT_EQ(stdlib().data()[stdlib().size()], '\0');
  for (const std::string_view name : kernel_names())
    EXPECT_EQ(kernel(name).data()[kernel(name).size()], '\0') << name;
}

}  // namespace
}  // namespace weir::bitcode
