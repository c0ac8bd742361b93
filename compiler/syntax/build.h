// ANTLR's parse tree -> ast.h. Only compiler/syntax includes this.
#pragma once

#include <WeirParser.h>

#include <string>
#include <string_view>

#include "compiler/diagnostics/diagnostic.h"
#include "compiler/diagnostics/source.h"
#include "compiler/syntax/ast.h"

namespace weir::syntax {

using Parser = grammar::WeirParser;

// What every builder needs. A builder always returns a node; if it reported an error the statement is dropped.
struct BuildContext {
  const diagnostics::Source& source;
  diagnostics::Diagnostics& diagnostics;
};

Span span_of(const antlr4::ParserRuleContext* rule);
Span span_of(antlr4::Token* token);
Span span_of(antlr4::tree::TerminalNode* node);
std::string_view text_of(BuildContext& build, Span span);

Name build_name(BuildContext& build, Parser::IdentifierContext* rule);
std::vector<Name> build_names(BuildContext& build, Parser::IdentifierListContext* rule);
QualifiedName build_qualified_name(BuildContext& build, Parser::QualifiedNameContext* rule);
std::string build_string(BuildContext& build, antlr4::tree::TerminalNode* node);
TypeName build_type(BuildContext& build, Parser::TypeNameContext* rule);

ExpressionPtr build_expression(BuildContext& build, Parser::ExpressionContext* rule);
std::vector<ExpressionPtr> build_expressions(BuildContext& build,
                                             const std::vector<Parser::ExpressionContext*>& rules);
ExpressionPtr build_sum(BuildContext& build, Parser::SumContext* rule);
// The only operand of an expression without operators; null if there is an operator.
Parser::PrimaryContext* sole_primary(Parser::ExpressionContext* rule);

QueryPtr build_query(BuildContext& build, Parser::QueryContext* rule);
QueryPtr build_query(BuildContext& build, Parser::SubQueryContext* rule);

Statement build_statement(BuildContext& build, Parser::StatementBodyContext* rule);

}  // namespace weir::syntax
