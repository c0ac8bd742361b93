#include "runtime/job/run/lane.h"

#include "runtime/state/arena.h"

namespace weir::job {
namespace {

// hole_encode writes no "op" for it.
constexpr uint32_t kNoOp = 255;

// Rows of inserts into a table that may get updates, and all rows of print, say what they are.
uint32_t insert_kind(const ManifestSink& sink) {
  return sink.changes ? static_cast<uint32_t>(abi::RowKind::Insert) : kNoOp;
}

}  // namespace

void* ConsumerStates::open(const ManifestConsumer& consumer, const Manifest& manifest, Operators& operators,
                           uint32_t lane, std::vector<std::unique_ptr<SinkGate>>& gates,
                           const std::vector<uint32_t>& gate_of_sink) {
  switch (consumer.kernel) {
    case ConsumerKernel::PaneAggregate: {
      OperatorRun& op = operators[consumer.target];
      state::open_pane_aggregate(panes_.emplace_back(), op.pane_set_list[lane], op.manifest->processing_time);
      return &panes_.back();
    }
    case ConsumerKernel::SessionAggregate: {
      OperatorRun& op = operators[consumer.target];
      auto& state = sessions_.emplace_back();
      state::open_session_aggregate(state, op.sessions, op.manifest->processing_time);
      return &state;
    }
    case ConsumerKernel::GroupAggregate: {
      auto& state = groups_.emplace_back();
      state = {{}, &operators[consumer.target].groups};
      return &state;
    }
    case ConsumerKernel::WriteRows:
    case ConsumerKernel::WriteChanges: {
      auto& writer =
          writers_.emplace_back(std::make_unique<WriterBuffer>(*gates[gate_of_sink[consumer.target]]));
      auto& state = rows_.emplace_back();
      state = {{}, writer->buffer(), insert_kind(manifest.sinks[consumer.target]), 0};
      return &state;
    }
  }
  return nullptr;
}

Lane::Lane(uint64_t context_options, state::MemoryAccount& rows) {
  state::open_arena(context_.arena, &rows);
  context_.options = context_options;
  context_.record_watermark = abi::kNoWatermark;
  context_.worker = this;
}

void Lane::seal(const Operators& operators, size_t lates) {
  late_floors_.assign(lates, {abi::kNoWatermark, operators.allowed_lateness_ms()});
  for (abi::LateFloor& floor : late_floors_) {
    consumers_.push_back(&floor);
    replay_consumers_.push_back(&floor);
  }
  context_.consumers = consumers_.data();
}

Lane::~Lane() { state::close_arena(context_.arena); }

void Lane::flush(bool interactive_only) {
  for (const auto& writer : own_.writers()) {
    if (!interactive_only || writer->gate().interactive()) {
      writer->flush();
    }
  }
}

bool shares_consumers(const Manifest& manifest, uint32_t pipeline) {
  for (const ManifestOperator& op : manifest.operators) {
    if (op.windowing == Windowing::None && op.output_pipeline == static_cast<int32_t>(pipeline)) {
      return true;
    }
  }
  return false;
}

const abi::Counters& counters_of(const void* consumer_state) {
  return *static_cast<const abi::Counters*>(consumer_state);
}

}  // namespace weir::job
