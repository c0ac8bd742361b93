// Pipelines: what is fused into one loop. Each has one source of rows and hands blocks of them to consumers; every filter,
// projection and window function between the source and a consumer has been folded into that consumer's `Prepare`.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "compiler/plan/plan.h"

namespace weir::codegen {

using plan::AggregateCall;
using typed::ExpressionPtr;
using typed::Type;
using typed::WindowSpec;

// ---- sources -----------------------------------------------------------------------------------

struct ScanSource {
  uint32_t scan;  // index into Program::scans
};
struct RejectedSource {
  uint32_t scan;
};
// Rows of fired windows, in order.
struct FiredSource {
  uint32_t operator_id;
};
// Changes of groups (ChangeBlock), or new groups only (Block) for distinct_only.
struct ChangesSource {
  uint32_t operator_id;
};
using Source = std::variant<ScanSource, RejectedSource, FiredSource, ChangesSource>;

// ---- prepare -----------------------------------------------------------------------------------

// Expressions of a Prepare are over the source row's columns; where windows fan out, three more follow:
// window_start, window_end, window_time. `steps` run in order; the first that is not true drops the row.
struct PrepareFilter {
  ExpressionPtr predicate;
  bool counts = true;  // its drops are `filtered` in the summary (WHERE); false for HAVING and above
};
struct PrepareLate {  // keeps rows that are late for the windowing
  WindowSpec spec;
  ExpressionPtr time;
  plan::NodeId node;
  uint32_t floor = 0;  // where in Context::consumers its abi::LateFloor is
};
struct PrepareFanOut {  // at most one
  WindowSpec spec;
  ExpressionPtr time;
};
struct Prepare {
  std::vector<std::variant<PrepareFilter, PrepareLate, PrepareFanOut>> steps;
  std::vector<ExpressionPtr> outputs;  // the prepared row
  std::vector<Type> types;
};

// ---- consumers ---------------------------------------------------------------------------------

// Prepared row of an aggregate: its keys, then what its aggregates' arguments and filters and its time need, each distinct
// expression once. AggregateProgram says where: its calls refer to prepared columns by ColumnIndex.
struct AggregateInput {
  uint32_t operator_id;
};
struct SinkInput {
  uint32_t sink;                   // index into Program::sinks
  bool changes;                    // source gives ChangeBlocks
  std::vector<std::string> names;  // columns of the output
};
struct Consumer {
  uint32_t id;  // unique in the program; index into Context::consumers
  Prepare prepare;
  std::variant<AggregateInput, SinkInput> target;
  std::vector<uint32_t> inserts;  // whose accounting this is: the INSERTs that it feeds
};

struct Pipeline {
  uint32_t id;
  Source source;
  std::vector<Type> row;  // of the source
  std::vector<Consumer> consumers;
};

// ---- what the pipelines share ------------------------------------------------------------------

struct ScanProgram {
  const plan::Scan* scan;
  plan::NodeId node;
};
struct AggregateProgram {
  uint32_t id;
  plan::NodeId node;
  plan::Windowing windowing;
  std::optional<WindowSpec> window;
  uint32_t key_count;
  std::vector<Type> prepared;            // see AggregateInput
  std::optional<uint32_t> time_column;   // of the prepared row; Sliced, Session
  std::optional<uint32_t> start_column;  // Attached
  std::optional<uint32_t> end_column;
  std::vector<AggregateCall> aggregates;  // over the prepared row
  std::vector<plan::AggregateOutput> outputs;
  std::vector<Type> result;  // types of the outputs
  bool distinct_only;
  bool incremental;
  bool keeps_changes;                        // its state is kept in a changelog
  std::vector<uint32_t> upstream_scans;      // whose partitions (through unions) feed it directly
  std::vector<uint32_t> upstream_operators;  // aggregates that feed it directly
};
struct LateProgram {  // for each PrepareLate, in order of `floor`
  uint32_t pipeline;
  std::vector<uint32_t> upstream_scans;  // as of an aggregate in its place
  std::vector<uint32_t> upstream_operators;
};
struct SinkProgram {
  uint32_t id;
  plan::NodeId node;
  const catalog::Table* table;  // null: standard output
  std::string label;
  bool changes;  // may get updates
  std::vector<std::string> names;
  std::vector<Type> types;
};
struct PipelineProgram {
  std::vector<ScanProgram> scans;
  std::vector<AggregateProgram> aggregates;
  std::vector<LateProgram> lates;
  std::vector<SinkProgram> sinks;
  std::vector<Pipeline> pipelines;
  std::vector<std::string> inserts;  // labels
};

}  // namespace weir::codegen
