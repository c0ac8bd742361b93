// How a query differs from the one whose state was committed: which operators that state is of, and what has changed where
// it is of none.
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <vector>

#include "runtime/commit/recovery_record.h"
#include "runtime/job/manifest/manifest.h"

namespace weir::job {

struct FoundState {
  std::vector<const commit::OperatorRecord*> of_operator;  // by operator
  std::vector<const commit::OperatorRecord*> left;         // of operators that the query no longer has
};

// The record of each operator. The error says of the first that has none what has changed: "the window of `Aggregate …` has
// changed".
std::expected<FoundState, std::string> find_state(std::span<const ManifestOperator> operators,
                                                  std::span<const commit::OperatorRecord> records);

}  // namespace weir::job
