// What the simulation counts (probes.def).
#pragma once

#include <array>
#include <cstdint>

namespace weir::sim {

enum class ProbeKind : uint8_t { Fault, Reached, Seldom };

enum class Probe : uint8_t {
#define PROBE(name, kind, text) name,
#include "tests/sim/probes.def"
#undef PROBE
};

struct ProbeText {
  ProbeKind kind;
  const char* text;
};
constexpr ProbeText kProbes[] = {
#define PROBE(name, kind, text) {ProbeKind::kind, text},
#include "tests/sim/probes.def"
#undef PROBE
};

using ProbeCounts = std::array<uint64_t, std::size(kProbes)>;

constexpr uint64_t faults_of(const ProbeCounts& counts) {
  uint64_t faults = 0;
  for (size_t i = 0; i < counts.size(); ++i) {
    faults += kProbes[i].kind == ProbeKind::Fault ? counts[i] : 0;
  }
  return faults;
}

}  // namespace weir::sim
