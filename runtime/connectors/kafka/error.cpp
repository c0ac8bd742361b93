#include "runtime/connectors/kafka/error.h"

#include <array>

#include <fmt/format.h>

namespace weir::connectors::kafka {

namespace {

// Which right is missing, as Kafka's own tools name it.
std::string_view remedy_of(rd_kafka_resp_err_t code) {
  switch (code) {
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
      return "\nhint: `kafka-acls.sh --add --allow-principal User:NAME --operation Read --topic TOPIC` gives "
             "the right "
             "for an input, `--operation Write` for an output; a changelog needs both";
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
      return "\nhint: `kafka-acls.sh --add --allow-principal User:NAME --operation Read --group JOB "
             "--resource-pattern-type prefixed` gives the right for the groups of the job";
    case RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
      return "\nhint: `kafka-acls.sh --add --allow-principal User:NAME --operation Write --operation "
             "Describe "
             "--transactional-id JOB` gives the right for the transactions of the job";
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
      return "\nhint: `kafka-configs.sh --alter --entity-type topics --entity-name TOPIC --add-config "
             "max.message.bytes=BYTES` lets the topic take larger records";
    default: return "";
  }
}

}  // namespace

Error::Kind kind_of(rd_kafka_resp_err_t code) {
  switch (code) {
    case RD_KAFKA_RESP_ERR__FENCED:
    case RD_KAFKA_RESP_ERR_PRODUCER_FENCED:
    case RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH:
    case RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID: return Error::Kind::Fenced;
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
    case RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM:
    case RD_KAFKA_RESP_ERR_SECURITY_DISABLED:
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR__SSL:
    case RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION:
    case RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
    case RD_KAFKA_RESP_ERR_INVALID_GROUP_ID:
    case RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT:
    case RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT:
    case RD_KAFKA_RESP_ERR_INVALID_REQUIRED_ACKS:
    case RD_KAFKA_RESP_ERR_INVALID_RECORD:
    case RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP:
    case RD_KAFKA_RESP_ERR_POLICY_VIOLATION:
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_OFFSET_METADATA_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR__BAD_MSG:
    case RD_KAFKA_RESP_ERR__BAD_COMPRESSION:
    case RD_KAFKA_RESP_ERR__INVALID_ARG: return Error::Kind::InputOutput;
    default: return Error::Kind::Retry;
  }
}

Error error_of(const Connection& connection, std::string_view what, rd_kafka_resp_err_t code,
               std::string_view reason) {
  Error error{kind_of(code), {}};
  std::string text(reason.empty() ? std::string_view(rd_kafka_err2str(code)) : reason);
  const bool unreachable = code == RD_KAFKA_RESP_ERR__TIMED_OUT || code == RD_KAFKA_RESP_ERR__TRANSPORT ||
                           code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN ||
                           code == RD_KAFKA_RESP_ERR__WAIT_COORD;
  if (unreachable) {
    text = connection.refused() ? fmt::format("Kafka at `{}` refuses the connection", connection.brokers())
                                : fmt::format("no answer from Kafka at `{}`", connection.brokers());
    if (const std::string known = connection.reason(); !known.empty()) {
      text += ": " + known;
    }
    if (connection.refused()) {
      error.kind = Error::Kind::InputOutput;
    }
  }
  text += remedy_of(code);
  error.text = connection.masked(fmt::format("{}: {}", what, text));
  return error;
}

TransactionStep step_after(const rd_kafka_error_t* error) {
  if (rd_kafka_error_txn_requires_abort(error) != 0 || rd_kafka_error_is_fatal(error) != 0) {
    return TransactionStep::GiveUp;
  }
  return rd_kafka_error_is_retriable(error) != 0 ? TransactionStep::CallAgain : TransactionStep::GiveUp;
}

Error error_of(const Connection& connection, rd_kafka_t* client, std::string_view what,
               const rd_kafka_error_t* error) {
  rd_kafka_resp_err_t code = rd_kafka_error_code(error);
  std::string reason = rd_kafka_error_string(error);
  if (rd_kafka_error_is_fatal(error) != 0 || code == RD_KAFKA_RESP_ERR__FATAL) {
    std::array<char, 512> text{};
    const rd_kafka_resp_err_t fatal = rd_kafka_fatal_error(client, text.data(), text.size());
    if (fatal != RD_KAFKA_RESP_ERR_NO_ERROR) {
      code = fatal;
      reason = text.data();
    }
  }
  return error_of(connection, what, code, reason);
}

}  // namespace weir::connectors::kafka
