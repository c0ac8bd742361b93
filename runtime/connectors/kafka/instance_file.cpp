#include "runtime/connectors/kafka/instance_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include <fmt/format.h>

namespace weir::connectors {
namespace {

std::unexpected<Error> failed(const std::string& path, std::string_view reason) {
  return std::unexpected(Error{Error::Kind::InputOutput, fmt::format("`{}`: {}", path, reason)});
}

// A folder that only this user can write, as everybody may make files in /tmp.
Result<std::string> runtime_folder() {
  if (const char* given = std::getenv("XDG_RUNTIME_DIR"); given != nullptr && access(given, W_OK) == 0) {
    return std::string(given);
  }
  std::string folder = fmt::format("/tmp/weir-{}", geteuid());
  struct stat status{};
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return failed(folder, std::strerror(errno));
  }
  if (lstat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode) || status.st_uid != geteuid()) {
    return failed(folder, "is not a folder of this user; set `XDG_RUNTIME_DIR` to one");
  }
  return folder;
}

// FNV-1a, so that names that differ only in characters a file name cannot have stay apart.
uint64_t hash(std::initializer_list<std::string_view> texts) {
  uint64_t value = 0xcbf29ce484222325u;
  for (const std::string_view text : texts) {
    for (const char c : text) {
      value = (value ^ static_cast<uint8_t>(c)) * 0x100000001b3u;
    }
    value = (value ^ 0xffu) * 0x100000001b3u;
  }
  return value;
}

std::string readable(std::string_view name) {
  std::string result(name.substr(0, 80));
  for (char& c : result) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    c = plain ? c : '_';
  }
  return result;
}

}  // namespace

Result<InstanceFile> InstanceFile::take(const std::string& job, const std::string& instance,
                                        const std::string& scope) {
  const auto folder = runtime_folder();
  if (!folder) {
    return std::unexpected(folder.error());
  }
  const std::string path = fmt::format("{}/weir-{}-{}-{:016x}.lock", *folder, readable(job),
                                       readable(instance), hash({job, instance, scope}));
  const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) {
    return failed(path, std::strerror(errno));
  }
  InstanceFile file(descriptor);
  std::array<char, 24> text{};
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) {
      return failed(path, std::strerror(errno));
    }
    const ssize_t size = pread(descriptor, text.data(), text.size(), 0);
    return std::unexpected(Error{
        Error::Kind::Fenced,
        fmt::format(
            "instance `{}` of job `{}` already runs on this machine{}; a standby needs a name of its "
            "own, `--instance NAME`",
            instance, job,
            size > 0 ? fmt::format(" (process {})", std::string_view(text.data(), static_cast<size_t>(size)))
                     : "")});
  }
  const std::string process = std::to_string(getpid());
  if (ftruncate(descriptor, 0) != 0 || pwrite(descriptor, process.data(), process.size(), 0) < 0) {
    return failed(path, std::strerror(errno));
  }
  return file;
}

InstanceFile::~InstanceFile() {
  if (descriptor_ >= 0) {
    close(descriptor_);
  }
}

}  // namespace weir::connectors
