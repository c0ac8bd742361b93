#include "runtime/job/run/operators.h"

#include <algorithm>

#include <fmt/format.h>

#include "runtime/job/manifest/key_text.h"
#include "runtime/job/manifest/time_text.h"

namespace weir::job {
namespace {

state::WindowOperatorConfig window_config(const ManifestOperator& op, const EntryPoints& entries,
                                          state::MemoryAccount* account) {
  state::WindowOperatorConfig config;
  config.source =
      op.windowing == Windowing::Attached ? state::WindowSource::Attached : state::WindowSource::Slices;
  config.kind = static_cast<time::WindowKind>(op.window_kind);
  config.size_ms = op.size_ms;
  config.slide_ms = op.slide_ms;
  config.offset_ms = op.offset_ms;
  config.pane_ms = op.pane_ms;
  config.invertible = op.invertible;
  config.incremental = op.incremental;
  if (op.recovery == commit::RecoveryMode::Changelog) {
    // The changelog holds panes, so those of a window are kept one by one.
    config.incremental &= config.kind == time::WindowKind::Hop && op.invertible;
  }
  config.entry_bytes = op.entry_bytes;
  config.account = account;
  config.functions.merge = entries.get<decltype(config.functions.merge)>("merge", op.id);
  config.functions.retract = entries.get<decltype(config.functions.retract)>("retract", op.id);
  config.fire = entries.get<decltype(config.fire)>("fire", op.id);
  return config;
}

bool has_panes(const ManifestOperator& op) {
  return op.windowing == Windowing::Sliced || op.windowing == Windowing::Attached;
}

// A changelog keeps the sessions of each shard, so their number is the same for any number of workers. Without one, a worker that
// is alone needs no shards.
uint32_t session_shard_bits(const ManifestOperator& op, const OperatorSettings& settings) {
  const uint32_t workers = settings.lanes - 1;
  return workers <= 1 && op.recovery != commit::RecoveryMode::Changelog ? 0 : state::kShardBits;
}

void note_failed_key(state::FireState* fire, const char* entry, const abi::StateMemory* memory) {
  auto& op = *static_cast<OperatorRun*>(fire->owner);
  op.failed_key = key_text(op.manifest->keys, entry, *memory);
}

void open(OperatorRun& op, const EntryPoints& entries, const OperatorSettings& settings) {
  const ManifestOperator& manifest = *op.manifest;
  op.fire.ordered = manifest.ordered ? 1 : 0;
  op.fire.watermark = abi::kNoWatermark;
  op.fire.on_failure = note_failed_key;
  op.fire.owner = &op;
  if (has_panes(manifest)) {
    for (uint32_t lane = 0; lane < settings.lanes; ++lane) {
      auto set = std::make_unique<state::PaneSet>();
      set->entry_bytes = manifest.entry_bytes;
      set->account = &op.account;
      set->windows = {.attached = manifest.windowing == Windowing::Attached,
                      .kind = static_cast<time::WindowKind>(manifest.window_kind),
                      .size_ms = manifest.size_ms,
                      .slide_ms = manifest.slide_ms,
                      .offset_ms = manifest.offset_ms};
      op.pane_set_list.push_back(set.get());
      op.pane_sets.push_back(std::move(set));
    }
    op.windows = state::make_window_operator(window_config(manifest, entries, &op.account));
  } else if (manifest.windowing == Windowing::Session) {
    op.allowed_lateness_ms = settings.allowed_lateness_ms;
    op.fire_sessions = entries.get<FireSessions>("fire_sessions", manifest.id);
    const uint32_t bits = session_shard_bits(manifest, settings);
    op.session_stores = std::vector<state::SessionStore>(1u << bits);
    for (state::SessionStore& store : op.session_stores) {
      state::open_sessions(store, manifest.entry_bytes, manifest.size_ms, settings.allowed_lateness_ms,
                           &op.account);
    }
    op.sessions = {op.session_stores.data(), bits, 0};
  } else {
    state::open_groups(op.groups, manifest.entry_bytes, &op.account);
  }
}

}  // namespace

Operators::Operators(const Manifest& manifest, const EntryPoints& entries, const OperatorSettings& settings,
                     state::MemoryBudget& budget)
    : allowed_lateness_ms_(settings.allowed_lateness_ms), workers_(settings.lanes - 1) {
  for (const ManifestLate& late : manifest.lates) {
    lates_.push_back({.manifest = &late});
  }
  for (const ManifestOperator& op : manifest.operators) {
    auto run = std::make_unique<OperatorRun>();
    run->manifest = &op;
    run->account.budget = &budget;
    run->account.operator_name = op.name;
    open(*run, entries, settings);
    any_processing_time_ |= op.processing_time;
    operators_.push_back(std::move(run));
  }
  // Upstream first; the graph has no circles.
  std::vector<bool> placed(operators_.size(), false);
  while (order_.size() < operators_.size()) {
    for (const auto& op : operators_) {
      const auto& upstream = op->manifest->upstream_operators;
      if (!placed[op->manifest->id] &&
          std::ranges::all_of(upstream, [&](uint32_t id) { return placed[id]; })) {
        placed[op->manifest->id] = true;
        order_.push_back(op.get());
      }
    }
  }
}

Operators::~Operators() {
  for (const auto& op : operators_) {
    if (op->manifest->windowing == Windowing::Session) {
      for (state::SessionStore& store : op->session_stores) {
        state::close_sessions(store);
      }
    } else if (op->manifest->windowing == Windowing::None) {
      state::close_groups(op->groups);
    }
  }
}

template <typename Upstream>
int64_t Operators::watermark_below(const Upstream& node, int64_t reached) const {
  int64_t watermark = abi::kEndOfTime;
  bool finished = true;
  for (const uint32_t scan : node.upstream_scans) {
    if (progress_[scan].returning) {
      return reached;
    }
    finished &= progress_[scan].finished;
    watermark = std::min(watermark, progress_[scan].watermark);
  }
  for (const uint32_t below : node.upstream_operators) {
    watermark = std::min(watermark, operators_[below]->passed);
  }
  return watermark == abi::kEndOfTime && !finished ? reached  // all are idle: it stays
                                                   : watermark;
}

int64_t Operators::watermark_of(const OperatorRun& op, int64_t clock_ms) const {
  int64_t watermark = watermark_below(*op.manifest, op.reached);
  // A batch may still come with the same reading of the clock, and its rows belong to windows that are open then.
  if (op.manifest->processing_time && watermark != abi::kEndOfTime) {
    watermark = clock_ms == abi::kNoWatermark ? clock_ms : clock_ms - 1;
  }
  return watermark;
}

std::string Operators::failed_window() const {
  if (firing_ == nullptr) {
    return "in the result of a window";
  }
  const std::string key = firing_->failed_key.empty() ? "" : " for " + firing_->failed_key;
  return fmt::format("in the window [{}, {}) of `{}`{}", time_text(firing_->fire.window_start),
                     time_text(firing_->fire.window_end), firing_->manifest->name, key);
}

void Operators::restore_lates() {
  for (LateRun& late : lates_) {
    for (const auto& op : operators_) {
      if (op->manifest->upstream_scans == late.manifest->upstream_scans &&
          op->manifest->upstream_operators == late.manifest->upstream_operators &&
          !op->manifest->processing_time) {
        late.reached = op->reached;
      }
    }
  }
}

bool Operators::advance(const Schedule& schedule, abi::Context* context, int64_t clock_ms) {
  bool fired = false;
  schedule.progress(progress_);
  const uint32_t at_work = schedule.at_work();
  for (OperatorRun* op : order_) {
    op->fire.threads = workers_ > at_work ? workers_ - at_work : 1;
    const int64_t watermark = watermark_of(*op, clock_ms);
    if (watermark > op->reached) {
      fired |= advance_one(*op, context, watermark);
    }
    if (context->failure.expression != 0) {
      return fired;
    }
  }
  raise_lates();
  return fired;
}

void Operators::advance_lates(const Schedule& schedule) {
  schedule.progress(progress_);
  raise_lates();
}

void Operators::raise_lates() {
  for (LateRun& late : lates_) {
    late.reached = std::max(late.reached, watermark_below(*late.manifest, late.reached));
  }
}

bool Operators::advance_one(OperatorRun& op, abi::Context* context, int64_t watermark) {
  const uint64_t rows_before = op.fire.rows;
  op.reached = watermark;
  op.fire.watermark = op.passed;
  firing_ = &op;
  if (has_panes(*op.manifest)) {
    if (state::is_due(op.windows, op.pane_set_list, watermark)) {
      state::advance(op.windows, context, op.fire, op.pane_set_list, watermark);
    }
    op.passed = watermark;
  } else if (op.manifest->windowing == Windowing::Session) {
    op.fire_sessions(&op.fire, context, &op.sessions, watermark);
    op.passed =
        watermark == abi::kEndOfTime ? watermark : watermark - op.allowed_lateness_ms - time::kEpsilon;
  } else {
    op.passed = watermark;
  }
  return op.fire.rows != rows_before;
}

}  // namespace weir::job
