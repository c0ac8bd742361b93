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

}  // namespace

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
