#include "compiler/analysis/ddl.h"

#include <algorithm>
#include <set>

#include "compiler/analysis/coercion.h"
#include "compiler/analysis/expression.h"
#include "compiler/analysis/listing.h"
#include "compiler/analysis/message_columns.h"
#include "compiler/analysis/query.h"
#include "compiler/analysis/relation.h"
#include "compiler/diagnostics/no_place.h"
#include "compiler/diagnostics/suggest.h"
#include "compiler/match.h"

namespace weir::analysis {
namespace {

using catalog::ColumnKind;
using catalog::Table;
using catalog::TableColumn;

WEIR_ERROR(NameTaken, "there is a {} `{}` already", std::string_view, std::string_view);
WEIR_ERROR(CreateTableLike, "CREATE TABLE … LIKE is not built yet");
WEIR_ERROR(CreateTableAs, "CREATE TABLE … AS SELECT is not built yet");
WEIR_ERROR(PartitionedBy, "PARTITIONED BY is not built yet");
WEIR_ERROR(NoColumns, "table `{}` has no columns", std::string_view);
WEIR_ERROR(DuplicateColumn, "column `{}` is declared twice", std::string_view);
WEIR_ERROR(IntervalColumn, "column `{}` cannot be an INTERVAL: connector `{}` has no form for it",
           std::string_view, std::string_view);
WEIR_ERROR(TwoWatermarks, "table `{}` has two watermarks", std::string_view);
WEIR_ERROR(WatermarkColumnType, "event time `{}` is {}", std::string_view, std::string_view);
WEIR_ERROR(WatermarkPrecision, "event time `{}` is {}, finer than a millisecond", std::string_view,
           std::string_view);
WEIR_ERROR(WatermarkType, "the watermark is {}, and `{}` is {}", std::string_view, std::string_view,
           std::string_view);
WEIR_ERROR(WatermarkVolatile, "the watermark depends on the clock or on chance");
WEIR_ERROR(TwoPrimaryKeys, "table `{}` has two primary keys", std::string_view);
WEIR_ERROR(PrimaryKeyEnforced, "a primary key is not enforced");
WEIR_ERROR(PrimaryKeyColumn, "the primary key has column `{}`, which is {}", std::string_view,
           std::string_view);
WEIR_ERROR(UnknownFieldOption, "option `{}` names no column of the table", std::string_view);
WEIR_ERROR(FieldOptionMissing, "column `{}` is a sequence and needs the option `{}`", std::string_view,
           std::string_view);
WEIR_ERROR(ViewColumns, "view `{}` names {}, and its query gives {}", std::string_view, std::string_view,
           std::string_view);
WEIR_ERROR(UnknownObject, "there is no {} `{}`", std::string_view, std::string_view);
WEIR_ERROR(DropFunction, "functions cannot be dropped: all are built in");

// Whether the name is free; with IF NOT EXISTS a taken one is no error.
bool name_is_free(const Context& context, const syntax::Name& name, bool if_not_exists) {
  const bool table = context.catalog().table(name.text) != nullptr;
  const bool view = context.catalog().view(name.text) != nullptr;
  if (!table && !view) return true;
  if (!if_not_exists) {
    context.diagnostics.emit(NameTaken{}, context.at(name.span), table ? "table" : "view", name.text)
        .hint("DROP it first, or write IF NOT EXISTS");
  }
  return false;
}

// The options with what `--set table.option=value` says put over them.
std::vector<syntax::OptionPair> overridden(const syntax::CreateTable& statement, const Overrides& overrides) {
  std::vector<syntax::OptionPair> options = statement.options;
  const std::string prefix = statement.name.text + ".";
  for (const auto& [key, value] : overrides) {
    if (!key.starts_with(prefix) || catalog::is_setting(key)) continue;
    const std::string option = key.substr(prefix.size());
    const auto found = std::find_if(options.begin(), options.end(),
                                    [&](const syntax::OptionPair& pair) { return pair.key == option; });
    if (found == options.end())
      options.push_back({option, value, diagnostics::kNoPlace, diagnostics::kNoPlace});
    else
      *found = {option, value, found->key_span, diagnostics::kNoPlace};
  }
  return options;
}

// Builds the columns of one table.
class TableBuilder {
 public:
  TableBuilder(const Context& context, const syntax::CreateTable& statement)
      : context_(context), statement_(statement) {
    table_.name = statement.name.text;
    scope_.description = "`" + table_.name + "`";
  }

  // False after an error.
  bool build(const Overrides& overrides) {
    table_.options = catalog::check_table_options(table_.name, overridden(statement_, overrides),
                                                  statement_.options_span, context_.diagnostics);
    declare_columns();
    if (statement_.columns.empty()) return false;
    compute_columns();
    watermark();
    primary_key();
    field_options();
    if (good_) {
      good_ = declare_message(context_, table_, primary_key_, statement_.name.span);
    }
    return good_;
  }
  Table take() { return std::move(table_); }

 private:
  void fail() { good_ = false; }

  void declare_columns() {
    std::set<std::string> names;
    for (const auto& column : statement_.columns) {
      const bool is_new = names.insert(column.name.text).second;
      if (!is_new) {
        context_.diagnostics.emit(DuplicateColumn{}, context_.at(column.name.span), column.name.text);
        fail();
      }
      TableColumn declared;
      declared.name = column.name.text;
      declared.comment = column.comment.value_or("");
      declared.span = column.name.span;
      match(
          column.definition,
          [&](const syntax::PhysicalColumn& physical) { declare_physical(declared, physical); },
          [&](const syntax::ComputedColumn&) { declared.kind = ColumnKind::Computed; },
          [&](const syntax::MetadataColumn& metadata) {
            if (declare_metadata(context_, table_.options.get("connector"), metadata, declared)) return;
            scope_.broken = true;
            fail();
          });
      // A computed column has no name for others until it has been computed.
      const bool known = declared.kind != ColumnKind::Computed && is_new;
      scope_.columns.push_back({.name = known ? declared.name : "", .type = declared.type});
      table_.columns.push_back(std::move(declared));
    }
    scope_.visible = scope_.columns.size();
    if (statement_.columns.empty()) {
      context_.diagnostics.emit(NoColumns{}, context_.at(statement_.name.span), table_.name);
      fail();
    }
  }

  void declare_physical(TableColumn& declared, const syntax::PhysicalColumn& physical) {
    const auto type = analyze_type(context_, physical.type);
    if (!type) {
      scope_.broken = true;
      fail();
      return;
    }
    declared.type = *type;
    const std::string connector = table_.options.get("connector");
    if (types::is_interval(*type) && connector != "print" && connector != "blackhole") {
      context_.diagnostics.emit(IntervalColumn{}, context_.at(physical.type.span), declared.name, connector)
          .hint("declare a number, and compute the interval: `i AS n * INTERVAL '1' SECOND`");
      fail();
    }
  }

  void compute_columns() {
    for (size_t i = 0; i < statement_.columns.size(); ++i) {
      const auto* computed = std::get_if<syntax::ComputedColumn>(&statement_.columns[i].definition);
      if (computed == nullptr) continue;
      ExpressionPtr expression = analyze_expression(
          {.context = context_, .scope = scope_, .clause = "a computed column"}, *computed->expression);
      TableColumn& column = table_.columns[i];
      if (!expression || expression->type.kind == Kind::Null) {
        scope_.broken = true;
        fail();
        continue;
      }
      column.type = expression->type;
      column.processing_time = std::holds_alternative<typed::ProcessingTime>(expression->node);
      column.computed = std::move(expression);
      scope_.columns[i].name = column.name;
      scope_.columns[i].type = column.type;
    }
  }

  void watermark() {
    if (statement_.watermarks.empty()) return;
    const syntax::WatermarkClause& clause = statement_.watermarks.front();
    if (statement_.watermarks.size() > 1) {
      context_.diagnostics.emit(TwoWatermarks{}, context_.at(statement_.watermarks[1].span), table_.name)
          .label(context_.at(clause.span), "the first one");
      fail();
    }
    const auto index = resolve_name(context_, scope_, clause.column);
    if (!index) return fail();
    const TableColumn& column = table_.columns[*index];
    const Span span = context_.at(clause.column.span);
    if (!types::is_timestamp(column.type)) {
      auto emitted =
          context_.diagnostics.emit(WatermarkColumnType{}, span, column.name, types::to_string(column.type));
      if (column.type.kind == Kind::BigInt) {
        emitted.hint("compute it: `ts AS TO_TIMESTAMP_LTZ({}, 3)`, and declare the watermark for `ts`",
                     column.name);
      } else if (column.type.kind == Kind::String) {
        emitted.hint("declare the column as TIMESTAMP(3), or compute one: `ts AS CAST({} AS TIMESTAMP(3))`",
                     column.name);
      } else {
        emitted.hint("event time is a TIMESTAMP(3) or a TIMESTAMP_LTZ(3)");
      }
      return fail();
    }
    if (column.type.precision > 3) {
      Type milliseconds = column.type;
      milliseconds.precision = 3;
      context_.diagnostics.emit(WatermarkPrecision{}, span, column.name, types::to_string(column.type))
          .hint("declare it as {}", types::to_string(milliseconds));
      return fail();
    }
    ExpressionPtr expression =
        analyze_expression({.context = context_, .scope = scope_, .clause = "WATERMARK"}, *clause.expression);
    if (!expression) return fail();
    if (expression->type.kind != column.type.kind) {
      context_.diagnostics
          .emit(WatermarkType{}, expression->span, types::to_string(expression->type), column.name,
                types::to_string(column.type))
          .hint("write `{} - INTERVAL '5' SECOND`", column.name);
      return fail();
    }
    if (!expression->deterministic) {
      context_.diagnostics.emit(WatermarkVolatile{}, expression->span)
          .note("the same input must give the same windows");
      return fail();
    }
    table_.watermark = catalog::Watermark{*index, cast_to(expression, column.type), clause.span};
  }

  void primary_key() {
    std::vector<syntax::Name> columns;
    const auto declare = [&](Span span) {
      if (primary_key_) {
        context_.diagnostics.emit(TwoPrimaryKeys{}, context_.at(span), table_.name)
            .label(context_.at(*primary_key_), "the first one");
        fail();
      }
      primary_key_ = span;
    };
    for (const auto& key : statement_.primary_keys) {
      declare(key.span);
      columns.insert(columns.end(), key.columns.begin(), key.columns.end());
      if (!key.not_enforced) {
        context_.diagnostics.emit(PrimaryKeyEnforced{}, context_.at(key.span))
            .note("Weir does not own the data and cannot keep keys unique")
            .hint("write `{} NOT ENFORCED`", context_.source->text(key.span));
        fail();
      }
    }
    for (const auto& name : columns) {
      const auto index = resolve_name(context_, scope_, name);
      if (!index) {
        fail();
        continue;
      }
      if (const ColumnKind kind = table_.columns[*index].kind; kind != ColumnKind::Physical) {
        context_.diagnostics.emit(PrimaryKeyColumn{}, context_.at(name.span), name.text,
                                  kind == ColumnKind::Computed ? "computed" : "metadata");
        fail();
      }
      table_.columns[*index].type.nullable = false;
      table_.primary_key.push_back(*index);
    }
  }

  // fields.<column>.… of datagen.
  void field_options() {
    if (scope_.broken) return;
    for (const auto& [key, value] : table_.options.values()) {
      if (!key.starts_with("fields.")) continue;
      const size_t dot = key.rfind('.');
      const std::string column = key.substr(7, dot - 7);
      const auto names = visible_names(scope_);
      if (std::find(names.begin(), names.end(), column) == names.end()) {
        auto emitted =
            context_.diagnostics.emit(UnknownFieldOption{}, context_.at(table_.options.span(key)), key);
        if (const auto near = diagnostics::nearest(column, names))
          emitted.hint("did you mean `fields.{}{}`?", *near, key.substr(dot));
        fail();
      } else if (value == "sequence") {
        for (const std::string_view bound : {"start", "end"}) {
          const std::string wanted = fmt::format("fields.{}.{}", column, bound);
          if (table_.options.find(wanted)) continue;
          context_.diagnostics.emit(FieldOptionMissing{}, context_.at(table_.options.span(key)), column,
                                    wanted);
          fail();
        }
      }
    }
  }

  const Context& context_;
  const syntax::CreateTable& statement_;
  Table table_;
  Scope scope_;
  std::optional<Span> primary_key_;
  bool good_ = true;
};

}  // namespace

void create_table(const Context& context, const syntax::CreateTable& statement, const Overrides& overrides,
                  Span) {
  const size_t errors = context.diagnostics.error_count();
  if (statement.like)
    context.diagnostics.emit(CreateTableLike{}, context.at(*statement.like)).hint("write the columns out");
  if (statement.as_query) {
    context.diagnostics.emit(CreateTableAs{}, context.at(statement.as_query->span))
        .hint("declare the table, then INSERT INTO it");
  }
  if (statement.partitioned_by) {
    context.diagnostics.emit(PartitionedBy{}, context.at(*statement.partitioned_by))
        .hint("use a glob in `path`");
  }
  if (context.diagnostics.error_count() != errors) {
    context.shared.failed.insert(statement.name.text);
    return;
  }
  if (!name_is_free(context, statement.name, statement.if_not_exists)) return;
  TableBuilder builder{context, statement};
  const bool good = builder.build(overrides);
  if (!good || context.diagnostics.error_count() != errors) {
    context.shared.failed.insert(statement.name.text);
    return;
  }
  Table table = builder.take();
  table.ddl = table_ddl(table, statement);
  context.shared.failed.erase(table.name);
  context.catalog().add(std::move(table));
}

void create_view(const Context& context, syntax::CreateView& statement,
                 const std::shared_ptr<const diagnostics::Source>& source, Span) {
  if (!name_is_free(context, statement.name, statement.if_not_exists)) return;
  const std::string name = statement.name.text;
  context.shared.open_views.push_back(name);
  RelationPtr relation = analyze_query(context, *statement.query);
  context.shared.open_views.pop_back();
  if (relation && !statement.columns.empty() && statement.columns.size() != relation->columns.size()) {
    const Span span = diagnostics::cover(statement.columns.front().span, statement.columns.back().span);
    context.diagnostics.emit(ViewColumns{}, context.at(span), name,
                             counted(statement.columns.size(), "column"),
                             counted(relation->columns.size(), "column"));
    relation = nullptr;
  }
  if (!relation) {
    context.shared.failed.insert(name);
    return;
  }
  catalog::View view{.name = name, .columns = {}, .query = std::move(statement.query), .source = source};
  for (const auto& column : relation->columns) view.columns.push_back(column.name);
  for (size_t i = 0; i < statement.columns.size(); ++i) view.columns[i] = statement.columns[i].text;
  context.shared.views[view.query] = {renamed(std::move(relation), view.columns), context.view_depth + 1};
  context.shared.failed.erase(name);
  context.catalog().add(std::move(view));
}

void drop(const Context& context, const syntax::Drop& statement) {
  const std::string& name = statement.name.text;
  const Span span = context.at(statement.name.span);
  if (statement.kind == syntax::ObjectKind::Function) {
    context.diagnostics.emit(DropFunction{}, span);
    return;
  }
  const bool is_table = statement.kind == syntax::ObjectKind::Table;
  const bool dropped = is_table ? context.catalog().drop_table(name) : context.catalog().drop_view(name);
  context.shared.views.clear();
  if (dropped || statement.if_exists || context.shared.failed.contains(name)) return;
  auto emitted = context.diagnostics.emit(UnknownObject{}, span, is_table ? "table" : "view", name);
  const bool other =
      is_table ? context.catalog().view(name) != nullptr : context.catalog().table(name) != nullptr;
  if (other) {
    emitted.hint("it is a {}: DROP {} {}", is_table ? "view" : "table", is_table ? "VIEW" : "TABLE", name);
    return;
  }
  const auto names = is_table ? context.catalog().table_names() : context.catalog().view_names();
  if (const auto near = diagnostics::nearest(name, names)) emitted.hint("did you mean `{}`?", *near);
}

}  // namespace weir::analysis
