// The text as written: one node per construct, each with its place. Nothing here is resolved or checked.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "compiler/diagnostics/source.h"

namespace weir::syntax {

using diagnostics::Span;

// A name with its place. Unquoted and backquoted identifiers look the same from here on; names are
// case-sensitive for tables and columns as in Flink, function names are not.
struct Name {
  std::string text;
  Span span;
};

// `a`, `t.a`
struct QualifiedName {
  std::vector<Name> parts;
  Span span;
};

// ---- types as written --------------------------------------------------------------------------

struct TypeName {
  // Upper case: "DECIMAL", "TIMESTAMP_LTZ", "DOUBLE", "ARRAY" …; multi-word forms folded: "DOUBLE PRECISION" -> DOUBLE,
  // "TIMESTAMP WITH LOCAL TIME ZONE" -> TIMESTAMP_LTZ, "INTERVAL DAY TO SECOND" etc. -> INTERVAL_DAY_TIME,
  // "INTERVAL YEAR/MONTH" -> INTERVAL_YEAR_MONTH.
  std::string name;
  std::vector<int64_t> arguments;  // (10, 2)
  std::optional<bool> not_null;    // true: NOT NULL, false: NULL written
  Span span;
};

// ---- expressions -------------------------------------------------------------------------------

struct Expression;
using ExpressionPtr = std::unique_ptr<Expression>;
struct Query;
using QueryPtr = std::unique_ptr<Query>;

struct NullLiteral {};
struct BooleanLiteral {
  bool value;
};
// Digits as written: "12", "1.50", "1e3". With a point and no exponent it is a DECIMAL.
struct NumberLiteral {
  std::string digits;
};
struct StringLiteral {
  std::string value;
};
enum class TypedLiteralKind : uint8_t { Date, Time, Timestamp };
// DATE '2026-01-01'
struct TypedLiteral {
  TypedLiteralKind kind;
  std::string value;
};
enum class TimeUnit : uint8_t {
  Millennium,
  Century,
  Decade,
  Year,
  Quarter,
  Month,
  Week,
  Day,
  Dow,
  Isodow,
  Doy,
  Hour,
  Minute,
  Second,
  Millisecond,
  Microsecond,
  Epoch,
  Isoyear
};
// INTERVAL '5' MINUTE, INTERVAL '1 02:00' DAY TO MINUTE; precisions are accepted and ignored
struct IntervalLiteral {
  std::string value;
  bool negative = false;  // INTERVAL -'5' SECOND
  TimeUnit from;
  std::optional<TimeUnit> to;
};
struct ColumnReference {
  QualifiedName name;
};
struct Star {};  // only as an argument: COUNT(*)

enum class UnaryOperator : uint8_t { Plus, Minus, Not };
struct Unary {
  UnaryOperator op;
  ExpressionPtr operand;
};
enum class BinaryOperator : uint8_t {
  Add,
  Subtract,
  Multiply,
  Divide,
  Modulo,
  Concat,
  Equal,
  NotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  And,
  Or
};
struct Binary {
  BinaryOperator op;
  Span op_span;
  ExpressionPtr left;
  ExpressionPtr right;
};
struct IsPredicate {  // x IS [NOT] NULL | TRUE | FALSE | UNKNOWN
  enum class What : uint8_t { Null, True, False, Unknown } what;
  bool negated;
  ExpressionPtr operand;
};
struct IsDistinctFrom {
  bool negated;  // IS NOT DISTINCT FROM
  ExpressionPtr left;
  ExpressionPtr right;
};
struct Between {
  bool negated;
  bool symmetric;
  ExpressionPtr operand;
  ExpressionPtr low;
  ExpressionPtr high;
};
struct InList {
  bool negated;
  ExpressionPtr operand;
  std::vector<ExpressionPtr> list;
};
struct InQuery {  // parsed, refused by name
  bool negated;
  ExpressionPtr operand;
  QueryPtr query;
};
struct Exists {  // parsed, refused by name
  QueryPtr query;
};
struct ScalarQuery {  // parsed, refused by name
  QueryPtr query;
};
struct Like {
  bool negated;
  bool similar;  // SIMILAR TO
  ExpressionPtr operand;
  ExpressionPtr pattern;
  ExpressionPtr escape;  // may be null
};
struct Case {
  struct When {
    ExpressionPtr condition;  // compared with `operand` if there is one
    ExpressionPtr result;
  };
  ExpressionPtr operand;  // may be null
  std::vector<When> whens;
  ExpressionPtr otherwise;  // may be null
};
struct Cast {
  bool try_cast;
  ExpressionPtr operand;
  TypeName type;
};
struct Extract {
  TimeUnit unit;
  Span unit_span;
  ExpressionPtr operand;
};
// TIMESTAMPDIFF(unit, a, b), TIMESTAMPADD(unit, n, t), FLOOR(t TO unit), CEIL(t TO unit): a function with a unit.
// `name` is the function's name in upper case; for FLOOR/CEIL … TO the name is "FLOOR" / "CEIL".
struct UnitCall {
  Name name;
  TimeUnit unit;
  Span unit_span;
  std::vector<ExpressionPtr> arguments;
};
// f(a, DISTINCT b) FILTER (WHERE c); also special forms brought into call form:
// SUBSTRING(a FROM b FOR c), TRIM(BOTH x FROM y) -> TRIM with a first argument 'BOTH', POSITION(a IN b), CURRENT_TIMESTAMP
struct Call {
  struct Argument {
    std::optional<Name> name;  // named argument: name => value
    ExpressionPtr value;
  };
  Name name;
  bool distinct = false;
  std::vector<Argument> arguments;
  ExpressionPtr filter;      // may be null
  std::optional<Span> over;  // f(…) OVER (…): parsed, refused by name
};

struct Expression {
  std::variant<NullLiteral, BooleanLiteral, NumberLiteral, StringLiteral, TypedLiteral, IntervalLiteral,
               ColumnReference, Star, Unary, Binary, IsPredicate, IsDistinctFrom, Between, InList, InQuery,
               Exists, ScalarQuery, Like, Case, Cast, Extract, UnitCall, Call>
      node;
  Span span;
};

// ---- queries -----------------------------------------------------------------------------------

struct TableReference;
using TableReferencePtr = std::unique_ptr<TableReference>;

struct NamedTable {
  QualifiedName name;
};
struct SubQuery {
  QueryPtr query;
};
// TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), …)), LATE(…), REJECTED(t): a function in FROM, arguments of four kinds
struct TableFunction {
  struct TableArgument {  // TABLE t [PARTITION BY a, b], or a nested table function or (sub-query)
    TableReferencePtr table;
    std::vector<Name> partition_by;
  };
  struct Descriptor {  // DESCRIPTOR(ts)
    std::vector<Name> columns;
  };
  struct Argument {
    std::optional<Name> name;
    // A bare name `t` is a ColumnReference expression.
    std::variant<TableArgument, Descriptor, ExpressionPtr> value;
    Span span;
  };
  Name name;
  std::vector<Argument> arguments;
};
enum class JoinKind : uint8_t { Inner, Left, Right, Full, Cross, Comma };
struct Join {  // parsed, refused by name
  JoinKind kind;
  Span kind_span;
  TableReferencePtr left;
  TableReferencePtr right;
  ExpressionPtr condition;  // ON; may be null
  std::vector<Name> using_columns;
};
struct TableReference {
  std::variant<NamedTable, SubQuery, TableFunction, Join> node;
  std::optional<Name> alias;
  std::vector<Name> column_aliases;
  std::optional<Span> unsupported;  // TABLESAMPLE, FOR SYSTEM_TIME AS OF …: what was written
  std::string unsupported_name;     // its name for the error
  Span span;
};

struct SelectItem {
  ExpressionPtr expression;              // null for a star
  std::optional<QualifiedName> star_of;  // t.*
  bool star = false;                     // * or t.*
  std::optional<Name> alias;
  Span span;
};
struct Select {
  bool distinct = false;
  std::vector<SelectItem> items;
  TableReferencePtr from;  // null: SELECT 1
  ExpressionPtr where;
  std::vector<ExpressionPtr> group_by;
  bool has_group_by = false;
  std::optional<Span> grouping_sets;  // GROUPING SETS, ROLLUP, CUBE: refused by name
  ExpressionPtr having;
  std::optional<Span> window_clause;  // WINDOW w AS …, QUALIFY: refused by name
};
enum class SetOperator : uint8_t { UnionAll, Union, IntersectAll, Intersect, ExceptAll, Except };
struct SetOperation {
  SetOperator op;
  Span op_span;
  QueryPtr left;
  QueryPtr right;
};
struct Values {
  std::vector<std::vector<ExpressionPtr>> rows;
};
struct OrderItem {
  ExpressionPtr expression;
  bool descending = false;
  Span span;
};
struct CommonTable {
  Name name;
  std::vector<Name> columns;
  QueryPtr query;
};
struct Query {
  std::vector<CommonTable> with;
  std::variant<Select, SetOperation, Values> body;
  std::vector<OrderItem> order_by;  // refused by name
  ExpressionPtr limit;              // LIMIT / FETCH: refused by name
  ExpressionPtr offset;
  Span span;
};

// ---- statements --------------------------------------------------------------------------------

struct OptionPair {
  std::string key;
  std::string value;
  Span key_span;
  Span value_span;
};
struct PhysicalColumn {
  TypeName type;
};
struct ComputedColumn {
  ExpressionPtr expression;
};
struct MetadataColumn {
  TypeName type;
  std::optional<std::string> key;  // FROM 'key'
  bool is_virtual = false;
};
struct Column {
  Name name;
  std::variant<PhysicalColumn, ComputedColumn, MetadataColumn> definition;
  std::optional<std::string> comment;
  Span span;
};
struct WatermarkClause {
  Name column;
  ExpressionPtr expression;
  Span span;
};
// Of the table, or behind a column.
struct PrimaryKeyClause {
  std::vector<Name> columns;
  bool not_enforced = false;
  Span span;
};
struct CreateTable {
  Name name;
  bool temporary = false;
  bool if_not_exists = false;
  std::vector<Column> columns;
  std::vector<WatermarkClause> watermarks;
  std::vector<PrimaryKeyClause> primary_keys;
  std::optional<std::string> comment;
  std::optional<Span> partitioned_by;  // refused by name
  std::optional<Span> like;            // refused by name
  QueryPtr as_query;                   // CREATE TABLE AS: refused by name; may be null
  std::vector<OptionPair> options;
  Span options_span;
};
struct CreateView {
  Name name;
  bool temporary = false;
  bool if_not_exists = false;
  std::vector<Name> columns;
  QueryPtr query;
};
struct CreateFunction {  // refused by name
  Name name;
};
enum class ObjectKind : uint8_t { Table, View, Function };
struct Drop {
  ObjectKind kind;
  Name name;
  bool if_exists = false;
};
struct Insert {
  Name table;
  bool overwrite = false;  // refused by name
  std::vector<Name> columns;
  QueryPtr query;
};
struct SelectStatement {
  QueryPtr query;
};
struct SetOption {  // SET 'k' = 'v'; SET alone lists
  std::optional<OptionPair> option;
};
struct ResetOption {
  std::optional<Name> key;
};
// EXECUTE STATEMENT SET BEGIN … END; also BEGIN STATEMENT SET; … END;
struct Statement;
struct StatementSet {
  std::vector<Statement> inserts;
};
struct Explain {
  std::vector<Statement> statement;  // exactly one
};
enum class ShowKind : uint8_t { Tables, Views, Functions, CreateTable };
struct Show {
  ShowKind kind;
  std::optional<Name> name;
};
struct Describe {
  Name name;
};

struct Statement {
  std::variant<CreateTable, CreateView, CreateFunction, Drop, Insert, SelectStatement, SetOption, ResetOption,
               StatementSet, Explain, Show, Describe>
      node;
  Span span;
};

struct Script {
  std::vector<Statement> statements;
};

}  // namespace weir::syntax
