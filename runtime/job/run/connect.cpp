#include "runtime/job/run/connect.h"

#include <cerrno>
#include <filesystem>
#include <map>
#include <mutex>

#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "runtime/connectors/blackhole_sink.h"
#include "runtime/connectors/datagen.h"
#include "runtime/connectors/file/file_sink.h"
#include "runtime/connectors/file/file_source.h"
#include "runtime/connectors/file/new_file.h"
#include "runtime/connectors/file/path_list.h"
#include "runtime/connectors/log/log_sink.h"
#include "runtime/connectors/stdout_sink.h"
#include "runtime/connectors/write_all.h"
#include "runtime/job/manifest/log_options.h"
#include "runtime/job/manifest/settings.h"

namespace weir::job {
namespace {

using connectors::Sink;
using connectors::Source;

std::unexpected<Error> usage(std::string text) {
  return std::unexpected(Error{Error::Kind::Usage, std::move(text)});
}

// Standard output and standard error; tables that share one must not tear each other's lines.
struct Streams {
  const SinkEdge& edge;
  std::shared_ptr<std::mutex> mutex = std::make_shared<std::mutex>();

  connectors::WriteBytes write_to(int descriptor) const {
    const auto before = isatty(descriptor) == 1 ? edge.before_terminal : nullptr;
    if (descriptor == STDOUT_FILENO && edge.standard_output) {
      return [mutex = mutex, write = edge.standard_output, before](std::string_view bytes) {
        const std::lock_guard lock(*mutex);
        if (before) {
          before();
        }
        write(bytes);
        return 0;
      };
    }
    return [mutex = mutex, descriptor, before](std::string_view bytes) {
      const std::lock_guard lock(*mutex);
      if (before) {
        before();
      }
      return connectors::write_all(descriptor, bytes);
    };
  }
};

// Rows must not wait for a full buffer, unless they go to a file on disk.
bool somebody_watches(int descriptor) {
  struct stat status{};
  return fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode);
}

struct OpenedSink {
  std::unique_ptr<Sink> sink;
  bool interactive = false;
};

Result<OpenedSink> open_sink(const ManifestSink& sink, const Streams& streams) {
  const std::string connector = option_or(sink.options, "connector", "stdout");
  if (connector == "stdout" || connector == "print") {  // the encoder makes the difference
    const bool to_error = flag_or(sink.options, "standard-error", false);
    const int descriptor = to_error ? STDERR_FILENO : STDOUT_FILENO;
    return OpenedSink{connectors::make_stdout_sink(streams.write_to(descriptor),
                                                   to_error ? "standard error" : "standard output"),
                      somebody_watches(descriptor)};
  }
  if (connector == "blackhole") {
    return OpenedSink{std::make_unique<connectors::BlackholeSink>()};
  }
  if (connector == "filesystem") {
    const std::string* path = find_option(sink.options, "path");
    if (path == nullptr) {
      return usage(fmt::format("table `{}` has no `path`", sink.table));
    }
    connectors::FileSinkOptions options{.path = *path};
    const auto roll_bytes = bytes_or(sink.options, "sink.rolling-policy.file-size", options.roll_bytes);
    if (!roll_bytes) {
      return std::unexpected(roll_bytes.error());
    }
    options.roll_bytes = *roll_bytes;
    auto opened = connectors::make_file_sink(options);
    if (!opened) {
      return std::unexpected(opened.error());
    }
    return OpenedSink{std::move(*opened)};
  }
  if (is_log(sink.options)) {
    const std::string* topic = find_option(sink.options, "topic");
    if (topic == nullptr) {
      return usage(fmt::format("table `{}` has no `topic`", sink.table));
    }
    // One writer, as all workers of a job are, has one partition of its own.
    const bool fixed = option_or(sink.options, "sink.partitioner", "default") == "fixed";
    return OpenedSink{
        std::make_unique<connectors::LogSink>(*topic, sink.upsert, fixed ? 0 : connectors::kAnyPartition)};
  }
  return usage(fmt::format("table `{}`: this runtime has no connector `{}` that can be written", sink.table,
                           connector));
}

std::string resolved_path(const std::string& path) {
  std::error_code code;
  const std::filesystem::path resolved =
      std::filesystem::weakly_canonical(std::filesystem::absolute(path), code);
  return code ? path : resolved.lexically_normal().string();
}

}  // namespace

Result<std::unique_ptr<Source>> open_source(const ManifestScan& scan, time::Clock& clock) {
  const std::string connector = option_or(scan.options, "connector", "filesystem");
  if (connector == "filesystem") {
    const std::string* path = find_option(scan.options, "path");
    if (path == nullptr) {
      return usage(fmt::format("table `{}` has no `path`", scan.table));
    }
    return connectors::make_file_source({.path = *path});
  }
  if (connector == "datagen") {
    std::vector<connectors::DeclaredColumn> columns;
    for (const ManifestColumn& column : scan.columns) {
      if (column.decoded) {
        columns.push_back({column.name, static_cast<abi::ColumnKind>(column.kind), column.precision,
                           column.scale, column.sql_type});
      }
    }
    auto options = connectors::datagen_options(scan.table, columns, scan.options);
    if (!options) {
      return std::unexpected(options.error());
    }
    return connectors::make_datagen_source(std::move(*options), clock);
  }
  return usage(
      fmt::format("table `{}`: this runtime has no connector `{}` that can be read", scan.table, connector));
}

Result<Sinks> open_sinks(const Manifest& manifest, const SinkEdge& edge, Outcome& outcome) {
  Sinks sinks;
  const Streams streams{edge};
  std::map<std::string, uint32_t> gate_of_table;
  std::map<std::string, std::string> table_of_path;
  for (const ManifestSink& sink : manifest.sinks) {
    const auto [place, is_new] =
        gate_of_table.try_emplace(sink.table, static_cast<uint32_t>(sinks.gates.size()));
    sinks.gate_of_sink.push_back(place->second);
    if (!is_new) {
      continue;
    }
    if (const std::string* path = find_option(sink.options, "path"); path != nullptr) {
      const auto local = connectors::local_path(*path);
      const auto [other, alone] =
          table_of_path.try_emplace(resolved_path(local ? *local : *path), sink.table);
      if (!alone) {
        return usage(
            fmt::format("tables `{}` and `{}` would both write `{}`", other->second, sink.table, *path));
      }
    }
    auto opened = open_sink(sink, streams);
    if (!opened) {
      for (const auto& gate : sinks.gates) {
        gate->sink().abandon();
      }
      return std::unexpected(opened.error());
    }
    sinks.gates.push_back(std::make_unique<SinkGate>(std::move(opened->sink), outcome, opened->interactive));
  }
  return sinks;
}

Result<void> check_standard_input(const Manifest& manifest) {
  const ManifestScan* reader = nullptr;
  for (const ManifestScan& scan : manifest.scans) {
    if (option_or(scan.options, "connector", "") != "filesystem" ||
        option_or(scan.options, "path", "") != "-") {
      continue;
    }
    if (reader != nullptr) {
      return usage(
          fmt::format("tables `{}` and `{}` would both read standard input", reader->table, scan.table));
    }
    reader = &scan;
  }
  return {};
}

Result<void> check_sinks_apart(const Manifest& manifest, const std::vector<std::string>& files_read) {
  for (const ManifestSink& sink : manifest.sinks) {
    const std::string* written = find_option(sink.options, "path");
    if (option_or(sink.options, "connector", "") != "filesystem" || written == nullptr) {
      continue;
    }
    const auto local = connectors::local_path(*written);
    if (!local) {
      continue;  // said when the sink is opened
    }
    const bool parts = local->ends_with('/');
    const std::string path = resolved_path(*local);
    const std::string directory =
        path.size() > 1 && path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
    for (const std::string& file : files_read) {
      const std::string read = resolved_path(file);
      if (read == path || (parts && connectors::directory_of(read) == directory)) {
        return usage(fmt::format("table `{}` would write `{}`, from which this job reads `{}`", sink.table,
                                 *written, file));
      }
    }
  }
  return {};
}

}  // namespace weir::job
