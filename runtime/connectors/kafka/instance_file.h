// A file that is locked while an instance of a job runs on this machine; the system unlocks it when the process ends,
// however it ends.
#pragma once

#include <string>

#include "runtime/connectors/connector.h"

namespace weir::connectors {

class InstanceFile {
 public:
  // Fenced: another process holds it; the text names that process. `scope` keeps jobs of the same name apart that have
  // nothing to do with each other (the brokers).
  static Result<InstanceFile> take(const std::string& job, const std::string& instance,
                                   const std::string& scope);
  InstanceFile(InstanceFile&& other) noexcept : descriptor_(other.descriptor_) { other.descriptor_ = -1; }
  ~InstanceFile();

 private:
  explicit InstanceFile(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace weir::connectors
