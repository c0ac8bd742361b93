// Writes NDJSON orders to standard output, the same bytes for the same arguments: the data of the demo and the benchmarks.
//
//   generate_orders ROWS [--seed N] [--customers N] [--step-us N] [--shape plain|shuffled|dirty] [--part I/N]
//
// plain:    {"order_id":100000000000,"customer_id":77,"amount":12.34,"category":"books","event_time":"2026-01-01 08:00:00.123"},
//           members always in this order
// shuffled: members in random order, another one for each object
// dirty:    a tenth of the categories with escapes or non-ASCII text, some members missing or unknown, 0 to 6 digits of a second
// Event time advances by --step-us a row and lags by up to 4 seconds. --part writes every N-th row, beginning with the I-th.

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace {

enum class Shape { Plain, Shuffled, Dirty };

struct Arguments {
  uint64_t rows = 0;
  uint64_t seed = 1;
  uint64_t customers = 100'000;
  uint64_t step_us = 1000;
  uint64_t part = 0, parts = 1;
  Shape shape = Shape::Plain;
};

// splitmix64: each draw is a function of the seed and a counter, so that a part draws what the whole would.
uint64_t draw(uint64_t seed, uint64_t row, uint64_t which) {
  uint64_t x = (seed * 1'000'003 + row) * 64 + which + 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

constexpr std::array<std::string_view, 20> kCategories{
    "books",   "clothing", "electronics", "food",    "garden", "music",     "sports",
    "toys",    "health",   "beauty",      "office",  "pets",   "jewellery", "shoes",
    "kitchen", "travel",   "games",       "grocery", "crafts", "furniture"};
constexpr std::array<std::string_view, 4> kDirtyCategories{"caf\\u00e9 \\\"bar\\\"", "bücher", "玩具",
                                                           "a\\/b\\n\\t\\\\"};

constexpr int64_t kStartMs = 1'767'254'400'000;  // 2026-01-01 08:00:00 UTC
constexpr uint64_t kDisorderMs = 4000;
constexpr uint64_t kFirstOrder = 100'000'000'000;

void append_number(std::string& out, uint64_t number) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.begin(), digits.end(), number).ptr;
  out.append(digits.data(), end);
}

void append_padded(std::string& out, uint64_t number, int width) {
  std::array<char, 20> digits;
  for (int i = width; i-- > 0; number /= 10)
    digits[static_cast<size_t>(i)] = static_cast<char>('0' + number % 10);
  out.append(digits.data(), static_cast<size_t>(width));
}

void append_time(std::string& out, int64_t ms, int fraction_digits) {
  using namespace std::chrono;
  const sys_time<milliseconds> time{milliseconds(ms)};
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const uint64_t of_day = static_cast<uint64_t>((time - day).count());
  append_padded(out, static_cast<uint64_t>(static_cast<int>(date.year())), 4);
  out += '-';
  append_padded(out, static_cast<unsigned>(date.month()), 2);
  out += '-';
  append_padded(out, static_cast<unsigned>(date.day()), 2);
  out += ' ';
  append_padded(out, of_day / 3'600'000, 2);
  out += ':';
  append_padded(out, of_day / 60'000 % 60, 2);
  out += ':';
  append_padded(out, of_day / 1000 % 60, 2);
  if (fraction_digits == 0) return;
  out += '.';
  uint64_t fraction = of_day % 1000 * 1000;
  for (int i = fraction_digits; i < 6; ++i) fraction /= 10;
  append_padded(out, fraction, fraction_digits);
}

class Writer {
 public:
  explicit Writer(const Arguments& arguments) : arguments_(arguments) {}

  void row(std::string& out, uint64_t row) {
    for (std::string& member : members_) member.clear();
    const auto random = [&](uint64_t which) { return draw(arguments_.seed, row, which); };
    members_[0] = "\"order_id\":";
    append_number(members_[0], kFirstOrder + row);
    members_[1] = "\"customer_id\":";
    append_number(members_[1], random(0) % arguments_.customers + 1);
    const uint64_t cents = random(1) % 100'000;
    members_[2] = "\"amount\":";
    append_number(members_[2], cents / 100);
    members_[2] += '.';
    append_padded(members_[2], cents % 100, 2);
    const bool dirty = arguments_.shape == Shape::Dirty;
    members_[3] = "\"category\":\"";
    members_[3] += dirty && random(2) % 10 == 0 ? kDirtyCategories[random(3) % kDirtyCategories.size()]
                                                : kCategories[random(3) % kCategories.size()];
    members_[3] += '"';
    members_[4] = "\"event_time\":\"";
    const int64_t time = kStartMs + static_cast<int64_t>(row * arguments_.step_us / 1000) -
                         static_cast<int64_t>(random(4) % kDisorderMs);
    append_time(members_[4], time, dirty ? static_cast<int>(random(5) % 7) : 3);
    members_[4] += '"';
    join(out, random);
  }

 private:
  template <typename Random>
  void join(std::string& out, const Random& random) {
    std::array<size_t, 5> order{0, 1, 2, 3, 4};
    if (arguments_.shape == Shape::Shuffled)
      for (size_t i = 5; i > 1; --i) std::swap(order[i - 1], order[random(8 + i) % i]);
    const bool dirty = arguments_.shape == Shape::Dirty;
    out += '{';
    bool first = true;
    const auto separate = [&] {
      if (!first) out += ',';
      first = false;
    };
    for (const size_t member : order) {
      if (dirty && member == 1 && random(6) % 20 == 0) continue;  // missing
      separate();
      out += members_[member];
      if (dirty && member == 2 && random(7) % 20 == 0) {
        separate();
        out += R"("coupon":{"code":"X","percent":[5,10]})";  // unknown
      }
    }
    out += "}\n";
  }

  const Arguments& arguments_;
  std::array<std::string, 5> members_;
};

[[noreturn]] void usage() {
  std::fputs(
      "usage: generate_orders ROWS [--seed N] [--customers N] [--step-us N] [--shape plain|shuffled|dirty] "
      "[--part I/N]\n",
      stderr);
  std::exit(2);
}

uint64_t number(std::string_view text) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.begin(), text.end(), value);
  if (error != std::errc{} || end != text.end()) usage();
  return value;
}

Arguments parse(int argc, char** argv) {
  if (argc < 2) usage();
  Arguments arguments;
  arguments.rows = number(argv[1]);
  for (int i = 2; i < argc; i += 2) {
    if (i + 1 >= argc) usage();
    const std::string_view option = argv[i], value = argv[i + 1];
    if (option == "--seed") {
      arguments.seed = number(value);
    } else if (option == "--customers") {
      arguments.customers = number(value);
    } else if (option == "--step-us") {
      arguments.step_us = number(value);
    } else if (option == "--shape") {
      if (value == "plain")
        arguments.shape = Shape::Plain;
      else if (value == "shuffled")
        arguments.shape = Shape::Shuffled;
      else if (value == "dirty")
        arguments.shape = Shape::Dirty;
      else
        usage();
    } else if (option == "--part") {
      const size_t slash = value.find('/');
      if (slash == std::string_view::npos) usage();
      arguments.part = number(value.substr(0, slash));
      arguments.parts = number(value.substr(slash + 1));
      if (arguments.parts == 0 || arguments.part >= arguments.parts) usage();
    } else {
      usage();
    }
  }
  if (arguments.customers == 0) usage();
  return arguments;
}

}  // namespace

int main(int argc, char** argv) {
  const Arguments arguments = parse(argc, argv);
  Writer writer(arguments);
  std::string out;
  constexpr size_t kFlush = 1 << 20;
  out.reserve(kFlush + 4096);
  for (uint64_t row = arguments.part; row < arguments.rows; row += arguments.parts) {
    writer.row(out, row);
    if (out.size() < kFlush && row + arguments.parts < arguments.rows) continue;
    if (std::fwrite(out.data(), 1, out.size(), stdout) != out.size()) {
      std::perror("generate_orders");
      return 3;
    }
    out.clear();
  }
  return 0;
}
