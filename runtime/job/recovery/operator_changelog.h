// The state of one operator in mode C as a sequence of blobs, which describe themselves and are read back in order: what has
// changed since the last ones, or everything (a snapshot, behind whose begin older blobs are not needed). A snapshot may be
// written in slices with changes between them: what changes behind a slice is in the changes that follow it.
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

#include "runtime/job/manifest/entry_points.h"
#include "runtime/job/run/operators.h"

namespace weir::job {

class OperatorChangelog {
 public:
  OperatorChangelog(OperatorRun& op, const EntryPoints& entries) : op_(op), entries_(entries) {}
  ~OperatorChangelog();
  OperatorChangelog(const OperatorChangelog&) = delete;
  OperatorChangelog& operator=(const OperatorChangelog&) = delete;

  // What has changed since the last call: adds blobs of some hundred kilobytes.
  void save_changes(std::vector<std::string>& blobs);
  // Everything at once; nothing has changed then.
  void save_everything(std::vector<std::string>& blobs);
  // Everything in slices, beside the changes.
  void begin_snapshot();
  // The next slice of about `bytes`. True: it was the last one.
  bool save_slice(uint64_t bytes, std::vector<std::string>& blobs);
  // Into an operator that is new. The error says what is wrong with the blob.
  std::expected<void, std::string> load(std::string_view blob);
  // After the last blob, with OperatorRun::reached as it was then.
  std::expected<void, std::string> finish(abi::Context* context);

 private:
  using Load = std::expected<void, std::string>;
  // Of the places of one store those that the snapshot still lacks.
  struct Rest {
    uint64_t table = 0;
    uint32_t next = 0;
    uint32_t end = 0;
  };
  template <typename Visit>
  void for_each_store(Visit visit);
  template <typename Parts>
  void list_tables(bool always, Parts& parts);
  Load load_chunk(uint64_t table, std::string_view bytes);
  Load load_tables(std::string_view bytes);

  OperatorRun& op_;
  const EntryPoints& entries_;
  uint64_t next_table_ = 1;
  std::vector<uint64_t> listed_;                    // tables that the last list of them named
  std::map<uint64_t, state::TablePtr> loaded_;      // by what they are called
  std::map<uint64_t, state::PaneKey> loaded_list_;  // as the last list had it
  std::map<uint64_t, Rest> rest_;                   // of the snapshot, by table
  bool list_is_due_ = false;                        // the snapshot has no list of tables yet
};

}  // namespace weir::job
