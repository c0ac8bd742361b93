#include "runtime/observe/metrics.h"

#include <gtest/gtest.h>

namespace weir::observe {
namespace {

TEST(Metrics, SamplesFollowTheirFamily) {
  MetricsText text;
  text.family("weir_x", "gauge", "What it is.");
  text.sample({}, uint64_t{7});
  text.sample({{"table", "a\"b\\c\nd"}, {"topic", ""}, {"partition", "3"}}, int64_t{-1});
  text.sample({{"table", "t"}}, 0.25);
  EXPECT_EQ(text.text(),
            "# HELP weir_x What it is.\n"
            "# TYPE weir_x gauge\n"
            "weir_x 7\n"
            "weir_x{table=\"a\\\"b\\\\c\\nd\",partition=\"3\"} -1\n"
            "weir_x{table=\"t\"} 0.25\n");
}

TEST(Metrics, BucketsOfDurationsAddUp) {
  Durations durations;
  durations.add(5'000);
  durations.add(5'001);
  durations.add(40'000'000);
  EXPECT_EQ(durations.count(), 3U);
  EXPECT_EQ(durations.max_seconds(), 40.0);
  MetricsText text;
  text.family("d", "histogram", "D.");
  durations.write(text);
  EXPECT_EQ(text.text(),
            "# HELP d D.\n# TYPE d histogram\n"
            "d_bucket{le=\"0.005\"} 1\n"
            "d_bucket{le=\"0.01\"} 2\nd_bucket{le=\"0.025\"} 2\nd_bucket{le=\"0.05\"} 2\n"
            "d_bucket{le=\"0.1\"} 2\nd_bucket{le=\"0.25\"} 2\nd_bucket{le=\"0.5\"} 2\nd_bucket{le=\"1\"} 2\n"
            "d_bucket{le=\"2.5\"} 2\nd_bucket{le=\"5\"} 2\nd_bucket{le=\"10\"} 2\nd_bucket{le=\"30\"} 2\n"
            "d_bucket{le=\"+Inf\"} 3\n"
            "d_sum 40.010001\n"
            "d_count 3\n");
}

}  // namespace
}  // namespace weir::observe
