// The graph of aggregates: how far each has come, and what it fires when the watermark rises.
//
// An operator's W is the minimum over the unfinished partitions of its scans and over what the operators below it have
// passed on. When W rises, due windows fire in topological order: the rows go to the consumers above first, judged by what
// the operator had passed on before; then it passes W on (sessions: W less lateness and epsilon).
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "runtime/job/manifest/entry_points.h"
#include "runtime/job/manifest/manifest.h"
#include "runtime/job/run/schedule.h"
#include "runtime/state/budget.h"
#include "runtime/state/groups.h"
#include "runtime/state/pane_set.h"
#include "runtime/state/sessions.h"
#include "runtime/state/window_operator.h"

namespace weir::job {

using FireSessions = void (*)(state::FireState*, abi::Context*, const state::SessionStores*,
                              int64_t watermark);

struct OperatorRun {
  const ManifestOperator* manifest = nullptr;
  state::MemoryAccount account;
  std::vector<std::unique_ptr<state::PaneSet>> pane_sets;  // Sliced, Attached: by lane
  std::vector<state::PaneSet*> pane_set_list;
  state::WindowOperator windows;
  std::vector<state::SessionStore> session_stores;
  state::SessionStores sessions{};  // Session: all of them
  FireSessions fire_sessions = nullptr;
  int64_t allowed_lateness_ms = 0;
  state::GroupStore groups{};  // None
  state::FireState fire{};
  std::string failed_key;               // of the group whose row failed: "category = 'books'"
  int64_t reached = abi::kNoWatermark;  // W
  int64_t passed = abi::kNoWatermark;   // for the operators above
};

// LATE: how far what is below it has come, as an aggregate in its place would have.
struct LateRun {
  const ManifestLate* manifest = nullptr;
  int64_t reached = abi::kNoWatermark;
};

struct OperatorSettings {
  uint32_t lanes = 1;
  int64_t allowed_lateness_ms = 0;  // of sessions
};

class Operators {
 public:
  Operators(const Manifest& manifest, const EntryPoints& entries, const OperatorSettings& settings,
            state::MemoryBudget& budget);
  ~Operators();
  Operators(const Operators&) = delete;
  Operators& operator=(const Operators&) = delete;

  OperatorRun& operator[](uint32_t id) { return *operators_[id]; }
  const std::vector<OperatorRun*>& in_order() const { return order_; }  // upstream first
  std::vector<LateRun>& lates() { return lates_; }
  int64_t allowed_lateness_ms() const { return allowed_lateness_ms_; }
  // LATE goes on where the aggregates over the same input do; what they have reached is known.
  void restore_lates();
  // Where the last `advance` stopped because an expression failed: "in the window [a, b) of `Aggregate …` for
  // category = 'books'".
  std::string failed_window() const;
  bool any_processing_time() const { return any_processing_time_; }

  // Fires what is due. `context` is the firing lane's; the caller holds the fire lock. `clock_ms`: no batch that is
  // under way has an earlier clock reading (processing time). True if windows have fired.
  bool advance(const Schedule& schedule, abi::Context* context, int64_t clock_ms);
  // What LATE judges by, without firing anything.
  void advance_lates(const Schedule& schedule);

 private:
  // Of what is below an aggregate or LATE that has come as far as `reached`.
  template <typename Upstream>
  int64_t watermark_below(const Upstream& node, int64_t reached) const;
  int64_t watermark_of(const OperatorRun& op, int64_t clock_ms) const;
  void raise_lates();
  bool advance_one(OperatorRun& op, abi::Context* context, int64_t watermark);

  std::vector<std::unique_ptr<OperatorRun>> operators_;  // by id
  std::vector<OperatorRun*> order_;                      // upstream first
  std::vector<LateRun> lates_;
  std::vector<ScanProgress> progress_;  // as the last `advance` found it: the same for all
  int64_t allowed_lateness_ms_ = 0;
  const OperatorRun* firing_ = nullptr;  // the last that fired
  bool any_processing_time_ = false;
  uint32_t workers_ = 0;
};

}  // namespace weir::job
