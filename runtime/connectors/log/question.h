// What was asked of a log, by somebody who does something else until the answer has come.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "runtime/connectors/connector.h"

namespace weir::connectors {

template <typename T>
class Question {
 public:
  virtual ~Question() = default;
  // Waits for nothing. Nothing: it has not been answered yet.
  virtual std::optional<Result<T>> answer() = 0;
};

// Whose answer is known when it is asked.
template <typename T>
class Answered final : public Question<T> {
 public:
  explicit Answered(Result<T> answer) : answer_(std::move(answer)) {}
  std::optional<Result<T>> answer() override { return answer_; }

 private:
  Result<T> answer_;
};

}  // namespace weir::connectors
