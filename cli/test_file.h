// A test as text: inputs, queries and what they should give (tests/README.md).
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace weir::cli {

// `--- word arguments` and the lines up to the next section.
struct TestSection {
  std::string word;       // input, query, expect, set, ways
  std::string arguments;  // "rows unordered"
  std::string body;       // ends with a line end, or empty
  uint32_t line = 0;      // of the `---`
};
// A query with what stands after it, as indexes into the sections.
struct TestQuery {
  size_t query;
  std::vector<size_t> expects;
  std::vector<size_t> settings;   // those before the first query, too
  std::vector<std::string> ways;  // empty: all
};
struct TestFile {
  std::string path;
  std::string head;  // the comment before the first section
  std::vector<TestSection> sections;
  std::vector<TestQuery> queries;
};

// The error begins with path:line.
std::expected<TestFile, std::string> parse_test_file(std::string path, std::string_view text);
std::string print_test_file(const TestFile& file);

}  // namespace weir::cli
