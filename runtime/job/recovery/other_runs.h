// What recovery records say of other runs, earlier ones of the job or those of other jobs: whose positions they are, what was
// read, what transactions went by.
#pragma once

#include <string>

#include "runtime/commit/recovery_record.h"
#include "runtime/connectors/log/log.h"
#include "runtime/job/run/log_run.h"

namespace weir::job {

struct Run;

// What the transactions of the last run went by, if it had any: a process of that run may still have one open.
connectors::Result<std::string> former_transactions(const Run& run);
// Positions that another job has committed, or this one for another table, are not gone on from.
connectors::Result<void> check_owner(const Run& run, const LogScan& log,
                                     const connectors::TopicPartition& place,
                                     const commit::RecoveryRecord& record);
// All partitions have been opened. The job's part of the record has to be there if positions are, and each partition that was
// read must be read on; else open windows would lack records, or be written twice.
connectors::Result<void> check_inputs(Run& run);
// Between two commits of this run: what it has committed must still stand. A job that was given the same group by mistake
// commits for it, too.
// `at_least`: the commit that had been made when the log was asked.
connectors::Result<void> check_committed(const Run& run, const std::string& group,
                                         const connectors::CommittedOffset& committed, uint64_t at_least);
// For the record of the next commit: the topics that are read.
std::vector<commit::InputRecord> inputs_of(const Run& run);

}  // namespace weir::job
