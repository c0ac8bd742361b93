#include "compiler/syntax/words_of.h"

#include <string>

#include "compiler/syntax/tokens.h"

namespace weir::syntax {

std::string_view word_of(TimeUnit unit) {
  switch (unit) {
    case TimeUnit::Millennium: return "MILLENNIUM";
    case TimeUnit::Century: return "CENTURY";
    case TimeUnit::Decade: return "DECADE";
    case TimeUnit::Year: return "YEAR";
    case TimeUnit::Quarter: return "QUARTER";
    case TimeUnit::Month: return "MONTH";
    case TimeUnit::Week: return "WEEK";
    case TimeUnit::Day: return "DAY";
    case TimeUnit::Dow: return "DOW";
    case TimeUnit::Isodow: return "ISODOW";
    case TimeUnit::Doy: return "DOY";
    case TimeUnit::Hour: return "HOUR";
    case TimeUnit::Minute: return "MINUTE";
    case TimeUnit::Second: return "SECOND";
    case TimeUnit::Millisecond: return "MILLISECOND";
    case TimeUnit::Microsecond: return "MICROSECOND";
    case TimeUnit::Epoch: return "EPOCH";
    case TimeUnit::Isoyear: return "ISOYEAR";
  }
  return {};
}

std::string_view word_of(BinaryOperator op) {
  switch (op) {
    case BinaryOperator::Add: return "+";
    case BinaryOperator::Subtract: return "-";
    case BinaryOperator::Multiply: return "*";
    case BinaryOperator::Divide: return "/";
    case BinaryOperator::Modulo: return "%";
    case BinaryOperator::Concat: return "||";
    case BinaryOperator::Equal: return "=";
    case BinaryOperator::NotEqual: return "<>";
    case BinaryOperator::Less: return "<";
    case BinaryOperator::LessEqual: return "<=";
    case BinaryOperator::Greater: return ">";
    case BinaryOperator::GreaterEqual: return ">=";
    case BinaryOperator::And: return "AND";
    case BinaryOperator::Or: return "OR";
  }
  return {};
}

std::string_view word_of(UnaryOperator op) {
  switch (op) {
    case UnaryOperator::Plus: return "+";
    case UnaryOperator::Minus: return "-";
    case UnaryOperator::Not: return "NOT";
  }
  return {};
}

std::string_view word_of(SetOperator op) {
  switch (op) {
    case SetOperator::UnionAll: return "UNION ALL";
    case SetOperator::Union: return "UNION";
    case SetOperator::IntersectAll: return "INTERSECT ALL";
    case SetOperator::Intersect: return "INTERSECT";
    case SetOperator::ExceptAll: return "EXCEPT ALL";
    case SetOperator::Except: return "EXCEPT";
  }
  return {};
}

std::string_view word_of(TypedLiteralKind kind) {
  switch (kind) {
    case TypedLiteralKind::Date: return "DATE";
    case TypedLiteralKind::Time: return "TIME";
    case TypedLiteralKind::Timestamp: return "TIMESTAMP";
  }
  return {};
}

std::string_view word_of(IsPredicate::What what) {
  switch (what) {
    case IsPredicate::What::Null: return "NULL";
    case IsPredicate::What::True: return "TRUE";
    case IsPredicate::What::False: return "FALSE";
    case IsPredicate::What::Unknown: return "UNKNOWN";
  }
  return {};
}

std::string_view word_of(JoinKind kind) {
  switch (kind) {
    case JoinKind::Inner: return "INNER";
    case JoinKind::Left: return "LEFT";
    case JoinKind::Right: return "RIGHT";
    case JoinKind::Full: return "FULL";
    case JoinKind::Cross: return "CROSS";
    case JoinKind::Comma: return "comma";
  }
  return {};
}

std::string_view word_of(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::Table: return "TABLE";
    case ObjectKind::View: return "VIEW";
    case ObjectKind::Function: return "FUNCTION";
  }
  return {};
}

std::string_view word_of(ShowKind kind) {
  switch (kind) {
    case ShowKind::Tables: return "TABLES";
    case ShowKind::Views: return "VIEWS";
    case ShowKind::Functions: return "FUNCTIONS";
    case ShowKind::CreateTable: return "CREATE TABLE";
  }
  return {};
}

static std::string doubled(std::string_view text, char quote) {
  std::string out(1, quote);
  for (const char c : text) {
    out += c;
    if (c == quote) out += c;
  }
  return out + quote;
}

std::string quoted_name(std::string_view name) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' || (c & 0x80) != 0;
  };
  bool plain = !name.empty() && is_letter(name.front()) && !is_reserved(keyword_of(name));
  for (const char c : name) plain = plain && (is_letter(c) || (c >= '0' && c <= '9'));
  return plain ? std::string(name) : doubled(name, '`');
}

std::string quoted_string(std::string_view text) { return doubled(text, '\''); }

std::string to_sql(const QualifiedName& name) {
  std::string out;
  for (const Name& part : name.parts) {
    if (!out.empty()) out += '.';
    out += quoted_name(part.text);
  }
  return out;
}

std::string to_sql(const TypeName& type) {
  std::string out = type.name;
  for (size_t i = 0; i < type.arguments.size(); ++i)
    out += (i == 0 ? "(" : ", ") + std::to_string(type.arguments[i]);
  if (!type.arguments.empty()) out += ')';
  if (type.not_null) out += *type.not_null ? " NOT NULL" : " NULL";
  return out;
}

}  // namespace weir::syntax
