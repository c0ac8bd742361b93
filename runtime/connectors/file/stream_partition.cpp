#include "runtime/connectors/file/stream_partition.h"

#include <cerrno>
#include <cstring>

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/connectors/file/line_cut.h"
#include "runtime/connectors/system_error.h"

namespace weir::connectors {
namespace {

class StreamPartition : public Partition {
 public:
  StreamPartition(std::string name, int descriptor, bool owned, uint64_t longest_line)
      : name_(std::move(name)), descriptor_(descriptor), owned_(owned), longest_line_(longest_line) {
    struct stat status{};
    if (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode)) {
      bytes_total_ = static_cast<uint64_t>(status.st_size);
    }
  }
  ~StreamPartition() override {
    if (owned_) {
      ::close(descriptor_);
    }
  }

  const std::string& name() const override { return name_; }
  uint64_t bytes_total() const override { return bytes_total_; }

  bool ready(int timeout_ms) override {
    pollfd wanted{descriptor_, POLLIN, 0};
    return poll(&wanted, 1, timeout_ms) != 0 && wanted.revents != 0;
  }

  // One chunk, as it comes, so that a line typed at a terminal is a batch. Without a line end yet: an empty batch.
  Result<Batch> read(ReadBuffer& buffer) override {
    while (buffer.capacity() <= rest_.size()) {
      if (auto grown = grow_for_line(buffer, 0, longest_line_, name_, position_); !grown) {
        return std::unexpected(grown.error());
      }
    }
    std::memcpy(buffer.data(), rest_.data(), rest_.size());
    uint64_t filled = rest_.size();
    uint64_t whole = 0;
    bool finished = false;
    do {
      if (filled == buffer.capacity()) {
        if (auto grown = grow_for_line(buffer, filled, longest_line_, name_, position_); !grown) {
          return std::unexpected(grown.error());
        }
      }
      const ssize_t got = ::read(descriptor_, buffer.data() + filled, buffer.capacity() - filled);
      if (got < 0) {
        if (errno == EINTR || errno == EAGAIN) {
          break;
        }
        return std::unexpected(system_error("read", name_, errno));
      }
      finished = got == 0;
      const uint64_t cut = whole_lines({buffer.data() + filled, static_cast<size_t>(got)});
      whole = cut == 0 ? whole : filled + cut;
      filled += static_cast<uint64_t>(got);
    } while (whole == 0 && !finished && ready(0));
    if (finished) {
      whole = filled;
    }
    rest_.assign(buffer.data() + whole, filled - whole);
    const uint64_t skipped = byte_order_mark_bytes({buffer.data(), whole}, position_);
    Batch batch{buffer.data() + skipped, buffer.data() + whole, position_ + skipped, finished};
    position_ += whole;
    return batch;
  }

 private:
  std::string name_;
  int descriptor_;
  bool owned_;
  uint64_t longest_line_;
  uint64_t bytes_total_ = 0;
  uint64_t position_ = 0;
  std::string rest_;  // the begin of a line whose end has not come
};

}  // namespace

std::unique_ptr<Partition> make_stream_partition(std::string name, int descriptor, bool owned,
                                                 uint64_t longest_line) {
  return std::make_unique<StreamPartition>(std::move(name), descriptor, owned, longest_line);
}

}  // namespace weir::connectors
