// Which words are keywords where. Most keywords are such only beside certain neighbours, so that tables may have columns
// called `key`, `offset`, `date`, `filter`, `left`, and so that the grammar decides by one token nearly everywhere.

#include <initializer_list>
#include <string>
#include <unordered_map>

#include "compiler/syntax/tokens.h"

namespace weir::syntax {
namespace {

constexpr size_t kLongestKeyword = 16;

std::unordered_map<std::string, size_t> keyword_table() {
  std::unordered_map<std::string, size_t> table;
  const antlr4::dfa::Vocabulary& vocabulary = Lexer::vocabulary();
  for (size_t type = Lexer::ALL; type < Lexer::ARGUMENT_NAME; ++type) {
    std::string name = vocabulary.getSymbolicName(type);
    if (name.back() == '_') name.pop_back();
    table.emplace(std::move(name), type);
  }
  return table;
}

// A statement as words: every token's type, IDENTIFIERs replaced by what they spell.
class Words {
 public:
  Words(std::span<const Token> tokens, std::string_view text) : tokens_(tokens), text_(text) {
    types_.reserve(tokens.size());
    for (const Token& token : tokens)
      types_.push_back(token.type == Lexer::IDENTIFIER ? keyword_of(written(token)) : token.type);
  }

  size_t type(size_t i) const { return i < types_.size() ? types_[i] : antlr4::Token::EOF; }
  bool is(size_t i, std::initializer_list<size_t> types) const {
    for (const size_t t : types)
      if (type(i) == t) return true;
    return false;
  }
  bool spells(size_t i, std::initializer_list<std::string_view> words) const {
    if (i >= tokens_.size() || tokens_[i].type != Lexer::IDENTIFIER) return false;
    std::string upper(written(tokens_[i]));
    for (char& c : upper)
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    for (const std::string_view word : words)
      if (upper == word) return true;
    return false;
  }
  // A name, or a word that is one unless it is reserved.
  bool is_name(size_t i) const {
    return i < tokens_.size() && (tokens_[i].type == Lexer::QUOTED_IDENTIFIER ||
                                  (tokens_[i].type == Lexer::IDENTIFIER && !is_reserved(type(i))));
  }

 private:
  std::string_view written(const Token& token) const {
    return text_.substr(token.span.begin, token.span.end - token.span.begin);
  }

  std::span<const Token> tokens_;
  std::string_view text_;
  std::vector<size_t> types_;
};

// The first word of a statement, or of the one that EXPLAIN holds.
bool begins_statement(const Words& words, size_t i) {
  if (i == 0 || words.is(i - 1, {Lexer::SEMICOLON})) return true;
  if (words.type(0) != Lexer::EXPLAIN) return false;
  return i == 1 || (i == 3 && words.type(2) == Lexer::FOR);
}

bool is_unit(const Words& words, size_t i) {
  return words.spells(i, {"YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND", "YEARS",
                          "QUARTERS", "MONTHS", "WEEKS", "DAYS", "HOURS", "MINUTES", "SECONDS"});
}

// `TO` after the unit of an interval: INTERVAL '1 2' DAY TO HOUR, INTERVAL DAY(3) TO SECOND.
bool joins_units(const Words& words, size_t i) {
  const size_t unit =
      i >= 4 && words.type(i - 1) == Lexer::RIGHT_PAREN && words.type(i - 2) == Lexer::NUMBER ? i - 4 : i - 1;
  return unit >= 1 && unit < i && is_unit(words, unit) &&
         words.is(unit - 1, {Lexer::STRING, Lexer::INTERVAL});
}

bool ends_sort_key(const Words& words, size_t i) {
  return words.is(i + 1, {Lexer::COMMA, Lexer::RIGHT_PAREN, Lexer::LIMIT, Lexer::OFFSET, Lexer::FETCH,
                          Lexer::NULLS, antlr4::Token::EOF}) &&
         !words.is(i - 1, {Lexer::COMMA, Lexer::SELECT, Lexer::DOT, Lexer::BY, Lexer::LEFT_PAREN, Lexer::AS,
                           Lexer::DISTINCT});
}

bool is_keyword_in_place(const Words& words, size_t i) {
  const auto next = [&](std::initializer_list<size_t> types) { return words.is(i + 1, types); };
  const auto previous = [&](std::initializer_list<size_t> types) { return i > 0 && words.is(i - 1, types); };
  const bool in_create = words.type(0) == Lexer::CREATE;
  switch (words.type(i)) {
    case Lexer::SET: return begins_statement(words, i) || previous({Lexer::STATEMENT});
    case Lexer::BEGIN: return begins_statement(words, i) || previous({Lexer::SET});
    case Lexer::RESET:
    case Lexer::SHOW:
    case Lexer::DESCRIBE:
    case Lexer::EXPLAIN:
    case Lexer::DROP:
    case Lexer::EXECUTE: return begins_statement(words, i);
    case Lexer::STATEMENT: return previous({Lexer::EXECUTE, Lexer::BEGIN}) && next({Lexer::SET});
    case Lexer::PLAN: return previous({Lexer::EXPLAIN}) && next({Lexer::FOR});
    case Lexer::TABLES:
    case Lexer::VIEWS:
    case Lexer::FUNCTIONS: return i == 1 && previous({Lexer::SHOW});
    case Lexer::TEMPORARY: return i == 1 && previous({Lexer::CREATE, Lexer::DROP});
    case Lexer::SYSTEM: return i == 2 && previous({Lexer::TEMPORARY});
    case Lexer::VIEW:
    case Lexer::FUNCTION:
      return i <= 3 && previous({Lexer::CREATE, Lexer::DROP, Lexer::TEMPORARY, Lexer::SYSTEM});
    case Lexer::IF:
      return i <= 4 && previous({Lexer::TABLE, Lexer::VIEW, Lexer::FUNCTION}) &&
             next({Lexer::NOT, Lexer::EXISTS});
    case Lexer::EXISTS: return next({Lexer::LEFT_PAREN}) || (i <= 6 && previous({Lexer::IF, Lexer::NOT}));
    case Lexer::INTO:
    case Lexer::OVERWRITE: return previous({Lexer::INSERT});

    case Lexer::WATERMARK: return in_create && next({Lexer::FOR});
    case Lexer::CONSTRAINT: return in_create && words.is(i + 2, {Lexer::PRIMARY});
    case Lexer::PRIMARY: return in_create && next({Lexer::KEY});
    case Lexer::KEY: return in_create && previous({Lexer::PRIMARY});
    case Lexer::ENFORCED: return in_create && previous({Lexer::NOT});
    case Lexer::METADATA:
      return in_create && previous({Lexer::RIGHT_PAREN, Lexer::GREATER, Lexer::NULL_, Lexer::ZONE})
                 ? true
                 : in_create && i >= 2 && words.is_name(i - 1) &&
                       next({Lexer::FROM, Lexer::VIRTUAL, Lexer::COMMA, Lexer::RIGHT_PAREN, Lexer::COMMENT});
    case Lexer::VIRTUAL:
      return in_create && i >= 3 && (previous({Lexer::METADATA}) || words.is(i - 3, {Lexer::METADATA}));
    case Lexer::COMMENT: return in_create && next({Lexer::STRING});
    case Lexer::PARTITIONED: return in_create && next({Lexer::BY});

    case Lexer::DATE:
    case Lexer::TIMESTAMP: return next({Lexer::STRING});
    case Lexer::TIME:
      return next({Lexer::STRING}) ||
             (next({Lexer::ZONE}) && previous({Lexer::WITH, Lexer::LOCAL, Lexer::WITHOUT}));
    case Lexer::INTERVAL:
      return next({Lexer::STRING, Lexer::NUMBER}) || is_unit(words, i + 1) ||
             (next({Lexer::MINUS, Lexer::PLUS}) && words.is(i + 2, {Lexer::STRING}));
    case Lexer::LOCAL: return previous({Lexer::WITH}) && next({Lexer::TIME});
    case Lexer::WITHOUT: return next({Lexer::TIME}) && words.is(i + 2, {Lexer::ZONE});
    case Lexer::ZONE: return previous({Lexer::TIME});
    case Lexer::PRECISION: return i > 0 && words.spells(i - 1, {"DOUBLE"});
    case Lexer::VARYING: return i > 0 && words.spells(i - 1, {"CHARACTER", "CHAR", "BINARY"});

    case Lexer::CAST:
    case Lexer::TRY_CAST:
    case Lexer::EXTRACT:
    case Lexer::TIMESTAMPDIFF:
    case Lexer::TIMESTAMPADD:
    case Lexer::FLOOR:
    case Lexer::CEIL:
    case Lexer::CEILING:
    case Lexer::SUBSTRING:
    case Lexer::TRIM:
    case Lexer::POSITION:
    case Lexer::DESCRIPTOR:
    case Lexer::MATCH_RECOGNIZE:
    case Lexer::USING: return next({Lexer::LEFT_PAREN});
    case Lexer::BOTH:
    case Lexer::LEADING:
    case Lexer::TRAILING:
      return i >= 2 && previous({Lexer::LEFT_PAREN}) && words.is(i - 2, {Lexer::TRIM}) &&
             !next({Lexer::RIGHT_PAREN, Lexer::COMMA});
    case Lexer::SYMMETRIC:
    case Lexer::ASYMMETRIC: return previous({Lexer::BETWEEN});
    case Lexer::SIMILAR: return next({Lexer::TO});
    case Lexer::ESCAPE: return next({Lexer::STRING});
    case Lexer::UNKNOWN: return previous({Lexer::IS, Lexer::NOT});
    case Lexer::FILTER: return previous({Lexer::RIGHT_PAREN}) && next({Lexer::LEFT_PAREN});
    case Lexer::OVER:
      return previous({Lexer::RIGHT_PAREN}) && (next({Lexer::LEFT_PAREN}) || words.is_name(i + 1));
    case Lexer::BY: return previous({Lexer::GROUP, Lexer::ORDER, Lexer::PARTITION, Lexer::PARTITIONED});
    case Lexer::PARTITION: return next({Lexer::BY});

    case Lexer::INNER:
    case Lexer::CROSS:
    case Lexer::OUTER: return next({Lexer::JOIN});
    case Lexer::LEFT:
    case Lexer::RIGHT:
    case Lexer::FULL: return next({Lexer::JOIN}) || (next({Lexer::OUTER}) && words.is(i + 2, {Lexer::JOIN}));
    case Lexer::NATURAL: return next({Lexer::JOIN, Lexer::INNER, Lexer::LEFT, Lexer::RIGHT, Lexer::FULL});
    case Lexer::LATERAL: return next({Lexer::TABLE, Lexer::LEFT_PAREN});
    case Lexer::SYSTEM_TIME: return previous({Lexer::FOR});
    case Lexer::TABLESAMPLE: return next({Lexer::LEFT_PAREN}) || words.is(i + 2, {Lexer::LEFT_PAREN});
    case Lexer::GROUPING: return next({Lexer::SETS});
    case Lexer::SETS: return previous({Lexer::GROUPING});
    case Lexer::WINDOW:
      return words.is_name(i + 1) && words.is(i + 2, {Lexer::AS}) && words.is(i + 3, {Lexer::LEFT_PAREN});
    case Lexer::QUALIFY:
      return !previous({Lexer::SELECT, Lexer::COMMA, Lexer::DOT, Lexer::AS}) && words.is_name(i + 1);
    case Lexer::LIMIT: return next({Lexer::NUMBER, Lexer::ALL});
    case Lexer::OFFSET: return next({Lexer::NUMBER});
    case Lexer::FETCH: return words.spells(i + 1, {"FIRST", "NEXT"});
    case Lexer::NULLS: return words.spells(i + 1, {"FIRST", "LAST"});
    case Lexer::ASC: return ends_sort_key(words, i);
    case Lexer::DESC: return i == 0 || ends_sort_key(words, i);
    default: return true;
  }
}

}  // namespace

size_t keyword_of(std::string_view word) {
  static const std::unordered_map<std::string, size_t> table = keyword_table();
  if (word.size() > kLongestKeyword) return Lexer::IDENTIFIER;
  std::string upper(word);
  for (char& c : upper)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  const auto found = table.find(upper);
  return found == table.end() ? Lexer::IDENTIFIER : found->second;
}

bool is_reserved(size_t keyword) { return keyword <= Lexer::WITH; }

void settle_words(std::span<Token> statement, std::string_view text) {
  const Words words(statement, text);
  for (size_t i = 0; i < statement.size(); ++i) {
    size_t& type = statement[i].type;
    const bool word = type == Lexer::IDENTIFIER;
    if (!word && type != Lexer::QUOTED_IDENTIFIER) continue;
    if (words.type(i + 1) == Lexer::ARROW) {
      type = Lexer::ARGUMENT_NAME;
    } else if (word && words.type(i) != Lexer::IDENTIFIER && !(i > 0 && words.type(i - 1) == Lexer::DOT) &&
               is_keyword_in_place(words, i)) {
      type = words.type(i);
      if (type == Lexer::TO && joins_units(words, i)) type = Lexer::RANGE_TO;
      if (type == Lexer::WITH && words.is(i + 1, {Lexer::LOCAL, Lexer::TIME})) type = Lexer::ZONE_WITH;
    }
  }
}

}  // namespace weir::syntax
