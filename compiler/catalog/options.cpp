#include "compiler/catalog/options.h"

#include "compiler/catalog/kafka_options.h"

namespace weir::catalog {
namespace {

using diagnostics::Span;

constexpr Option kOptions[] = {
#define WEIR_OPTION(key, connector, scope, type, default_, allowed, status, secret, detail, doc)             \
  {key,    connector, OptionScope::scope, OptionType::type, default_, allowed, OptionStatus::status, secret, \
   detail, doc},
#include "compiler/catalog/options.def"
#undef WEIR_OPTION
};

// Whether a key is the row's, where `*` stands for one part, or at the end for everything.
bool key_matches(std::string_view pattern, std::string_view key) {
  const size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == key;
  if (!key.starts_with(pattern.substr(0, star))) return false;
  const std::string_view tail = pattern.substr(star + 1);
  const std::string_view rest = key.substr(star);
  if (tail.empty()) return !rest.empty();
  return rest.size() > tail.size() && rest.ends_with(tail);
}

}  // namespace

std::span<const Option> options() { return kOptions; }

const Option* find_option(std::string_view key, const std::function<bool(const Option&)>& applies) {
  const Option* exact = nullptr;
  const Option* family = nullptr;
  for (const Option& option : kOptions) {
    if (!key_matches(option.key, key) || !applies(option)) continue;
    if (option.key.find('*') == std::string_view::npos) {
      if (exact == nullptr || exact->connector.empty()) exact = &option;
    } else if (family == nullptr || option.key.size() > family->key.size()) {
      family = &option;
    }
  }
  return exact != nullptr ? exact : family;
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
