// The jobs that are simulated: what they read, what they compute, and what has to be so in the end.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "compiler/backend/backend.h"

namespace weir::sim {

// What a read_committed consumer must have seen.
enum class Check : uint8_t {
  Same,          // the rows of a calm run, each as often
  SameLast,      // the same last value of each key
  AtLeast,       // the rows of a calm run, each at least as often
  AtMost,        // rows of a calm run, none of them more often
  Conserved,     // each record once, in one window or as a late row: numbers and sums add up, no window twice
  Suffix,        // of each partition, all records behind some place, each once
  Prefix,        // of each partition, all records before where the job was bound to end, each once
  NothingTwice,  // input was lost: no row twice
};

struct Workload {
  const char* name;
  const char*
      sql;  // `@topic` stands for the options of a Kafka table, `@!topic` for those of an upsert-kafka one
  Check check = Check::Same;
  bool second_input = false;  // topic `others`
  bool rejects = false;       // some of the input is no row
  bool silence = false;       // partitions fall silent and come back
  bool grows = false;         // the topic gets partitions
  bool paced = false;     // no partition is so far ahead of what was committed that others' records come late
  bool damaged = false;   // once, something stored is not what it was: the job has to refuse it
  bool loses = false;     // retention deletes what is needed
  bool plain = false;     // no transactions: two processes would double
  int64_t linger_us = 0;  // after everything has been read: until windows of processing time have fired
};

std::span<const Workload> workloads();

// Exits with the diagnostics if it does not compile.
std::unique_ptr<backend::JitProgram> compile(const Workload& workload);

}  // namespace weir::sim
