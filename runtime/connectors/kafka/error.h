// librdkafka's errors as those of a log.
#pragma once

#include <string>
#include <string_view>

#include <librdkafka/rdkafka.h>

#include "runtime/connectors/connector.h"
#include "runtime/connectors/kafka/connection.h"
#include "runtime/connectors/kafka/handle.h"

namespace weir::connectors::kafka {

// Fenced: another instance has taken over. InputOutput: waiting or starting again does not help. Retry: all else.
Error::Kind kind_of(rd_kafka_resp_err_t code);

// `what` says what was attempted ("topic `orders`", "committing"); the text is "what: reason". A time-out or a lost
// connection is given the connection's last reason.
Error error_of(const Connection& connection, std::string_view what, rd_kafka_resp_err_t code,
               std::string_view reason = {});

// What to do about an error of a transaction call, in the order that rdkafka.h prescribes.
enum class TransactionStep { CallAgain, GiveUp };
TransactionStep step_after(const rd_kafka_error_t* error);
// A fatal error's own code instead of _FATAL.
Error error_of(const Connection& connection, rd_kafka_t* client, std::string_view what,
               const rd_kafka_error_t* error);

}  // namespace weir::connectors::kafka
