// Says what somebody waits for who has waited for some time.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace weir::observe {

class SlowAnswer {
 public:
  // `say` takes `line` from another thread, once, unless this is gone before.
  SlowAnswer(std::string line, std::chrono::milliseconds after, std::function<void(std::string_view)> say);
  ~SlowAnswer();
  SlowAnswer(const SlowAnswer&) = delete;
  SlowAnswer& operator=(const SlowAnswer&) = delete;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ended_ = false;
  std::thread thread_;  // last: it uses the others
};

}  // namespace weir::observe
