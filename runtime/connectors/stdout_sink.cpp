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
  StdoutSink(WriteBytes write, std::string stream) : write_(std::move(write)), stream_(std::move(stream)) {}
  Result<void> write(uint64_t, std::string_view rows) override { return written(write_(rows), stream_); }
  Result<void> finish() override { return {}; }
  void abandon() override {}
  bool stands_when_stopped() const override { return true; }

 private:
  WriteBytes write_;
  std::string stream_;
};

}  // namespace

std::unique_ptr<Sink> make_stdout_sink(WriteBytes write, std::string stream) {
  return std::make_unique<StdoutSink>(std::move(write), std::move(stream));
}

}  // namespace weir::connectors
