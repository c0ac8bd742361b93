#include "runtime/job/manifest/started_manifest.h"

#include <fmt/format.h>

#include "runtime/job/manifest/client_config.h"

namespace weir::job {

Result<Manifest> started(Manifest manifest, const Options& overrides, const std::string& kafka_config) {
  if (auto done = apply_overrides(manifest, overrides); !done) {
    return std::unexpected(done.error());
  }
  if (!kafka_config.empty()) {
    if (auto done = lay_under(manifest, kafka_config); !done) {
      return std::unexpected(done.error());
    }
  }
  if (auto done = resolve_references(manifest); !done) {
    return std::unexpected(done.error());
  }
  manifest.job_name = option_or(manifest.settings, "pipeline.name", manifest.job_name);
  return manifest;
}

Result<Manifest> started(const abi::Program& program, const Options& overrides,
                         const std::string& kafka_config) {
  if (program.abi_version != abi::kAbiVersion) {
    return std::unexpected(Error{
        Error::Kind::Usage, fmt::format("the program was compiled for version {} of the runtime, this is {}",
                                        program.abi_version, abi::kAbiVersion)});
  }
  auto manifest = deserialize({program.manifest, program.manifest_bytes});
  if (!manifest) {
    return std::unexpected(Error{Error::Kind::Usage, manifest.error()});
  }
  return started(std::move(*manifest), overrides, kafka_config);
}

}  // namespace weir::job
