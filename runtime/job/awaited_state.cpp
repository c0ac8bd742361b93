// Placeholders until runtime/state has sessions and groups; the linker prefers the real ones.
#include <cstdlib>

#include "runtime/state/groups.h"
#include "runtime/state/sessions.h"

namespace weir::state {

__attribute__((weak)) void open_groups(GroupStore&, uint32_t, MemoryAccount*) { std::abort(); }
__attribute__((weak)) void close_groups(GroupStore&) {}
__attribute__((weak)) void open_sessions(SessionStore&, uint32_t, int64_t, MemoryAccount*) { std::abort(); }
__attribute__((weak)) void close_sessions(SessionStore&) {}

}  // namespace weir::state
