#include "compiler/syntax/print_ast.h"

#include <fmt/format.h>

#include "compiler/match.h"
#include "compiler/syntax/words_of.h"

namespace weir::syntax {
namespace {

std::string names(const std::vector<Name>& list) {
  std::string out;
  for (const Name& name : list) out += (out.empty() ? "" : ", ") + quoted_name(name.text);
  return out;
}

// Writes a line per node; what a node holds is indented below it.
class Printer {
 public:
  void script(const Script& script) {
    for (const Statement& one : script.statements) statement(one);
  }
  std::string take() { return std::move(out_); }

 private:
  template <typename... Args>
  void line(fmt::format_string<Args...> text, Args&&... args) {
    out_.append(2 * depth_, ' ');
    fmt::format_to(std::back_inserter(out_), text, std::forward<Args>(args)...);
    out_ += '\n';
  }
  template <typename F>
  void below(F&& f) {
    ++depth_;
    f();
    --depth_;
  }
  // A word with an expression below it; nothing if there is none.
  void part(std::string_view word, const ExpressionPtr& value) {
    if (!value) return;
    line("{}", word);
    below([&] { expression(*value); });
  }
  void expressions(const std::vector<ExpressionPtr>& list) {
    for (const ExpressionPtr& one : list) expression(*one);
  }

  void expression(const Expression& node);
  void query(const Query& node);
  void select(const Select& node);
  void table(const TableReference& node);
  void table_function(const TableFunction& node);
  void statement(const Statement& node);
  void create_table(const CreateTable& node);

  std::string out_;
  size_t depth_ = 0;
};

void Printer::expression(const Expression& node) {
  const auto operands = [&](std::initializer_list<const ExpressionPtr*> list) {
    below([&] {
      for (const ExpressionPtr* operand : list)
        if (*operand) expression(**operand);
    });
  };
  const auto negation = [](bool negated) { return negated ? "NOT " : ""; };
  match(
      node.node, [&](const NullLiteral&) { line("Literal NULL"); },
      [&](const BooleanLiteral&) { line("Literal {}", to_sql(node)); },
      [&](const NumberLiteral& x) { line("Literal {}", x.digits); },
      [&](const StringLiteral&) { line("Literal {}", to_sql(node)); },
      [&](const TypedLiteral&) { line("Literal {}", to_sql(node)); },
      [&](const IntervalLiteral&) { line("Literal {}", to_sql(node)); },
      [&](const ColumnReference& x) { line("Column {}", to_sql(x.name)); },
      [&](const Star&) { line("Star"); },
      [&](const Unary& x) {
        line("Unary {}", word_of(x.op));
        operands({&x.operand});
      },
      [&](const Binary& x) {
        line("Binary {}", word_of(x.op));
        operands({&x.left, &x.right});
      },
      [&](const IsPredicate& x) {
        line("Is {}{}", negation(x.negated), word_of(x.what));
        operands({&x.operand});
      },
      [&](const IsDistinctFrom& x) {
        line("Is {}DISTINCT FROM", negation(x.negated));
        operands({&x.left, &x.right});
      },
      [&](const Between& x) {
        line("{}Between{}", negation(x.negated), x.symmetric ? " SYMMETRIC" : "");
        operands({&x.operand, &x.low, &x.high});
      },
      [&](const InList& x) {
        line("{}In", negation(x.negated));
        operands({&x.operand});
        below([&] { expressions(x.list); });
      },
      [&](const InQuery& x) {
        line("{}In", negation(x.negated));
        operands({&x.operand});
        below([&] { query(*x.query); });
      },
      [&](const Exists& x) {
        line("Exists");
        below([&] { query(*x.query); });
      },
      [&](const ScalarQuery& x) {
        line("ScalarQuery");
        below([&] { query(*x.query); });
      },
      [&](const Like& x) {
        line("{}{}", negation(x.negated), x.similar ? "SimilarTo" : "Like");
        operands({&x.operand, &x.pattern, &x.escape});
      },
      [&](const Case& x) {
        line("Case");
        below([&] {
          part("Operand", x.operand);
          for (const Case::When& when : x.whens) {
            line("When");
            below([&] {
              expression(*when.condition);
              expression(*when.result);
            });
          }
          part("Else", x.otherwise);
        });
      },
      [&](const Cast& x) {
        line("{} {}", x.try_cast ? "TryCast" : "Cast", to_sql(x.type));
        operands({&x.operand});
      },
      [&](const Extract& x) {
        line("Extract {}", word_of(x.unit));
        operands({&x.operand});
      },
      [&](const UnitCall& x) {
        line("Call {} {}", x.name.text, word_of(x.unit));
        below([&] { expressions(x.arguments); });
      },
      [&](const Call& x) {
        line("Call {}{}{}", quoted_name(x.name.text), x.distinct ? " DISTINCT" : "", x.over ? " OVER" : "");
        below([&] {
          for (const Call::Argument& argument : x.arguments) {
            if (argument.name)
              part(argument.name->text + " =>", argument.value);
            else
              expression(*argument.value);
          }
          part("Filter", x.filter);
        });
      });
}

void Printer::table_function(const TableFunction& node) {
  line("TableFunction {}", quoted_name(node.name.text));
  below([&] {
    for (const TableFunction::Argument& argument : node.arguments) {
      if (argument.name) line("{} =>", argument.name->text);
      const auto print = [&] {
        match(
            argument.value,
            [&](const TableFunction::TableArgument& x) {
              table(*x.table);
              if (!x.partition_by.empty()) line("PartitionBy {}", names(x.partition_by));
            },
            [&](const TableFunction::Descriptor& x) { line("Descriptor {}", names(x.columns)); },
            [&](const ExpressionPtr& x) { expression(*x); });
      };
      if (argument.name)
        below(print);
      else
        print();
    }
  });
}

void Printer::table(const TableReference& node) {
  if (node.alias) {
    const std::string columns = node.column_aliases.empty() ? "" : " (" + names(node.column_aliases) + ")";
    line("Alias {}{}", quoted_name(node.alias->text), columns);
    ++depth_;
  }
  if (node.unsupported) line("Unsupported {}", node.unsupported_name);
  match(
      node.node, [&](const NamedTable& x) { line("Table {}", to_sql(x.name)); },
      [&](const SubQuery& x) {
        line("SubQuery");
        below([&] { query(*x.query); });
      },
      [&](const TableFunction& x) { table_function(x); },
      [&](const Join& x) {
        line("Join {}", word_of(x.kind));
        below([&] {
          table(*x.left);
          table(*x.right);
          part("On", x.condition);
          if (!x.using_columns.empty()) line("Using {}", names(x.using_columns));
        });
      });
  if (node.alias) --depth_;
}

void Printer::select(const Select& node) {
  line("Select{}", node.distinct ? " DISTINCT" : "");
  below([&] {
    for (const SelectItem& item : node.items) {
      if (item.star) {
        line("Item {}*", item.star_of ? to_sql(*item.star_of) + "." : "");
        continue;
      }
      line("Item{}", item.alias ? " " + quoted_name(item.alias->text) : "");
      below([&] { expression(*item.expression); });
    }
    if (node.from) {
      line("From");
      below([&] { table(*node.from); });
    }
    part("Where", node.where);
    if (node.has_group_by) {
      line("GroupBy{}", node.grouping_sets ? " GROUPING SETS" : "");
      below([&] { expressions(node.group_by); });
    }
    part("Having", node.having);
    if (node.window_clause) line("Window");
  });
}

void Printer::query(const Query& node) {
  for (const CommonTable& common : node.with) {
    line("With {}{}", quoted_name(common.name.text),
         common.columns.empty() ? "" : " (" + names(common.columns) + ")");
    below([&] { query(*common.query); });
  }
  match(
      node.body, [&](const Select& x) { select(x); },
      [&](const SetOperation& x) {
        line("{}", word_of(x.op));
        below([&] {
          query(*x.left);
          query(*x.right);
        });
      },
      [&](const Values& x) {
        line("Values");
        below([&] {
          for (const std::vector<ExpressionPtr>& row : x.rows) {
            line("Row");
            below([&] { expressions(row); });
          }
        });
      });
  for (const OrderItem& item : node.order_by)
    part(item.descending ? "OrderBy DESC" : "OrderBy", item.expression);
  part("Limit", node.limit);
  part("Offset", node.offset);
}

void Printer::create_table(const CreateTable& node) {
  line("CreateTable {}{}{}", quoted_name(node.name.text), node.temporary ? " TEMPORARY" : "",
       node.if_not_exists ? " IF NOT EXISTS" : "");
  below([&] {
    for (const Column& column : node.columns) {
      const std::string name = quoted_name(column.name.text);
      const std::string rest = column.comment ? " COMMENT " + quoted_string(*column.comment) : "";
      match(
          column.definition,
          [&](const PhysicalColumn& x) { line("Column {} {}{}", name, to_sql(x.type), rest); },
          [&](const ComputedColumn& x) {
            line("Computed {}{}", name, rest);
            below([&] { expression(*x.expression); });
          },
          [&](const MetadataColumn& x) {
            line("Metadata {} {}{}{}{}", name, to_sql(x.type), x.key ? " FROM " + quoted_string(*x.key) : "",
                 x.is_virtual ? " VIRTUAL" : "", rest);
          });
    }
    for (const WatermarkClause& watermark : node.watermarks)
      part("Watermark " + quoted_name(watermark.column.text), watermark.expression);
    for (const PrimaryKeyClause& key : node.primary_keys)
      line("PrimaryKey {}{}", names(key.columns), key.not_enforced ? " NOT ENFORCED" : "");
    if (node.comment) line("Comment {}", quoted_string(*node.comment));
    if (node.partitioned_by) line("PartitionedBy");
    if (node.like) line("Like");
    for (const OptionPair& option : node.options)
      line("Option {} = {}", quoted_string(option.key), quoted_string(option.value));
    if (node.as_query) {
      line("As");
      below([&] { query(*node.as_query); });
    }
  });
}

void Printer::statement(const Statement& node) {
  match(
      node.node, [&](const CreateTable& x) { create_table(x); },
      [&](const CreateView& x) {
        line("CreateView {}{}{}{}", quoted_name(x.name.text),
             x.columns.empty() ? "" : " (" + names(x.columns) + ")", x.temporary ? " TEMPORARY" : "",
             x.if_not_exists ? " IF NOT EXISTS" : "");
        below([&] { query(*x.query); });
      },
      [&](const CreateFunction& x) { line("CreateFunction {}", quoted_name(x.name.text)); },
      [&](const Drop& x) {
        line("Drop {} {}{}", word_of(x.kind), quoted_name(x.name.text), x.if_exists ? " IF EXISTS" : "");
      },
      [&](const Insert& x) {
        line("Insert {}{}{}", quoted_name(x.table.text),
             x.columns.empty() ? "" : " (" + names(x.columns) + ")", x.overwrite ? " OVERWRITE" : "");
        below([&] { query(*x.query); });
      },
      [&](const SelectStatement& x) { query(*x.query); },
      [&](const SetOption& x) {
        if (x.option)
          line("Set {} = {}", quoted_string(x.option->key), quoted_string(x.option->value));
        else
          line("Set");
      },
      [&](const ResetOption& x) { line("Reset{}", x.key ? " " + quoted_string(x.key->text) : ""); },
      [&](const StatementSet& x) {
        line("StatementSet");
        below([&] {
          for (const Statement& insert : x.inserts) statement(insert);
        });
      },
      [&](const Explain& x) {
        line("Explain");
        below([&] {
          for (const Statement& explained : x.statement) statement(explained);
        });
      },
      [&](const Show& x) {
        line("Show {}{}", word_of(x.kind), x.name ? " " + quoted_name(x.name->text) : "");
      },
      [&](const Describe& x) { line("Describe {}", quoted_name(x.name.text)); });
}

}  // namespace

std::string print_ast(const Script& script) {
  Printer printer;
  printer.script(script);
  return printer.take();
}

}  // namespace weir::syntax
