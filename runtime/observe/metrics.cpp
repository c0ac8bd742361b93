#include "runtime/observe/metrics.h"

#include <algorithm>

#include <fmt/format.h>

namespace weir::observe {
namespace {

std::string escaped(std::string_view value) {
  std::string text;
  for (const char c : value) {
    switch (c) {
      case '\\': text += "\\\\"; break;
      case '"': text += "\\\""; break;
      case '\n': text += "\\n"; break;
      default: text += c;
    }
  }
  return text;
}

}  // namespace

void MetricsText::family(std::string_view name, std::string_view type, std::string_view help) {
  name_ = name;
  text_ += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
}

void MetricsText::sample(const Labels& labels, double value) { part("", labels, value); }

void MetricsText::part(std::string_view suffix, const Labels& labels, double value) {
  line(suffix, labels, fmt::format("{}", value));
}

void MetricsText::line(std::string_view suffix, const Labels& labels, const std::string& value) {
  text_ += name_;
  text_ += suffix;
  char before = '{';
  for (const auto& [label, of] : labels) {
    if (of.empty()) {
      continue;  // for Prometheus the same as no label
    }
    text_ += fmt::format("{}{}=\"{}\"", before, label, escaped(of));
    before = ',';
  }
  text_ += before == '{' ? " " : "} ";
  text_ += value;
  text_ += '\n';
}

void Durations::add(int64_t us) {
  size_t bucket = 0;
  while (bucket < kBoundsMs.size() && us > kBoundsMs[bucket] * 1000) {
    ++bucket;
  }
  counts_[bucket].fetch_add(1, std::memory_order_relaxed);
  count_.fetch_add(1, std::memory_order_relaxed);
  sum_us_.fetch_add(us, std::memory_order_relaxed);
  max_us_.store(std::max(us, max_us_.load(std::memory_order_relaxed)), std::memory_order_relaxed);
}

void Durations::write(MetricsText& text) const {
  uint64_t below = 0;
  for (size_t i = 0; i < counts_.size(); ++i) {
    below += counts_[i].load(std::memory_order_relaxed);
    const std::string bound =
        i < kBoundsMs.size() ? fmt::format("{}", static_cast<double>(kBoundsMs[i]) / 1000) : "+Inf";
    text.part("_bucket", {{"le", bound}}, static_cast<double>(below));
  }
  text.part("_sum", {}, static_cast<double>(sum_us_.load(std::memory_order_relaxed)) / 1e6);
  text.part("_count", {}, static_cast<double>(below));  // always that of the last bucket
}

}  // namespace weir::observe
