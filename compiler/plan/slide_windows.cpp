#include "compiler/plan/slide_windows.h"

namespace weir::plan {

void slide_windows(Plan& plan) {
  for (Node& node : plan.nodes) {
    auto* aggregate = std::get_if<Aggregate>(&node.kind);
    if (aggregate && aggregate->windowing == Windowing::Sliced &&
        aggregate->window->kind != typed::WindowKind::Tumble)
      aggregate->incremental = true;
  }
}

}  // namespace weir::plan
