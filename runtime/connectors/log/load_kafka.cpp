#include "runtime/connectors/log/load_kafka.h"

#include <dlfcn.h>

#include <filesystem>
#include <system_error>

#include <fmt/format.h>

// Null where libweir_kafka is not linked in.
extern "C" __attribute__((weak)) const weir::connectors::KafkaLog* weir_kafka_log();

namespace weir::connectors {

Result<const KafkaLog*> load_kafka() {
  if (weir_kafka_log != nullptr) {
    return weir_kafka_log();
  }
  std::error_code code;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", code);
  if (code) {
    return std::unexpected(
        Error{Error::Kind::InputOutput,
              fmt::format("the place of this program cannot be found: {}", code.message())});
  }
  const std::string path = self.parent_path().parent_path() / "lib" / "weir" / "libweir_kafka.so";
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    return std::unexpected(
        Error{Error::Kind::InputOutput,
              fmt::format("Kafka needs `{}`, which cannot be loaded: {}", path, dlerror())});
  }
  auto* const entry = reinterpret_cast<decltype(&weir_kafka_log)>(dlsym(library, "weir_kafka_log"));
  if (entry == nullptr) {
    return std::unexpected(
        Error{Error::Kind::InputOutput, fmt::format("`{}` is of another version of Weir", path)});
  }
  return entry();
}

}  // namespace weir::connectors
