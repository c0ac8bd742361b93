#include "compiler/syntax/tokens.h"

namespace weir::syntax {

// EXECUTE STATEMENT SET …, BEGIN STATEMENT SET; …, also after EXPLAIN [PLAN FOR].
static bool begins_statement_set(std::span<const Token> tokens, std::string_view text) {
  for (size_t i = 0; i < tokens.size() && i < 4; ++i) {
    if (tokens[i].type == Lexer::SEMICOLON) return false;
    const auto word = [&](size_t k) {
      return k < tokens.size()
                 ? keyword_of(text.substr(tokens[k].span.begin, tokens[k].span.end - tokens[k].span.begin))
                 : static_cast<size_t>(Lexer::IDENTIFIER);
    };
    if ((word(i) == Lexer::EXECUTE || word(i) == Lexer::BEGIN) && word(i + 1) == Lexer::STATEMENT)
      return true;
    if (word(i) != Lexer::EXPLAIN && word(i) != Lexer::PLAN && word(i) != Lexer::FOR) return false;
  }
  return false;
}

std::vector<StatementTokens> split_statements(std::span<Token> tokens, std::string_view text) {
  std::vector<StatementTokens> statements;
  size_t begin = 0;
  bool in_set = begins_statement_set(tokens, text);
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].type != Lexer::SEMICOLON) continue;
    if (in_set) {
      // END right after a `;` closes the set.
      const bool closed =
          i >= 2 && tokens[i - 2].type == Lexer::SEMICOLON &&
          keyword_of(text.substr(tokens[i - 1].span.begin,
                                 tokens[i - 1].span.end - tokens[i - 1].span.begin)) == Lexer::END;
      if (!closed) continue;
    }
    if (i > begin) statements.push_back({tokens.subspan(begin, i - begin), true});
    begin = i + 1;
    in_set = begins_statement_set(tokens.subspan(begin), text);
  }
  if (begin < tokens.size()) statements.push_back({tokens.subspan(begin), false});
  return statements;
}

}  // namespace weir::syntax
