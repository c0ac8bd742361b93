// Lines to rows: line ends, blocks, conversions, rejections; and the three decoders give the same of any bytes.
#include <gtest/gtest.h>

#include <random>

#include "tests/unit/runtime/kernels/scan_fixture.h"

namespace weir::scan_fixture {
namespace {

using abi::RowReason;
using Events = std::vector<std::string>;

std::string rejected(RowReason reason, const std::string& rest) {
  return "rejected " + std::to_string(static_cast<uint32_t>(reason)) + " " + rest;
}

// What one member gives: its value, or the reason. By the shape of the record before, by the flat path (the first
// record) and by the complete parser; all three must agree.
std::string member(const std::string& name, const std::string& value, const std::string& good,
                   uint64_t flags = 0) {
  const std::string line = R"({"id":1,")" + name + "\":" + value + "}\n";
  const std::string model = R"({"id":1,")" + name + "\":" + good + "}\n";
  Scan shaped(flags);
  const Seen after_model = shaped.run(model + model + line, 100);
  Scan flat(flags);
  const Seen alone = flat.run(line, 100);
  Scan strict(flags | abi::kScanStrictOnly);
  const Seen strictly = strict.run(line, 100);
  EXPECT_EQ(alone.events, strictly.events) << line;
  const auto without_place = [](const std::string& event) { return event.substr(0, event.find(" @")); };
  EXPECT_EQ(without_place(after_model.events.back()), without_place(strictly.events.back())) << line;
  std::string event = without_place(strictly.events.back());
  if (event == "id=1") return "NULL";
  const std::string prefix = "id=1 " + name + "=";
  return event.starts_with(prefix) ? event.substr(prefix.size()) : event;
}
std::string column_error(RowReason reason, const std::string& name) {
  return rejected(reason, name + " at " + std::to_string(11 + name.size()));
}

TEST(ScanLines, Integers) {
  const auto bigint = [](const std::string& value) { return member("unread_number", value, "5"); };
  const auto number = [](const std::string& value) { return member("number", value, "5"); };
  EXPECT_EQ(number("0"), "0");
  EXPECT_EQ(number("-7"), "-7");
  EXPECT_EQ(number("1.0"), "1");
  EXPECT_EQ(number("1e3"), "1000");
  EXPECT_EQ(number("1.5e1"), "15");
  EXPECT_EQ(number("1000e-3"), "1");
  EXPECT_EQ(number("-0"), "0");
  EXPECT_EQ(number("0e999999999999"), "0");
  EXPECT_EQ(number("null"), "NULL");
  EXPECT_EQ(number("\"12\""), "12");
  EXPECT_EQ(number("\" 12 \""), "12");
  EXPECT_EQ(number("\"\\u0031\""), "1");
  EXPECT_EQ(number("2147483647"), "2147483647");
  EXPECT_EQ(number("-2147483648"), "-2147483648");
  EXPECT_EQ(number("2147483648"), column_error(RowReason::OutOfRange, "number"));
  EXPECT_EQ(number("1.5"), column_error(RowReason::NotAnInteger, "number"));
  EXPECT_EQ(number("1e-1"), column_error(RowReason::NotAnInteger, "number"));
  EXPECT_EQ(number("1e400"), column_error(RowReason::OutOfRange, "number"));
  EXPECT_EQ(number("\"x\""), column_error(RowReason::NotANumber, "number"));
  EXPECT_EQ(number("\"\""), column_error(RowReason::NotANumber, "number"));
  EXPECT_EQ(number("true"), column_error(RowReason::WrongType, "number"));
  EXPECT_EQ(number("{\"a\":1}"), column_error(RowReason::WrongType, "number"));
  EXPECT_EQ(number("01"), rejected(RowReason::BadNumber, "at 17"));
  EXPECT_EQ(number("1."), rejected(RowReason::BadNumber, "at 17"));
  EXPECT_EQ(number("+1"), rejected(RowReason::BadNumber, "at 17"));
  EXPECT_EQ(number("1x"), rejected(RowReason::UnexpectedByte, "at 18"));
  EXPECT_EQ(bigint("9223372036854775807"), "fine");
  EXPECT_EQ(bigint("9223372036854775808"), column_error(RowReason::OutOfRange, "unread_number"));
  EXPECT_EQ(bigint("\"x\""), column_error(RowReason::NotANumber, "unread_number"));
  EXPECT_EQ(member("tiny", "127", "5"), "127");
  EXPECT_EQ(member("tiny", "128", "5"), column_error(RowReason::OutOfRange, "tiny"));
  EXPECT_EQ(member("small", "-32769", "5"), column_error(RowReason::OutOfRange, "small"));
}

TEST(ScanLines, BigIntegersOfEveryLength) {
  std::string digits;
  for (int length = 1; length <= 19; ++length) {
    digits += static_cast<char>('0' + length % 9 + (length == 9));
    EXPECT_EQ(member("amount", "1." + digits, "5.00").substr(0, 1), "1");
    Scan scan;
    const std::string line = "{\"id\":" + digits + "}\n";
    const Seen run = scan.run(line + line);
    EXPECT_EQ(run.events[1], "id=" + digits + " @" + std::to_string(line.size()) + " w-");
  }
}

TEST(ScanLines, IntegersThatNobodyReads) {
  for (int length = 1; length <= 40; ++length) {
    for (const char* first : {"9", "0"}) {
      const std::string value = first + std::string(static_cast<size_t>(length - 1), '9');
      const bool fine = first[0] == '0' ? length == 1 : length <= 18;
      EXPECT_EQ(member("unread_number", value, "5") == "fine", fine) << value;
    }
  }
  EXPECT_EQ(member("unread_number", "9223372036854775807", "5"), "fine");
}

TEST(ScanLines, Decimals) {
  const auto amount = [](const std::string& value) { return member("amount", value, "5.00"); };
  EXPECT_EQ(amount("12.34"), "1234");
  EXPECT_EQ(amount("12"), "1200");
  EXPECT_EQ(amount("12.3"), "1230");
  EXPECT_EQ(amount("0.005"), "1");
  EXPECT_EQ(amount("0.0049"), "0");
  EXPECT_EQ(amount("-0.005"), "-1");
  EXPECT_EQ(amount("1e2"), "10000");
  EXPECT_EQ(amount("12345678.91"), "1234567891");
  EXPECT_EQ(amount("99999999.99"), "9999999999");
  EXPECT_EQ(amount("99999999.994"), "9999999999");
  EXPECT_EQ(amount("99999999.995"), column_error(RowReason::OutOfRange, "amount"));
  EXPECT_EQ(amount("100000000"), column_error(RowReason::OutOfRange, "amount"));
  EXPECT_EQ(amount("\"1.5\""), "150");
  EXPECT_EQ(amount("01.5"), rejected(RowReason::BadNumber, "at 17"));
  EXPECT_EQ(amount("1.5.5"), rejected(RowReason::UnexpectedByte, "at 20"));
  EXPECT_EQ(member("wide", "123456789012345678901234567890.12345678", "5.0"),
            "12345678901234567890123456789012345678");
  EXPECT_EQ(member("wide", "-1.000000005", "5.0"), "-100000001");
  // Whole and fraction of every length, in one word of digits or in two.
  const std::string all = "9876543217";
  for (size_t whole = 1; whole <= 9; ++whole) {
    for (size_t fraction = 1; fraction <= 9; ++fraction) {
      const std::string value = all.substr(0, whole) + "." + all.substr(0, fraction);
      if (whole <= 8 && fraction <= 2) {
        EXPECT_EQ(amount(value),
                  all.substr(0, whole) + all.substr(0, fraction) + std::string(2 - fraction, '0'));
      }
      if (fraction <= 8) {
        EXPECT_EQ(member("wide", value, "5.0"),
                  all.substr(0, whole) + all.substr(0, fraction) + std::string(8 - fraction, '0'));
      }
      amount(value);
    }
  }
  EXPECT_EQ(amount("12."), rejected(RowReason::BadNumber, "at 17"));
  for (const char* digits : {"1", "12", "1234567", "12345678"}) {
    EXPECT_EQ(member("wide", "3." + std::string(digits), "5.0"),
              "3" + std::string(digits) + std::string(8 - strlen(digits), '0'));
  }
}

TEST(ScanLines, Doubles) {
  const auto ratio = [](const std::string& value) { return member("ratio", value, "1.5"); };
  EXPECT_EQ(ratio("1.5").substr(0, 4), "1.50");
  EXPECT_EQ(ratio("-0"), "-0.000000#9223372036854775808");
  EXPECT_EQ(ratio("\"NaN\"").substr(0, 3), "nan");
  EXPECT_EQ(ratio("\"-Infinity\"").substr(0, 4), "-inf");
  EXPECT_EQ(ratio("1e400"), column_error(RowReason::OutOfRange, "ratio"));
  EXPECT_EQ(ratio("1e-400"), "0.000000#0");
  EXPECT_EQ(ratio("NaN"), rejected(RowReason::UnexpectedByte, "at 16"));
  EXPECT_EQ(member("single", "1e39", "1.5"), column_error(RowReason::OutOfRange, "single"));
}

TEST(ScanLines, BooleansAndStrings) {
  EXPECT_EQ(member("flag", "true", "false"), "1");
  EXPECT_EQ(member("flag", "\"TRUE\"", "false"), "1");
  EXPECT_EQ(member("flag", "\"yes\"", "false"), column_error(RowReason::BadBoolean, "flag"));
  EXPECT_EQ(member("flag", "1", "false"), column_error(RowReason::WrongType, "flag"));
  const auto name = [](const std::string& value) { return member("name", value, "\"a\""); };
  EXPECT_EQ(name("\"\""), "''");
  EXPECT_EQ(name("\"bücher\""), "'bücher'");
  EXPECT_EQ(name(R"("a\"b\\c\/d\n\u00e9\ud83d\ude00")"), "'a\"b\\c/d\né😀'");
  EXPECT_EQ(name("12.50"), "'12.50'");
  EXPECT_EQ(name("{\"a\": [1, true]}"), "'{\"a\": [1, true]}'");
  EXPECT_EQ(name("\"" + std::string(1000, 'x') + "\""), "'" + std::string(1000, 'x') + "'");
  EXPECT_EQ(name(R"("\q")"), rejected(RowReason::BadEscape, "at 16"));
  EXPECT_EQ(name(R"("\ud800")"), rejected(RowReason::LoneSurrogate, "at 16"));
  EXPECT_EQ(name(R"("\udc00")"), rejected(RowReason::LoneSurrogate, "at 16"));
  EXPECT_EQ(name("\"a\tb\""), rejected(RowReason::ControlCharacter, "at 17"));
  EXPECT_EQ(name(std::string("\"a\0b\"", 5)), rejected(RowReason::ControlCharacter, "at 17"));
  EXPECT_EQ(name("\"\xff\""), rejected(RowReason::InvalidUtf8, "at 16"));
  EXPECT_EQ(name("\"\xc0\x80\""), rejected(RowReason::InvalidUtf8, "at 16"));
  EXPECT_EQ(name("\"\xed\xa0\x80\""), rejected(RowReason::InvalidUtf8, "at 16"));
  EXPECT_EQ(member("unread_text", "\"\xff\"", "\"a\""), rejected(RowReason::InvalidUtf8, "at 23"));
  EXPECT_EQ(member("stranger", "\"\xff\"", "\"a\""), rejected(RowReason::InvalidUtf8, "at 20"));
  EXPECT_EQ(member("data", "\"aGk=\"", "\"\""), "'hi'");
  EXPECT_EQ(member("data", "\"aGk\"", "\"\""), column_error(RowReason::BadBase64, "data"));
}

TEST(ScanLines, Times) {
  const auto time = [](const std::string& value) {
    return member("event_time", value, "\"2026-01-01 08:00:00\"");
  };
  EXPECT_EQ(time("\"1970-01-01 00:00:01\""), "1000000");
  EXPECT_EQ(time("\"2026-01-01 08:00:00.123456789\""), "1767254400123000");
  EXPECT_EQ(time("\"2026-01-01 08:00:00.1\""), "1767254400100000");
  EXPECT_EQ(time("\"1969-12-31 23:59:59.9999\""), "-1000");
  EXPECT_EQ(time("\"0001-01-01 00:00:00\""), "-62135596800000000");
  for (const char* bad :
       {"2026-13-01 08:00:00", "2026-99-01 08:00:00", "2026-02-29 08:00:00", "2026-01-01 24:00:00",
        "2026-01-01 08:60:00", "2026-01-01 08:00:60", "2026-01-01T08:00:00", "2026-01-01 08:00",
        "2026-01-01 08:00:00.1234567890", "0000-01-01 00:00:00", "2026-01-01 08:00:00Z", "2026-01-01"}) {
    EXPECT_EQ(time("\"" + std::string(bad) + "\""), column_error(RowReason::BadTimestamp, "event_time"))
        << bad;
  }
  EXPECT_EQ(time("5"), column_error(RowReason::WrongType, "event_time"));
  EXPECT_EQ(member("instant", "\"1970-01-01 00:00:00.000001Z\"", "\"2026-01-01 08:00:00Z\""), "1");
  EXPECT_EQ(member("instant", "\"1970-01-01 00:00:00\"", "\"2026-01-01 08:00:00Z\""),
            column_error(RowReason::BadTimestamp, "instant"));
  EXPECT_EQ(member("event_time", "\"1970-01-01T00:01\"", "\"2026-01-01T08:00:00\"", abi::kScanIso),
            "60000000");
  EXPECT_EQ(member("day", "\"1970-01-02\"", "\"2026-01-01\""), "1");
  EXPECT_EQ(member("day", "\"1970-1-2\"", "\"2026-01-01\""), column_error(RowReason::BadDate, "day"));
}

TEST(ScanLines, EveryByteOfSecondsAndMilliseconds) {
  const std::string good = "2026-01-01 08:00:59.123";
  for (size_t place = 16; place < good.size(); ++place) {
    for (int byte = 1; byte < 256; ++byte) {
      if (byte == '\n' || byte == '"' || byte == '\\') continue;
      std::string text = good;
      text[place] = static_cast<char>(byte);
      const bool digit = byte >= '0' && byte <= '9';
      const bool fine = text == good || (digit && place != 16 && place != 19 && (place != 17 || byte <= '5'));
      const std::string got = member("event_time", "\"" + text + "\"", "\"2026-01-01 08:00:00.000\"");
      EXPECT_EQ(got.starts_with("17672544"), fine) << text;
      if (!fine) continue;
      const int seconds = std::stoi(text.substr(17, 2)), millis = std::stoi(text.substr(20));
      EXPECT_EQ(got, std::to_string(1767254400000000 + seconds * 1000000 + millis * 1000)) << text;
      EXPECT_EQ(member("instant", "\"" + text + "Z\"", "\"2026-01-01 08:00:00.000Z\""), got);
    }
  }
}

TEST(ScanLines, MinutesAreNotRememberedFromZeroBytes) {
  EXPECT_EQ(member("event_time", "\"" + std::string(16, '\0') + ":00\"", "\"2026-01-01 08:00:00\""),
            rejected(RowReason::ControlCharacter, "at 22"));
}

TEST(ScanLines, Members) {
  Scan scan;
  const auto one = [&](const std::string& line) { return scan.run(line + "\n").events.back(); };
  EXPECT_EQ(one(R"({"id":1,"id":2})"), "id=2 @0 w-");
  EXPECT_EQ(one(R"({"id":"x","id":2})"), "id=2 @0 w-");
  EXPECT_EQ(one(R"({"id":1,"id":null})"), rejected(RowReason::NullNotAllowed, "id at 13"));
  EXPECT_EQ(one(R"({"i\u0064":1})"), "id=1 @0 w-");
  EXPECT_EQ(one(R"({})"), rejected(RowReason::NullNotAllowed, "id at 0"));
  EXPECT_EQ(one(R"(  { "id" : 1 , "other" : { "x" : [ ] } }  )"), "id=1 @0 w-");
  EXPECT_EQ(one(R"([1])"), rejected(RowReason::NotAnObject, "at 0"));
  EXPECT_EQ(one(R"(x)"), rejected(RowReason::UnexpectedByte, "at 0"));
  EXPECT_EQ(one(R"({"id":1,})"), rejected(RowReason::UnexpectedByte, "at 8"));
  EXPECT_EQ(one(R"({"id":1} x)"), rejected(RowReason::BytesAfterObject, "at 9"));
  EXPECT_EQ(one(R"({"id":1}})"), rejected(RowReason::BytesAfterObject, "at 8"));
  EXPECT_EQ(one(R"({"id":1)"), rejected(RowReason::Truncated, "at 7"));
  EXPECT_EQ(one(R"({"id":1,"a"b":2})"), rejected(RowReason::UnexpectedByte, "at 11"));
  EXPECT_EQ(one(R"({"id":1,"x":tru})"), rejected(RowReason::UnexpectedByte, "at 15"));
}

TEST(ScanLines, MembersThatAShapeMeetsAgainInOtherWays) {
  const auto both = [](const std::string& first, const std::string& second) {
    Scan quick, strict(abi::kScanStrictOnly);
    const std::string input = first + "\n" + first + "\n" + second + "\n" + first + "\n" + second + "\n";
    const Seen seen = quick.run(input);
    EXPECT_EQ(seen.events, strict.run(input).events) << first << "\n" << second;
    return seen.fast_rows;
  };
  // In no order of the columns, with gaps, with strangers between them.
  const std::string mixed = R"({"name":"a","x":[1],"id":1,"y":2,"z":{},"amount":1.5,"tiny":3,"number":4})";
  EXPECT_EQ(both(mixed, mixed), 4u);
  EXPECT_EQ(
      both(mixed, R"({"name":null,"x":3,"id":9,"y":null,"z":[],"amount":null,"tiny":null,"number":null})"),
      4u);
  // Commas where values do not end.
  EXPECT_EQ(both(R"({"name":"a","id":1,"tiny":3})", R"({"name":"a,b,,c","id":1,"tiny":3})"), 4u);
  EXPECT_EQ(both(R"({"id":1,"name":"a"})", R"({"id":1,"name":",\",\",,,"})"), 4u);
  // The last of two counts, also where the first is NULL, and where the second is.
  EXPECT_EQ(both(R"({"id":1,"tiny":null,"tiny":2})", R"({"id":1,"tiny":2,"tiny":null})"), 0u);
  // What the shape has is not what the next record has.
  EXPECT_EQ(both(R"({"id":1,"tiny":2})", R"({"id":1,"small":2})"), 2u);
  EXPECT_EQ(both(R"({"id":1,"tiny":2,"number":3})", R"({"id":1,"number":3})"), 2u);
}

TEST(ScanLines, Nesting) {
  Scan scan;
  const auto nested = [&](size_t levels) {
    return scan.run("{\"id\":1,\"x\":" + std::string(levels, '[') + std::string(levels, ']') + "}\n")
        .events.back();
  };
  EXPECT_EQ(nested(127), "id=1 @0 w-");
  EXPECT_EQ(nested(128), rejected(RowReason::TooDeep, "at 139"));
  EXPECT_EQ(nested(10000), rejected(RowReason::TooDeep, "at 139"));
  EXPECT_EQ(scan.run(std::string(10000, '{') + "\n").events.back(),
            rejected(RowReason::UnexpectedByte, "at 1"));
}

TEST(ScanLines, Flags) {
  Scan forgiving(abi::kScanIgnoreParseErrors);
  EXPECT_EQ(forgiving.run("{\"id\":1,\"tiny\":300}\n").events.back(), "id=1 @0 w-");
  EXPECT_EQ(forgiving.run("{\"id\":\"x\"}\n").events.back(), rejected(RowReason::NullNotAllowed, "id at 6"));
  Scan complete(abi::kScanFailOnMissing);
  EXPECT_EQ(complete.run("{\"id\":1}\n").events.back(), rejected(RowReason::MissingField, "tiny at 0"));
}

TEST(ScanLines, LineEnds) {
  Scan scan;
  const Seen run = scan.run("\xef\xbb\xbf{\"id\":1}\r\n\n  \r\n{\"id\":2}\n{\"id\":3}");
  EXPECT_EQ(run.events, (Events{"id=1 @3 w-", "id=2 @18 w-", "id=3 @27 w-"}));
  EXPECT_EQ(run.rows_read, 3u);
  EXPECT_EQ(run.lines, 5u);
  // A byte order mark stands at the beginning only.
  EXPECT_EQ(scan.run("\xef\xbb\xbf{\"id\":1}\n", 50).rows_rejected, 1u);
  EXPECT_TRUE(scan.run("").events.empty());
  EXPECT_TRUE(scan.run("\n\n\n").events.empty());
}

TEST(ScanLines, LongLines) {
  Scan scan;
  const std::string text(10'000'000, 'x');
  const std::string line = "{\"id\":1,\"name\":\"" + text + "\"}\n";
  const Seen run = scan.run(line + line);
  ASSERT_EQ(run.events.size(), 2u);
  EXPECT_EQ(run.events[1], "id=1 name='" + text + "' @" + std::to_string(line.size()) + " w-");
  EXPECT_EQ(run.fast_rows, 1u);
}

TEST(ScanLines, WatermarkIsThatBeforeTheRow) {
  Scan scan;
  const auto line = [](const char* second) {
    return "{\"id\":1,\"event_time\":\"1970-01-01 00:00:0" + std::string(second) + "\"}\n";
  };
  const std::string bad = "{\"id\":1,\"event_time\":\"1970-01-01 00:00:09\",\"tiny\":300}\n";
  const Seen run = scan.run(line("3") + bad + line("2") + line("5") + line("4"));
  std::vector<std::string> watermarks;
  for (const std::string& event : run.events) watermarks.push_back(event.substr(event.rfind(' ') + 1));
  EXPECT_EQ(watermarks, (Events{"w-", "50", "w3000", "w3000", "w5000"}));  // the rejected one does not count
  EXPECT_EQ(run.watermark, 5000);
}

TEST(ScanLines, Blocks) {
  std::string input;
  for (int i = 0; i < 150; ++i) input += "{\"id\":" + std::to_string(i) + "}\n";
  Scan scan;
  EXPECT_EQ(scan.run(input).block_sizes, (std::vector<uint32_t>{64, 64, 22}));
  EXPECT_EQ(scan.run(input).fast_rows, 150u);
  Scan single(0, 1);
  const Seen run = single.run(input);
  EXPECT_EQ(run.block_sizes.size(), 150u);
  EXPECT_EQ(run.events, scan.run(input).events);
}

TEST(ScanLines, StopsWhereARowIsRejected) {
  Scan scan;
  scan.stop_at_reject = true;
  const Seen run = scan.run("{\"id\":1}\n{\"id\":x}\n{\"id\":3}\n");
  ASSERT_EQ(run.events.size(), 2u);
  EXPECT_EQ(run.events[0], "id=1 @0 w-");  // what came before is handed on
  EXPECT_EQ(run.lines, 2u);
  EXPECT_EQ(run.rows_read, 2u);
}

// ---- the decoders agree ------------------------------------------------------------------------

class Writer {
 public:
  explicit Writer(uint32_t seed) : random_(seed) {}

  // A record with some of the members, in some order and spacing, then perhaps with bytes changed.
  std::string line() {
    std::vector<std::string> members;
    for (uint32_t i = 0; i < kColumnCount; ++i) {
      if ((left_out_ >> i & 1) != 0 || (i != 0 && one_in(200))) continue;
      members.push_back(std::string("\"") + kColumns[i].name + (spaced_ ? "\": " : "\":") +
                        value(kColumns[i].kind));
    }
    if (strangers_) members.push_back(R"("extra":{"a":[1,"x",null]})");
    if (strangers_) members.push_back("\"more\":" + value(ColumnKind::String));
    if (one_in(20)) members.push_back(members[pick(members.size())]);
    if (shuffled_) std::shuffle(members.begin(), members.end(), random_);
    std::string line = "{";
    for (size_t i = 0; i < members.size(); ++i) line += (i == 0 ? "" : spaced_ ? ", " : ",") + members[i];
    line += "}";
    if (one_in(6)) mutate(line);
    return line + (one_in(30) ? "\r\n" : "\n");
  }
  void turn() {
    spaced_ = one_in(2);
    shuffled_ = one_in(4);
    strangers_ = one_in(3);
    left_out_ = random_() & random_() & ~1u;
  }

 private:
  bool one_in(uint32_t n) { return random_() % n == 0; }
  size_t pick(size_t n) { return random_() % n; }

  std::string digits(size_t most) {
    std::string text(1 + pick(most), '0');
    for (char& digit : text) digit = static_cast<char>('0' + pick(10));
    return text;
  }
  std::string number(ColumnKind kind) {
    const bool fraction =
        kind == ColumnKind::Decimal || kind == ColumnKind::Double || kind == ColumnKind::Float;
    if (!one_in(25))
      return std::to_string(pick(128)) + (fraction && !one_in(4) ? "." + digits(one_in(8) ? 5 : 2) : "");
    if (one_in(4)) return "null";
    std::string text = one_in(6) ? "-" : "";
    text += one_in(3) ? std::to_string(pick(200)) : digits(one_in(3) ? 24 : 4);
    if (one_in(2)) text += "." + digits(one_in(4) ? 12 : 3);
    if (one_in(10)) text += (one_in(2) ? "e" : "E") + std::string(one_in(2) ? "-" : "") + digits(2);
    return one_in(12) ? "\"" + text + "\"" : text;
  }
  std::string value(ColumnKind kind) {
    static const std::vector<std::string> texts = {
        "\"\"",
        "\"plain\"",
        R"("a\"b")",
        "\"bücher\"",
        "\"\\u00e9\"",
        "\"日本語\"",
        R"("\ud83d\ude00")",
        "null",
        "[1,2]",
        "true",
        "12",
        "\"a, b: {c}\"",
        "\"a string that is longer than thirty-two bytes, by some\""};
    switch (kind) {
      case ColumnKind::Boolean:
        return one_in(2) ? "true" : one_in(2) ? "false" : one_in(2) ? "null" : "\"true\"";
      case ColumnKind::String: return texts[one_in(10) ? pick(texts.size()) : pick(7)];
      case ColumnKind::Bytes: return one_in(40) ? "\"aGk\"" : "\"aGVsbG8=\"";
      case ColumnKind::Date: return one_in(40) ? "\"2026-02-30\"" : "\"2026-02-28\"";
      case ColumnKind::Timestamp:
      case ColumnKind::TimestampLtz: {
        std::string text = "\"2026-01-0" + std::to_string(1 + pick(3)) + " 08:0" + std::to_string(pick(10)) +
                           ":" + std::to_string(10 + pick(one_in(20) ? 60 : 50));
        if (!one_in(3)) text += "." + digits(one_in(20) ? 10 : 6);
        return text + (kind == ColumnKind::TimestampLtz ? "Z\"" : "\"");
      }
      default: return number(kind);
    }
  }
  void mutate(std::string& line) {
    static constexpr char kBytes[] = "\"\\{}[]:,0123456789-+.eEtrufalsn \x01\x7f\x80\xc3\xff\t";
    const size_t at = pick(line.size());
    switch (pick(4)) {
      case 0: line[at] = kBytes[pick(sizeof kBytes)]; break;  // the last one is NUL
      case 1: line.insert(at, 1, kBytes[pick(sizeof kBytes)]); break;
      case 2: line.erase(at, 1); break;
      case 3: line.resize(at); break;
    }
    for (char& byte : line) byte = byte == '\n' ? ' ' : byte;
  }

  std::mt19937 random_;
  bool spaced_ = false;
  bool shuffled_ = false;
  bool strangers_ = false;
  uint32_t left_out_ = 0;  // columns
};

TEST(ScanLines, AllDecodersAgreeOnMutatedRows) {
  uint64_t fast = 0, rejected_rows = 0, rows = 0;
  for (uint32_t seed = 0; seed < 40; ++seed) {
    Writer writer(seed);
    std::string input;
    for (int i = 0; i < 400; ++i) {
      if (i % 100 == 0) writer.turn();
      const std::string line = writer.line();
      input += line;
      if (i % 3 == 0) input += line;  // so that shapes come again
    }
    const uint64_t flags = seed % 4 == 3   ? abi::kScanIgnoreParseErrors
                           : seed % 8 == 2 ? abi::kScanFailOnMissing
                                           : 0;
    Scan quick(flags), strict(flags | abi::kScanStrictOnly), single(flags, 1);
    const Seen expected = strict.run(input);
    const Seen run = quick.run(input);
    ASSERT_EQ(run.events.size(), expected.events.size()) << seed;
    for (size_t i = 0; i < run.events.size(); ++i)
      ASSERT_EQ(run.events[i], expected.events[i]) << "seed " << seed;
    ASSERT_EQ(single.run(input).events, expected.events) << seed;
    EXPECT_EQ(run.watermark, expected.watermark);
    fast += run.fast_rows;
    rejected_rows += run.rows_rejected;
    rows += run.rows_read;
  }
  EXPECT_GT(fast, rows / 20);  // the fast path is met
  EXPECT_GT(rejected_rows, rows / 10);
  EXPECT_LT(rejected_rows, rows * 9 / 10);
}

TEST(ScanLines, TheFastPathDecodesWhatItIsMadeFor) {
  std::string input;
  for (int i = 0; i < 1000; ++i) {
    input += "{\"id\":" + std::to_string(i) + ",\"amount\":" + std::to_string(i) +
             ".50,\"name\":\"b\",\"stranger\":[" + std::to_string(i) +
             "],\"event_time\":\"2026-01-01 08:00:0" + std::to_string(i % 10) + "\"}\n";
  }
  Scan scan;
  EXPECT_EQ(scan.run(input).fast_rows, 999u);
}

}  // namespace
}  // namespace weir::scan_fixture
