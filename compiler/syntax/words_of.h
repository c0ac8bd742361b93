// The words of the dialect for enumerations of ast.h.
#pragma once

#include <string_view>

#include "compiler/syntax/ast.h"

namespace weir::syntax {

std::string_view word_of(TimeUnit unit);
std::string_view word_of(BinaryOperator op);
std::string_view word_of(UnaryOperator op);
std::string_view word_of(SetOperator op);
std::string_view word_of(TypedLiteralKind kind);
std::string_view word_of(IsPredicate::What what);
std::string_view word_of(JoinKind kind);
std::string_view word_of(ObjectKind kind);
std::string_view word_of(ShowKind kind);

// A name as it must be written: in backquotes where it is no plain word.
std::string quoted_name(std::string_view name);
std::string quoted_string(std::string_view text);
std::string to_sql(const QualifiedName& name);
std::string to_sql(const TypeName& type);

}  // namespace weir::syntax
