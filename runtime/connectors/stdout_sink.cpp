#include "runtime/connectors/stdout_sink.h"

#include <cerrno>

#include <fmt/format.h>

#include "runtime/connectors/system_error.h"

namespace weir::connectors {
namespace {

Result<void> written(int error_number, std::string_view stream) {
  if (error_number == 0) {
    return {};
  }
  if (error_number == EPIPE) {
    return std::unexpected(
        Error{Error::Kind::InputOutput, fmt::format("cannot write to {}: its reader has closed it", stream)});
  }
  return std::unexpected(Error{Error::Kind::InputOutput,
                               fmt::format("cannot write to {}: {}", stream, system_reason(error_number))});
}

class StdoutSink : public Sink {
 public:
  explicit StdoutSink(WriteBytes write) : write_(std::move(write)) {}
  Result<void> write(uint64_t, std::string_view rows) override {
    return written(write_(rows), "standard output");
  }
  Result<void> finish() override { return {}; }
  void abandon() override {}
  bool stands_when_stopped() const override { return true; }

 private:
  WriteBytes write_;
};

class PrintSink : public Sink {
 public:
  PrintSink(WriteBytes write, std::string_view stream, const std::string& identifier)
      : write_(std::move(write)), stream_(stream), prefix_(identifier.empty() ? "" : identifier + "> ") {}

  Result<void> write(uint64_t, std::string_view rows) override {
    if (prefix_.empty()) {
      return written(write_(rows), stream_);
    }
    lines_.clear();
    while (!rows.empty()) {
      const size_t end = std::min(rows.find('\n'), rows.size() - 1) + 1;
      lines_.append(prefix_).append(rows.substr(0, end));
      rows.remove_prefix(end);
    }
    return written(write_(lines_), stream_);
  }
  Result<void> finish() override { return {}; }
  void abandon() override {}
  bool stands_when_stopped() const override { return true; }

 private:
  WriteBytes write_;
  std::string stream_;
  std::string prefix_;
  std::string lines_;
};

}  // namespace

std::unique_ptr<Sink> make_stdout_sink(WriteBytes write) {
  return std::make_unique<StdoutSink>(std::move(write));
}

std::unique_ptr<Sink> make_print_sink(WriteBytes write, std::string_view stream,
                                      const std::string& identifier) {
  return std::make_unique<PrintSink>(std::move(write), stream, identifier);
}

}  // namespace weir::connectors
