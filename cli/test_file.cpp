#include "cli/test_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cli/test_ways.h"

namespace weir::cli {
namespace {

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : text) {
    if (c != ' ' && c != '\t' && c != ',') {
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::exchange(word, {}));
    }
  }
  if (!word.empty()) words.push_back(word);
  return words;
}

bool is_expectation(std::string_view what) {
  for (const std::string_view known :
       {"rows", "rows unordered", "diagnostics", "ast", "plan", "passes", "pipelines", "summary", "error"})
    if (what == known) return true;
  return what.starts_with("exit ") || what.starts_with("file ");
}

// Nothing if the section is well-formed, else what is wrong.
std::string mistake_in(const TestSection& section, bool before_queries) {
  const bool known = section.word == "input" || section.word == "query" || section.word == "expect" ||
                     section.word == "set" || section.word == "ways";
  if (!known)
    return fmt::format("`--- {}` is no section; there are input, query, expect, set, ways", section.word);
  if (section.word == "input" && section.arguments.empty()) return "`--- input` names no file";
  if (section.word == "query" && !section.arguments.empty()) return "`--- query` takes no argument";
  if (section.word == "expect" && before_queries) return "`--- expect` stands before any query";
  if (section.word == "expect" && !is_expectation(section.arguments))
    return fmt::format("`{}` is nothing that can be expected", section.arguments);
  if (section.word == "expect" && section.arguments.starts_with("exit ") &&
      section.arguments.find_first_not_of("0123456789", 5) != std::string::npos)
    return fmt::format("`{}` is no exit status", section.arguments.substr(5));
  if (section.word == "ways") {
    const std::vector<Way> all = all_ways();
    for (const std::string& word : words_of(section.arguments)) {
      const bool known =
          word == "none" || std::ranges::any_of(all, [&](const Way& way) { return way.name == word; });
      if (!known) return fmt::format("`{}` is no way to run tests", word);
    }
  }
  if (section.word == "set" && section.arguments.find('=') == std::string::npos)
    return "`--- set` is followed by key=value";
  return {};
}

}  // namespace

std::expected<TestFile, std::string> parse_test_file(std::string path, std::string_view text) {
  TestFile file;
  file.path = std::move(path);
  uint32_t number = 0;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    ++number;
    if (!line.starts_with("--- ")) {
      std::string& body = file.sections.empty() ? file.head : file.sections.back().body;
      body += line;
      body += '\n';
      continue;
    }
    while (line.ends_with(' ') || line.ends_with('\r')) line.remove_suffix(1);
    TestSection section;
    section.line = number;
    const std::string_view header = line.substr(4);
    const size_t space = header.find(' ');
    section.word = header.substr(0, space);
    if (space != std::string_view::npos) section.arguments = header.substr(space + 1);
    if (const std::string mistake = mistake_in(section, file.queries.empty()); !mistake.empty())
      return std::unexpected(fmt::format("{}:{}: {}", file.path, number, mistake));
    file.sections.push_back(std::move(section));

    const size_t index = file.sections.size() - 1;
    const TestSection& added = file.sections.back();
    if (added.word == "query") {
      TestQuery query{index, {}, {}, {}};
      for (size_t i = 0; i < index && file.queries.empty(); ++i) {
        if (file.sections[i].word == "set") query.settings.push_back(i);
        if (file.sections[i].word == "ways") query.ways = words_of(file.sections[i].arguments);
      }
      if (!file.queries.empty()) {
        // What stands before the first query holds for all.
        for (const size_t i : file.queries.front().settings)
          if (i < file.queries.front().query) query.settings.push_back(i);
        for (size_t i = 0; i < file.queries.front().query; ++i)
          if (file.sections[i].word == "ways") query.ways = words_of(file.sections[i].arguments);
      }
      file.queries.push_back(std::move(query));
    } else if (!file.queries.empty()) {
      if (added.word == "expect") file.queries.back().expects.push_back(index);
      if (added.word == "set") file.queries.back().settings.push_back(index);
      if (added.word == "ways") file.queries.back().ways = words_of(added.arguments);
    }
  }
  if (file.queries.empty()) return std::unexpected(fmt::format("{}: there is no `--- query`", file.path));
  for (const TestQuery& query : file.queries)
    if (query.expects.empty())
      return std::unexpected(fmt::format("{}:{}: nothing is expected of this query", file.path,
                                         file.sections[query.query].line));
  return file;
}

std::string print_test_file(const TestFile& file) {
  std::string text = file.head;
  for (const TestSection& section : file.sections) {
    text +=
        fmt::format("--- {}{}{}\n", section.word, section.arguments.empty() ? "" : " ", section.arguments);
    text += section.body;
  }
  return text;
}

}  // namespace weir::cli
