// From options to connectors: the one place that knows the concrete ones.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/connectors/connector.h"
#include "runtime/job/manifest/manifest.h"
#include "runtime/job/run/outcome.h"
#include "runtime/job/run/output.h"
#include "runtime/time/clock.h"

namespace weir::job {

connectors::Result<std::unique_ptr<connectors::Source>> open_source(const ManifestScan& scan,
                                                                    time::Clock& clock);

struct SinkEdge {
  std::function<void(std::string_view)> standard_output;  // empty: the descriptor
  std::function<void()> before_terminal;                  // called before rows appear on a terminal
};
// All sinks of a job; INSERTs into one table share one. `gate_of_sink`: by sink id.
struct Sinks {
  std::vector<std::unique_ptr<SinkGate>> gates;
  std::vector<uint32_t> gate_of_sink;
};
connectors::Result<Sinks> open_sinks(const Manifest& manifest, const SinkEdge& edge, Outcome& outcome);

// Standard input can be read by one scan only.
connectors::Result<void> check_standard_input(const Manifest& manifest);
// A file that is read may not be written by the same job.
connectors::Result<void> check_sinks_apart(const Manifest& manifest,
                                           const std::vector<std::string>& files_read);

}  // namespace weir::job
