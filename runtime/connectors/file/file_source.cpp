#include "runtime/connectors/file/file_source.h"

#include <cerrno>
#include <optional>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/connectors/file/descriptor_pool.h"
#include "runtime/connectors/file/line_cut.h"
#include "runtime/connectors/file/path_list.h"
#include "runtime/connectors/file/stream_partition.h"
#include "runtime/connectors/system_error.h"

namespace weir::connectors {
namespace {

// A file on disk. Keeps nothing but its offset: the begin of a line that a batch cuts off is read again with the next. All but
// the last part of a file is seen as memory; the last one is copied, because padding has to follow it.
class FilePartition : public Partition {
 public:
  FilePartition(std::shared_ptr<DescriptorPool> pool, std::string path, uint64_t bytes,
                const FileSourceOptions& options)
      : pool_(std::move(pool)),
        file_(*pool_, std::move(path)),
        bytes_total_(bytes),
        longest_line_(options.longest_line),
        view_bytes_(options.view_bytes) {}

  const std::string& name() const override { return file_.path(); }
  uint64_t bytes_total() const override { return bytes_total_; }
  bool ready(int) override { return true; }

  Result<Batch> read(ReadBuffer& buffer) override {
    const Result<int> descriptor = file_.acquire();
    if (!descriptor) {
      return std::unexpected(descriptor.error());
    }
    Result<Batch> batch;
    if (const std::optional<Batch> seen = look_at(*descriptor, buffer.view())) {
      batch = *seen;
    } else {
      batch = read_from(*descriptor, buffer);
    }
    if (batch && batch->finished) {
      file_.close();
    } else {
      file_.release();
    }
    return batch;
  }

 private:
  // None: little is left, the line at hand is longer than the view, or the file is of no kind that can be seen so.
  std::optional<Batch> look_at(int descriptor, FileView& view) {
    struct stat status{};
    const uint64_t wanted = view_bytes_ + abi::kPaddingBytes;
    if (fstat(descriptor, &status) != 0 || static_cast<uint64_t>(status.st_size) < offset_ + wanted) {
      return std::nullopt;
    }
    const char* const data = view.show(descriptor, offset_, wanted);
    if (data == nullptr) {
      return std::nullopt;
    }
    const uint64_t whole = whole_lines({data, view_bytes_});
    if (whole == 0) {
      return std::nullopt;
    }
    Batch batch = hand_out(data, whole, false);
    batch.view = &view;
    return batch;
  }

  Result<Batch> read_from(int descriptor, ReadBuffer& buffer) {
    uint64_t filled = 0;
    while (true) {
      const ssize_t got = pread(descriptor, buffer.data() + filled, buffer.capacity() - filled,
                                static_cast<off_t>(offset_ + filled));
      if (got < 0 && errno == EINTR) {
        continue;
      }
      if (got < 0) {
        return std::unexpected(system_error("read", name(), errno));
      }
      filled += static_cast<uint64_t>(got);
      if (got == 0) {
        return hand_out(buffer.data(), filled, true);
      }
      if (filled < buffer.capacity()) {
        continue;
      }
      if (const uint64_t whole = whole_lines({buffer.data(), filled}); whole != 0) {
        return hand_out(buffer.data(), whole, false);
      }
      if (auto grown = grow_for_line(buffer, filled, longest_line_, name(), offset_); !grown) {
        return std::unexpected(grown.error());
      }
    }
  }

  Batch hand_out(const char* data, uint64_t bytes, bool finished) {
    const uint64_t skipped = byte_order_mark_bytes({data, bytes}, offset_);
    const Batch batch{data + skipped, data + bytes, offset_ + skipped, finished};
    offset_ += bytes;
    return batch;
  }

  std::shared_ptr<DescriptorPool> pool_;
  PooledFile file_;
  uint64_t bytes_total_;
  uint64_t longest_line_;
  uint64_t view_bytes_;
  uint64_t offset_ = 0;
};

class FileSource : public Source {
 public:
  explicit FileSource(FileSourceOptions options) : options_(std::move(options)) {}

  bool bounded() const override { return true; }

  Result<std::vector<std::unique_ptr<Partition>>> partitions() override {
    std::vector<std::unique_ptr<Partition>> partitions;
    if (options_.path == "-") {
      partitions.push_back(
          make_stream_partition("standard input", STDIN_FILENO, false, options_.longest_line));
      return partitions;
    }
    const auto path = local_path(options_.path);
    if (!path) {
      return std::unexpected(path.error());
    }
    const auto files = list_files(*path);
    if (!files) {
      return std::unexpected(files.error());
    }
    const auto pool = std::make_shared<DescriptorPool>(options_.open_files);
    for (const std::string& file : *files) {
      auto partition = open(pool, file);
      if (!partition) {
        return std::unexpected(partition.error());
      }
      partitions.push_back(std::move(*partition));
    }
    return partitions;
  }

 private:
  Result<std::unique_ptr<Partition>> open(const std::shared_ptr<DescriptorPool>& pool,
                                          const std::string& file) const {
    struct stat status{};
    if (stat(file.c_str(), &status) != 0) {
      return std::unexpected(system_error("read", file, errno));
    }
    if (S_ISREG(status.st_mode)) {
      // Seen at once rather than after an hour of reading other files.
      if (access(file.c_str(), R_OK) != 0) {
        return std::unexpected(system_error("read", file, errno));
      }
      return std::make_unique<FilePartition>(pool, file, static_cast<uint64_t>(status.st_size), options_);
    }
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
      return std::unexpected(system_error("read", file, errno));
    }
    return make_stream_partition(file, descriptor, true, options_.longest_line);
  }

  FileSourceOptions options_;
};

}  // namespace

std::unique_ptr<Source> make_file_source(FileSourceOptions options) {
  return std::make_unique<FileSource>(std::move(options));
}

}  // namespace weir::connectors
