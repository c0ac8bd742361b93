#include "runtime/connectors/file/file_sink.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "runtime/connectors/file/new_file.h"
#include "runtime/connectors/file/path_list.h"
#include "runtime/connectors/system_error.h"
#include "runtime/connectors/write_all.h"

namespace weir::connectors {
namespace {

// One file, all or nothing: begun when the job begins, in its place when the input has ended, if empty too.
class SingleFileSink : public Sink {
 public:
  Result<void> open(const std::string& path) { return file_.create(path); }
  Result<void> write(uint64_t, std::string_view rows) override { return file_.write(rows); }
  Result<void> finish() override { return file_.publish(); }
  void abandon() override { file_.abandon(); }
  bool stands_when_stopped() const override { return false; }

 private:
  NewFile file_;
};

class DeviceSink : public Sink {
 public:
  DeviceSink(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  ~DeviceSink() override { ::close(descriptor_); }
  Result<void> write(uint64_t, std::string_view rows) override {
    if (const int error_number = write_all(descriptor_, rows); error_number != 0) {
      return std::unexpected(system_error("write", path_, error_number));
    }
    return {};
  }
  Result<void> finish() override { return {}; }
  void abandon() override {}
  bool stands_when_stopped() const override { return true; }

 private:
  std::string path_;
  int descriptor_;
};

constexpr std::string_view kPartPrefix = "part-";

class PartFilesSink : public Sink {
 public:
  explicit PartFilesSink(FileSinkOptions options) : options_(std::move(options)) {}

  // Numbers go on after the highest present.
  Result<void> open() {
    std::error_code code;
    for (const auto& entry : std::filesystem::directory_iterator(options_.path, code)) {
      const std::string name = entry.path().filename().string();
      uint64_t number = 0;
      const char* digits = name.data() + kPartPrefix.size();
      if (name.starts_with(kPartPrefix) &&
          std::from_chars(digits, name.data() + name.size(), number).ec == std::errc{}) {
        next_ = std::max(next_, number + 1);
      }
    }
    if (code) {
      return std::unexpected(system_error("read directory", options_.path, code.value()));
    }
    if (access(options_.path.c_str(), W_OK | X_OK) != 0) {
      return std::unexpected(system_error("write to directory", options_.path, errno));
    }
    return {};
  }

  // A part takes rows as long as they fit, and one at least: where parts end depends on the rows alone.
  Result<void> write(uint64_t, std::string_view rows) override {
    while (!rows.empty()) {
      if (!part_.is_open()) {
        if (auto created = part_.create(next_path()); !created) {
          return created;
        }
      }
      const uint64_t bytes = bytes_that_fit(rows);
      if (bytes == 0) {
        if (auto published = part_.publish(); !published) {
          return published;
        }
        continue;
      }
      if (auto written = part_.write(rows.substr(0, bytes)); !written) {
        return written;
      }
      rows.remove_prefix(bytes);
    }
    return {};
  }
  Result<void> finish() override { return part_.is_open() ? part_.publish() : Result<void>{}; }
  void abandon() override { part_.abandon(); }
  bool stands_when_stopped() const override { return true; }

 private:
  std::string next_path() {
    return fmt::format("{}{}{:06}.{}", options_.path, kPartPrefix, next_++, options_.extension);
  }
  uint64_t bytes_that_fit(std::string_view rows) const {
    const uint64_t room = options_.roll_bytes - std::min(options_.roll_bytes, part_.bytes());
    if (rows.size() <= room) {
      return rows.size();
    }
    const size_t last = room == 0 ? std::string_view::npos : rows.rfind('\n', room - 1);
    if (last != std::string_view::npos) {
      return last + 1;
    }
    return part_.bytes() == 0 ? rows.find('\n') + 1 : 0;
  }

  FileSinkOptions options_;
  NewFile part_;
  uint64_t next_ = 0;
};

// /dev/stdout and its like name what the process has been given, a file perhaps: it is written to, not replaced.
bool is_open_already(std::string_view path) {
  return path == "/dev/stdout" || path == "/dev/stderr" || path.starts_with("/dev/fd/") ||
         path.starts_with("/proc/self/fd/");
}

// A symbolic link stays one: what it points to is written, though it be not there yet.
std::string target_of(std::string path) {
  constexpr int kMostLinks = 40;  // as the kernel has it
  std::error_code code;
  for (int links = 0; links < kMostLinks && std::filesystem::is_symlink(path, code) && !is_open_already(path);
       ++links) {
    const std::filesystem::path target = std::filesystem::read_symlink(path, code);
    if (code) {
      break;
    }
    path = (std::filesystem::path(path).parent_path() / target).string();
  }
  return path;
}

}  // namespace

Result<std::unique_ptr<Sink>> make_file_sink(const FileSinkOptions& options) {
  auto path = local_path(options.path);
  if (!path) {
    return std::unexpected(path.error());
  }
  if (*path == "-") {
    return std::unexpected(Error{
        Error::Kind::Usage, "`-` is standard input; `/dev/stdout` is standard output, and `./-` a file"});
  }
  if (path->ends_with('/')) {
    if (auto made = make_directories(*path); !made) {
      return std::unexpected(made.error());
    }
    FileSinkOptions parts = options;
    parts.path = *path;
    auto sink = std::make_unique<PartFilesSink>(std::move(parts));
    if (auto opened = sink->open(); !opened) {
      return std::unexpected(opened.error());
    }
    return sink;
  }
  *path = target_of(*path);
  struct stat status{};
  if (stat(path->c_str(), &status) == 0 && S_ISDIR(status.st_mode)) {
    return std::unexpected(
        Error{Error::Kind::InputOutput,
              fmt::format("cannot write `{0}`: it is a directory; `{0}/` writes part files into it", *path)});
  }
  if (is_open_already(*path) || (status.st_mode != 0 && !S_ISREG(status.st_mode))) {
    const int descriptor = ::open(path->c_str(), O_WRONLY | O_CLOEXEC | O_APPEND);
    if (descriptor < 0) {
      return std::unexpected(system_error("write", *path, errno));
    }
    return std::make_unique<DeviceSink>(*path, descriptor);
  }
  if (auto made = make_directories(directory_of(*path)); !made) {
    return std::unexpected(made.error());
  }
  auto sink = std::make_unique<SingleFileSink>();
  if (auto opened = sink->open(*path); !opened) {
    return std::unexpected(opened.error());
  }
  return sink;
}

}  // namespace weir::connectors
