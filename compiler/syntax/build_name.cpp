#include "compiler/syntax/build.h"
#include "compiler/syntax/tokens.h"

namespace weir::syntax {

Span span_of(antlr4::Token* token) {
  return {static_cast<uint32_t>(token->getStartIndex()), static_cast<uint32_t>(token->getStopIndex() + 1)};
}

Span span_of(const antlr4::ParserRuleContext* rule) {
  const Span start = span_of(rule->start);
  return rule->stop ? diagnostics::cover(start, span_of(rule->stop)) : start;
}

Span span_of(antlr4::tree::TerminalNode* node) { return span_of(node->getSymbol()); }

std::string_view text_of(BuildContext& build, Span span) { return build.source.text(span); }

// The text between quotes, doubled quotes made single.
static std::string unquoted(std::string_view written) {
  const char quote = written.front();
  std::string text;
  text.reserve(written.size());
  for (size_t i = 1; i + 1 < written.size(); ++i) {
    text += written[i];
    if (written[i] == quote) ++i;
  }
  return text;
}

Name build_name(BuildContext& build, Parser::IdentifierContext* rule) {
  const Span span = span_of(rule);
  const std::string_view written = text_of(build, span);
  return {rule->QUOTED_IDENTIFIER() ? unquoted(written) : std::string(written), span};
}

std::vector<Name> build_names(BuildContext& build, Parser::IdentifierListContext* rule) {
  std::vector<Name> names;
  for (Parser::IdentifierContext* name : rule->identifier()) names.push_back(build_name(build, name));
  return names;
}

QualifiedName build_qualified_name(BuildContext& build, Parser::QualifiedNameContext* rule) {
  QualifiedName name{{}, span_of(rule)};
  for (Parser::IdentifierContext* part : rule->identifier()) name.parts.push_back(build_name(build, part));
  return name;
}

std::string build_string(BuildContext& build, antlr4::tree::TerminalNode* node) {
  return unquoted(text_of(build, span_of(node)));
}

}  // namespace weir::syntax
