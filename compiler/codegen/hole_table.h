// The bodies of a kernel's holes, by name, and how they are written.
#pragma once

#include <functional>
#include <map>
#include <string_view>

#include "compiler/codegen/emit.h"
#include "compiler/codegen/pipeline.h"

namespace weir::codegen {

// By the hole's name, what writes its body.
using HoleTable = std::map<std::string_view, std::function<void(Emit&)>, std::less<>>;

// The body of a hole that returns a number or a truth value.
std::function<void(Emit&)> constant(int64_t value);
// What kernels ask of a window.
void add_window_holes(HoleTable& holes, const WindowSpec& window);
// Writes the bodies of the holes that a kernel calls, and makes them part of their caller.
void fill_holes(JobModule& module, const KernelCopy& kernel, const HoleTable& holes);

}  // namespace weir::codegen
