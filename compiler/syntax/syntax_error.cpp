#include "compiler/syntax/syntax_error.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "compiler/diagnostics/suggest.h"
#include "compiler/syntax/first_error.h"

namespace weir::syntax {
namespace {

using diagnostics::Emitted;

WEIR_ERROR(SyntaxError, "expected {}, but found {}", std::string_view, std::string_view);
WEIR_ERROR(UnknownStatement, "no statement begins with `{}`", std::string_view);
WEIR_ERROR(UnsupportedStatement, "{} is not supported", std::string_view);
WEIR_ERROR(MissingComma, "a comma is missing before `{}`", std::string_view);
WEIR_ERROR(MissingSemicolon, "a semicolon is missing before `{}`", std::string_view);
WEIR_ERROR(MissingEqual, "`=` is missing between key and value");
WEIR_ERROR(OptionNotQuoted, "keys and values of options are strings, `{}` is not", std::string_view);
WEIR_ERROR(IntervalNotQuoted, "the length of an interval is a string, `{}` is not", std::string_view);
WEIR_ERROR(ReservedWord, "`{}` is a reserved word, and no name without backquotes", std::string_view);
WEIR_ERROR(UnsupportedLiteral, "{} literals are not supported", std::string_view);
WEIR_ERROR(TrailingComma, "nothing follows this comma but `{}`", std::string_view);
WEIR_ERROR(UnclosedParenthesis, "this parenthesis is not closed");
WEIR_ERROR(UnopenedParenthesis, "this parenthesis was never opened");
WEIR_ERROR(MisspeltKeyword, "`{}` is not expected here", std::string_view);

// Keywords of Flink and of other databases that begin statements, each with what there is instead.
struct OtherStatement {
  std::string_view word, name, hint;
};
constexpr OtherStatement kOtherStatements[] = {
    {"ALTER", "ALTER", "drop the table and create it anew"},
    {"USE", "USE", "there is one catalog and one database"},
    {"DELETE", "DELETE", "a stream is only read and appended to"},
    {"UPDATE", "UPDATE", "a stream is only read and appended to"},
    {"MERGE", "MERGE", "write `INSERT INTO` a table with a PRIMARY KEY"},
    {"TRUNCATE", "TRUNCATE", "a stream is only read and appended to"},
    {"ANALYZE", "ANALYZE", "there are no statistics"},
    {"COPY", "COPY", "read files by a table with 'connector' = 'filesystem'"},
    {"LOAD", "LOAD MODULE", "all functions are built in"},
    {"UNLOAD", "UNLOAD MODULE", "all functions are built in"},
    {"ADD", "ADD JAR", "there are no user-defined functions"},
    {"REMOVE", "REMOVE JAR", "there are no user-defined functions"},
    {"CALL", "CALL", "there are no procedures"},
    {"STOP", "STOP JOB", "stop a job by a signal or Ctrl-C"},
    {"COMMIT", "COMMIT", "jobs commit on their own, see `commit.interval`"},
    {"ROLLBACK", "ROLLBACK", "jobs commit on their own, see `commit.interval`"},
    {"GRANT", "GRANT", "there are no users"},
    {"REVOKE", "REVOKE", "there are no users"},
    {"PRAGMA", "PRAGMA", "write `SET 'key' = 'value'`"},
};

constexpr size_t kStatementKeywords[] = {
    Lexer::CREATE, Lexer::DROP,    Lexer::INSERT, Lexer::SELECT,  Lexer::WITH, Lexer::VALUES,  Lexer::SET,
    Lexer::RESET,  Lexer::EXECUTE, Lexer::BEGIN,  Lexer::EXPLAIN, Lexer::SHOW, Lexer::DESCRIBE};

// Everything that is known about one error.
struct Mistake {
  BuildContext& build;
  const StatementTokens& statement;
  const FirstError& error;
  size_t at;

  const Token* token(size_t i) const { return i < statement.tokens.size() ? &statement.tokens[i] : nullptr; }
  const Token* found() const { return token(at); }
  const Token* before() const { return at > 0 ? token(at - 1) : nullptr; }
  std::string_view text(const Token& t) const { return text_of(build, t.span); }
  Span end() const {
    const uint32_t end = statement.tokens.back().span.end;
    return {end, end};
  }
  Span span() const { return found() ? found()->span : end(); }
  std::string found_text() const {
    if (!found()) return statement.terminated ? "`;`" : "the end of the text";
    std::string_view written = text(*found());
    if (found()->type == Lexer::STRING)
      return written.size() > 42 ? "a string" : fmt::format("the string {}", written);
    return fmt::format("`{}`", written);
  }
  bool expects_name() const { return error.expects(Lexer::IDENTIFIER) && !expects_expression(); }
  bool expects_expression() const { return error.expects(Lexer::CASE) && error.expects(Lexer::NUMBER); }
  // Whether a keyword stands where its word is likely meant as a name: `AS order`, not `a + FROM`.
  bool expects_name_like(size_t keyword) const {
    if (!expects_expression()) return error.expects(Lexer::IDENTIFIER);
    return keyword == Lexer::ORDER || keyword == Lexer::GROUP || keyword == Lexer::TABLE ||
           keyword == Lexer::TO || keyword == Lexer::FOR || keyword == Lexer::VALUES;
  }
  std::string expected() const {
    const Token* previous = before();
    return describe_expected(error, previous && (previous->type == Lexer::IDENTIFIER ||
                                                 previous->type == Lexer::QUOTED_IDENTIFIER ||
                                                 previous->type == Lexer::RIGHT_PAREN));
  }
  template <typename Kind, typename... Args>
  Emitted emit(Kind kind, Span span, Args&&... args) const {
    return build.diagnostics.emit(kind, span, std::forward<Args>(args)...);
  }
};

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return result;
}

bool report_first_word(const Mistake& mistake) {
  if (mistake.at != 0 || !mistake.found()) return false;
  const std::string_view word = mistake.text(*mistake.found());
  const std::string first = upper(word);
  for (const OtherStatement& other : kOtherStatements) {
    if (first != other.word) continue;
    mistake.emit(UnsupportedStatement{}, mistake.span(), other.name).hint("{}", other.hint);
    return true;
  }
  auto error = mistake.emit(UnknownStatement{}, mistake.span(), word);
  std::vector<std::string> names;
  for (const size_t type : kStatementKeywords) names.push_back(keyword_text(type));
  if (const auto meant = diagnostics::nearest(word, names)) error.hint("did you mean `{}`?", *meant);
  return true;
}

// A parenthesis without its partner, and where the parser got stuck because of it.
bool report_parenthesis(const Mistake& mistake) {
  std::vector<const Token*> open;
  for (size_t i = 0; i < mistake.statement.tokens.size(); ++i) {
    const Token& token = mistake.statement.tokens[i];
    if (token.type == Lexer::LEFT_PAREN) open.push_back(&token);
    if (token.type != Lexer::RIGHT_PAREN) continue;
    if (open.empty()) {
      if (i != mistake.at) return false;
      mistake.emit(UnopenedParenthesis{}, token.span);
      return true;
    }
    open.pop_back();
  }
  if (open.empty() || !mistake.error.expects(Lexer::RIGHT_PAREN)) return false;
  // The one that was open where the parser stopped.
  std::vector<const Token*> here;
  for (size_t i = 0; i < std::min(mistake.at, mistake.statement.tokens.size()); ++i) {
    const Token& token = mistake.statement.tokens[i];
    if (token.type == Lexer::LEFT_PAREN) here.push_back(&token);
    if (token.type == Lexer::RIGHT_PAREN && !here.empty()) here.pop_back();
  }
  if (here.empty()) return false;
  auto error = mistake.emit(UnclosedParenthesis{}, here.back()->span);
  error.label(mistake.span(), "`)` is missing before this");
  return true;
}

bool report_option(const Mistake& mistake) {
  const Token* found = mistake.found();
  const Token* before = mistake.before();
  if (!found || !before || mistake.at < 2) return false;
  const size_t earlier = mistake.token(mistake.at - 2)->type;
  const bool is_key = earlier == Lexer::LEFT_PAREN || earlier == Lexer::COMMA || earlier == Lexer::SET;
  if (is_key && before->type == Lexer::STRING && found->type == Lexer::STRING &&
      mistake.error.expects(Lexer::EQUAL)) {
    mistake.emit(MissingEqual{}, {before->span.end, found->span.begin}).hint("write `'key' = 'value'`");
    return true;
  }
  const bool only_string = mistake.error.expects(Lexer::STRING) && !mistake.error.expects(Lexer::NUMBER);
  if (!only_string) return false;
  if (before->type == Lexer::INTERVAL && found->type == Lexer::NUMBER) {
    mistake.emit(IntervalNotQuoted{}, found->span, mistake.text(*found))
        .hint("write `INTERVAL '{}' …`", mistake.text(*found));
    return true;
  }
  const bool in_options = before->type == Lexer::EQUAL || before->type == Lexer::LEFT_PAREN ||
                          before->type == Lexer::COMMA || before->type == Lexer::SET ||
                          before->type == Lexer::RESET;
  if (!in_options ||
      !(found->type == Lexer::IDENTIFIER || found->type == Lexer::NUMBER ||
        found->type == Lexer::QUOTED_IDENTIFIER || is_keyword(found->type) || found->type == Lexer::MINUS))
    return false;
  mistake.emit(OptionNotQuoted{}, found->span, mistake.text(*found)).hint("write `'key' = 'value'`");
  return true;
}

// `SELECT a FORM t`: FORM is taken for the alias of a; the parser stumbles over what follows.
bool report_misspelt(const Mistake& mistake) {
  std::vector<std::string> names;
  const Token* found = mistake.found();
  if (found && found->type == Lexer::IDENTIFIER) {
    for (size_t type = Lexer::ALL; type < Lexer::ARGUMENT_NAME; ++type)
      if (mistake.error.expects(type) && keyword_text(type).size() > 2) names.push_back(keyword_text(type));
    const auto meant = diagnostics::nearest(mistake.text(*found), names);
    if (meant && !mistake.expects_expression()) {
      mistake.emit(MisspeltKeyword{}, found->span, mistake.text(*found)).hint("did you mean `{}`?", *meant);
      return true;
    }
  }
  const Token* before = mistake.before();
  if (mistake.at < 2 || !before || before->type != Lexer::IDENTIFIER ||
      mistake.token(mistake.at - 2)->type == Lexer::DOT)
    return false;
  names.clear();
  for (const size_t type :
       {Lexer::FROM, Lexer::WHERE, Lexer::GROUP, Lexer::HAVING, Lexer::UNION, Lexer::ORDER, Lexer::LIMIT,
        Lexer::BETWEEN, Lexer::LIKE, Lexer::INTERVAL, Lexer::WATERMARK, Lexer::PRIMARY, Lexer::DISTINCT,
        Lexer::VALUES, Lexer::SELECT, Lexer::METADATA, Lexer::COMMENT, Lexer::WITH})
    names.push_back(keyword_text(type));
  const auto meant = diagnostics::nearest(mistake.text(*before), names);
  if (!meant || keyword_of(mistake.text(*before)) != Lexer::IDENTIFIER) return false;
  mistake.emit(MisspeltKeyword{}, before->span, mistake.text(*before)).hint("did you mean `{}`?", *meant);
  return true;
}

bool report_separator(const Mistake& mistake) {
  const Token* found = mistake.found();
  const Token* before = mistake.before();
  if (!found || !before) return false;
  const bool begins_statement = std::find(std::begin(kStatementKeywords), std::end(kStatementKeywords),
                                          keyword_of(mistake.text(*found))) != std::end(kStatementKeywords);
  const bool next_line =
      mistake.build.source.place(found->span.begin).line > mistake.build.source.place(before->span.end).line;
  if (mistake.error.expects(antlr4::Token::EOF) && begins_statement && next_line &&
      found->type != Lexer::WITH) {
    mistake.emit(MissingSemicolon{}, {before->span.end, before->span.end}, mistake.text(*found));
    return true;
  }
  const bool ends_list = found->type == Lexer::RIGHT_PAREN || found->type == Lexer::FROM ||
                         found->type == Lexer::WHERE || found->type == Lexer::GROUP ||
                         found->type == Lexer::HAVING || found->type == Lexer::UNION ||
                         found->type == Lexer::END;
  if (before->type == Lexer::COMMA && ends_list) {
    mistake.emit(TrailingComma{}, before->span, mistake.text(*found)).hint("remove it");
    return true;
  }
  const bool begins_item = found->type == Lexer::IDENTIFIER || found->type == Lexer::QUOTED_IDENTIFIER ||
                           found->type == Lexer::STRING || found->type == Lexer::NUMBER ||
                           found->type == Lexer::CASE || found->type == Lexer::CAST ||
                           found->type == Lexer::WATERMARK || found->type == Lexer::PRIMARY ||
                           found->type == Lexer::INTERVAL || found->type == Lexer::DESCRIPTOR;
  if (mistake.error.expects(Lexer::COMMA) && begins_item) {
    mistake.emit(MissingComma{}, {before->span.end, before->span.end}, mistake.text(*found));
    return true;
  }
  return false;
}

// `X'41'`, `TIMESTAMP_LTZ '…'`, `INT '5'`: literals that begin with a word.
bool report_literal(const Mistake& mistake) {
  const Token* found = mistake.found();
  const Token* before = mistake.before();
  if (!found || !before || found->type != Lexer::STRING || before->type != Lexer::IDENTIFIER) return false;
  const std::string word = upper(mistake.text(*before));
  const std::string_view text = mistake.text(*found);
  const Span span = diagnostics::cover(before->span, found->span);
  if (before->span.end == found->span.begin && (word == "X" || word == "B" || word == "N" || word == "E")) {
    const std::string_view name = word == "X"   ? "hexadecimal"
                                  : word == "B" ? "bit"
                                  : word == "N" ? "national"
                                                : "escaped";
    auto error = mistake.emit(UnsupportedLiteral{}, span, name);
    if (word == "X")
      error.hint("make bytes of a text: CAST('…' AS BYTES)");
    else if (word == "B")
      error.hint("write it as a number");
    else
      error.hint("every string is UTF-8, and a backslash is a backslash: write it without `{}`", word);
    return true;
  }
  constexpr std::string_view types[] = {"TIMESTAMP_LTZ", "TIMESTAMPTZ", "DATETIME", "BOOLEAN", "TINYINT",
                                        "SMALLINT",      "INT",         "INTEGER",  "BIGINT",  "FLOAT",
                                        "DOUBLE",        "DECIMAL",     "NUMERIC",  "BYTES",   "STRING"};
  if (std::find(std::begin(types), std::end(types), word) == std::end(types)) return false;
  const std::string_view type = word == "TIMESTAMPTZ" || word == "TIMESTAMP_LTZ" ? "TIMESTAMP_LTZ(3)"
                                : word == "DATETIME"                             ? "TIMESTAMP(3)"
                                                                                 : std::string_view(word);
  mistake.emit(UnsupportedLiteral{}, span, word).hint("write CAST({} AS {})", text, type);
  return true;
}

// Constructs of other dialects.
bool report_dialect(const Mistake& mistake) {
  const Token* found = mistake.found();
  const Token* before = mistake.before();
  if (!found || !before) return false;
  const std::string word = upper(mistake.text(*found));
  const Span both = diagnostics::cover(before->span, found->span);
  if (before->type == Lexer::CREATE && (word == "STREAM" || word == "SOURCE" || word == "SINK")) {
    mistake.emit(UnsupportedStatement{}, both, "CREATE " + word).hint("write CREATE TABLE, with a connector");
    return true;
  }
  if (before->type == Lexer::CREATE && word == "MATERIALIZED") {
    mistake.emit(UnsupportedStatement{}, both, "CREATE MATERIALIZED VIEW")
        .hint("write CREATE TABLE for where its rows go, and INSERT INTO it");
    return true;
  }
  if (before->type == Lexer::DISTINCT && word == "ON") {
    mistake.emit(UnsupportedStatement{}, both, "DISTINCT ON")
        .hint("aggregate the others: MAX(…), and GROUP BY these");
    return true;
  }
  if (upper(mistake.text(*before)) == "TOP" && found->type == Lexer::NUMBER) {
    mistake.emit(UnsupportedStatement{}, both, "TOP")
        .hint("take the first rows of what a run writes: weir run … | head -n {}", mistake.text(*found));
    return true;
  }
  if (before->type == Lexer::SET && mistake.at == 1 && found->type == Lexer::IDENTIFIER) {
    mistake.emit(OptionNotQuoted{}, found->span, mistake.text(*found)).hint("write `SET 'key' = 'value'`");
    return true;
  }
  return false;
}

// `FROM table`: the word was taken for the beginning of `TABLE(…)`.
bool report_table_word(const Mistake& mistake) {
  const Token* before = mistake.before();
  if (mistake.at < 2 || before->type != Lexer::TABLE || !mistake.error.expects(Lexer::LEFT_PAREN))
    return false;
  const size_t earlier = mistake.token(mistake.at - 2)->type;
  if (earlier != Lexer::FROM && earlier != Lexer::JOIN) return false;
  mistake.emit(ReservedWord{}, before->span, mistake.text(*before))
      .hint("if a name is meant, write it in backquotes: `{}`", mistake.text(*before));
  return true;
}

void report_mistake(const Mistake& mistake) {
  if (report_first_word(mistake) || report_option(mistake) || report_literal(mistake) ||
      report_dialect(mistake) || report_misspelt(mistake) || report_separator(mistake) ||
      report_parenthesis(mistake) || report_table_word(mistake))
    return;
  const Token* found = mistake.found();
  if (found && is_keyword(found->type) && mistake.expects_name_like(found->type)) {
    mistake.emit(ReservedWord{}, found->span, mistake.text(*found))
        .note("expected {}", mistake.expected())
        .hint("if a name is meant, write it in backquotes: `{}`", mistake.text(*found));
    return;
  }
  mistake.emit(SyntaxError{}, mistake.span(), mistake.expected(), mistake.found_text());
}

}  // namespace

bool parse_and_explain(BuildContext& build, const StatementTokens& statement, Parser& parser,
                       Parser::StatementContext*& root) {
  const auto strategy = std::make_shared<FirstError>();
  parser.setErrorHandler(strategy);
  parser.getInterpreter<antlr4::atn::ParserATNSimulator>()->setPredictionMode(
      antlr4::atn::PredictionMode::LL);
  try {
    root = parser.statement();
    return true;
  } catch (const antlr4::ParseCancellationException&) {
    report_mistake({build, statement, *strategy, strategy->at()});
    return false;
  }
}

}  // namespace weir::syntax
