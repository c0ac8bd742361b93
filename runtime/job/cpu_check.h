// Everything is compiled for x86-64-v3; an older CPU is told so instead of dying of an illegal instruction.
#pragma once

namespace weir::job {

// False after a message on standard error. To be called first.
bool cpu_is_supported();

}  // namespace weir::job
