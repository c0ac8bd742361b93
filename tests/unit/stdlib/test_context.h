// What a function of the stdlib is called with in a unit test.
#pragma once

#include <string>
#include <string_view>

#include "runtime/state/arena.h"
#include "runtime/state/state_memory.h"
#include "stdlib/function.h"

namespace weir::stdlib {

struct TestContext {
  Context context{};

  TestContext() { state::open_arena(context.arena); }
  ~TestContext() { state::close_arena(context.arena); }
  TestContext(const TestContext&) = delete;
  TestContext& operator=(const TestContext&) = delete;
  operator Context*() { return &context; }
};

struct TestMemory {
  StateMemory memory{};

  TestMemory() = default;
  ~TestMemory() { state::close_memory(memory); }
  TestMemory(const TestMemory&) = delete;
  TestMemory& operator=(const TestMemory&) = delete;
  operator StateMemory*() { return &memory; }
};

inline StringRef text_ref(std::string_view text) { return {text.data(), text.size()}; }
inline std::string str(StringRef text) { return {text.data, text.size}; }

}  // namespace weir::stdlib
