// Headers of a message as text.
#pragma once

#include <string>

#include <librdkafka/rdkafka.h>

namespace weir::connectors::kafka {

// Appends a JSON object: values as text, bytes that are not UTF-8 as U+FFFD, no value as null. Of headers with the same
// name the last one counts, as in Flink.
void append_headers(std::string& out, const rd_kafka_message_t& message);

}  // namespace weir::connectors::kafka
