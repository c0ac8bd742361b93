#include "compiler/catalog/print_functions.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "compiler/catalog/functions.h"
#include "compiler/catalog/signature.h"

namespace weir::catalog {
namespace {

// Titles of the files in stdlib/ that hold functions, in the order of the documentation.
constexpr std::pair<std::string_view, std::string_view> kTopics[] = {
    {"strings", "Strings"},    {"letter_case", "Upper and lower case"},
    {"like", "LIKE"},          {"encodings", "Encodings"},
    {"math", "Numbers"},       {"rounding", "Rounding"},
    {"time", "Date and time"}, {"time_format", "Date and time as text"},
};

std::string_view title_of(std::string_view topic) {
  for (const auto& [stem, title] : kTopics) {
    if (stem == topic) return title;
  }
  return topic;
}

// FLOOR_TIME is written FLOOR(… TO unit).
std::string_view written_name(std::string_view name) {
  return name.ends_with("_TIME") && name != "LOCAL_TIME" ? name.substr(0, name.size() - 5) : name;
}

// Overloads that say the same share a paragraph.
template <typename Overload>
void print_overloads(std::string& out, const std::vector<const Overload*>& overloads) {
  std::vector<std::string> docs;
  for (const Overload* overload : overloads) {
    if (std::find(docs.begin(), docs.end(), overload->doc) == docs.end()) docs.push_back(overload->doc);
  }
  for (const std::string& doc : docs) {
    std::string signatures, example;
    for (const Overload* overload : overloads) {
      if (overload->doc != doc) continue;
      signatures += fmt::format("{}`{}`", signatures.empty() ? "" : ", ", to_string(*overload));
      if (example.empty()) example = overload->example;
    }
    out += fmt::format("{}  \n{}  \nExample: `{}`\n\n", signatures, doc, example);
  }
}

template <typename Overload>
std::map<std::string, std::vector<const Overload*>> by_name(const std::vector<const Overload*>& all) {
  std::map<std::string, std::vector<const Overload*>> result;
  for (const Overload* overload : all) result[overload->name].push_back(overload);
  return result;
}

// SELECTs of at most so many examples each.
constexpr size_t kExamplesPerQuery = 16;

std::string quoted(std::string_view name) {
  std::string result = "`";
  for (const char c : name) result += c == '`' ? "``" : std::string(1, c);
  return result + "`";
}
std::string json(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + "\"";
}

void print_queries(std::string& out, std::string_view table, const std::vector<std::string>& examples) {
  for (size_t begin = 0; begin < examples.size(); begin += kExamplesPerQuery) {
    std::string columns, row;
    for (size_t i = begin; i < examples.size() && i < begin + kExamplesPerQuery; ++i) {
      columns +=
          fmt::format("{}{} AS {}", columns.empty() ? "  " : ",\n  ", examples[i], quoted(examples[i]));
      row += fmt::format("{}{}:true", row.empty() ? "" : ",", json(examples[i]));
    }
    out += fmt::format("--- query\n{}SELECT\n{}\nFROM t;\n--- expect rows\n{{{}}}\n", table, columns, row);
  }
}

template <typename Overload>
std::vector<std::string> examples_of(const std::vector<const Overload*>& all) {
  std::vector<std::string> examples;
  std::set<std::string_view> seen;
  for (const Overload* overload : all) {
    if (seen.insert(overload->example).second) examples.push_back(overload->example);
  }
  return examples;
}

}  // namespace

std::string functions_as_markdown() {
  const FunctionCatalog& catalog = FunctionCatalog::instance();
  std::string out =
      "# Functions\n\n"
      "Made by `weir functions --markdown` from the annotations in `stdlib/`; every example is a test.\n\n"
      "`DECIMAL64` is a DECIMAL of at most 18 digits, `ANY` any type, `$1` the type of the first argument, "
      "`…_decimal` a "
      "DECIMAL whose precision and scale follow from those of the arguments. Unless a line says otherwise, a "
      "function of NULL "
      "is NULL. `CAST`, `CASE`, `COALESCE`, `NULLIF`, `IF` and operators are part of the language.\n\n"
      "## Aggregates\n\n"
      "Each takes `DISTINCT` and `FILTER (WHERE …)`. In the examples there are three rows and a row of "
      "NULLs: "
      "b = TRUE, FALSE, TRUE; i = 3, 1, 2; d = 1.50, -0.25, 2.00; x = 0.5, 1.5, -1.0; s = 'b', 'a', 'c'.\n\n";
  for (const auto& [name, overloads] : by_name(catalog.all_aggregates())) {
    out += fmt::format("### {}\n\n", name);
    print_overloads(out, overloads);
  }
  std::vector<std::string_view> topics;
  for (const auto& [stem, title] : kTopics) topics.push_back(stem);
  const auto all = catalog.all_functions();
  for (const Function* function : all) {
    if (std::find(topics.begin(), topics.end(), function->topic) == topics.end())
      topics.push_back(function->topic);
  }
  for (const std::string_view topic : topics) {
    std::vector<const Function*> of_topic;
    for (const Function* function : all) {
      if (function->topic == topic) of_topic.push_back(function);
    }
    if (of_topic.empty()) continue;
    out += fmt::format("## {}\n\n", title_of(topic));
    for (const auto& [name, overloads] : by_name(of_topic)) {
      out += fmt::format("### {}\n\n",
                         written_name(name) == name ? name : fmt::format("{} … TO", written_name(name)));
      print_overloads(out, overloads);
    }
  }
  out.pop_back();
  return out;
}

std::string functions_as_test() {
  const FunctionCatalog& catalog = FunctionCatalog::instance();
  std::string out =
      "-- The example of every function and aggregate is true. Made by `weir functions --examples`.\n"
      "--- input one.json\n{\"n\":1}\n"
      "--- input values.json\n"
      "{\"b\":true,\"i\":3,\"d\":1.50,\"x\":0.5,\"s\":\"b\"}\n"
      "{\"b\":false,\"i\":1,\"d\":-0.25,\"x\":1.5,\"s\":\"a\"}\n"
      "{\"b\":true,\"i\":2,\"d\":2.00,\"x\":-1.0,\"s\":\"c\"}\n"
      "{}\n";
  // One window over all rows: the aggregate is finished once.
  constexpr std::string_view kValues =
      "CREATE TABLE v (b BOOLEAN, i INT, d DECIMAL(10, 2), x DOUBLE, s STRING, ts AS TIMESTAMP '2026-01-01 "
      "00:00:00.000',\n"
      "  WATERMARK FOR ts AS ts - INTERVAL '1' SECOND)\n"
      "  WITH ('connector' = 'filesystem', 'path' = '${dir}/values.json', 'format' = 'json');\n"
      "CREATE VIEW t AS SELECT * FROM TABLE(TUMBLE(TABLE v, DESCRIPTOR(ts), INTERVAL '1' DAY));\n";
  constexpr std::string_view kOne =
      "CREATE TABLE t (n INT) WITH ('connector' = 'filesystem', 'path' = '${dir}/one.json', 'format' = "
      "'json');\n";
  std::string aggregates;
  print_queries(aggregates, kValues, examples_of(catalog.all_aggregates()));
  for (size_t at = 0; (at = aggregates.find("\nFROM t;", at)) != std::string::npos;) {
    aggregates.replace(at, 8, "\nFROM t GROUP BY window_start, window_end;");
  }
  out += aggregates;
  print_queries(out, kOne, examples_of(catalog.all_functions()));
  return out;
}

std::string functions_as_list() {
  const FunctionCatalog& catalog = FunctionCatalog::instance();
  std::string out;
  for (const Aggregate* aggregate : catalog.all_aggregates()) {
    out += fmt::format("{}\n    {}\n", to_string(*aggregate), aggregate->doc);
  }
  for (const Function* function : catalog.all_functions()) {
    out += fmt::format("{}\n    {}\n", to_string(*function), function->doc);
  }
  return out;
}

}  // namespace weir::catalog
