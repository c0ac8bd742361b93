#include "runtime/job/job_main.h"

#include <charconv>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include <unistd.h>

#include <fmt/format.h>

#include "runtime/job/cpu_check.h"
#include "runtime/job/job.h"
#include "runtime/job/job_reset.h"
#include "runtime/job/job_status.h"
#include "runtime/job/manifest/manifest.h"
#include "runtime/job/manifest/started_manifest.h"
#include "runtime/job/run/outcome.h"
#include "runtime/observe/report.h"
#include "runtime/observe/slow_answer.h"

namespace weir::job {
namespace {

struct Arguments {
  bool help = false;
  bool version = false;
  bool status = false;
  std::string reset;  // a place
  RunOptions run;
};

// `--name=value` and `--name value`.
struct Flag {
  std::string_view name;
  std::string_view value;
  bool has_value;
};
Flag split(std::string_view argument) {
  const size_t equals = argument.find('=');
  if (!argument.starts_with("--") || equals == std::string_view::npos) {
    return {argument, {}, false};
  }
  return {argument.substr(0, equals), argument.substr(equals + 1), true};
}

bool takes_value(std::string_view flag) {
  return flag == "--set" || flag == "--threads" || flag == "--restart-from" || flag == "--instance" ||
         flag == "--metrics" || flag == "--kafka-config" || flag == "--reset";
}

std::expected<Arguments, std::string> parse(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    Flag flag = split(argv[i]);
    if (flag.name == "--help" || flag.name == "-h") {
      arguments.help = true;
      continue;
    }
    if (flag.name == "--version") {
      arguments.version = true;
      continue;
    }
    if (flag.name == "--quiet" || flag.name == "-q") {
      arguments.run.summary = false;
      continue;
    }
    if (flag.name == "--status") {
      arguments.status = true;
      continue;
    }
    if (flag.name == "--resume") {
      arguments.run.resume = true;
      continue;
    }
    if (flag.name == "--accept-data-loss") {
      arguments.run.accept_data_loss = true;
      continue;
    }
    if (!takes_value(flag.name)) {
      return std::unexpected(fmt::format("unknown argument `{}`", argv[i]));
    }
    if (!flag.has_value) {
      if (i + 1 == argc) {
        return std::unexpected(fmt::format("`{}` needs a value", flag.name));
      }
      flag.value = argv[++i];
    }
    if (flag.name == "--set") {
      const size_t equals = flag.value.find('=');
      if (equals == std::string_view::npos || equals == 0) {
        return std::unexpected(fmt::format("`--set {}` is not of the form `key=value`", flag.value));
      }
      arguments.run.overrides.emplace_back(flag.value.substr(0, equals), flag.value.substr(equals + 1));
      continue;
    }
    if (flag.name == "--instance") {
      arguments.run.instance = flag.value;
      continue;
    }
    if (flag.name == "--metrics") {
      arguments.run.metrics = flag.value;
      continue;
    }
    if (flag.name == "--kafka-config") {
      arguments.run.kafka_config = flag.value;
      continue;
    }
    if (flag.name == "--restart-from" || flag.name == "--reset") {
      if (flag.value != "committed" && flag.value != "earliest" && flag.value != "latest") {
        return std::unexpected(
            fmt::format("`{} {}` is none of `committed`, `earliest` and `latest`", flag.name, flag.value));
      }
      (flag.name == "--reset" ? arguments.reset : arguments.run.restart_from) = flag.value;
      continue;
    }
    const char* end = flag.value.data() + flag.value.size();
    const auto [stop, code] = std::from_chars(flag.value.data(), end, arguments.run.threads);
    if (code != std::errc{} || stop != end || arguments.run.threads == 0) {
      return std::unexpected(fmt::format("`--threads {}` is no number of at least 1", flag.value));
    }
  }
  return arguments;
}

std::string usage_text(std::string_view program) {
  return fmt::format(
      "usage: {} [--set key=value]… [--threads N] [--resume | --restart-from PLACE] [--accept-data-loss] "
      "[--instance "
      "NAME] [--kafka-config FILE] [--metrics HOST:PORT] [--quiet] [--status] [--reset PLACE] "
      "[--version] [--help]\n",
      program);
}

std::string help_text(std::string_view program, const Manifest& manifest) {
  std::string text = fmt::format(
      "{}\n"
      "Runs the job `{}` (compiled from {} by weir {}) until its input ends or a signal arrives.\n\n"
      "  --set key=value   a setting (`parallelism.default`) or an option of a table (`orders.path`)\n"
      "  --threads N       as `parallelism.default`: at most N threads; default all cores\n"
      "  --restart-from P  committed, earliest, latest: begin at these offsets of the input, with empty "
      "state\n"
      "  --resume          go on from an earlier run; if there is none, that is an error\n"
      "  --accept-data-loss  go on although input that is needed has been deleted\n"
      "  --instance NAME   of this copy of the job among those that stand by; default the host's name\n"
      "  --kafka-config F  properties of Kafka's client for all tables, `name=value` a line\n"
      "  --metrics H:P     serve /metrics (Prometheus) and /health there; default nowhere\n"
      "  --status          show what the job has committed, instead of running it\n"
      "  --reset PLACE     let the next start begin at committed, earliest or latest, with empty state; do "
      "not "
      "run\n"
      "  --quiet, -q       no summary on standard error\n"
      "  --version         of weir, and what was compiled\n\n",
      usage_text(program), manifest.job_name, manifest.source_name, manifest.weir_version);
  const auto describe = [&](std::string_view verb, std::string_view table, const Options& options) {
    if (table.empty()) {
      return;
    }
    text += fmt::format("{} {}", verb, table);
    for (const auto& [key, value] : options) {
      if (key == "connector" || key == "path") {
        text += fmt::format("  {}={}", key, value);
      }
    }
    text += '\n';
  };
  for (const ManifestScan& scan : manifest.scans) {
    describe("reads ", scan.table, scan.options);
  }
  for (const ManifestSink& sink : manifest.sinks) {
    describe("writes", sink.table, sink.options);
  }
  return text + "\nExit status: 0 finished, 2 usage, 3 input or output failed, 75 try again.\n";
}

void say(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written <= 0) {
      return;
    }
    text.remove_prefix(static_cast<size_t>(written));
  }
}

// What `weir job status` and `weir job reset` do.
int look_at(const abi::Program& program, const Arguments& arguments) {
  const auto manifest = started(program, arguments.run.overrides, arguments.run.kafka_config);
  std::optional<observe::SlowAnswer> slow;
  if (manifest) {
    slow.emplace(waiting_text(*manifest), kSlowAnswer,
                 [](std::string_view line) { say(STDERR_FILENO, line); });
  }
  auto text = !manifest                 ? Result<std::string>(std::unexpected(manifest.error()))
              : arguments.reset.empty() ? job_status(*manifest, nullptr)
                                        : reset_job(*manifest, nullptr, arguments.reset);
  if (!text) {
    say(STDERR_FILENO, fmt::format("error: {}\n", text.error().text));
    return static_cast<int>(status_of(text.error()));
  }
  say(STDOUT_FILENO, *text);
  return static_cast<int>(ExitStatus::Finished);
}

int run(int argc, char** argv, const abi::Program& program) {
  const std::string_view name = argc > 0 ? argv[0] : "job";
  auto arguments = parse(argc, argv);
  if (!arguments) {
    say(STDERR_FILENO, fmt::format("error: {}\n{}", arguments.error(), usage_text(name)));
    return static_cast<int>(ExitStatus::Usage);
  }
  if (arguments->help || arguments->version) {
    const auto manifest = deserialize({program.manifest, program.manifest_bytes});
    if (!manifest) {
      say(STDERR_FILENO, fmt::format("error: {}\n", manifest.error()));
      return static_cast<int>(ExitStatus::Usage);
    }
    say(STDOUT_FILENO, arguments->help ? help_text(name, *manifest)
                                       : fmt::format("{} ({}), compiled by weir {}\n", manifest->job_name,
                                                     manifest->source_name, manifest->weir_version));
    return static_cast<int>(ExitStatus::Finished);
  }
  if (arguments->status || !arguments->reset.empty()) {
    return look_at(program, *arguments);
  }
  arguments->run.progress = isatty(STDERR_FILENO) == 1;
  return static_cast<int>(run_job(program, arguments->run));
}

}  // namespace
}  // namespace weir::job

int weir_job_main(int argc, char** argv, const weir::abi::Program* program) {
  if (!weir::job::cpu_is_supported()) {
    return static_cast<int>(weir::job::ExitStatus::InputOutput);
  }
  return weir::job::run(argc, argv, *program);
}
