// The query after analysis: every name resolved, every type known, every cast explicit.
// Expressions are used by plan and codegen too; a column is an index into the columns of the input relation.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "compiler/catalog/functions.h"
#include "compiler/catalog/table.h"
#include "compiler/diagnostics/source.h"
#include "compiler/types/type.h"
#include "compiler/types/value.h"

namespace weir::typed {

using diagnostics::Span;
using types::Type;

// ---- expressions -------------------------------------------------------------------------------

struct Expression;
using ExpressionPtr = std::shared_ptr<const Expression>;  // immutable, shared freely

struct Literal {
  types::Value value;
};
struct ColumnIndex {
  uint32_t index;
};
// Operands of arithmetic and comparison have been cast to one type (DECIMAL excepted: precision and scale of
// the two sides of + - * / % may differ, the result type says what is wanted; comparisons of DECIMAL have been
// cast to a common type). And, Or are n-ary, shield from left to right, three-valued.
// TIMESTAMP ± INTERVAL, DATE ± INTERVAL, INTERVAL ± INTERVAL, INTERVAL * INTEGER are Add/Subtract/Multiply as well.
enum class Operator : uint8_t {
  Add,
  Subtract,
  Multiply,
  Divide,
  Modulo,
  Negate,
  Equal,
  NotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  And,
  Or,
  Not,
  IsNull,
  IsNotNull,
  IsTrue,
  IsNotTrue,
  IsFalse,
  IsNotFalse,
  IsDistinctFrom,
  IsNotDistinctFrom,
};
struct Operation {
  Operator op;
  std::vector<ExpressionPtr> operands;
};
// A cast of a nullable operand to the same type NOT NULL fails where the operand is NULL, whatever `expression.on-error` says:
// it guards a NOT NULL column of a sink.
struct Cast {
  ExpressionPtr operand;
  bool try_cast;  // NULL instead of failure
};
struct Case {
  struct When {
    ExpressionPtr condition;  // BOOLEAN
    ExpressionPtr result;     // of the type of the CASE
  };
  std::vector<When> whens;
  ExpressionPtr
      otherwise;  // never null; a NULL literal where none was written. COALESCE, NULLIF, IF are Case too.
};
// A function of the standard library. Arguments have the parameter types.
struct Call {
  const catalog::Function* function;
  std::vector<ExpressionPtr> arguments;
};
// PROCTIME(): the clock reading of the batch, TIMESTAMP_LTZ(3)
struct ProcessingTime {};
// `late_watermark` of LATE(…): w, the watermark just before the record, in ms; cast to the attribute's type
struct RecordWatermark {};

struct Expression {
  std::variant<Literal, ColumnIndex, Operation, Cast, Case, Call, ProcessingTime, RecordWatermark> node;
  Type type;
  Span span;
  bool can_fail = false;      // itself or below
  bool deterministic = true;  // itself and below
  uint32_t terms = 1;         // nodes, shared ones as often as they are used; stays at the greatest
};

// `can_fail`, `deterministic` and `terms` of the operands are added to what the node says of itself.
ExpressionPtr make(Expression expression);
ExpressionPtr column(uint32_t index, const Type& type, Span span = {});
ExpressionPtr literal(types::Value value, Span span = {});
// Replaces every column by the given expressions.
ExpressionPtr substitute(const ExpressionPtr& expression, const std::vector<ExpressionPtr>& columns);
// From the root down: what f gives for an expression takes its place; null from f means to look at the operands.
ExpressionPtr replace(const ExpressionPtr& expression,
                      const std::function<ExpressionPtr(const ExpressionPtr&)>& f);
// Calls f for each column index used.
void visit_columns(const Expression& expression, const std::function<void(uint32_t)>& f);
bool equal(const Expression& a, const Expression& b);  // structurally; spans do not count
// As SQL over the given names.
std::string to_sql(const Expression& expression, const std::vector<std::string>& columns);

struct AggregateCall {
  const catalog::Aggregate* function;    // COUNT(*) is the aggregate `COUNT` without arguments
  std::vector<ExpressionPtr> arguments;  // cast to the parameter types
  bool distinct = false;
  ExpressionPtr filter;  // BOOLEAN; may be null
  Type type;             // of the result
  Span span;
};

// ---- relations ---------------------------------------------------------------------------------

enum class TimeAttribute : uint8_t { None, EventTime, ProcessingTime };
enum class WindowKind : uint8_t { Tumble, Hop, Cumulate, Session };

// All lengths in milliseconds.
struct WindowSpec {
  WindowKind kind;
  int64_t size_ms = 0;   // TUMBLE, HOP: size; CUMULATE: maximum size; SESSION: gap
  int64_t slide_ms = 0;  // HOP: slide; CUMULATE: step; else = size
  int64_t offset_ms = 0;
  bool processing_time = false;
  Type time_type;  // of the time attribute: TIMESTAMP(p) or TIMESTAMP_LTZ(p)
  // Bounds as columns = UTC milliseconds of the bound + this (TIMESTAMP_LTZ and processing time in a zone with an offset);
  // `offset_ms` already has the alignment to that zone in it.
  int64_t zone_offset_ms = 0;
  friend bool operator==(const WindowSpec&, const WindowSpec&) = default;
};
enum class WindowRole : uint8_t { None, Start, End, Time };

struct Column {
  std::string name;
  Type type;
  TimeAttribute time = TimeAttribute::None;
  WindowRole window_role = WindowRole::None;  // this column is a bound of a window …
  uint32_t window_id = 0;                     // … columns of one window share an id
};

struct Relation;
using RelationPtr = std::shared_ptr<const Relation>;

struct TableScan {  // columns: all of the table, in order of declaration
  const catalog::Table* table;
};
// TUMBLE, HOP, CUMULATE, SESSION as a relation: input columns, then window_start, window_end, window_time.
// The group-window notation becomes this too. SESSION is only legal under an Aggregation.
struct WindowFunction {
  RelationPtr input;
  WindowSpec spec;
  uint32_t time_column;
  std::vector<uint32_t> partition_by;  // SESSION
};
// LATE(…): input columns (event time a plain column), then late_watermark.
struct Late {
  RelationPtr input;
  WindowSpec spec;
  uint32_t time_column;
};
// REJECTED(t): raw, reason, field, source, partition, offset, line
struct Rejected {
  const catalog::Table* table;
};
struct UnionAll {
  std::vector<RelationPtr> inputs;  // same number of columns, types made equal by projections
};
// GROUP BY. Output columns: keys, then aggregates.
// Windowed when `window_start`/`window_end` name keys (indexes into `keys`) that are bounds of one window of the input;
// analysis adds the missing bound as a key. window_time may be a key as well.
struct Aggregation {
  RelationPtr input;
  std::vector<ExpressionPtr> keys;  // over the input
  std::vector<AggregateCall> aggregates;
  bool windowed = false;
  bool distinct_only = false;  // SELECT DISTINCT: no aggregates, append-only
};
struct Filter {
  RelationPtr input;
  ExpressionPtr predicate;
};
struct Projection {
  RelationPtr input;
  std::vector<ExpressionPtr> expressions;
};

struct Relation {
  std::variant<TableScan, WindowFunction, Late, Rejected, UnionAll, Aggregation, Filter, Projection> node;
  std::vector<Column> columns;
  Span span;
};

// ---- statements --------------------------------------------------------------------------------

struct Sink {
  const catalog::Table* table = nullptr;  // null: a bare SELECT, to standard output
};
struct Insert {
  Sink sink;
  RelationPtr query;  // columns have the sink's types
  std::string label;  // "INSERT INTO sales", "SELECT"; for the summary
  Span span;
};
// Adjacent INSERTs, or one bare SELECT, under the settings in force there.
struct Job {
  std::vector<Insert> inserts;
  catalog::Settings settings;
  std::string name;      // pipeline.name; empty: the file's stem
  bool explain = false;  // EXPLAIN: its plan is shown, it does not run
};
// SHOW, DESCRIBE, EXPLAIN, SET alone: text for the shell.
struct Listing {
  std::string text;
};
struct Program {
  std::vector<std::variant<Job, Listing>> steps;
};

}  // namespace weir::typed
