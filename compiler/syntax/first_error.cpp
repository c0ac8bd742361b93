#include "compiler/syntax/first_error.h"

#include <set>
#include <vector>

namespace weir::syntax {

bool is_keyword(size_t type) { return type >= Lexer::ALL && type < Lexer::ARGUMENT_NAME; }

std::string keyword_text(size_t type) {
  std::string name = Lexer::vocabulary().getSymbolicName(type);
  if (name.back() == '_') name.pop_back();
  return name;
}

std::string describe_expected(const FirstError& error, bool after_name) {
  std::vector<std::string> parts;
  std::set<size_t> types;
  for (const antlr4::misc::Interval& interval : error.expected().getIntervals())
    for (ssize_t type = interval.a; type <= interval.b; ++type) types.insert(static_cast<size_t>(type));
  const auto remove = [&](std::initializer_list<size_t> gone) {
    for (const size_t type : gone) types.erase(type);
  };
  if (types.contains(Lexer::CASE) && types.contains(Lexer::NUMBER)) {
    parts.emplace_back("an expression");
    remove({Lexer::PLUS,
            Lexer::MINUS,
            Lexer::NOT,
            Lexer::NUMBER,
            Lexer::STRING,
            Lexer::IDENTIFIER,
            Lexer::QUOTED_IDENTIFIER,
            Lexer::CASE,
            Lexer::CAST,
            Lexer::TRY_CAST,
            Lexer::CEIL,
            Lexer::CEILING,
            Lexer::FLOOR,
            Lexer::DATE,
            Lexer::TIME,
            Lexer::TIMESTAMP,
            Lexer::INTERVAL,
            Lexer::EXISTS,
            Lexer::EXTRACT,
            Lexer::POSITION,
            Lexer::SUBSTRING,
            Lexer::TRIM,
            Lexer::TIMESTAMPADD,
            Lexer::TIMESTAMPDIFF,
            Lexer::TRUE,
            Lexer::FALSE,
            Lexer::NULL_,
            Lexer::LEFT_PAREN,
            Lexer::STAR,
            Lexer::ARGUMENT_NAME,
            Lexer::DISTINCT,
            Lexer::ALL,
            Lexer::TABLE,
            Lexer::DESCRIPTOR,
            Lexer::BOTH,
            Lexer::LEADING,
            Lexer::TRAILING,
            Lexer::SELECT,
            Lexer::VALUES,
            Lexer::WITH});
  } else if (types.contains(Lexer::IDENTIFIER)) {
    parts.emplace_back("a name");
    remove({Lexer::IDENTIFIER, Lexer::QUOTED_IDENTIFIER, Lexer::INTERVAL});
  }
  if (types.contains(Lexer::STRING)) {
    parts.emplace_back("a string");
    types.erase(Lexer::STRING);
  }
  if (types.contains(Lexer::NUMBER)) {
    parts.emplace_back("a number");
    types.erase(Lexer::NUMBER);
  }
  // What may follow nearly everything is worth telling only where nothing else can stand.
  static const std::set<size_t> everywhere = {
      Lexer::PLUS,      Lexer::MINUS,      Lexer::STAR,        Lexer::SLASH,
      Lexer::PERCENT,   Lexer::CONCAT,     Lexer::EQUAL,       Lexer::NOT_EQUAL,
      Lexer::LESS,      Lexer::LESS_EQUAL, Lexer::GREATER,     Lexer::GREATER_EQUAL,
      Lexer::DOT,       Lexer::DOT_STAR,   Lexer::AND,         Lexer::OR,
      Lexer::NOT,       Lexer::IS,         Lexer::IN,          Lexer::BETWEEN,
      Lexer::LIKE,      Lexer::SIMILAR,    Lexer::ESCAPE,      Lexer::OVER,
      Lexer::FILTER,    Lexer::UNION,      Lexer::EXCEPT,      Lexer::INTERSECT,
      Lexer::ORDER,     Lexer::LIMIT,      Lexer::OFFSET,      Lexer::FETCH,
      Lexer::WINDOW,    Lexer::QUALIFY,    Lexer::JOIN,        Lexer::INNER,
      Lexer::LEFT,      Lexer::RIGHT,      Lexer::FULL,        Lexer::CROSS,
      Lexer::NATURAL,   Lexer::FOR,        Lexer::TABLESAMPLE, Lexer::MATCH_RECOGNIZE,
      Lexer::HAVING,    Lexer::COMMENT,    Lexer::PARTITIONED, Lexer::LESS,
      Lexer::PRECISION, Lexer::VARYING,    Lexer::WITHOUT,     Lexer::LATERAL,
      Lexer::RANGE_TO,  Lexer::USING};
  std::vector<std::string> rest, common;
  bool ends = false;
  if (after_name) types.erase(Lexer::LEFT_PAREN);
  // Operators say nothing where a keyword is missing.
  if (types.contains(Lexer::AND) || types.contains(Lexer::AS) || types.contains(Lexer::END))
    remove({Lexer::PLUS, Lexer::MINUS, Lexer::STAR, Lexer::SLASH, Lexer::PERCENT, Lexer::CONCAT});
  for (const size_t type : types) {
    if (type == antlr4::Token::EOF) {
      ends = true;
      continue;
    }
    if (type == antlr4::Token::EPSILON) continue;
    std::string text;
    if (is_keyword(type)) {
      text = keyword_text(type);
    } else if (type >= Lexer::ARGUMENT_NAME && type <= Lexer::ZONE_WITH) {
      continue;
    } else {
      text = Lexer::vocabulary().getLiteralName(type);
      if (text.size() > 2) text = text.substr(1, text.size() - 2);
      if (text.empty()) continue;
    }
    (everywhere.contains(type) ? common : rest).push_back("`" + text + "`");
  }
  if (parts.empty() && rest.empty() && !ends) rest = common;
  if (rest.size() > 7) rest.resize(7);
  parts.insert(parts.end(), rest.begin(), rest.end());
  if (ends) parts.emplace_back("`;`");
  std::string text;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) text += i + 1 == parts.size() ? " or " : ", ";
    text += parts[i];
  }
  return text.empty() ? "something else" : text;
}

}  // namespace weir::syntax
