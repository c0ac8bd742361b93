#include "runtime/job/manifest/option_rows.h"

namespace weir::job {
namespace {

constexpr OptionRow kRows[] = {
#define WEIR_OPTION(key, connector, scope, type, default_, allowed, status, secret, detail, doc)             \
  {key,    connector, OptionScope::scope, OptionType::type, default_, allowed, OptionStatus::status, secret, \
   detail, doc},
#include "runtime/job/manifest/option_rows.def"
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

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

}  // namespace

std::vector<std::string> alternatives(std::string_view allowed) {
  std::vector<std::string> names;
  while (!allowed.empty()) {
    const size_t bar = allowed.find('|');
    names.emplace_back(allowed.substr(0, bar));
    allowed = bar == std::string_view::npos ? "" : allowed.substr(bar + 1);
  }
  return names;
}

std::string word_mismatch(const OptionRow& option, std::string& value) {
  if (option.type != OptionType::Boolean && option.type != OptionType::Enum) return "";
  const std::vector<std::string> names =
      alternatives(option.type == OptionType::Boolean ? "true|false" : option.allowed);
  std::string words;
  for (const std::string& name : names) {
    if (lower(name) == lower(value)) {
      value = name;
      return "";
    }
    const bool last = name == names.back();
    words += (words.empty() ? "`" : last ? " or `" : ", `") + name + "`";
  }
  return words;
}

std::span<const OptionRow> option_rows() { return kRows; }

const OptionRow* find_option_row(std::string_view key, const std::function<bool(const OptionRow&)>& applies) {
  const OptionRow* exact = nullptr;
  const OptionRow* family = nullptr;
  for (const OptionRow& option : kRows) {
    if (!key_matches(option.key, key) || !applies(option)) continue;
    if (option.key.find('*') == std::string_view::npos) {
      if (exact == nullptr || exact->connector.empty()) exact = &option;
    } else if (family == nullptr || option.key.size() > family->key.size()) {
      family = &option;
    }
  }
  return exact != nullptr ? exact : family;
}

}  // namespace weir::job
