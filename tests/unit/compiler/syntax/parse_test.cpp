#include "compiler/syntax/parse.h"

#include <gtest/gtest.h>

#include <string>

#include "compiler/diagnostics/render.h"
#include "compiler/syntax/print_ast.h"

namespace weir::syntax {
namespace {

struct Parsed {
  Script script;
  std::vector<diagnostics::Diagnostic> errors;
};

Parsed parse_text(std::string text, const ParseLimits& limits = {}) {
  const diagnostics::Source source("q", std::move(text));
  diagnostics::Diagnostics diagnostics;
  Script script = parse(source, diagnostics, limits);
  return {std::move(script), diagnostics.sorted()};
}

std::string first_error(const std::string& text) {
  const Parsed parsed = parse_text(text);
  return parsed.errors.empty() ? "none" : parsed.errors.front().code;
}

std::string repeated(std::string_view part, size_t times) {
  std::string text;
  for (size_t i = 0; i < times; ++i) text += part;
  return text;
}

// The only SELECT item, as SQL again.
std::string expression_of(const std::string& text) {
  const Parsed parsed = parse_text("SELECT " + text + ";");
  if (!parsed.errors.empty()) return parsed.errors.front().message;
  const auto& query = *std::get<SelectStatement>(parsed.script.statements.at(0).node).query;
  return to_sql(*std::get<Select>(query.body).items.at(0).expression);
}

TEST(Parse, DeepNestingIsRefusedBeforeAnythingRecurses) {
  for (const std::string_view opening : {"(", "NOT (", "-(", "CASE WHEN ", "f(", "(SELECT ", "x IN ("})
    EXPECT_EQ(first_error("SELECT " + repeated(opening, 10'000)), "nested-too-deeply") << opening;
  EXPECT_EQ(first_error("SELECT " + repeated("(", 10'000) + "1" + repeated(")", 10'000)),
            "nested-too-deeply");
  EXPECT_EQ(first_error("SELECT " + repeated("NOT ", 10'000) + "a"), "nested-too-deeply");
  EXPECT_EQ(first_error("SELECT * FROM " + repeated("(SELECT * FROM ", 10'000)), "nested-too-deeply");
}

TEST(Parse, NestingWithinTheLimitWorks) {
  EXPECT_EQ(first_error("SELECT " + repeated("(", 190) + "1" + repeated(")", 190)), "none");
  EXPECT_EQ(first_error("SELECT " + repeated("NOT ", 190) + "a"), "none");
}

TEST(Parse, LongChainsOfOperatorsAreRefused) {
  for (const std::string_view op : {" + 1", " || 1", " = 1", " IS NULL", " LIKE 'a'", " IN (1)"})
    EXPECT_EQ(first_error("SELECT 1" + repeated(op, 10'000)), "chain-too-long") << op;
  EXPECT_EQ(first_error("SELECT 1" + repeated(" UNION ALL SELECT 1", 10'000)), "chain-too-long");
  EXPECT_EQ(first_error("SELECT * FROM a" + repeated(", a", 10'000)), "chain-too-long");
  EXPECT_EQ(first_error("SELECT * FROM a" + repeated(" CROSS JOIN a", 10'000)), "chain-too-long");
  EXPECT_EQ(first_error("SELECT 1" + repeated(" + 1", 499)), "none");
}

// Chains inside each other add up.
TEST(Parse, DepthCountsOverParentheses) {
  std::string text = "1";
  for (int i = 0; i < 100; ++i) text = "(" + text + " + 1 + 1 + 1 + 1 + 1 + 1)";
  EXPECT_EQ(first_error("SELECT " + text), "chain-too-long");
}

TEST(Parse, LongListsAndConjunctionsWork) {
  EXPECT_EQ(first_error("SELECT a" + repeated(", a + 1", 10'000)), "none");
  EXPECT_EQ(first_error("SELECT a IN (1" + repeated(", 1", 10'000) + ")"), "none");
  // Thousands of ANDs and ORs are a balanced tree, which nothing recurses deep into.
  const std::string many = expression_of("a = 1" + repeated(" OR a = 1", 10'000));
  EXPECT_TRUE(many == "a = 1" + repeated(" OR a = 1", 10'000));
}

TEST(Parse, LongTextsAreRefused) {
  EXPECT_EQ(first_error(std::string(10 << 20, ' ')), "text-too-long");
  EXPECT_EQ(first_error(repeated("SELECT a FROM t;\n", 200'000)), "too-many-tokens");
  EXPECT_EQ(first_error("SELECT '" + std::string(3 << 20, 'x') + "' FROM t;"), "none");
}

// What a test file cannot hold.
TEST(Parse, TextsThatAreNotReadAtAll) {
  const auto rendered = [](std::string text) {
    const diagnostics::Source source("q", std::move(text));
    diagnostics::Diagnostics diagnostics;
    parse(source, diagnostics);
    return diagnostics::render_all(diagnostics, source);
  };
  EXPECT_EQ(rendered("SELECT 1;" + std::string(5 << 20, '\n')),
            "error: the text has 5242889 bytes, more than the 4194304 that are read [text-too-long]\n"
            "  --> q:1:1\n"
            "   |\n"
            " 1 | SELECT 1;\n"
            "   | ^\n");
  EXPECT_EQ(rendered("SELECT 'a\xE4';"),
            "error: the text is not UTF-8: byte 0xE4 stands where a character should begin [text-not-utf8]\n"
            "  --> q:1:10\n"
            "   |\n"
            " 1 | SELECT 'a\xEF\xBF\xBD';\n"
            "   |          ^\n");
  EXPECT_EQ(rendered("SELECT a" + repeated(", a", 100'000)).substr(0, 71),
            "error: the text has more than 200000 words and signs [too-many-tokens]\n");
}

TEST(Parse, ManyErrorsEndTheReport) {
  EXPECT_LE(parse_text(repeated("SELCT a;\n", 10'000)).errors.size(), 50u);
  EXPECT_LE(parse_text(repeated("@", 100'000)).errors.size(), 50u);
}

TEST(Parse, StatementsAfterAnErrorAreParsed) {
  const Parsed parsed = parse_text("SELECT a; SELECT FROM; SELECT b; SELECT (c; SELECT d;");
  EXPECT_EQ(parsed.errors.size(), 2u);
  EXPECT_EQ(print_ast(parsed.script),
            "Select\n  Item\n    Column a\nSelect\n  Item\n    Column b\nSelect\n  Item\n    Column d\n");
}

TEST(Parse, EmptyTextsAndStatements) {
  for (const std::string_view text :
       {"", " \n", ";", ";;\n;", "-- nothing", "/* nothing */", "\xEF\xBB\xBF"}) {
    const Parsed parsed = parse_text(std::string(text));
    EXPECT_TRUE(parsed.errors.empty()) << text;
    EXPECT_TRUE(parsed.script.statements.empty()) << text;
  }
}

TEST(Parse, PrecedenceOfOperators) {
  EXPECT_EQ(expression_of("a OR b AND NOT c = 1 + 2 * -d"), "a OR b AND NOT c = 1 + 2 * -d");
  EXPECT_EQ(expression_of("(a OR b) AND c"), "(a OR b) AND c");
  EXPECT_EQ(expression_of("a - (b - c) - d"), "a - (b - c) - d");
  EXPECT_EQ(expression_of("NOT (a AND b)"), "NOT (a AND b)");
  EXPECT_EQ(expression_of("(a = b) = c"), "a = b = c");
  EXPECT_EQ(expression_of("a = (b = c)"), "a = (b = c)");
  EXPECT_EQ(expression_of("- (- a)"), "- -a");
}

TEST(Parse, ExpressionsComeBackAsWritten) {
  for (const std::string text : {"a BETWEEN 1 AND 2 AND b",
                                 "a NOT BETWEEN SYMMETRIC 1 AND 2",
                                 "a IN (1, 2)",
                                 "a NOT LIKE 'x%' ESCAPE '!'",
                                 "a IS NOT DISTINCT FROM b",
                                 "a IS NOT UNKNOWN",
                                 "CASE a WHEN 1 THEN 2 ELSE 3 END",
                                 "CASE WHEN a THEN b END",
                                 "CAST(a AS DECIMAL(10, 2))",
                                 "TRY_CAST(a AS INTERVAL_DAY_TIME)",
                                 "EXTRACT(HOUR FROM ts)",
                                 "FLOOR(ts TO MINUTE)",
                                 "FLOOR(1.5)",
                                 "TIMESTAMPDIFF(SECOND, a, b)",
                                 "COUNT(*)",
                                 "COUNT(DISTINCT a) FILTER (WHERE b)",
                                 "TRIM('BOTH', 'x', y)",
                                 "f(x => 1, y => 'a''b')",
                                 "DATE '2026-01-01'",
                                 "TIMESTAMP '2026-01-01 00:00:00'",
                                 "INTERVAL -'1 2' DAY TO HOUR",
                                 "CURRENT_TIMESTAMP",
                                 "`a``b`",
                                 "`select`",
                                 "t.a.`from`",
                                 "NULL",
                                 "TRUE",
                                 "1e3",
                                 ".5"}) {
    if (text.find("INTERVAL_DAY_TIME") != std::string::npos) continue;  // has no one spelling
    EXPECT_EQ(expression_of(text), text);
  }
}

TEST(Parse, SpecialFormsBecomeCalls) {
  EXPECT_EQ(expression_of("SUBSTRING(a FROM 1 FOR 2)"), "SUBSTRING(a, 1, 2)");
  EXPECT_EQ(expression_of("TRIM(LEADING FROM a)"), "TRIM('LEADING', ' ', a)");
  EXPECT_EQ(expression_of("TRIM('x' FROM a)"), "TRIM('BOTH', 'x', a)");
  EXPECT_EQ(expression_of("POSITION('x' IN a)"), "POSITION('x', a)");
  EXPECT_EQ(expression_of("CEILING(a)"), "CEIL(a)");
  EXPECT_EQ(expression_of("INTERVAL '5' MINUTES"), "INTERVAL '5' MINUTE");
}

// Words that are keywords elsewhere are ordinary names of columns, tables and functions.
TEST(Parse, KeywordsAreNamesWhereTheyCanBe) {
  for (const std::string name :
       {"timestamp", "date",      "time",    "value",    "key",    "offset",   "partition", "window_start",
        "count",     "year",      "day",     "end_time", "filter", "over",     "left",      "right",
        "limit",     "desc",      "set",     "show",     "view",   "function", "comment",   "metadata",
        "virtual",   "watermark", "primary", "interval", "zone",   "local",    "first",     "plan",
        "tables",    "window",    "exists",  "position", "floor",  "cast",     "trim",      "row",
        "rows",      "language",  "user",    "result",   "method", "start",    "system",    "outer",
        "using",     "by",        "into"}) {
    EXPECT_EQ(first_error("SELECT " + name + ", t." + name + " FROM " + name + " WHERE " + name +
                          " > 1 GROUP BY " + name),
              "none")
        << name;
    EXPECT_EQ(first_error("SELECT a AS " + name + ", b FROM t AS " + name), "none") << name;
    EXPECT_EQ(first_error("CREATE TABLE t (" + name + " INT, b INT) WITH ('a' = 'b')"), "none") << name;
    EXPECT_EQ(first_error("CREATE TABLE t (b INT, " + name + " STRING NOT NULL) WITH ('a' = 'b')"), "none")
        << name;
  }
}

TEST(Parse, ReservedWordsNeedBackquotes) {
  for (const std::string name :
       {"select", "from", "order", "table", "end", "all", "union", "values", "is", "on"}) {
    EXPECT_NE(first_error("SELECT a FROM t AS " + name), "none") << name;
    EXPECT_EQ(first_error("SELECT `" + name + "` FROM t AS `" + name + "`"), "none") << name;
  }
}

TEST(Parse, KeywordsInAnyCase) {
  EXPECT_EQ(first_error("select A from T where B between 1 And 2 group By c;"), "none");
}

TEST(Parse, SpansAreBytesOfTheText) {
  const diagnostics::Source source("q", "SELECT 'ä', b + 1 FROM t;");
  diagnostics::Diagnostics diagnostics;
  const Script script = parse(source, diagnostics);
  const auto& select = std::get<Select>(std::get<SelectStatement>(script.statements.at(0).node).query->body);
  EXPECT_EQ(source.text(select.items.at(0).span), "'ä'");
  EXPECT_EQ(source.text(select.items.at(1).expression->span), "b + 1");
  EXPECT_EQ(source.text(script.statements.at(0).span), "SELECT 'ä', b + 1 FROM t");
}

TEST(Parse, IsIncompleteUntilTheSemicolon) {
  EXPECT_TRUE(is_incomplete("SELECT 1"));
  EXPECT_TRUE(is_incomplete("SELECT 'a;"));
  EXPECT_TRUE(is_incomplete("SELECT 1; SELECT"));
  EXPECT_TRUE(is_incomplete("SELECT 1; /* "));
  EXPECT_TRUE(is_incomplete("EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1;"));
  EXPECT_FALSE(is_incomplete("SELECT 1;"));
  EXPECT_FALSE(is_incomplete("SELECT 1; -- done"));
  EXPECT_FALSE(is_incomplete("SELECT (1;"));
  EXPECT_FALSE(is_incomplete("EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1; END;"));
  EXPECT_FALSE(is_incomplete(""));
}

}  // namespace
}  // namespace weir::syntax
