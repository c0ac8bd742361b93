// The functions that a compiled program exports to the runtime, by role and id: `scan_0`, `consume_3`, `merge_1`, …
#pragma once

#include <cstdint>
#include <string_view>

#include "runtime/abi/abi.h"
#include "runtime/abi/scan_state.h"
#include "runtime/state/pane_table.h"
#include "runtime/state/saved_chunk.h"
#include "runtime/state/sessions.h"

namespace weir::job {

// scan_<pipeline>: decodes the lines of a batch and hands them to the consumers of the pipeline.
using ScanLines = void (*)(abi::ScanState*, const char* begin, const char* end);
// The same entry where the records are messages.
using ScanMessages = void (*)(abi::ScanState*, const abi::MessageInfo* messages, uint32_t count);
// consume_<pipeline>: hands rows that the runtime has made (rejected ones) to the consumers of the pipeline, leaving out those
// whose entry in Context::consumers is null.
using Consume = void (*)(abi::Context*, const abi::Block*);
// Operators in mode C (runtime/state/saved_chunk.h). Sessions: save_sessions_<op>, load_sessions_<op>, link_sessions_<op>;
// the others: save_groups_<op>, load_groups_<op>.
using SaveGroups = uint32_t (*)(const state::PaneTable*, state::SavedChunk*, const uint32_t* numbers,
                                uint32_t count);
using LoadGroups = void (*)(state::PaneTable*, const state::SavedChunk*);
using SaveSessions = uint32_t (*)(const state::SessionStore*, state::SavedChunk*, const uint32_t* numbers,
                                  uint32_t count);
using LoadSessions = void (*)(state::SessionStore*, const state::SavedChunk*);
using LinkSessions = void (*)(state::SessionStore*);
// merge_<op>, retract_<op>, fire_<op>, fire_sessions_<op>: runtime/state/window_operator.h.

class EntryPoints {
 public:
  explicit EntryPoints(const abi::Program& program) : program_(program) {}

  // Null where the program has no such function.
  void* find(std::string_view role, uint32_t id) const;
  template <typename Function>
  Function get(std::string_view role, uint32_t id) const {
    return reinterpret_cast<Function>(find(role, id));
  }

 private:
  const abi::Program& program_;
};

}  // namespace weir::job
