#include "compiler/catalog/options.h"

#include "compiler/catalog/kafka_options.h"

namespace weir::catalog {
using diagnostics::Span;

std::span<const Option> options() { return job::option_rows(); }

const Option* find_option(std::string_view key, const std::function<bool(const Option&)>& applies) {
  return job::find_option_row(key, applies);
}

bool is_setting(std::string_view key) {
  return find_option(key, [](const Option& option) { return option.scope == OptionScope::Setting; }) !=
         nullptr;
}

bool is_secret(std::string_view key) {
  constexpr std::string_view properties = "properties.";
  if (key.starts_with(properties)) return is_secret_property(key.substr(properties.size()));
  const Option* option = find_option(key, [](const Option&) { return true; });
  return option != nullptr && option->secret;
}

void OptionSet::set(std::string key, std::string value, Span span) {
  spans_[key] = span;
  values_[std::move(key)] = std::move(value);
}

void OptionSet::erase(std::string_view key) {
  if (const auto found = values_.find(key); found != values_.end()) values_.erase(found);
  if (const auto found = spans_.find(key); found != spans_.end()) spans_.erase(found);
}

std::optional<std::string> OptionSet::find(std::string_view key) const {
  const auto found = values_.find(key);
  if (found == values_.end()) return std::nullopt;
  return found->second;
}

std::string OptionSet::get(std::string_view key, std::string_view otherwise) const {
  return find(key).value_or(std::string{otherwise});
}

bool OptionSet::flag(std::string_view key, bool otherwise) const {
  const auto value = find(key);
  return value ? *value == "true" : otherwise;
}

Span OptionSet::span(std::string_view key) const {
  const auto found = spans_.find(key);
  return found == spans_.end() ? Span{} : found->second;
}

}  // namespace weir::catalog
