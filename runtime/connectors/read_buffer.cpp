#include <cstdlib>
#include <cstring>
#include <new>

#include "runtime/connectors/connector.h"

namespace weir::connectors {
namespace {

char* allocate_padded(uint64_t capacity) {
  char* data = static_cast<char*>(std::malloc(capacity + abi::kPaddingBytes));
  if (data == nullptr) {
    throw std::bad_alloc();  // ends the process: no buffer, no job
  }
  std::memset(data + capacity, 0, abi::kPaddingBytes);
  return data;
}

}  // namespace

ReadBuffer::ReadBuffer(uint64_t capacity) : data_(allocate_padded(capacity)), capacity_(capacity) {}

ReadBuffer::~ReadBuffer() { std::free(data_); }

void ReadBuffer::grow(uint64_t capacity, uint64_t keep) {
  char* larger = allocate_padded(capacity);
  std::memcpy(larger, data_, keep);
  std::free(data_);
  data_ = larger;
  capacity_ = capacity;
}

}  // namespace weir::connectors
