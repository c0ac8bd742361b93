#include "compiler/analysis/scope.h"

#include <algorithm>

#include "compiler/diagnostics/suggest.h"

namespace weir::analysis {
namespace {

WEIR_ERROR(UnknownColumn, "column `{}` does not exist in {}", std::string_view, std::string_view);
WEIR_ERROR(UnknownQualifier, "`{}` names no table of this query", std::string_view);
WEIR_ERROR(AmbiguousColumn, "column `{}` is ambiguous: {} has it twice", std::string_view, std::string_view);
WEIR_ERROR(NestedColumn, "`{}` reaches into a column: ROW types are not built yet", std::string_view);

std::optional<uint32_t> find(const Context& context, const Scope& scope, const syntax::Name& name, Span span,
                             std::string_view clause) {
  std::optional<uint32_t> found;
  for (uint32_t i = 0; i < scope.visible; ++i) {
    if (scope.columns[i].name != name.text) continue;
    if (found) {
      context.diagnostics.emit(AmbiguousColumn{}, context.at(span), name.text, scope.description)
          .hint("give one of them another name with AS below");
      return std::nullopt;
    }
    found = i;
  }
  if (found || scope.broken) return found;
  auto emitted = context.diagnostics.emit(UnknownColumn{}, context.at(span), name.text, scope.description);
  const bool is_alias =
      std::find(scope.aliases.begin(), scope.aliases.end(), name.text) != scope.aliases.end();
  if (is_alias && !clause.empty()) {
    emitted.note("`{}` is a name that SELECT gives; {} is evaluated before SELECT", name.text, clause)
        .hint("write the expression itself in {}", clause);
    return std::nullopt;
  }
  const auto names = visible_names(scope);
  if (const auto near = diagnostics::nearest(name.text, names)) {
    emitted.hint("did you mean `{}`?", *near);
  } else if (!names.empty()) {
    emitted.note("it has {}", listed(names));
  }
  return std::nullopt;
}

}  // namespace

std::string listed(const std::vector<std::string>& names) {
  constexpr size_t most = 8;
  std::string text;
  const size_t shown = std::min(names.size(), most);
  for (size_t i = 0; i < shown; ++i) {
    const bool last = i + 1 == names.size();
    text += (i == 0 ? "`" : last ? " and `" : ", `") + names[i] + "`";
  }
  if (names.size() > most) text += fmt::format(" and {} more", names.size() - most);
  return text;
}

std::string counted(size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string to_text(const syntax::QualifiedName& name) {
  std::string text;
  for (const auto& part : name.parts) text += (text.empty() ? "" : ".") + part.text;
  return text;
}

std::vector<std::string> visible_names(const Scope& scope) {
  std::vector<std::string> names;
  for (size_t i = 0; i < scope.visible; ++i) {
    if (!scope.columns[i].name.empty()) names.push_back(scope.columns[i].name);
  }
  return names;
}

Scope scope_of(const RelationPtr& relation, std::string qualifier, std::string description) {
  Scope scope;
  scope.qualifier = std::move(qualifier);
  scope.description = std::move(description);
  scope.broken = relation == nullptr;
  if (relation) scope.columns = relation->columns;
  scope.visible = scope.columns.size();
  return scope;
}

ExpressionPtr resolve_column(const Context& context, const Scope& scope, const syntax::QualifiedName& name,
                             std::string_view clause) {
  if (name.parts.size() > 1) {
    const std::string& qualifier = name.parts.front().text;
    if (qualifier != scope.qualifier) {
      if (scope.broken) return nullptr;
      const bool is_column = std::any_of(scope.columns.begin(), scope.columns.end(),
                                         [&](const auto& column) { return column.name == qualifier; });
      if (is_column) {
        context.diagnostics.emit(NestedColumn{}, context.at(name.span), to_text(name));
      } else {
        auto emitted =
            context.diagnostics.emit(UnknownQualifier{}, context.at(name.parts.front().span), qualifier);
        if (!scope.qualifier.empty()) emitted.hint("here it is `{}`", scope.qualifier);
      }
      return nullptr;
    }
    if (name.parts.size() > 2) {
      if (!scope.broken) context.diagnostics.emit(NestedColumn{}, context.at(name.span), to_text(name));
      return nullptr;
    }
  }
  const auto index = find(context, scope, name.parts.back(), name.span, clause);
  if (!index) return nullptr;
  return typed::column(*index, scope.columns[*index].type, context.at(name.span));
}

std::optional<uint32_t> resolve_name(const Context& context, const Scope& scope, const syntax::Name& name) {
  return find(context, scope, name, name.span, "");
}

}  // namespace weir::analysis
