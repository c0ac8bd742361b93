#include "cli/query_source.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace weir::cli {

std::expected<std::string, std::string> read_text(const std::string& path) {
  const auto failed = [&](int error) {
    return std::unexpected(fmt::format("cannot read `{}`: {}", path, std::strerror(error)));
  };
  const bool standard_input = path == "-";
  const int file = standard_input ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return failed(errno);
  struct stat status{};
  if (fstat(file, &status) == 0 && S_ISDIR(status.st_mode)) {
    if (!standard_input) close(file);
    return failed(EISDIR);
  }
  std::string text;
  int error = 0;
  for (;;) {
    const size_t before = text.size();
    text.resize(before + (1 << 16));
    const ssize_t got = read(file, text.data() + before, 1 << 16);
    text.resize(before + static_cast<size_t>(got > 0 ? got : 0));
    if (got == 0) break;
    if (got < 0 && errno != EINTR) {
      error = errno;
      break;
    }
    // The parser refuses a text of this size anyway, with its own words.
    if (text.size() > (64u << 20)) break;
  }
  if (!standard_input) close(file);
  if (error != 0) return failed(error);
  return text;
}

std::expected<std::shared_ptr<const diagnostics::Source>, std::string> read_source(const std::string& path) {
  auto text = read_text(path);
  if (!text) return std::unexpected(text.error());
  return std::make_shared<const diagnostics::Source>(path == "-" ? "<standard input>" : path,
                                                     std::move(*text));
}

}  // namespace weir::cli
