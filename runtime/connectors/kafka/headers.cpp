#include "runtime/connectors/kafka/headers.h"

#include <cstring>

#include "runtime/formats/json_write.h"
#include "runtime/formats/utf8.h"

namespace weir::connectors::kafka {
namespace {

void append_text(std::string& out, const char* text, size_t size) {
  const char* at = text;
  const char* const end = text + size;
  std::string valid;
  while (const char* bad = formats::first_not_utf8(at, end)) {
    valid.append(at, bad);
    valid += "\xEF\xBF\xBD";
    at = bad + 1;
  }
  valid.append(at, end);
  const size_t before = out.size();
  out.resize(before + 6 * valid.size() + 2 + 32);  // what weir_write_json_string asks for
  const char* behind = weir_write_json_string(out.data() + before, valid.data(), valid.size());
  out.resize(static_cast<size_t>(behind - out.data()));
}

// Whether a later header has the same name.
bool repeated(const rd_kafka_headers_t* headers, size_t index, const char* name) {
  const char* other = nullptr;
  const void* value = nullptr;
  size_t size = 0;
  for (size_t i = index + 1; rd_kafka_header_get_all(headers, i, &other, &value, &size) == 0; ++i) {
    if (std::strcmp(name, other) == 0) {
      return true;
    }
  }
  return false;
}

}  // namespace

void append_headers(std::string& out, const rd_kafka_message_t& message) {
  rd_kafka_headers_t* headers = nullptr;
  out += '{';
  if (rd_kafka_message_headers(&message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR) {
    const char* name = nullptr;
    const void* value = nullptr;
    size_t size = 0;
    bool first = true;
    for (size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &size) == 0; ++i) {
      if (repeated(headers, i, name)) {
        continue;
      }
      out += first ? "" : ",";
      first = false;
      append_text(out, name, std::strlen(name));
      out += ':';
      if (value == nullptr) {
        out += "null";
      } else {
        append_text(out, static_cast<const char*>(value), size);
      }
    }
  }
  out += '}';
}

}  // namespace weir::connectors::kafka
