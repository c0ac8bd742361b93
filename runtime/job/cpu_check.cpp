#include "runtime/job/cpu_check.h"

#include <string_view>

#include <unistd.h>

namespace weir::job {

bool cpu_is_supported() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  // What x86-64-v3 has over the versions before it; a CPU with these has the rest of it.
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
      __builtin_cpu_supports("fma")) {
    return true;
  }
  constexpr std::string_view kMessage = "error: this CPU lacks instructions of x86-64-v3 (AVX2, BMI, FMA)\n";
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, kMessage.data(), kMessage.size());
  return false;
#else
  return true;
#endif
}

}  // namespace weir::job
