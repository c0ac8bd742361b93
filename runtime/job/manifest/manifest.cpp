#include "runtime/job/manifest/manifest.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include <fmt/format.h>

namespace weir::job {
namespace {

// Integers little-endian in their own width, enums as their integer, strings and lists with a 32-bit count before them.
// Every struct has one list of its fields (`fields`), which both directions walk.

class Writer {
 public:
  std::string bytes;

  template <typename T>
  void value(const T& item) {
    if constexpr (std::is_enum_v<T>) {
      value(static_cast<std::underlying_type_t<T>>(item));
    } else if constexpr (std::is_integral_v<T>) {
      for (size_t i = 0; i < sizeof(T); ++i) {
        bytes.push_back(static_cast<char>((static_cast<std::make_unsigned_t<T>>(item) >> (8 * i)) & 0xff));
      }
    } else {
      fields(*this, item);
    }
  }
  void value(const bool& item) { bytes.push_back(item ? 1 : 0); }
  void value(const std::string& item) {
    value(static_cast<uint32_t>(item.size()));
    bytes += item;
  }
  template <typename A, typename B>
  void value(const std::pair<A, B>& item) {
    value(item.first);
    value(item.second);
  }
  template <typename T>
  void value(const std::vector<T>& items) {
    value(static_cast<uint32_t>(items.size()));
    for (const T& item : items) {
      value(item);
    }
  }
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  bool failed() const { return failed_; }
  bool at_end() const { return at_ == bytes_.size(); }

  template <typename T>
  void value(T& item) {
    if constexpr (std::is_enum_v<T>) {
      std::underlying_type_t<T> number{};
      value(number);
      item = static_cast<T>(number);
    } else if constexpr (std::is_integral_v<T>) {
      std::make_unsigned_t<T> number = 0;
      if (!has(sizeof(T))) {
        return;
      }
      for (size_t i = 0; i < sizeof(T); ++i) {
        number |= static_cast<std::make_unsigned_t<T>>(static_cast<std::make_unsigned_t<T>>(byte(at_ + i))
                                                       << (8 * i));
      }
      at_ += sizeof(T);
      item = static_cast<T>(number);
    } else {
      fields(*this, item);
    }
  }
  void value(bool& item) {
    if (has(1)) {
      item = byte(at_++) != 0;
    }
  }
  void value(std::string& item) {
    uint32_t size = 0;
    value(size);
    if (has(size)) {
      item = bytes_.substr(at_, size);
      at_ += size;
    }
  }
  template <typename A, typename B>
  void value(std::pair<A, B>& item) {
    value(item.first);
    value(item.second);
  }
  template <typename T>
  void value(std::vector<T>& items) {
    uint32_t size = 0;
    value(size);
    if (!has(size)) {  // every element has at least one byte
      return;
    }
    items.resize(size);
    for (T& item : items) {
      value(item);
    }
  }

 private:
  uint8_t byte(size_t at) const { return static_cast<uint8_t>(bytes_[at]); }
  bool has(size_t count) {
    failed_ = failed_ || bytes_.size() - at_ < count;
    return !failed_;
  }

  std::string_view bytes_;
  size_t at_ = 0;
  bool failed_ = false;
};

template <typename Archive, typename... T>
void each(Archive& archive, T&... items) {
  (archive.value(items), ...);
}

template <typename T, typename Struct>
concept Either = std::is_same_v<std::remove_const_t<T>, Struct>;

template <typename Archive>
void fields(Archive& archive, Either<ManifestColumn> auto& it) {
  each(archive, it.name, it.kind, it.precision, it.scale, it.not_null, it.carrier, it.offset, it.decoded,
       it.sql_type);
}
template <typename Archive>
void fields(Archive& archive, Either<ManifestScan> auto& it) {
  each(archive, it.table, it.pipeline, it.columns, it.row_bytes, it.event_time_column, it.has_watermark,
       it.watermark_delay_ms, it.route_rejected, it.rejected_pipeline, it.options, it.messages,
       it.value_format, it.key_format, it.key_columns, it.key_names, it.with_headers);
}
template <typename Archive>
void fields(Archive& archive, Either<ManifestOperator> auto& it) {
  each(archive, it.id, it.name, it.windowing, it.window_kind, it.size_ms, it.slide_ms, it.offset_ms,
       it.pane_ms, it.processing_time, it.entry_bytes, it.key_count, it.keys, it.invertible, it.incremental,
       it.append_only, it.output_pipeline, it.upstream_scans, it.upstream_operators, it.ordered,
       it.fingerprint, it.fingerprint_parts, it.recovery, it.recovery_reason, it.state_layout);
}
template <typename Archive>
void fields(Archive& archive, Either<ManifestConsumer> auto& it) {
  each(archive, it.id, it.pipeline, it.kernel, it.target, it.inserts);
}
template <typename Archive>
void fields(Archive& archive, Either<ManifestLate> auto& it) {
  each(archive, it.pipeline, it.upstream_scans, it.upstream_operators);
}
template <typename Archive>
void fields(Archive& archive, Either<ManifestSink> auto& it) {
  each(archive, it.id, it.label, it.table, it.options, it.changes, it.columns, it.framed, it.upsert,
       it.key_columns);
}
template <typename Archive>
void fields(Archive& archive, Either<ManifestExpression> auto& it) {
  each(archive, it.text, it.line, it.column);
}
template <typename Archive>
void fields(Archive& archive, Either<Manifest> auto& it) {
  each(archive, it.weir_version, it.job_name, it.source_name, it.scans, it.operators, it.consumers, it.lates,
       it.sinks, it.inserts, it.expressions, it.settings);
}

}  // namespace

bool uses_log(const Manifest& manifest) {
  return std::ranges::any_of(manifest.scans, &ManifestScan::messages) ||
         std::ranges::any_of(manifest.sinks, &ManifestSink::framed);
}

std::string serialize(const Manifest& manifest) {
  Writer writer;
  writer.value(manifest.version);
  fields(writer, manifest);
  return std::move(writer.bytes);
}

std::expected<Manifest, std::string> deserialize(std::string_view bytes) {
  Reader reader(bytes);
  Manifest manifest;
  reader.value(manifest.version);
  if (reader.failed()) {
    return std::unexpected("the manifest is empty");
  }
  if (manifest.version != kManifestVersion) {
    return std::unexpected(fmt::format("the manifest has version {}, this runtime reads version {}",
                                       manifest.version, kManifestVersion));
  }
  fields(reader, manifest);
  if (reader.failed()) {
    return std::unexpected("the manifest ends too early");
  }
  if (!reader.at_end()) {
    return std::unexpected("bytes follow the end of the manifest");
  }
  return manifest;
}

}  // namespace weir::job
