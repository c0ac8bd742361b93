#include "cli/test_case.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "cli/command.h"
#include "cli/query_source.h"
#include "cli/run_steps.h"
#include "cli/stages.h"
#include "compiler/diagnostics/render.h"
#include "compiler/match.h"
#include "compiler/syntax/parse.h"
#include "weir_version.h"

namespace weir::cli {
namespace {

// `${dir}` becomes a path of the same length, so that marks below a line of a query stay where they belong.
constexpr std::string_view kPlaceholder = "${dir}";
constexpr std::string_view kFolder = "./data";
static_assert(kPlaceholder.size() == kFolder.size());

constexpr std::chrono::seconds kTimeLimit{version_sanitizers.empty() ? 60 : 300};

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

void write_file(const std::string& path, std::string_view text) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

// A file, or the parts of a folder one after the other.
// A file, or the part files of a folder; `(no file)` where there is none.
std::string read_result(const std::string& path) {
  if (!std::filesystem::exists(path)) return "(no file)\n";
  if (!std::filesystem::is_directory(path)) return read_file(path);
  std::vector<std::string> parts;
  for (const auto& entry : std::filesystem::directory_iterator(path)) parts.push_back(entry.path().string());
  std::sort(parts.begin(), parts.end());
  std::string text;
  for (const std::string& part : parts) text += read_file(part);
  return text;
}

bool expects(const TestFile& file, const TestQuery& query, std::string_view what) {
  for (const size_t i : query.expects)
    if (file.sections[i].arguments == what) return true;
  return false;
}

// ---- in the child ------------------------------------------------------------------------------

std::shared_ptr<const diagnostics::Source> source_of(const TestFile& file, const TestQuery& query) {
  return std::make_shared<const diagnostics::Source>(
      std::filesystem::path(file.path).filename().string(),
      replaced(file.sections[query.query].body, kPlaceholder, kFolder));
}

compiler::CompileOptions compile_options(const TestFile& file, const TestQuery& query) {
  compiler::CompileOptions options;
  for (const size_t i : query.settings) {
    const std::string setting = replaced(file.sections[i].arguments, kPlaceholder, kFolder);
    const size_t equal = setting.find('=');
    options.overrides.emplace_back(setting.substr(0, equal), setting.substr(equal + 1));
  }
  return options;
}

bool has_syntax_errors(const diagnostics::Source& source) {
  diagnostics::Diagnostics diagnostics;
  syntax::parse(source, diagnostics);
  return diagnostics.has_errors();
}

// Writes what each stage made of the query to ../stage-<name>. Errors that nobody expects go to standard error; the tree is
// there without analysis, so only errors of syntax count for it.
int compile_case(const TestFile& file, const TestQuery& query) {
  const auto source = source_of(file, query);
  const compiler::CompileOptions options = compile_options(file, query);
  const bool errors_expected = expects(file, query, "diagnostics");
  int status = kFinished;
  for (const size_t i : query.expects) {
    const std::string& what = file.sections[i].arguments;
    const auto stage = stage_named(what);
    if (!stage && what != "diagnostics") continue;
    const StageText shown = show_stage(source, stage.value_or(Stage::Plan), options, {});
    const std::string rendered = diagnostics::render_all(shown.compilation.diagnostics, *source);
    write_file(fmt::format("./stage-{}", what), stage ? shown.text : rendered);
    const bool wrong =
        stage == Stage::Ast ? has_syntax_errors(*source) : shown.compilation.diagnostics.has_errors();
    if (errors_expected || !wrong) continue;
    fmt::print(stderr, "{}", rendered);
    status = stage == Stage::Ast ? kQueryWrong : status_of(shown.compilation);
  }
  return status;
}

int run_executable(const std::string& path, uint32_t threads, bool summary) {
  const std::string number = fmt::format("{}", threads);
  std::fflush(nullptr);
  const pid_t process = fork();
  if (process == 0) {
    execl(path.c_str(), path.c_str(), "--threads", number.c_str(), summary ? nullptr : "--quiet",
          static_cast<char*>(nullptr));
    _exit(127);
  }
  int status = 0;
  while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// Every job of the text as an executable of its own.
int run_as_executables(const compiler::Compilation& compilation, const StepOptions& options) {
  int number = 0;
  for (const auto& step : compilation.steps) {
    if (const auto* listing = std::get_if<typed::Listing>(&step)) {
      fmt::print("{}", listing->text);
      continue;
    }
    const auto& job = std::get<std::unique_ptr<compiler::CompiledJob>>(step);
    const backend::BackendOptions backend_options{.optimize = true, .cpu = backend::Cpu::X86_64_v3};
    codegen::EmittedModule module = compiler::emit(*job, *compilation.source, options.compile);
    backend::optimize(module, backend_options);
    const std::string path = fmt::format("./job{}", number++);
    auto done = backend::write_object(module, backend_options, path + ".o");
    if (done) done = backend::link_executable(path + ".o", path, job::uses_log(module.manifest));
    if (!done) {
      fmt::print(stderr, "error: {}\n", done.error());
      return kInputOutput;
    }
    const int status = run_executable(path, options.run.threads, options.run.summary);
    if (status != kFinished) return status;
  }
  std::fflush(stdout);
  return kFinished;
}

int run_case(const TestFile& file, const TestQuery& query, const Way& way) {
  StepOptions options{.compile = compile_options(file, query), .backend = {}, .run = {}, .tables = false};
  options.compile.strict_decoder_only = way.strict_decoder_only;
  if (!way.without_pass.empty()) options.compile.passes.without.insert(way.without_pass);
  options.backend.optimize = way.optimize;
  options.run.threads = way.threads;
  options.run.block_rows = way.block_rows;
  options.run.summary = expects(file, query, "summary");
  catalog::Catalog catalog;
  const compiler::Compilation compilation =
      compiler::compile(source_of(file, query), options.compile, catalog);
  if (compilation.diagnostics.has_errors()) {
    print_diagnostics(compilation);
    return status_of(compilation);
  }
  return way.executable ? run_as_executables(compilation, options) : run_steps(compilation, options);
}

[[noreturn]] void be_child(const TestFile& file, const TestQuery& query, const Way* way,
                           const std::string& folder) {
  setpgid(0, 0);
  if (chdir(folder.c_str()) != 0) _exit(126);
  const int out = open("./out", O_CREAT | O_WRONLY | O_TRUNC, 0644);
  const int err = open("./err", O_CREAT | O_WRONLY | O_TRUNC, 0644);
  const int in = open("/dev/null", O_RDONLY);
  dup2(in, STDIN_FILENO);
  dup2(out, STDOUT_FILENO);
  dup2(err, STDERR_FILENO);
  const int status = way ? run_case(file, query, *way) : compile_case(file, query);
  std::fflush(nullptr);
  _exit(status);
}

}  // namespace

// ---- in the parent -----------------------------------------------------------------------------

RunningCase::RunningCase(const TestFile& file, const TestQuery& query, const Way* way, std::string folder)
    : file_(file),
      query_(query),
      folder_(std::move(folder)),
      deadline_(std::chrono::steady_clock::now() + kTimeLimit) {
  std::filesystem::create_directories(folder_ + "/data");
  for (const TestSection& section : file.sections)
    if (section.word == "input") write_file(folder_ + "/data/" + section.arguments, section.body);
  std::fflush(nullptr);
  process_ = fork();
  if (process_ == 0) be_child(file, query, way, folder_);
}

RunningCase::~RunningCase() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

bool RunningCase::ended() {
  if (waitpid(process_, &wait_status_, WNOHANG) == process_) return true;
  if (!out_of_time_ && std::chrono::steady_clock::now() > deadline_) {
    out_of_time_ = true;
    kill(-process_, SIGKILL);
  }
  return false;
}

Outcome RunningCase::outcome() {
  Outcome outcome;
  if (out_of_time_)
    outcome.failure = fmt::format("took longer than {} s", kTimeLimit.count());
  else if (WIFSIGNALED(wait_status_))
    outcome.failure =
        fmt::format("crashed (signal {}: {})", WTERMSIG(wait_status_), strsignal(WTERMSIG(wait_status_)));
  else
    outcome.status = WEXITSTATUS(wait_status_);
  const auto with_placeholder = [&](std::string text) {
    const std::string absolute = std::filesystem::weakly_canonical(folder_ + "/data").string();
    return replaced(replaced(std::move(text), absolute, kPlaceholder), kFolder, kPlaceholder);
  };
  outcome.standard_output = with_placeholder(read_file(folder_ + "/out"));
  outcome.standard_error = with_placeholder(read_file(folder_ + "/err"));
  for (const size_t i : query_.expects) {
    const std::string& what = file_.sections[i].arguments;
    if (what.starts_with("file "))
      outcome.files[what.substr(5)] = with_placeholder(read_result(folder_ + "/data/" + what.substr(5)));
    else if (std::filesystem::exists(folder_ + "/stage-" + what))
      outcome.stages[what] = with_placeholder(read_file(folder_ + "/stage-" + what));
  }
  return outcome;
}

}  // namespace weir::cli
