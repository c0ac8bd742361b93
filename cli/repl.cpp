// The shell: statements end with `;`, what they declare stays, Ctrl-C stops the query and not the shell.

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <optional>
#include <string>

#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/run_steps.h"
#include "compiler/syntax/parse.h"
#include "weir_version.h"

namespace weir::cli {
namespace {

// Set by the signal handler, which can be given nothing else to write to.
std::atomic<bool> interrupted{false};

void on_interrupt(int) { interrupted.store(true); }

// Lines of standard input. Ctrl-C gives an empty line and sets `interrupted`.
class LineReader {
 public:
  std::optional<std::string> next() {
    for (;;) {
      const size_t end = buffer_.find('\n');
      if (end != std::string::npos) {
        std::string line = buffer_.substr(0, end);
        buffer_.erase(0, end + 1);
        return line;
      }
      char bytes[4096];
      const ssize_t got = read(STDIN_FILENO, bytes, sizeof bytes);
      if (got > 0) {
        buffer_.append(bytes, static_cast<size_t>(got));
        continue;
      }
      if (got < 0 && errno == EINTR) {
        if (interrupted.load()) return std::string();
        continue;
      }
      if (buffer_.empty()) return std::nullopt;
      return std::exchange(buffer_, {});
    }
  }

 private:
  std::string buffer_;
};

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

class Shell {
 public:
  explicit Shell(StepOptions options) : options_(std::move(options)) { options_.run.stop = &interrupted; }

  int run() {
    const bool terminal = is_terminal(STDIN_FILENO);
    if (terminal) fmt::print("weir {}: statements end with `;`, \\q leaves, \\h helps\n", weir::version);
    LineReader lines;
    std::string text;
    for (;;) {
      if (terminal) prompt(text.empty());
      interrupted.store(false);
      const std::optional<std::string> line = lines.next();
      if (interrupted.load()) {
        fmt::print("\n");
        text.clear();
        continue;
      }
      if (!line) break;
      if (text.empty() && line->starts_with('\\')) {
        if (!command(*line)) return status_;
        continue;
      }
      text += *line + "\n";
      if (is_blank(text)) text.clear();
      if (text.empty() || syntax::is_incomplete(text)) continue;
      execute(std::exchange(text, {}));
    }
    if (!is_blank(text)) execute(text);
    if (terminal) fmt::print("\n");
    // A script on standard input fails if any of its statements did; at a terminal the user has seen it.
    return terminal ? kFinished : status_;
  }

 private:
  static void prompt(bool first) {
    fmt::print("{}", first ? "weir> " : "  ... ");
    std::fflush(stdout);
  }

  // False if the shell ends.
  static bool command(std::string_view line) {
    if (line.starts_with("\\q")) return false;
    if (line.starts_with("\\h") || line.starts_with("\\?")) {
      fmt::print(
          "  CREATE TABLE …; CREATE VIEW …; SELECT …; INSERT INTO …; SET 'key' = 'value';\n"
          "  SHOW TABLES; DESCRIBE t; SHOW FUNCTIONS; EXPLAIN SELECT …;\n"
          "  \\q or Ctrl-D leaves, Ctrl-C stops a query\n");
    } else {
      fmt::print(stderr, "error: `{}` is no command of the shell\n  = hint: \\h helps\n", line);
    }
    return true;
  }

  void execute(std::string text) {
    const auto source = std::make_shared<const diagnostics::Source>("<shell>", std::move(text));
    const compiler::Compilation compilation = compiler::compile(source, options_.compile, catalog_);
    print_diagnostics(compilation);
    int status = status_of(compilation);
    if (status == kFinished) status = run_steps(compilation, options_);
    if (status != kFinished) status_ = status;
  }

  StepOptions options_;
  catalog::Catalog catalog_;
  int status_ = kFinished;
};

}  // namespace

int repl(const Arguments& arguments) {
  CLI::App app("A shell: statements end with `;`, what they declare stays.", "repl");
  CompileArguments compile_arguments;
  std::string kafka_config;
  add_compile_arguments(app, compile_arguments);
  add_kafka_config(app, kafka_config);
  if (const auto status = parse_arguments(app, arguments)) return *status;
  auto compile = compile_options(compile_arguments);
  if (!compile) return kUsage;

  struct sigaction action{};
  action.sa_handler = on_interrupt;  // without SA_RESTART: a read is left at once
  sigaction(SIGINT, &action, nullptr);

  StepOptions options{
      .compile = std::move(*compile), .backend = {}, .run = {}, .tables = is_terminal(STDOUT_FILENO)};
  options.run.kafka_config = std::move(kafka_config);
  options.run.summary = is_terminal(STDERR_FILENO);
  options.run.progress = options.run.summary;
  return Shell(std::move(options)).run();
}

}  // namespace weir::cli
