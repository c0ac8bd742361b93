// One instance of a job is active. All instances are members of group `<job>.lock`, which is assigned the partitions of an
// input topic; who has partition 0 is active. Nothing is read by it.
#pragma once

#include <memory>

#include "runtime/connectors/log/kafka_log.h"

namespace weir::connectors::kafka {

Result<std::unique_ptr<JobLock>> make_lock(const KafkaOptions& options, const KafkaLockOptions& lock);

}  // namespace weir::connectors::kafka
