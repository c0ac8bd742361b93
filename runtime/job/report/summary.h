// What a job says at its end, over all its tries: for each INSERT what became of the rows of its sources, and how many rows it wrote.
//
//   INSERT INTO revenue
//     from orders: 10 read = 8 counted (2 late_partial) + 0 filtered + 1 late + 0 outside + 1 rejected
//     6 rows out
//   0.004 s, 2500 rows/s
//
// Of topics, records without value (deletes) are added to those read, and said at the end: `+ 1 without value`.
// Everything but the last line is the same in every run over the same input.
#pragma once

#include <string>

#include "runtime/job/manifest/manifest.h"
#include "runtime/job/run/tally.h"

namespace weir::job {

std::string summary_text(const Manifest& manifest, const Tally& tally, double seconds);

}  // namespace weir::job
