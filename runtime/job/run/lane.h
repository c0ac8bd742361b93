// What one thread carries: the first argument of all holes, and the state of every consumer. Each worker has a lane, and one
// more belongs to whoever holds the fire lock. Consumers of the changes of groups are reached under the lock of the
// groups only and are shared by all lanes, so that the changes of a key keep their order.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "runtime/abi/abi.h"
#include "runtime/abi/late.h"
#include "runtime/job/manifest/manifest.h"
#include "runtime/job/run/operators.h"
#include "runtime/job/run/output.h"
#include "runtime/state/groups.h"
#include "runtime/state/panes.h"
#include "runtime/state/row_writer.h"
#include "runtime/state/sessions.h"

namespace weir::job {

// States of consumers, owned; pointers to them stay valid.
class ConsumerStates {
 public:
  // The state of a consumer of lane `lane`.
  void* open(const ManifestConsumer& consumer, const Manifest& manifest, Operators& operators, uint32_t lane,
             std::vector<std::unique_ptr<SinkGate>>& gates, const std::vector<uint32_t>& gate_of_sink);

  std::deque<std::unique_ptr<WriterBuffer>>& writers() { return writers_; }

 private:
  std::deque<state::PaneAggregateState> panes_;
  std::deque<state::SessionAggregateState> sessions_;
  std::deque<state::GroupAggregateState> groups_;
  std::deque<state::RowWriterState> rows_;
  std::deque<std::unique_ptr<WriterBuffer>> writers_;
};

class Lane {
 public:
  // `rows`: the account of the memory that its rows take while they are worked on.
  Lane(uint64_t context_options, state::MemoryAccount& rows);
  ~Lane();
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  abi::Context* context() { return &context_; }
  ConsumerStates& own() { return own_; }
  // By consumer id: own or shared.
  std::vector<void*>& consumers() { return consumers_; }
  const std::vector<void*>& consumers() const { return consumers_; }
  // The states that take part while records are read again; null: none of that.
  std::vector<void*>& replay_consumers() { return replay_consumers_; }
  std::vector<abi::LateFloor>& late_floors() { return late_floors_; }
  // All consumers are there; behind them generated code finds what LATE judges by.
  void seal(const Operators& operators, size_t lates);
  void replay(bool on) { context_.consumers = on ? replay_consumers_.data() : consumers_.data(); }

  // Hands on what this lane has written: all of it, or what an interactive sink waits for.
  void flush(bool interactive_only);

 private:
  abi::Context context_{};
  ConsumerStates own_;
  std::vector<void*> consumers_;
  std::vector<void*> replay_consumers_;
  std::vector<abi::LateFloor> late_floors_;
};

// Whether all lanes share the states of a pipeline's consumers.
bool shares_consumers(const Manifest& manifest, uint32_t pipeline);

// Every consumer's state begins with its counters.
const abi::Counters& counters_of(const void* consumer_state);

}  // namespace weir::job
