#include "runtime/observe/report.h"

#include <cerrno>

#include <unistd.h>

#include <fmt/format.h>

namespace weir::observe {
namespace {

constexpr std::string_view kClearLine = "\r\033[K";

}  // namespace

WriteText standard_error() {
  return [](std::string_view text) {
    while (!text.empty()) {
      const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
      if (written < 0 && errno != EINTR) {
        return;  // nobody is left to be told
      }
      text.remove_prefix(written < 0 ? 0 : static_cast<size_t>(written));
    }
  };
}

void Report::message(std::string_view lines) {
  const std::lock_guard lock(mutex_);
  if (shown_) {
    write_(kClearLine);
    shown_ = false;
  }
  write_(lines);
}

void Report::progress(std::string_view line) {
  const std::lock_guard lock(mutex_);
  if (!line.empty()) {
    write_(fmt::format("{}{}", kClearLine, line));
    shown_ = true;
  } else if (shown_) {
    write_(kClearLine);
    shown_ = false;
  }
}

}  // namespace weir::observe
