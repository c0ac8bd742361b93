#include "runtime/job/recovery/changed_query.h"

#include <algorithm>
#include <array>
#include <bit>

#include <fmt/format.h>

namespace weir::job {
namespace {

using commit::OperatorRecord;
using commit::RecoveryMode;

constexpr uint32_t kParts = 4;
// With fewer in common, two operators have nothing to do with each other.
constexpr int kPartsInCommon = 2;

uint16_t part(uint64_t parts, uint32_t number) { return static_cast<uint16_t>(parts >> (16 * number)); }

// One bit for each part that differs.
uint32_t differing_parts(const ManifestOperator& op, const OperatorRecord& record) {
  uint32_t differing = 0;
  for (uint32_t number = 0; number < kParts; ++number) {
    differing |= uint32_t{part(op.fingerprint_parts, number) != part(record.parts, number)} << number;
  }
  return differing;
}

int parts_in_common(const ManifestOperator& op, const OperatorRecord& record) {
  return static_cast<int>(kParts) - std::popcount(differing_parts(op, record));
}

// What the operator was in the query before: of the records that are left the one with most in common.
const OperatorRecord* earlier_form(const ManifestOperator& op, std::span<const OperatorRecord* const> left) {
  const OperatorRecord* best = nullptr;
  for (const OperatorRecord* record : left) {
    const int common = record->parts == 0 ? 0 : parts_in_common(op, *record);
    if (common >= kPartsInCommon && (best == nullptr || common > parts_in_common(op, *best))) {
      best = record;
    }
  }
  return best;
}

std::string changed_text(const ManifestOperator& op, const OperatorRecord& before) {
  if (op.recovery != before.mode) {
    const auto how = [](RecoveryMode mode) {
      return mode == RecoveryMode::Replay ? "made again from the input" : "kept in a changelog";
    };
    return fmt::format("the state of `{}` was {}, and is now {}", op.name, how(before.mode),
                       how(op.recovery));
  }
  const std::array<const char*, kParts> names = {
      "input", "filters", "window", op.recovery == RecoveryMode::Changelog ? "keys or aggregates" : "keys"};
  std::vector<std::string> changed;
  bool several = false;
  const uint32_t differing = differing_parts(op, before);
  for (uint32_t number = 0; number < kParts; ++number) {
    if ((differing >> number & 1) != 0) {
      changed.emplace_back(names[number]);
      several |= number % 2 == 1 || changed.size() > 1;
    }
  }
  std::string list = changed.empty() ? "fingerprint" : changed.front();
  for (size_t i = 1; i < changed.size(); ++i) {
    list += (i + 1 == changed.size() ? " and the " : ", the ") + changed[i];
  }
  return fmt::format("the {} of `{}` {} changed", list, op.name, several ? "have" : "has");
}

}  // namespace

std::expected<FoundState, std::string> find_state(std::span<const ManifestOperator> operators,
                                                  std::span<const OperatorRecord> records) {
  FoundState found;
  for (const OperatorRecord& record : records) {
    found.left.push_back(&record);
  }
  for (const ManifestOperator& op : operators) {
    const auto at = std::ranges::find_if(found.left, [&](const OperatorRecord* it) {
      return it->fingerprint == op.fingerprint && it->mode == op.recovery;
    });
    found.of_operator.push_back(at == found.left.end() ? nullptr : *at);
    if (at != found.left.end()) {
      found.left.erase(at);
    }
  }
  for (size_t i = 0; i < operators.size(); ++i) {
    if (found.of_operator[i] != nullptr) {
      continue;
    }
    const ManifestOperator& op = operators[i];
    if (const OperatorRecord* before = earlier_form(op, found.left)) {
      return std::unexpected(changed_text(op, *before));
    }
    if (std::ranges::any_of(found.left, [](const OperatorRecord* it) { return it->parts == 0; })) {
      return std::unexpected(
          fmt::format("`{}` is new, or its input, filters, window or keys have changed", op.name));
    }
    return std::unexpected(fmt::format("`{}` is new", op.name));
  }
  return found;
}

}  // namespace weir::job
