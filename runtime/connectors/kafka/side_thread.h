// Asks brokers beside the threads that have no time to wait for them. One question after the other.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "runtime/connectors/log/question.h"

namespace weir::connectors::kafka {

class SideThread {
 public:
  SideThread() = default;
  // What is being asked comes to its end first; whoever asks has to see to it that this is soon.
  ~SideThread();
  SideThread(const SideThread&) = delete;
  SideThread& operator=(const SideThread&) = delete;

  template <typename T>
  std::unique_ptr<Question<T>> ask(std::function<Result<T>()> question) {
    auto answer = std::make_shared<Answer<T>>();
    add([answer, question = std::move(question)] {
      Result<T> result = question();
      const std::lock_guard lock(answer->mutex);
      answer->result = std::move(result);
    });
    return std::make_unique<Asked<T>>(std::move(answer));
  }

 private:
  template <typename T>
  struct Answer {
    std::mutex mutex;
    std::optional<Result<T>> result;
  };
  template <typename T>
  class Asked final : public Question<T> {
   public:
    explicit Asked(std::shared_ptr<Answer<T>> answer) : answer_(std::move(answer)) {}
    std::optional<Result<T>> answer() override {
      const std::lock_guard lock(answer_->mutex);
      return answer_->result;
    }

   private:
    std::shared_ptr<Answer<T>> answer_;
  };

  void add(std::function<void()> task);
  void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> tasks_;
  bool ended_ = false;
  std::thread thread_;  // begins with the first question
};

}  // namespace weir::connectors::kafka
