// What is done for each of very many columns is done in several functions: LLVM's time grows faster than a function.
#pragma once

#include <functional>

#include "compiler/codegen/emit.h"

namespace weir::codegen {

// So many columns are one part. A multiple of 64, the columns of a word of a row's NULL bitmap.
constexpr uint32_t kColumnsPerPart = 64;

// Calls `part` with [first, last) until `count` is reached. More than one part: each is written into a function of its own,
// with the parameters of the one being written (`part` takes them from the Emit that it gets); it returns nothing.
void emit_in_parts(Emit& emit, size_t count,
                   const std::function<void(Emit&, uint32_t first, uint32_t last)>& part);

// The same for a result that is handed on from part to part, beginning with `start`.
using PartOfResult = std::function<llvm::Value*(Emit&, uint32_t first, uint32_t last, llvm::Value* so_far)>;
llvm::Value* emit_in_parts(Emit& emit, size_t count, llvm::Value* start, const PartOfResult& part);

// The same parameter of the part's function.
llvm::Value* parameter_in(Emit& part, llvm::Value* parameter);

}  // namespace weir::codegen
