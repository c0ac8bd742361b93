#include "runtime/job/manifest/client_config.h"

#include <cerrno>
#include <fstream>

#include <fmt/format.h>

#include "runtime/connectors/log/kafka_refused.h"
#include "runtime/connectors/system_error.h"
#include "runtime/job/manifest/log_options.h"

namespace weir::job {
namespace {

std::string_view trimmed(std::string_view text) {
  const size_t begin = std::min(text.find_first_not_of(" \t\r"), text.size());
  const size_t end = text.find_last_not_of(" \t\r");
  return end == std::string_view::npos ? std::string_view() : text.substr(begin, end + 1 - begin);
}

Result<Options> read_config(const std::string& path) {
  const auto wrong = [&](uint32_t line, const std::string& what) {
    return std::unexpected(
        Error{Error::Kind::Usage, fmt::format("`--kafka-config`: line {} of `{}`: {}", line, path, what)});
  };
  std::ifstream file(path);
  if (!file) {
    return std::unexpected(
        Error{Error::Kind::InputOutput,
              fmt::format("`--kafka-config`: cannot read `{}`: {}", path, connectors::system_reason(errno))});
  }
  Options options;
  std::string line;
  for (uint32_t number = 1; std::getline(file, line); ++number) {
    const std::string_view text = trimmed(line);
    if (text.empty() || text.front() == '#' || text.front() == '!') {
      continue;
    }
    const size_t equals = text.find('=');
    const std::string_view name = trimmed(text.substr(0, equals));
    if (equals == std::string_view::npos || name.empty()) {
      return wrong(number, "it is not of the form `name=value`");  // its text may be a secret
    }
    if (const auto* refusal = connectors::kafka::find_refusal(name)) {
      return wrong(number, fmt::format("`{}` cannot be set: {}", name, refusal->reason));
    }
    options.emplace_back(fmt::format("properties.{}", name), trimmed(text.substr(equals + 1)));
  }
  return options;
}

void add_missing(Options& options, const Options& config) {
  if (!is_log(options)) {
    return;
  }
  for (const auto& [key, value] : config) {
    if (find_option(options, key) == nullptr) {
      options.emplace_back(key, value);
    }
  }
}

}  // namespace

Result<void> lay_under(Manifest& manifest, const std::string& path) {
  const auto config = read_config(path);
  if (!config) {
    return std::unexpected(config.error());
  }
  for (ManifestScan& scan : manifest.scans) {
    add_missing(scan.options, *config);
  }
  for (ManifestSink& sink : manifest.sinks) {
    add_missing(sink.options, *config);
  }
  return {};
}

}  // namespace weir::job
