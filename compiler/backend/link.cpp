#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <vector>

#include "compiler/backend/backend.h"
#include "weir_version.h"

namespace weir::backend {
namespace {

namespace fs = std::filesystem;

std::string find_in_path(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::string_view rest = path ? path : "/usr/bin:/bin";
  while (!rest.empty()) {
    const size_t colon = rest.find(':');
    const std::string candidate = std::string(rest.substr(0, colon)) + "/" + program;
    if (access(candidate.c_str(), X_OK) == 0) return candidate;
    rest = colon == std::string_view::npos ? std::string_view{} : rest.substr(colon + 1);
  }
  return {};
}

// A C++ compiler driver: it knows where libc and libstdc++ lie. A sanitizer's runtime is that of the compiler that Weir
// was built with.
std::string find_driver() {
  std::vector<std::string> names = {"clang++-19", "clang++", "c++", "g++"};
  if (version_sanitizers.empty()) names = {"c++", "g++", "clang++-19", "clang++"};
  for (const std::string& name : names) {
    if (std::string found = find_in_path(name); !found.empty()) return found;
  }
  return {};
}

// Runs a program; its output goes to standard error of this one. The exit status.
std::expected<int, std::string> run(const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
  pid_t child = 0;
  const int error = posix_spawn(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return std::unexpected("`" + command[0] + "` cannot be started: " + std::strerror(error));
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return std::unexpected("`" + command[0] + "` was lost: " + std::strerror(errno));
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

std::expected<void, std::string> link_executable(const std::string& object, const std::string& output,
                                                 bool needs_kafka) {
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  if (error) return std::unexpected("the place of weir itself cannot be found: " + error.message());
  const fs::path folder = self.parent_path().parent_path() / "lib" / "weir";
  const fs::path runtime = folder / "libweir_runtime.a";
  const fs::path kafka = folder / "libweir_kafka.a";
  for (const fs::path& library : {runtime, kafka}) {
    if (!fs::exists(library, error)) {
      return std::unexpected("`" + library.string() + "` is missing; it is installed beside weir");
    }
  }
  const std::string driver = find_driver();
  if (driver.empty()) {
    return std::unexpected(
        "no C++ compiler was found to link with; install `g++` or `clang` (only `weir compile` needs it)");
  }

  // Written beside its place and renamed, so that there is never half an executable.
  const std::string beside = output + ".part." + std::to_string(getpid());
  std::vector<std::string> command = {driver, "-o", beside, object};
  if (needs_kafka) {  // before the runtime, which refers to it only if it is there, and which it refers to
    command.insert(command.end(), {"-Wl,--undefined=weir_kafka_log", kafka.string()});
  }
  command.insert(command.end(), {runtime.string(), "-pie", "-pthread", "-Wl,--gc-sections", "-Wl,-z,relro",
                                 "-Wl,-z,now", "-Wl,--build-id"});
  if (version_sanitizers.empty()) {
    command.insert(command.end(), {"-static-libstdc++", "-static-libgcc", "-Wl,-s"});
  } else {
    command.push_back("-fsanitize=" + std::string(version_sanitizers));
  }
  if (needs_kafka) command.emplace_back("-lrdkafka");
  const std::expected<int, std::string> status = run(command);
  if (!status || *status != 0) {
    unlink(beside.c_str());
    if (!status) return std::unexpected(status.error());
    return std::unexpected("`" + driver + "` could not link `" + output + "` (exit status " +
                           std::to_string(*status) + ")");
  }
  if (std::rename(beside.c_str(), output.c_str()) != 0) {
    const std::string reason = std::strerror(errno);
    unlink(beside.c_str());
    return std::unexpected("`" + output + "` cannot be written: " + reason);
  }
  return {};
}

}  // namespace weir::backend
