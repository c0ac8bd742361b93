#include "runtime/connectors/file_view.h"

#include <csignal>
#include <mutex>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace weir::connectors {
namespace {

// The view that this thread reads; a handler has no other way to find it.
constinit thread_local FileView* shown = nullptr;

struct sigaction old_action;

// What a file no longer has cannot be read as memory. Once there are zeros in its place the thread goes on, and finds out by
// FileView::lost.
void on_bus_error(int, siginfo_t* info, void*) {
  if (shown != nullptr && shown->replace_by_zeros(info->si_addr)) {
    return;
  }
  sigaction(SIGBUS, &old_action, nullptr);  // not ours: the access is tried again, and ends as ever
}

void install_handler() {
  static std::once_flag once;
  std::call_once(once, [] {
    struct sigaction action{};
    action.sa_sigaction = on_bus_error;
    action.sa_flags = SA_SIGINFO;
    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, &action, &old_action);
  });
}

uint64_t page_bytes() {
  static const auto bytes = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  return bytes;
}

}  // namespace

FileView::~FileView() {
  forget();
  if (shown == this) {
    shown = nullptr;
  }
}

void FileView::forget() {
  if (area_ != nullptr) {
    munmap(area_, area_bytes_);
    area_ = nullptr;
    area_bytes_ = 0;
  }
  if (descriptor_ >= 0) {
    close(descriptor_);
    descriptor_ = -1;
  }
}

bool FileView::reserve(uint64_t bytes) {
  if (area_bytes_ >= bytes) {
    return true;
  }
  forget();
  void* area = mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  area_ = area == MAP_FAILED ? nullptr : static_cast<char*>(area);
  area_bytes_ = area_ == nullptr ? 0 : bytes;
  return area_ != nullptr;
}

const char* FileView::show(int descriptor, uint64_t position, uint64_t bytes) {
  const uint64_t page = page_bytes();
  const uint64_t before = position % page;
  const uint64_t mapped = (before + bytes + page - 1) / page * page;
  if (!reserve(mapped + page)) {
    return nullptr;
  }
  install_handler();
  shown = this;
  lost_.store(false, std::memory_order_relaxed);
  // All pages at once: one by one they cost more than to copy them.
  void* at = mmap(area_, mapped, PROT_READ, MAP_SHARED | MAP_FIXED | MAP_POPULATE, descriptor,
                  static_cast<off_t>(position - before));
  if (descriptor_ >= 0) {
    close(descriptor_);
  }
  descriptor_ = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  end_ = position + bytes;
  if (at == MAP_FAILED || descriptor_ < 0) {
    forget();
    return nullptr;
  }
  return area_ + before;
}

bool FileView::lost() const {
  if (lost_.load(std::memory_order_relaxed)) {
    return true;
  }
  // The page in which the file ends now is there as a whole, its rest zeros.
  struct stat status{};
  return descriptor_ >= 0 &&
         (fstat(descriptor_, &status) != 0 || static_cast<uint64_t>(status.st_size) < end_);
}

bool FileView::replace_by_zeros(const void* address) {
  const auto* const at = static_cast<const char*>(address);
  if (area_ == nullptr || at < area_ || at >= area_ + area_bytes_) {
    return false;
  }
  char* const zeros = area_ + static_cast<uint64_t>(at - area_) / page_bytes() * page_bytes();
  const auto rest = static_cast<uint64_t>(area_ + area_bytes_ - zeros);
  if (mmap(zeros, rest, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED) {
    return false;
  }
  lost_.store(true, std::memory_order_relaxed);
  return true;
}

}  // namespace weir::connectors
