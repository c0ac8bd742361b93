#include "compiler/syntax/byte_stream.h"
#include "compiler/syntax/tokens.h"

namespace weir::syntax {
namespace {

using diagnostics::Diagnostics;
using diagnostics::Span;

WEIR_ERROR(TextTooLong, "the text has {} bytes, more than the {} that are read", size_t, uint32_t);
WEIR_ERROR(TextNotUtf8, "the text is not UTF-8: byte 0x{:02X} stands where a character should begin",
           unsigned);
WEIR_ERROR(TooManyTokens, "the text has more than {} words and signs", uint32_t);
WEIR_ERROR(UnclosedString, "this string is not closed");
WEIR_ERROR(UnclosedIdentifier, "this name in backquotes is not closed");
WEIR_ERROR(UnclosedComment, "this comment is not closed");
WEIR_ERROR(EmptyIdentifier, "a name cannot be empty");
WEIR_ERROR(DoubleQuotes, "{} is in double quotes", std::string_view);
WEIR_ERROR(DoubleEqual, "`==` is not an operator");
WEIR_ERROR(DoubleColon, "`::` is not an operator");
WEIR_ERROR(BadNumber, "`{}` is neither a number nor a name", std::string_view);
WEIR_ERROR(HintInQuery, "hints like `{}` are not supported", std::string_view);
WEIR_ERROR(ArrayNotSupported, "`[` and `]`: arrays are not supported");
WEIR_ERROR(LookalikeCharacter, "`{}` (U+{:04X}) is not {}", std::string_view, unsigned, std::string_view);
WEIR_ERROR(UnknownCharacter, "`{}` has no meaning here", std::string_view);

// More errors than these tell nobody anything.
constexpr size_t kErrorsReported = 50;

// The offset of the first byte that is not UTF-8, or npos.
size_t find_bad_utf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const auto byte = [&](size_t k) {
      return i + k < text.size() ? static_cast<unsigned char>(text[i + k]) : 0u;
    };
    const auto follows = [&](size_t k) { return (byte(k) & 0xC0) == 0x80; };
    const unsigned lead = byte(0);
    if (lead < 0x80) {
      ++i;
    } else if (lead >= 0xC2 && lead <= 0xDF && follows(1)) {
      i += 2;
    } else if (lead >= 0xE0 && lead <= 0xEF && follows(1) && follows(2) &&
               !(lead == 0xE0 && byte(1) < 0xA0) && !(lead == 0xED && byte(1) >= 0xA0)) {
      i += 3;
    } else if (lead >= 0xF0 && lead <= 0xF4 && follows(1) && follows(2) && follows(3) &&
               !(lead == 0xF0 && byte(1) < 0x90) && !(lead == 0xF4 && byte(1) >= 0x90)) {
      i += 4;
    } else {
      return i;
    }
  }
  return std::string_view::npos;
}

// Characters that editors and web pages put where ASCII is meant; they are letters to the lexer.
struct Lookalike {
  std::string_view bytes;
  unsigned code;
  std::string_view meant;
};
constexpr Lookalike kLookalikes[] = {
    {"\xE2\x80\x98", 0x2018, "a quote: strings are in '…'"},
    {"\xE2\x80\x99", 0x2019, "a quote: strings are in '…'"},
    {"\xE2\x80\x9C", 0x201C, "a quote: strings are in '…'"},
    {"\xE2\x80\x9D", 0x201D, "a quote: strings are in '…'"},
    {"\xE2\x80\x93", 0x2013, "a minus sign"},
    {"\xE2\x80\x94", 0x2014, "a minus sign"},
    {"\xE2\x88\x92", 0x2212, "a minus sign"},
    {"\xC2\xA0", 0x00A0, "a space, though it looks like one"},
    {"\xE2\x80\xAF", 0x202F, "a space, though it looks like one"},
    {"\xE3\x80\x80", 0x3000, "a space, though it looks like one"},
    {"\xE2\x80\x8B", 0x200B, "a space, and cannot be seen"},
    {"\xEF\xBB\xBF", 0xFEFF, "a space, and cannot be seen"},
    {"\xEF\xBC\x88", 0xFF08, "a parenthesis"},
    {"\xEF\xBC\x89", 0xFF09, "a parenthesis"},
    {"\xEF\xBC\x8C", 0xFF0C, "a comma"},
    {"\xEF\xBC\x9B", 0xFF1B, "a semicolon"},
};

bool report_lookalike(Span span, std::string_view word, Diagnostics& diagnostics) {
  for (const Lookalike& lookalike : kLookalikes) {
    const size_t at = word.find(lookalike.bytes);
    if (at == std::string_view::npos) continue;
    const uint32_t begin = span.begin + static_cast<uint32_t>(at);
    diagnostics.emit(LookalikeCharacter{}, {begin, begin + static_cast<uint32_t>(lookalike.bytes.size())},
                     lookalike.bytes, lookalike.code, lookalike.meant);
    return true;
  }
  return false;
}

// Long texts are cut in messages.
std::string_view shortened(std::string_view text) {
  size_t end = std::min<size_t>(text.size(), 40);
  while (end > 0 && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  const size_t line = text.find('\n');
  return text.substr(0, std::min(end, line));
}

// True if the token was reported.
bool report(const Token& token, std::string_view text, const std::vector<Token>& before,
            Diagnostics& diagnostics) {
  const Span span = token.span;
  switch (token.type) {
    case Lexer::UNCLOSED_STRING: {
      auto error = diagnostics.emit(UnclosedString{}, {span.begin, span.begin + 1});
      // The quote that is missing is often that of an earlier string, which then reaches over a line end.
      for (const Token& earlier : before) {
        if (earlier.type != Lexer::STRING) continue;
        const std::string_view written =
            text.substr(earlier.span.begin, earlier.span.end - earlier.span.begin);
        if (written.find('\n') == std::string_view::npos) continue;
        error.label({earlier.span.begin, earlier.span.begin + 1},
                    "or the closing quote of this one is missing");
        break;
      }
      error.hint("a quote inside a string is written twice: 'it''s'");
      return true;
    }
    case Lexer::UNCLOSED_IDENTIFIER:
      diagnostics.emit(UnclosedIdentifier{}, {span.begin, span.begin + 1});
      return true;
    case Lexer::UNCLOSED_COMMENT:
      diagnostics.emit(UnclosedComment{}, {span.begin, span.begin + 2}).hint("close it with `*/`");
      return true;
    case Lexer::QUOTED_IDENTIFIER:
      if (text == "``") {
        diagnostics.emit(EmptyIdentifier{}, span);
        return true;
      }
      return false;
    case Lexer::DOUBLE_QUOTED: {
      const std::string_view inner = shortened(text.substr(1, text.size() - 2));
      diagnostics.emit(DoubleQuotes{}, span, shortened(text))
          .hint("strings are in single quotes: '{0}'; names are in backquotes: `{0}`", inner);
      return true;
    }
    case Lexer::DOUBLE_EQUAL: diagnostics.emit(DoubleEqual{}, span).hint("write `=` to compare"); return true;
    case Lexer::DOUBLE_COLON:
      diagnostics.emit(DoubleColon{}, span).hint("write `CAST(value AS TYPE)`");
      return true;
    case Lexer::BAD_NUMBER:
      diagnostics.emit(BadNumber{}, span, shortened(text))
          .hint("a name that begins with a digit is written in backquotes: `{}`", shortened(text));
      return true;
    case Lexer::HINT:
      diagnostics.emit(HintInQuery{}, span, shortened(text))
          .hint("set options in the table's WITH clause, or by `--set table.option=value`");
      return true;
    case Lexer::IDENTIFIER: return report_lookalike(span, text, diagnostics);
    case Lexer::OTHER:
      if (text == "[" || text == "]") {
        if (text == "[") diagnostics.emit(ArrayNotSupported{}, span);
      } else if (text == "\"") {
        diagnostics.emit(UnclosedString{}, span).hint("strings are in single quotes: '…'");
      } else {
        const bool control = static_cast<unsigned char>(text.front()) < 0x20 || text.front() == 0x7F;
        const std::string shown =
            control ? fmt::format("\\x{:02x}", static_cast<unsigned char>(text.front())) : std::string(text);
        auto error = diagnostics.emit(UnknownCharacter{}, span, shown);
        if (shown == "^") error.hint("write POWER(x, y)");
        if (shown == "~") error.hint("write x LIKE '%…%'");
      }
      return true;
    default: return false;
  }
}

}  // namespace

TokenList scan_tokens(const diagnostics::Source& source, Diagnostics& diagnostics,
                      const ParseLimits& limits) {
  TokenList result;
  const std::string_view text = source.text();
  if (text.size() > limits.text_bytes) {
    diagnostics.emit(TextTooLong{}, {0, 0}, text.size(), limits.text_bytes);
    return result;
  }
  if (const size_t bad = find_bad_utf8(text); bad != std::string_view::npos) {
    const uint32_t at = static_cast<uint32_t>(bad);
    diagnostics.emit(TextNotUtf8{}, {at, at + 1},
                     static_cast<unsigned>(static_cast<unsigned char>(text[bad])));
    return result;
  }
  ByteStream bytes(text);
  if (text.starts_with("\xEF\xBB\xBF")) bytes.seek(3);
  Lexer lexer(&bytes);
  lexer.removeErrorListeners();
  for (;;) {
    const std::unique_ptr<antlr4::Token> read = lexer.nextToken();
    if (read->getType() == antlr4::Token::EOF) return result;
    const Token token{
        read->getType(),
        {static_cast<uint32_t>(read->getStartIndex()), static_cast<uint32_t>(read->getStopIndex() + 1)}};
    if (result.tokens.size() == limits.nodes) {
      diagnostics.emit(TooManyTokens{}, token.span, limits.nodes);
      result.tokens.clear();
      return result;
    }
    const std::string_view written = text.substr(token.span.begin, token.span.end - token.span.begin);
    if (report(token, token.type == Lexer::UNCLOSED_STRING ? text : written, result.tokens, diagnostics))
      result.reported.push_back(token.span.begin);
    if (result.reported.size() == kErrorsReported) {
      result.tokens.clear();
      return result;
    }
    result.tokens.push_back(token);
  }
}

}  // namespace weir::syntax
