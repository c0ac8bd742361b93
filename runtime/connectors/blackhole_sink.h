// Takes rows and keeps nothing but a hash of their bytes, so that no part of the work can be optimised away.
#pragma once

#include <memory>

#include "runtime/connectors/connector.h"

namespace weir::connectors {

class BlackholeSink : public Sink {
 public:
  Result<void> write(uint64_t epoch, std::string_view rows) override;
  Result<void> finish() override { return {}; }
  void abandon() override {}
  bool stands_when_stopped() const override { return true; }

  uint64_t hash() const { return hash_; }
  uint64_t bytes() const { return bytes_; }

 private:
  uint64_t hash_ = 0;
  uint64_t bytes_ = 0;
};

}  // namespace weir::connectors
