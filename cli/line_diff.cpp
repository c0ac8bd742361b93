#include "cli/line_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace weir::cli {
namespace {

constexpr size_t kContext = 2;
constexpr size_t kLongestTable =
    4'000'000;  // lines × lines that are compared; beyond, a difference is shown as a whole
constexpr size_t kLinesShown = 60;

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

struct Edit {
  char sign;
  std::string_view line;
};

// Longest common subsequence, by the textbook.
std::vector<Edit> edits(const std::vector<std::string_view>& a, const std::vector<std::string_view>& b) {
  std::vector<Edit> result;
  if (a.size() * b.size() > kLongestTable) {
    for (const std::string_view line : a) result.push_back({'-', line});
    for (const std::string_view line : b) result.push_back({'+', line});
    return result;
  }
  const size_t width = b.size() + 1;
  std::vector<uint32_t> common((a.size() + 1) * width);
  for (size_t i = a.size(); i-- > 0;)
    for (size_t j = b.size(); j-- > 0;)
      common[i * width + j] = a[i] == b[j] ? common[(i + 1) * width + j + 1] + 1
                                           : std::max(common[(i + 1) * width + j], common[i * width + j + 1]);
  size_t i = 0, j = 0;
  while (i < a.size() || j < b.size()) {
    if (i < a.size() && j < b.size() && a[i] == b[j]) {
      result.push_back({' ', a[i]});
      ++i;
      ++j;
    } else if (j == b.size() || (i < a.size() && common[(i + 1) * width + j] >= common[i * width + j + 1])) {
      result.push_back({'-', a[i++]});
    } else {
      result.push_back({'+', b[j++]});
    }
  }
  return result;
}

}  // namespace

std::string line_diff(std::string_view expected, std::string_view actual) {
  const std::vector<Edit> all = edits(lines_of(expected), lines_of(actual));
  std::vector<bool> shown(all.size());
  for (size_t i = 0; i < all.size(); ++i) {
    if (all[i].sign == ' ') continue;
    for (size_t k = i >= kContext ? i - kContext : 0; k < std::min(all.size(), i + kContext + 1); ++k)
      shown[k] = true;
  }
  std::string out;
  size_t lines = 0;
  for (size_t i = 0; i < all.size(); ++i) {
    if (!shown[i]) continue;
    if (++lines > kLinesShown) return out + "    …\n";
    if (i > 0 && !shown[i - 1]) out += "    …\n";
    out += fmt::format("    {}{}\n", all[i].sign, all[i].line);
  }
  return out;
}

}  // namespace weir::cli
