// `weir test`: every query of every file, in every way asked for; what differs is shown, and can be written back.

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <deque>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <thread>

#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/line_diff.h"
#include "cli/query_source.h"
#include "cli/test_case.h"
#include "cli/test_file.h"
#include "cli/test_ways.h"
#include "compiler/diagnostics/suggest.h"

namespace weir::cli {
namespace {

struct TestArguments {
  std::vector<std::string> paths;
  std::vector<std::string> ways;
  bool update = false;
  uint32_t jobs = std::max(1u, std::thread::hardware_concurrency());
};

bool is_compile_stage(std::string_view what) {
  return what == "diagnostics" || what == "ast" || what == "plan" || what == "passes" || what == "pipelines";
}

// Text to compare: lines that end, without blank ones at the end.
std::string comparable(std::string text) {
  while (text.ends_with('\n') || text.ends_with('\r') || text.ends_with(' ')) text.pop_back();
  return text.empty() ? text : text + "\n";
}

std::string sorted_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  std::sort(lines.begin(), lines.end());
  std::string out;
  for (const std::string_view line : lines) out += fmt::format("{}\n", line);
  return out;
}

// A summary without its lines of times ("0.004 s, 2500 rows/s"), which differ from run to run.
std::string without_times(std::string_view summary) {
  std::string out;
  while (!summary.empty()) {
    const size_t end = std::min(summary.find('\n'), summary.size() - 1) + 1;
    const std::string_view line = summary.substr(0, end);
    if (!line.ends_with(" rows/s\n")) out += line;
    summary.remove_prefix(end);
  }
  return out;
}

// What one expectation got; null if the outcome is of the wrong kind (a stage of a run, rows of a compilation).
struct Actual {
  std::string text;
};
std::optional<Actual> actual_of(const std::string& what, const Outcome& outcome, bool compiled_only) {
  if (is_compile_stage(what) != compiled_only) return std::nullopt;
  if (compiled_only) {
    const auto found = outcome.stages.find(what);
    return Actual{found == outcome.stages.end() ? "" : found->second};
  }
  if (what == "rows" || what == "rows unordered") return Actual{outcome.standard_output};
  if (what == "summary") return Actual{without_times(outcome.standard_error)};
  if (what == "error") return Actual{outcome.standard_error};
  if (what.starts_with("file ")) return Actual{outcome.files.find(what.substr(5))->second};
  return std::nullopt;  // exit: looked at apart
}

class TestRunner {
 public:
  TestRunner(TestArguments arguments, std::vector<Way> ways)
      : arguments_(std::move(arguments)), ways_(std::move(ways)) {}

  int run(const std::vector<std::string>& paths) {
    std::string folder = (std::filesystem::temp_directory_path() / "weir-test-XXXXXX").string();
    if (!mkdtemp(folder.data())) {
      fmt::print(stderr, "error: no temporary folder can be made at `{}`\n", folder);
      return kInputOutput;
    }
    for (const std::string& path : paths) load(path);
    start_all(folder);
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
    if (arguments_.update) write_updates();
    fmt::print("{} passed, {} failed\n", passed_, failed_);
    return failed_ == 0 && passed_ > 0 ? kFinished : kQueryWrong;
  }

 private:
  struct Pending {
    TestFile* file;
    const TestQuery* query;
    const Way* way;  // null: compile only
  };
  struct Running {
    Pending pending;
    std::unique_ptr<RunningCase> child;
  };

  void load(const std::string& path) {
    auto text = read_text(path);
    auto file = text ? parse_test_file(path, *text) : std::unexpected(text.error());
    if (!file) {
      fmt::print("FAIL {}\n", file.error());
      ++failed_;
      return;
    }
    files_.push_back(std::move(*file));
    TestFile& added = files_.back();
    for (const TestQuery& query : added.queries) {
      bool compiles = false, runs = false;
      for (const size_t i : query.expects)
        (is_compile_stage(added.sections[i].arguments) ? compiles : runs) = true;
      if (compiles) pending_.push_back({&added, &query, nullptr});
      if (runs)
        for (const Way& way : ways_)
          if (query.ways.empty() ||
              std::find(query.ways.begin(), query.ways.end(), way.name) != query.ways.end())
            pending_.push_back({&added, &query, &way});
    }
  }

  void start_all(const std::string& folder) {
    std::vector<Running> running;
    size_t number = 0;
    while (!pending_.empty() || !running.empty()) {
      while (!pending_.empty() && running.size() < arguments_.jobs) {
        const Pending next = pending_.front();
        pending_.pop_front();
        running.push_back({next, std::make_unique<RunningCase>(*next.file, *next.query, next.way,
                                                               fmt::format("{}/{}", folder, number++))});
      }
      bool any = false;
      for (size_t i = 0; i < running.size();) {
        if (!running[i].child->ended()) {
          ++i;
          continue;
        }
        any = true;
        judge(running[i].pending, running[i].child->outcome());
        running.erase(running.begin() + static_cast<ptrdiff_t>(i));
      }
      if (!any) usleep(1000);
    }
  }

  static int expected_status(const TestFile& file, const TestQuery& query) {
    int status = kFinished;
    for (const size_t i : query.expects) {
      const std::string& what = file.sections[i].arguments;
      if (what == "error" && status == kFinished) status = kInputOutput;
      if (what.starts_with("exit ")) status = std::atoi(what.c_str() + 5);
    }
    return status;
  }

  void judge(const Pending& pending, const Outcome& outcome) {
    TestFile& file = *pending.file;
    std::string failure;
    if (!outcome.failure.empty()) {
      failure = fmt::format("  {}\n{}", outcome.failure, indented(outcome.standard_error));
    } else {
      failure = judge_status(file, *pending.query, outcome,
                             pending.way ? expected_status(file, *pending.query) : 0);
      for (const size_t i : pending.query->expects) {
        TestSection& section = file.sections[i];
        const auto actual = actual_of(section.arguments, outcome, !pending.way);
        if (!actual) continue;
        std::string expected = comparable(section.body), got = comparable(actual->text);
        if (section.arguments == "rows unordered") {
          expected = sorted_lines(expected);
          got = sorted_lines(got);
        }
        if (expected == got) continue;
        if (arguments_.update && failure.empty()) {
          update(file, section, got);
        } else {
          failure += fmt::format("  expect {} (line {}):\n{}", section.arguments, section.line,
                                 line_diff(expected, got));
        }
      }
    }
    if (failure.empty()) {
      ++passed_;
      return;
    }
    ++failed_;
    const std::string where =
        fmt::format("FAIL {}:{} [{}]", file.path, file.sections[pending.query->query].line,
                    pending.way ? pending.way->name : "compile");
    // The same failure in many ways is shown once.
    const std::string key = fmt::format("{}:{}\n{}", file.path, pending.query->query, failure);
    if (shown_.insert(key).second)
      fmt::print("{}\n{}", where, failure);
    else
      fmt::print("{} in the same way\n", where);
    std::fflush(stdout);
  }

  std::string judge_status(TestFile& file, const TestQuery& query, const Outcome& outcome, int expected) {
    if (outcome.status == expected) return {};
    if (arguments_.update) {
      for (const size_t i : query.expects) {
        if (!file.sections[i].arguments.starts_with("exit ")) continue;
        file.sections[i].arguments = fmt::format("exit {}", outcome.status);
        changed_.insert(&file);
        return {};
      }
    }
    return fmt::format("  exit status {}, expected {}\n{}", outcome.status, expected,
                       indented(outcome.standard_error));
  }

  static std::string indented(std::string_view text) {
    std::string out;
    size_t lines = 0;
    while (!text.empty() && ++lines <= 40) {
      const size_t end = text.find('\n');
      out += fmt::format("    {}\n", text.substr(0, end));
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return out;
  }

  void update(TestFile& file, TestSection& section, const std::string& got) {
    // A blank line between sections stays.
    const bool blank_after = section.body.ends_with("\n\n") || section.body == "\n";
    section.body = got + (blank_after ? "\n" : "");
    changed_.insert(&file);
  }

  void write_updates() {
    for (const TestFile* file : changed_) {
      std::ofstream(file->path, std::ios::binary) << print_test_file(*file);
      fmt::print("updated {}\n", file->path);
    }
  }

  TestArguments arguments_;
  std::vector<Way> ways_;
  std::deque<TestFile> files_;
  std::deque<Pending> pending_;
  std::set<const TestFile*> changed_;
  std::set<std::string> shown_;
  size_t passed_ = 0, failed_ = 0;
};

// Files as given, and *.stream below folders, sorted. Nothing, with a message, if there is none.
std::optional<std::vector<std::string>> find_tests(const std::vector<std::string>& paths) {
  std::vector<std::string> found;
  for (const std::string& path : paths) {
    if (!std::filesystem::exists(path)) {
      fmt::print(stderr, "error: there is no `{}`\n", path);
      return std::nullopt;
    }
    if (!std::filesystem::is_directory(path)) {
      found.push_back(path);
      continue;
    }
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path))
      if (entry.is_regular_file() && entry.path().extension() == ".stream")
        found.push_back(entry.path().string());
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::optional<std::vector<Way>> choose_ways(const std::vector<std::string>& names) {
  const std::vector<Way> all = all_ways();
  if (names.empty()) return std::vector<Way>{all.front()};
  std::vector<Way> chosen;
  std::vector<std::string> known{"all"};
  for (const Way& way : all) known.push_back(way.name);
  for (const std::string& name : names) {
    if (name == "all") return all;
    const auto way = std::find_if(all.begin(), all.end(), [&](const Way& w) { return w.name == name; });
    if (way != all.end()) {
      chosen.push_back(*way);
      continue;
    }
    fmt::print(stderr, "error: `{}` is no way to run tests\n", name);
    if (const auto meant = diagnostics::nearest(name, known))
      fmt::print(stderr, "  = hint: did you mean `{}`?\n", *meant);
    else
      fmt::print(stderr, "  = note: there are {}\n", fmt::join(known, ", "));
    return std::nullopt;
  }
  return chosen;
}

}  // namespace

int test(const Arguments& arguments) {
  CLI::App app("Runs test files: inputs, queries and expected rows in one file.", "test");
  TestArguments test;
  app.add_option("PATH", test.paths, "files, or folders with *.stream files")->required();
  app.add_flag("--update", test.update, "write what comes out into the files; look at the diff");
  app.add_option("--ways", test.ways, "how each query is run: all, or some of jit, executable, O0, …")
      ->delimiter(',')
      ->type_name("NAME,…");
  app.add_option("--jobs,-j", test.jobs, "so many at once")->check(CLI::Range(1u, 1024u));
  if (const auto status = parse_arguments(app, arguments)) return *status;
  const auto ways = choose_ways(test.ways);
  if (!ways) return kUsage;
  const auto paths = find_tests(test.paths);
  if (!paths) return kUsage;
  if (paths->empty()) {
    fmt::print(stderr, "error: no test was found\n");
    return kQueryWrong;
  }
  return TestRunner(test, *ways).run(*paths);
}

}  // namespace weir::cli
