#include "compiler/plan/choose_recovery.h"

#include <algorithm>
#include <map>

#include "compiler/match.h"
#include "compiler/plan/fingerprint.h"
#include "compiler/plan/traits.h"

namespace weir::plan {
namespace {

class Chooser {
 public:
  explicit Chooser(const Plan& plan) : plan_(plan), keeps_state_(plan.nodes.size()) {}

  // Inputs come before their users, so what is below an aggregate has been decided.
  std::map<NodeId, Recovery> choose() {
    const bool changelog_only = plan_.settings.get("recovery.mode", "auto") == "changelog";
    std::map<NodeId, Recovery> chosen;
    for (NodeId id = 0; id < plan_.nodes.size(); ++id) {
      const auto* aggregate = std::get_if<Aggregate>(&plan_.at(id).kind);
      if (aggregate == nullptr) continue;
      std::string why = why_not_replay(id, *aggregate);
      if (why.empty() && changelog_only) why = "`recovery.mode` asks for it";
      keeps_state_[id] = !why.empty();
      chosen[id] = why.empty() ? Recovery{RecoveryMode::Replay, "its windows are made again from the input"}
                               : Recovery{RecoveryMode::Changelog, std::move(why)};
    }
    for (auto& [id, recovery] : chosen) {
      const StateText text = state_text(plan_, id, keeps_state_);
      recovery.fingerprint = fingerprint(text);
      recovery.fingerprint_parts = fingerprint_parts(text);
    }
    return chosen;
  }

 private:
  // Empty: it may be replayed.
  std::string why_not_replay(NodeId id, const Aggregate& aggregate) const {
    if (aggregate.windowing == Windowing::None) {
      if (aggregate.distinct_only) return "rows that were seen are remembered for ever";
      return aggregate.keys.empty() ? "its group lives for ever" : "its groups live for ever";
    }
    if (aggregate.window->processing_time) return "its windows are of processing time";
    if (aggregate.window->kind == typed::WindowKind::Session) return "a session may be of any length";
    const Traits& traits = plan_.at(id).traits;
    if (!traits.deterministic) return "its input would be another: " + traits.why_not_deterministic;
    return why_not_below(plan_.at(id).inputs[0], false);
  }

  // `windowed`: a window function stands between the node and the aggregate.
  std::string why_not_below(NodeId id, bool windowed) const {
    const Node& node = plan_.at(id);
    if (std::holds_alternative<Aggregate>(node.kind)) {
      if (windowed) return "its windows are made of windows";
      return keeps_state_[id] ? "the operator that it reads from keeps a changelog" : "";
    }
    windowed |= std::holds_alternative<WindowAssign>(node.kind);
    for (const NodeId input : node.inputs) {
      if (std::string why = why_not_below(input, windowed); !why.empty()) return why;
    }
    return "";
  }

  const Plan& plan_;
  std::vector<bool> keeps_state_;
};

// Two operators with equal state of their own must not find each other's.
void tell_apart(std::map<NodeId, Recovery>& chosen) {
  std::map<uint64_t, uint64_t> seen;
  for (auto& [id, recovery] : chosen) {
    if (recovery.mode == RecoveryMode::Changelog) recovery.fingerprint += seen[recovery.fingerprint]++;
  }
}

}  // namespace

void choose_recovery(Plan& plan) {
  const bool reads_log = std::ranges::any_of(plan.nodes, [](const Node& node) {
    const auto* scan = std::get_if<Scan>(&node.kind);
    return scan && catalog::has_messages(*scan->table);
  });
  if (!reads_log) return;
  Plan canonical = plan;
  derive_traits(canonical);
  auto chosen = Chooser(canonical).choose();
  tell_apart(chosen);
  for (auto& [id, recovery] : chosen) std::get<Aggregate>(plan.at(id).kind).recovery = std::move(recovery);
}

}  // namespace weir::plan
