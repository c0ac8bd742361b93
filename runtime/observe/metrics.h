// Figures as Prometheus reads them: its text format, and a histogram that one thread fills while others read.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::observe {

using Labels = std::vector<std::pair<std::string_view, std::string>>;

// The samples of a family follow its `family` line.
class MetricsText {
 public:
  // `type`: counter, gauge, histogram.
  void family(std::string_view name, std::string_view type, std::string_view help);
  void sample(const Labels& labels, uint64_t value) { line("", labels, std::to_string(value)); }
  void sample(const Labels& labels, int64_t value) { line("", labels, std::to_string(value)); }
  void sample(const Labels& labels, double value);
  // `suffix`: _bucket, _sum, _count.
  void part(std::string_view suffix, const Labels& labels, double value);

  const std::string& text() const { return text_; }

 private:
  void line(std::string_view suffix, const Labels& labels, const std::string& value);

  std::string name_;
  std::string text_;
};

// How long something took. The buckets are those of a commit: 5 ms to 30 s.
class Durations {
 public:
  void add(int64_t us);
  uint64_t count() const { return count_.load(std::memory_order_relaxed); }
  double max_seconds() const { return static_cast<double>(max_us_.load(std::memory_order_relaxed)) / 1e6; }
  // _bucket, _sum and _count of the family that was begun.
  void write(MetricsText& text) const;

 private:
  static constexpr std::array<int64_t, 12> kBoundsMs{5,   10,   25,   50,   100,   250,
                                                     500, 1000, 2500, 5000, 10000, 30000};
  std::array<std::atomic<uint64_t>, kBoundsMs.size() + 1> counts_{};
  std::atomic<uint64_t> count_ = 0;
  std::atomic<int64_t> sum_us_ = 0;
  std::atomic<int64_t> max_us_ = 0;
};

}  // namespace weir::observe
