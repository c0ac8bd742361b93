#pragma once

#include <span>
#include <string_view>

// The LLVM bitcode that was made of runtime/kernels/*.cpp and stdlib/*.cpp when Weir was built and is carried inside
// the executable. The bytes live as long as the process and are followed by a zero byte, as LLVM's reader wants them.
namespace weir::bitcode {

// Returns the bitcode of runtime/kernels/<name>.cpp; empty if there is none.
std::span<const char> kernel(std::string_view name);

// Lists the names of all kernels, in alphabetical order.
std::span<const std::string_view> kernel_names();

// Returns the bitcode of all of stdlib/, linked into one module.
std::span<const char> stdlib();

// Returns the annotations of the functions in stdlib/, as tools/extract_functions writes them.
std::span<const char> functions();

}  // namespace weir::bitcode
