// The state of one operator in mode C as a sequence of blobs, which describe themselves and are read back in order: what has
// changed since the last ones, or everything (a snapshot, behind which older blobs are not needed).
//
// All calls while nobody else touches the state. Which operator, commit and layout a blob belongs to, and that it is whole
// and none is missing, stands around it (runtime/commit).
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/job/entry_points.h"
#include "runtime/job/operators.h"

namespace weir::job {

class OperatorChangelog {
 public:
  OperatorChangelog(OperatorRun& op, const EntryPoints& entries) : op_(op), entries_(entries) {}
  ~OperatorChangelog();
  OperatorChangelog(const OperatorChangelog&) = delete;
  OperatorChangelog& operator=(const OperatorChangelog&) = delete;

  // Adds blobs of some hundred kilobytes, and forgets that anything has changed.
  void save(bool everything, std::vector<std::string>& blobs);
  // Into an operator that is new. The error says what is wrong with the blob.
  std::expected<void, std::string> load(std::string_view blob);
  // After the last blob, with OperatorRun::reached as it was then.
  std::expected<void, std::string> finish(abi::Context* context);

 private:
  using Load = std::expected<void, std::string>;
  template <typename Save, typename Store>
  void save_places(Save save, Store& store, uint64_t table, uint32_t places, bool everything,
                   std::vector<std::string>& blobs);
  void save_windows(bool everything, std::vector<std::string>& blobs);
  Load load_chunk(uint64_t table, std::string_view bytes);
  Load load_tables(std::string_view bytes);

  OperatorRun& op_;
  const EntryPoints& entries_;
  uint64_t next_table_ = 1;
  std::vector<uint64_t> listed_;                    // tables that the last list of them named
  std::map<uint64_t, state::TablePtr> loaded_;      // by what they are called
  std::map<uint64_t, state::PaneKey> loaded_list_;  // as the last list had it
};

}  // namespace weir::job
