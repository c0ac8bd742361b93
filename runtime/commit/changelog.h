// Records of the changelog topic, which keeps the state of operators in mode C. A commit writes its records there in the
// transaction that also carries its outputs and positions: one for each blob of state, numbered 0 … n − 1, or a single empty
// one if no such state has changed. So the records of a commit are whole, and commits follow each other without a gap.
//
// Now and then everything is written anew (a snapshot), in slices that go with several commits, or with one. Reading begins
// with the commit where the last complete snapshot began, which the recovery record names, and ends with that of the record
// itself: what has changed since a slice was written is in the changes of a commit behind it.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace weir::commit {

struct ChangelogRecord {
  uint64_t commit = 0;  // JobRecord::commit
  uint32_t index = 0;   // of the records of the commit
  uint32_t count = 0;
  bool snapshot = false;      // a part of a snapshot; else what has changed
  uint64_t fingerprint = 0;   // of the operator; 0: no state
  uint64_t state_layout = 0;  // of its entries
  std::string_view blob = {};
};

std::string encode(const ChangelogRecord& record);
// The record's blob is a part of `bytes`. The error says what is wrong: not a record of a changelog, of a newer version,
// damaged.
std::expected<ChangelogRecord, std::string> decode_changelog(std::string_view bytes);

// Sees to it that no record is missing.
class ChangelogOrder {
 public:
  // The commits with which reading begins and ends. `first` 0: not known; with one whose records are a snapshot.
  ChangelogOrder(uint64_t first, uint64_t until) : first_(first), until_(until) {}
  // The next record. False: it is of an earlier commit, and to be passed over. The error says what is missing.
  std::expected<bool, std::string> next(const ChangelogRecord& record);
  bool finished() const { return last_ && last_->commit == until_ && last_->index + 1 == last_->count; }

 private:
  struct Place {
    uint64_t commit;
    uint32_t index;
    uint32_t count;
  };
  uint64_t first_;
  uint64_t until_;
  std::optional<Place> last_;
};

}  // namespace weir::commit
