// A part of a file as memory, one part at a time: what lies in the page cache is read there, not copied first. Of one thread.
#pragma once

#include <atomic>
#include <cstdint>

namespace weir::connectors {

class FileView {
 public:
  FileView() = default;
  ~FileView();
  FileView(const FileView&) = delete;
  FileView& operator=(const FileView&) = delete;

  // `bytes` bytes of a file from `position` on, all of which it has; they stay until the next call. Null: such a file cannot be
  // seen as memory.
  const char* show(int descriptor, uint64_t position, uint64_t bytes);
  // Whether bytes on show are gone: the file was made shorter, or the disk cannot read them. They are zeros from then on.
  bool lost() const;

  // Of the handler of SIGBUS: puts zeros where `address` lies. False: no address of this view.
  bool replace_by_zeros(const void* address);

 private:
  bool reserve(uint64_t bytes);
  void forget();

  char* area_ = nullptr;  // of which the last page never shows a file, so that nothing runs on behind it
  uint64_t area_bytes_ = 0;
  int descriptor_ = -1;  // of its own: the file's may be closed before the view
  uint64_t end_ = 0;     // in the file, of what is shown
  std::atomic<bool> lost_ = false;
};

}  // namespace weir::connectors
