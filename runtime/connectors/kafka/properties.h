// `properties.*` of a table in librdkafka's words. Names and values of Java clients are translated where librdkafka has the
// same thing under another name; what Weir decides itself, what would run foreign code, and what has no counterpart is
// refused with the remedy. Nothing is passed over in silence.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/connectors/connector.h"
#include "runtime/connectors/log/kafka_log.h"
#include "runtime/connectors/log/kafka_refused.h"

namespace weir::connectors::kafka {

// Usage errors name the property as the user wrote it. Whether librdkafka knows a name that is passed on is not asked here.
Result<Properties> translated(const Properties& properties);

// The values that must never be printed: of the properties as written and as translated.
std::vector<std::string> secrets_of(const Properties& properties);

// The nearest of `names`, if it is near enough to be meant; else empty.
std::string nearest(std::string_view name, const std::vector<std::string>& names);
// Names of Java clients that are translated.
std::vector<std::string> java_names();

}  // namespace weir::connectors::kafka
