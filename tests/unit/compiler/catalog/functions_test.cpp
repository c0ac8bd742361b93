#include "compiler/catalog/functions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "compiler/catalog/print_functions.h"
#include "compiler/catalog/signature.h"

namespace weir::catalog {
namespace {

std::string contents_of(const char* path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

TEST(Functions, TheStdlibIsTheRegistry) {
  const FunctionCatalog& catalog = FunctionCatalog::instance();
  ASSERT_EQ(catalog.overloads("UPPER").size(), 1u);
  const Function& upper = *catalog.overloads("UPPER").front();
  EXPECT_EQ(upper.symbol, "weir_fn_upper");
  EXPECT_EQ(to_string(upper), "UPPER(STRING) -> STRING");
  EXPECT_FALSE(upper.can_fail || upper.may_return_null || upper.called_on_null || upper.is_volatile);
  EXPECT_TRUE(catalog.overloads("NO_SUCH_FUNCTION").empty());
  EXPECT_TRUE(std::ranges::is_sorted(catalog.names()));
}

TEST(Functions, AverageSharesTheStateOfSum) {
  const auto averages = FunctionCatalog::instance().aggregates("AVG");
  const auto decimal = std::ranges::find_if(averages, [](const Aggregate* a) {
    return a->parameters.front().form == TypePattern::Form::AnyDecimal64;
  });
  ASSERT_NE(decimal, averages.end());
  EXPECT_EQ((*decimal)->symbol, "weir_agg_avg_decimal64");
  EXPECT_EQ((*decimal)->state_symbol, "weir_agg_sum_decimal64");
  EXPECT_EQ((*decimal)->state_bytes, 24u);
  EXPECT_EQ((*decimal)->result_rule, "avg_decimal");
  EXPECT_TRUE((*decimal)->invertible && (*decimal)->can_fail && (*decimal)->may_return_null &&
              (*decimal)->takes_types);
}

TEST(Functions, EveryOneIsDocumented) {
  for (const Function* function : FunctionCatalog::instance().all_functions()) {
    EXPECT_TRUE(function->doc.ends_with('.')) << to_string(*function);
    EXPECT_FALSE(function->example.empty()) << to_string(*function);
  }
  for (const Aggregate* aggregate : FunctionCatalog::instance().all_aggregates()) {
    EXPECT_TRUE(aggregate->doc.ends_with('.')) << to_string(*aggregate);
    EXPECT_FALSE(aggregate->example.empty()) << to_string(*aggregate);
  }
}

TEST(Functions, DocumentationAndExamplesAreFresh) {
  EXPECT_EQ(contents_of("docs/functions.md"), functions_as_markdown())
      << "weir functions --markdown > docs/functions.md";
  EXPECT_EQ(contents_of("tests/functions/examples.stream"), functions_as_test())
      << "weir functions --examples > tests/functions/examples.stream";
}

TEST(Signature, FlagsAndForms) {
  const auto function = parse_function(
      "weir.function\nF(STRING, DECIMAL64...) -> TIMESTAMP(3) [nullable, fails, zone, types]\nDoc.\nF() = 1",
      "f");
  ASSERT_TRUE(function);
  EXPECT_EQ(to_string(*function), "F(STRING, DECIMAL64...) -> TIMESTAMP(3)");
  EXPECT_TRUE(function->variadic && function->may_return_null && function->can_fail && function->takes_zone);
  EXPECT_EQ(function->result.type.precision, 3);
  EXPECT_FALSE(parse_aggregate("weir.function\nF() -> INT\nDoc.\nF() = 1", "f"));
  EXPECT_DEATH(parse_function("weir.function\nF(TEXT) -> INT\nDoc.\nF() = 1", "f"), "malformed annotation");
  EXPECT_DEATH(parse_function("weir.function\nF(INT) -> INT [sometimes]\nDoc.\nF() = 1", "f"),
               "malformed annotation");
}

}  // namespace
}  // namespace weir::catalog
