// Text -> tokens -> statements. Everything that could recurse too deep, or take too long, is refused before ANTLR's parser
// sees it; each statement is parsed on its own, so that an error in one hides no error in another.

#include "compiler/syntax/parse.h"

#include <algorithm>
#include <utility>

#include "compiler/syntax/build.h"
#include "compiler/syntax/syntax_error.h"
#include "compiler/syntax/token_cursor.h"
#include "compiler/syntax/tokens.h"

namespace weir::syntax {
namespace {

// More errors than these tell nobody anything.
constexpr size_t kErrorsReported = 50;

void parse_statement(BuildContext& build, const StatementTokens& statement, ByteStream& bytes,
                     Script& script) {
  const size_t errors_before = build.diagnostics.error_count();
  TokenCursor cursor(statement.tokens, bytes);
  Parser parser(&cursor);
  parser.removeErrorListeners();
  parser.setErrorHandler(std::make_shared<antlr4::BailErrorStrategy>());
  parser.getInterpreter<antlr4::atn::ParserATNSimulator>()->setPredictionMode(
      antlr4::atn::PredictionMode::SLL);
  Parser::StatementContext* root = nullptr;
  try {
    root = parser.statement();
  } catch (const antlr4::ParseCancellationException&) {
    parser.reset();
    if (!parse_and_explain(build, statement, parser, root)) return;
  }
  Statement built = build_statement(build, root->statementBody());
  if (build.diagnostics.error_count() == errors_before) script.statements.push_back(std::move(built));
}

}  // namespace

Script parse(const diagnostics::Source& source, diagnostics::Diagnostics& diagnostics,
             const ParseLimits& limits) {
  Script script;
  TokenList scanned = scan_tokens(source, diagnostics, limits);
  BuildContext build{source, diagnostics};
  ByteStream bytes(source.text());
  for (const StatementTokens& statement : split_statements(scanned.tokens, source.text())) {
    if (diagnostics.error_count() >= kErrorsReported) break;
    const auto is_reported = [&](uint32_t place) {
      return place >= statement.tokens.front().span.begin && place < statement.tokens.back().span.end;
    };
    if (std::any_of(scanned.reported.begin(), scanned.reported.end(), is_reported)) continue;
    settle_words(statement.tokens, source.text());
    if (check_depth(statement.tokens, limits, diagnostics)) parse_statement(build, statement, bytes, script);
  }
  return script;
}

bool is_incomplete(std::string_view text) {
  const diagnostics::Source source({}, std::string(text));
  diagnostics::Diagnostics ignored;
  TokenList scanned = scan_tokens(source, ignored, {});
  if (scanned.tokens.empty()) return text.find("/*") != std::string_view::npos && ignored.has_errors();
  const Token& last = scanned.tokens.back();
  if (last.type == Lexer::UNCLOSED_STRING || last.type == Lexer::UNCLOSED_COMMENT ||
      last.type == Lexer::UNCLOSED_IDENTIFIER)
    return true;
  const std::vector<StatementTokens> statements = split_statements(scanned.tokens, source.text());
  return !statements.empty() && !statements.back().terminated;
}

}  // namespace weir::syntax
