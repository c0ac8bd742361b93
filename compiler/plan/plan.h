// The logical plan: a DAG of dataflow nodes from scans to sinks, for one job. Printable, and verified between passes.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "compiler/analysis/typed.h"

namespace weir::plan {

using NodeId = uint32_t;
using typed::AggregateCall;
using typed::Column;
using typed::ExpressionPtr;
using typed::WindowSpec;

// Where a column of a scan comes from.
enum class Origin : uint8_t {
  Value,  // of a line or of a message
  Key,    // of a message
  Metadata,
  Computed,
};
// Reads a table. Columns: its physical and metadata columns in order of declaration, then a computed event time if there is
// one (which the scan computes, with the watermark, for every row). Other computed columns are a Project above.
struct Scan {
  const catalog::Table* table = nullptr;
  std::vector<bool> read;                     // by column: materialised? (prune_columns); all true at first
  std::vector<uint32_t> table_columns;        // by column: index in the table
  std::vector<Origin> origins;                // by column
  ExpressionPtr computed_event_time;          // over the scan's columns; may be null
  std::optional<uint32_t> event_time_column;  // of the scan's columns
  ExpressionPtr watermark;                    // over the scan's columns; may be null
  bool route_rejected = false;                // REJECTED(t) is used in the job
};
// raw BYTES, reason STRING, field STRING, source STRING, partition INT, offset BIGINT, line BIGINT
struct Rejected {
  const catalog::Table* table = nullptr;
};
struct Filter {
  ExpressionPtr predicate;
};
struct Project {
  std::vector<ExpressionPtr> expressions;
};
// Fans rows out to their windows: input columns, then window_start, window_end, window_time.
struct WindowAssign {
  WindowSpec spec;
  ExpressionPtr time;  // event time (or processing time) over the input
};
// Keeps the rows that are late for the windowing; input columns, then late_watermark.
struct LateFilter {
  WindowSpec spec;
  ExpressionPtr time;
};
enum class Windowing : uint8_t {
  None,      // groups live for ever; every record updates its group
  Attached,  // the input's rows carry the bounds of their window; a group lives until its window fires
  Sliced,  // records go to panes; windows are merged from panes (slice_panes makes this from Attached over WindowAssign)
  Session,
};
// What an output column of an Aggregate is.
struct AggregateOutput {
  enum class What : uint8_t { Key, WindowStart, WindowEnd, WindowTime, Aggregate } what;
  uint32_t index = 0;  // of keys or aggregates
};
// How the state of an aggregate comes back after a crash.
enum class RecoveryMode : uint8_t { Replay, Changelog };  // R, C
struct Recovery {
  RecoveryMode mode{};
  std::string reason;
  uint64_t fingerprint = 0;  // fingerprint.h
  uint64_t fingerprint_parts = 0;
};
struct Aggregate {
  std::vector<ExpressionPtr> keys;  // over the input; without window bounds unless `windowing` is None
  std::vector<AggregateCall> aggregates;
  Windowing windowing = Windowing::None;
  std::optional<WindowSpec> window;  // Sliced, Session; for Attached where it is known
  ExpressionPtr time;                // Sliced, Session: event time over the input
  ExpressionPtr attached_start;      // Attached: bounds, TIMESTAMP(3)
  ExpressionPtr attached_end;
  std::vector<AggregateOutput> outputs;  // in order of the columns: GROUP BY as written, then aggregates
  bool distinct_only = false;
  std::optional<Recovery> recovery;  // choose_recovery, in jobs that read a log
  bool incremental = false;  // Sliced HOP, CUMULATE: a window is made from the one before (slide_windows)
};
struct UnionAll {};
struct Sink {
  const catalog::Table* table = nullptr;  // null: standard output
  std::string label;                      // of the INSERT, for the summary
};

// ---- traits ------------------------------------------------------------------------------------

enum class ChangeMode : uint8_t { Append, Retract };
struct Traits {
  ChangeMode changes = ChangeMode::Append;
  std::vector<uint32_t> unique_key;  // columns; empty = none known
  bool has_event_time = false;
  std::string watermark_domain;  // tables whose partitions W is taken over, comma separated
  std::string state_bound;       // "none", "2 windows × keys × 48 B", "unbounded: every key for ever"
  bool state_unbounded = false;
  bool deterministic = true;
  std::string why_not_deterministic;
};

struct Node {
  std::variant<Scan, Rejected, Filter, Project, WindowAssign, LateFilter, Aggregate, UnionAll, Sink> kind;
  std::vector<NodeId> inputs;
  std::vector<Column> columns;
  Traits traits;
  diagnostics::Span span;
};

struct Plan {
  std::vector<Node> nodes;    // inputs come before their users
  std::vector<NodeId> sinks;  // in order of the INSERTs
  std::string job_name;
  catalog::Settings settings;

  Node& at(NodeId id) { return nodes[id]; }
  const Node& at(NodeId id) const { return nodes[id]; }
};

}  // namespace weir::plan
