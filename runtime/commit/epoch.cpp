#include "runtime/commit/epoch.h"

#include "runtime/connectors/log/log_sink.h"

namespace weir::commit {
namespace {

using connectors::LogProducer;
using connectors::Result;

Result<void> produce(LogProducer& producer, const Epoch& epoch) {
  for (const EpochOutput& output : epoch.outputs) {
    std::vector<connectors::Record> records = connectors::records_of(output.frames);
    if (output.upsert) {
      connectors::keep_last_of_each_key(records);
    }
    if (auto done = producer.produce(output.topic, output.partition, records); !done) {
      return done;
    }
  }
  return {};
}

// State is worth nothing without the positions that belong to it, and the other way round.
Result<void> produce_changelog(LogProducer& producer, const Epoch& epoch) {
  if (epoch.changelog.empty()) {
    return {};
  }
  std::vector<connectors::Record> records;
  for (const std::string& bytes : epoch.changelog) {
    records.push_back({.key = std::nullopt, .value = bytes});
  }
  return producer.produce(epoch.changelog_topic, 0, records);
}

}  // namespace

Result<void> write_epoch(LogProducer& producer, Guarantee guarantee, const Epoch& epoch) {
  if (guarantee == Guarantee::AtMostOnce) {
    if (auto done = produce_changelog(producer, epoch); !done) {
      return done;
    }
    if (auto done = producer.commit(epoch.offsets); !done) {
      return done;
    }
    if (auto done = produce(producer, epoch); !done) {
      return done;
    }
    return producer.commit({});
  }
  if (guarantee == Guarantee::ExactlyOnce) {
    if (auto done = producer.begin(); !done) {
      return done;
    }
  }
  if (auto done = produce(producer, epoch); !done) {
    return done;
  }
  if (auto done = produce_changelog(producer, epoch); !done) {
    return done;
  }
  return producer.commit(epoch.offsets);
}

}  // namespace weir::commit
