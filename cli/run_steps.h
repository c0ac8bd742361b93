// From a compilation to running jobs: emit, optimise, JIT, run; used by run, -c, repl and test.
#pragma once

#include <string_view>

#include "compiler/backend/backend.h"
#include "compiler/compile.h"
#include "runtime/job/job.h"

namespace weir::cli {

struct StepOptions {
  compiler::CompileOptions compile;
  backend::BackendOptions backend;
  job::RunOptions run;
  bool tables = false;  // bare SELECTs as aligned tables instead of NDJSON
};

bool is_terminal(int file);
// Colours and tables are for terminals; NO_COLOR turns the colours off.
bool wants_colour(int file);

// To standard output, at once. False, with a message, if that cannot be written.
bool print_output(std::string_view text);
int output_failed(int error_number);  // the message; kInputOutput

// Warnings and errors to standard error.
void print_diagnostics(const compiler::Compilation& compilation);

// kQueryWrong, or kUsage if all that is wrong are arguments (`--set`); kFinished if nothing is.
int status_of(const compiler::Compilation& compilation);

// Runs the steps in order until one fails; the exit status.
int run_steps(const compiler::Compilation& compilation, const StepOptions& options);

}  // namespace weir::cli
