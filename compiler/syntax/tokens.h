// Tokens of a text, before ANTLR's parser sees them. Only compiler/syntax includes this.
#pragma once

#include <WeirLexer.h>

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "compiler/diagnostics/diagnostic.h"
#include "compiler/diagnostics/source.h"
#include "compiler/syntax/parse.h"

namespace weir::syntax {

using Lexer = grammar::WeirLexer;

struct Token {
  size_t type;
  diagnostics::Span span;
};

struct TokenList {
  std::vector<Token> tokens;
  // Places of tokens that have been reported already; a statement that holds one is not parsed.
  std::vector<uint32_t> reported;
};

// Cuts a text into tokens; words are IDENTIFIERs. Reports what no token can be made of. Stops with an error at the limits.
TokenList scan_tokens(const diagnostics::Source& source, diagnostics::Diagnostics& diagnostics,
                      const ParseLimits& limits);

// The keyword that a word spells, whatever its case; IDENTIFIER if it spells none.
size_t keyword_of(std::string_view word);
// Whether a keyword can be a name only in backquotes.
bool is_reserved(size_t keyword);
// Gives the words of one statement their keywords, where they are such.
void settle_words(std::span<Token> statement, std::string_view text);

// Cuts tokens at `;`; the statements of a STATEMENT SET stay together. Ranges are without their `;`.
struct StatementTokens {
  std::span<Token> tokens;
  bool terminated;  // a `;` follows
};
std::vector<StatementTokens> split_statements(std::span<Token> tokens, std::string_view text);

// Whether nesting and chains of operators stay within what recursion over the tree can bear; else reports it.
bool check_depth(std::span<const Token> statement, const ParseLimits& limits,
                 diagnostics::Diagnostics& diagnostics);

}  // namespace weir::syntax
