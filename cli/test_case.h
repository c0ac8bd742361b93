// One query of a test file, run in one way, in a process of its own: a crash or a hang is one failure.
#pragma once

#include <chrono>
#include <map>
#include <string>

#include "cli/test_file.h"
#include "cli/test_ways.h"

namespace weir::cli {

// What came of it. Paths of the case's folder read `${dir}`.
struct Outcome {
  int status = 0;
  std::string failure;  // "crashed (signal 11)", "took longer than 60 s"; empty if it came to an end
  std::string standard_output;
  std::string standard_error;
  std::map<std::string, std::string, std::less<>> files;   // by name in ${dir}: what stands in it afterwards
  std::map<std::string, std::string, std::less<>> stages;  // diagnostics, ast, plan, passes, pipelines
};

// Compiles the query once, for its diagnostics and stages, or (with a way) runs it.
class RunningCase {
 public:
  RunningCase(const TestFile& file, const TestQuery& query, const Way* way, std::string folder);
  ~RunningCase();
  RunningCase(const RunningCase&) = delete;

  // True if it has ended by now; kills it when its time is over.
  bool ended();
  Outcome outcome();

 private:
  const TestFile& file_;
  const TestQuery& query_;
  std::string folder_;
  int process_ = -1;
  int wait_status_ = 0;
  bool out_of_time_ = false;
  std::chrono::steady_clock::time_point deadline_;
};

}  // namespace weir::cli
