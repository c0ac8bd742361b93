#pragma once

#include <utility>
#include <variant>

namespace weir {

template <typename... Fs>
struct Overload : Fs... {
  using Fs::operator()...;
};
template <typename... Fs>
Overload(Fs...) -> Overload<Fs...>;

// Calls the alternative's function. A missing alternative does not compile; there is no default branch.
template <typename Variant, typename... Fs>
decltype(auto) match(Variant&& variant, Fs&&... functions) {
  return std::visit(Overload{std::forward<Fs>(functions)...}, std::forward<Variant>(variant));
}

}  // namespace weir
