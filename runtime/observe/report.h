// What a job says on standard error: messages, and on a terminal one line of progress that is rewritten in place.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace weir::observe {

using WriteText = std::function<void(std::string_view)>;

WriteText standard_error();

class Report {
 public:
  explicit Report(WriteText write) : write_(std::move(write)) {}

  // Whole lines, each with its line end.
  void message(std::string_view lines);
  // Replaces the line of progress; empty takes it away. Before rows appear on the same terminal it must be taken away.
  void progress(std::string_view line);

 private:
  WriteText write_;
  std::mutex mutex_;
  bool shown_ = false;
};

}  // namespace weir::observe
