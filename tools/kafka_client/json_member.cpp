#include "tools/kafka_client/json_member.h"

#include <cstddef>

namespace weir::kafka_client {

namespace {

// Behind the closing quote of the string whose opening quote stands at `at`.
size_t end_of_string(std::string_view text, size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return at + 1;
}

size_t end_of_value(std::string_view text, size_t at) {
  int depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      at = end_of_string(text, at);
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']' || c == ',') && depth == 0) break;
    if (c == '}' || c == ']') --depth;
    ++at;
  }
  return at;
}

size_t skip_spaces(std::string_view text, size_t at) {
  while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
  return at;
}

}  // namespace

std::optional<std::string_view> json_member(std::string_view object, std::string_view name) {
  size_t at = object.find('{');
  while (at < object.size() && object[at] != '}') {
    const size_t name_begin = skip_spaces(object, at + 1);
    if (name_begin >= object.size() || object[name_begin] != '"') return std::nullopt;
    const size_t name_end = end_of_string(object, name_begin);
    const size_t colon = object.find(':', name_end);
    if (colon == std::string_view::npos) return std::nullopt;
    const size_t begin = skip_spaces(object, colon + 1);
    const size_t end = end_of_value(object, begin);
    if (object.substr(name_begin + 1, name_end - name_begin - 2) == name) {
      std::string_view value = object.substr(begin, end - begin);
      while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.remove_suffix(1);
      if (value == "null") return std::nullopt;
      if (value.size() >= 2 && value.front() == '"') value = value.substr(1, value.size() - 2);
      return value;
    }
    at = end;
  }
  return std::nullopt;
}

}  // namespace weir::kafka_client
