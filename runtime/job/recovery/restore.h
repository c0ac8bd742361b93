// What a job goes on with: its operators as they were at the last commit, from the recovery record, from the changelog and by
// reading again.
#pragma once

#include "runtime/commit/recovery_record.h"
#include "runtime/connectors/connector.h"

namespace weir::job {

struct Run;

// A bounded run that has read everything is not begun again.
connectors::Result<void> refuse_finished(const Run& run, const commit::JobRecord& job);
// With `--resume` there has to be an earlier run.
connectors::Result<void> refuse_first_start(const Run& run);
// Gives operators back how far they had come, and those of mode C their state; after they have been opened.
connectors::Result<void> restore_operators(Run& run);
// Whether partitions have to be read again up to where they were committed.
bool needs_replay(const Run& run);
// After replay: everything is where it was committed.
connectors::Result<void> end_replay(Run& run);

}  // namespace weir::job
