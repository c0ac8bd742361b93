// `main` of a stand-alone executable, which its object file defines to call this.
#pragma once

#include "runtime/abi/abi.h"

extern "C" int weir_job_main(int argc, char** argv, const weir::abi::Program* program);
