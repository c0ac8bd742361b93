#include "runtime/job/manifest/key_text.h"

#include <cstring>
#include <string_view>

#include "runtime/abi/scan_state.h"
#include "runtime/formats/json_write.h"
#include "runtime/job/manifest/row_text.h"

namespace weir::job {
namespace {

template <typename T>
T load(const char* at) {
  T value;
  std::memcpy(&value, at, sizeof(T));
  return value;
}

std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    out += c;
    if (c == '\'') {
      out += c;
    }
  }
  return out + "'";
}

std::string string_text(const char* at, const abi::StateMemory& memory) {
  const std::string_view bytes(memory.base + load<uint64_t>(at), load<uint64_t>(at + 8));
  return quoted(shown_row(bytes, 0));
}

// Of what is no string: as JSON has it, with the quotes of SQL.
std::string value_text(const ManifestColumn& key, const char* at) {
  char text[128];
  char* end = text;
  const auto is = [&](abi::ColumnKind kind) { return static_cast<abi::ColumnKind>(key.kind) == kind; };
  switch (key.carrier) {
    case abi::Carrier::I8:
      if (is(abi::ColumnKind::Boolean)) {
        return load<int8_t>(at) != 0 ? "TRUE" : "FALSE";
      }
      end = weir_write_json_integer(text, load<int8_t>(at));
      break;
    case abi::Carrier::I16: end = weir_write_json_integer(text, load<int16_t>(at)); break;
    case abi::Carrier::I32:
      end = is(abi::ColumnKind::Date) ? weir_write_json_date(text, load<int32_t>(at))
                                      : weir_write_json_integer(text, load<int32_t>(at));
      break;
    case abi::Carrier::I64:
      if (is(abi::ColumnKind::Timestamp) || is(abi::ColumnKind::TimestampLtz)) {
        end = weir_write_json_timestamp(text, load<int64_t>(at), false, is(abi::ColumnKind::TimestampLtz));
      } else if (is(abi::ColumnKind::Decimal)) {
        end = weir_write_json_decimal(text, load<int64_t>(at), key.scale);
      } else {
        end = weir_write_json_integer(text, load<int64_t>(at));
      }
      break;
    case abi::Carrier::I128: end = weir_write_json_decimal(text, load<abi::Int128>(at), key.scale); break;
    case abi::Carrier::F32: end = weir_write_json_float(text, load<float>(at)); break;
    case abi::Carrier::F64: end = weir_write_json_double(text, load<double>(at)); break;
    case abi::Carrier::String: break;
  }
  const std::string_view written(text, static_cast<size_t>(end - text));
  return written.starts_with('"') ? quoted(written.substr(1, written.size() - 2)) : std::string(written);
}

}  // namespace

std::string key_text(const std::vector<ManifestColumn>& keys, const char* entry,
                     const abi::StateMemory& memory) {
  std::string text;
  for (size_t i = 0; i < keys.size(); ++i) {
    const ManifestColumn& key = keys[i];
    const char* at = entry + key.offset;
    text += (i == 0 ? "" : " and ") + key.name;
    if ((load<uint64_t>(entry + i / 64 * 8) >> (i % 64) & 1) != 0) {
      text += " IS NULL";
    } else {
      text += " = " + (key.carrier == abi::Carrier::String ? string_text(at, memory) : value_text(key, at));
    }
  }
  return text;
}

}  // namespace weir::job
