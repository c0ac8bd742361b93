// Limits that hold before anything recurses over a statement: how deep its tree can become is read off its tokens.

#include <algorithm>
#include <bit>
#include <utility>

#include "compiler/syntax/tokens.h"

namespace weir::syntax {
namespace {

WEIR_ERROR(NestedTooDeeply, "the statement is nested more than {} levels deep here", uint32_t);
WEIR_ERROR(ChainTooLong, "an expression is more than {} operators deep here", uint32_t);

// Within one pair of parentheses (or CASE … END): a list of operands with operators between them. A chain of n operators
// is a tree n deep, on top of its deepest operand. AND and OR are balanced when the tree is built.
struct Level {
  uint32_t operand = 0;         // deepest operand of the chain
  uint32_t operators = 0;       // of the chain
  uint32_t logical = 0;         // ANDs and ORs since the last comma or clause
  uint32_t clause = 0;          // deepest chain since then
  uint32_t deepest = 0;         // deepest of all
  uint32_t set_operators = 0;   // UNION, EXCEPT, INTERSECT
  uint32_t prefixes = 0;        // NOTs and signs just before here
  uint32_t outer_prefixes = 0;  // … and before the parenthesis
  bool in_from = false;

  void end_chain() {
    clause = std::max(clause, operand + operators);
    operand = operators = 0;
  }
  void end_clause() {
    end_chain();
    deepest =
        std::max(deepest, clause + (logical ? 2 * static_cast<uint32_t>(std::bit_width(logical)) + 2 : 0));
    clause = logical = 0;
  }
};

bool ends_operand(size_t type) {
  return type == Lexer::IDENTIFIER || type == Lexer::QUOTED_IDENTIFIER || type == Lexer::NUMBER ||
         type == Lexer::STRING || type == Lexer::RIGHT_PAREN || type == Lexer::END || type == Lexer::NULL_ ||
         type == Lexer::TRUE || type == Lexer::FALSE;
}

}  // namespace

bool check_depth(std::span<const Token> statement, const ParseLimits& limits,
                 diagnostics::Diagnostics& diagnostics) {
  std::vector<Level> levels(1);
  uint32_t open_prefixes = 0;
  for (size_t i = 0; i < statement.size(); ++i) {
    const size_t type = statement[i].type;
    Level& level = levels.back();
    bool is_prefix = false;
    switch (type) {
      case Lexer::LEFT_PAREN:
      case Lexer::CASE:
        open_prefixes += level.prefixes;
        levels.push_back({.outer_prefixes = std::exchange(level.prefixes, 0)});
        break;
      case Lexer::RIGHT_PAREN:
      case Lexer::END: {
        if (levels.size() == 1) break;
        level.end_clause();
        const uint32_t depth = level.deepest + level.set_operators + level.outer_prefixes + 1;
        open_prefixes -= level.outer_prefixes;
        levels.pop_back();
        levels.back().operand = std::max(levels.back().operand, depth);
        break;
      }
      case Lexer::SELECT:
      case Lexer::WHERE:
      case Lexer::GROUP:
      case Lexer::HAVING:
      case Lexer::WHEN:
      case Lexer::THEN:
      case Lexer::ELSE:
        level.end_clause();
        level.in_from = false;
        break;
      case Lexer::FROM:
        level.end_clause();
        level.in_from = true;
        break;
      case Lexer::COMMA:
        if (level.in_from)
          ++level.operators;
        else
          level.end_clause();
        break;
      case Lexer::AND:
      case Lexer::OR:
        level.end_chain();
        ++level.logical;
        break;
      case Lexer::UNION:
      case Lexer::EXCEPT:
      case Lexer::INTERSECT: ++level.set_operators; break;
      case Lexer::NOT:
      case Lexer::PLUS:
      case Lexer::MINUS:
        is_prefix = i == 0 || !ends_operand(statement[i - 1].type);
        ++(is_prefix ? level.prefixes : level.operators);
        break;
      case Lexer::STAR:
      case Lexer::SLASH:
      case Lexer::PERCENT:
      case Lexer::CONCAT:
      case Lexer::EQUAL:
      case Lexer::NOT_EQUAL:
      case Lexer::LESS:
      case Lexer::LESS_EQUAL:
      case Lexer::GREATER:
      case Lexer::GREATER_EQUAL:
      case Lexer::IS:
      case Lexer::IN:
      case Lexer::BETWEEN:
      case Lexer::LIKE:
      case Lexer::SIMILAR:
      case Lexer::JOIN: ++level.operators; break;
      default: break;
    }
    Level& now = levels.back();
    if (levels.size() - 1 + open_prefixes + now.prefixes > limits.nesting) {
      diagnostics.emit(NestedTooDeeply{}, statement[i].span, limits.nesting);
      return false;
    }
    if (!is_prefix) now.operand = std::max(now.operand, std::exchange(now.prefixes, 0));
    if (std::max(now.operand + now.operators, now.set_operators) > limits.chain) {
      diagnostics.emit(ChainTooLong{}, statement[i].span, limits.chain);
      return false;
    }
  }
  return true;
}

}  // namespace weir::syntax
