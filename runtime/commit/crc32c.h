#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace weir::commit {

inline constexpr std::array<uint32_t, 256> kCrcTable = [] {
  std::array<uint32_t, 256> table{};
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t value = byte;
    for (int bit = 0; bit < 8; ++bit) {
      value = (value >> 1) ^ ((value & 1) != 0 ? 0x82f63b78u : 0);
    }
    table[byte] = value;
  }
  return table;
}();

// CRC-32C (Castagnoli), as Kafka uses for its batches.
inline uint32_t crc32c(std::string_view bytes) {
  uint32_t crc = ~0u;
#ifdef __SSE4_2__
  for (; bytes.size() >= sizeof(uint64_t); bytes.remove_prefix(sizeof(uint64_t))) {
    uint64_t word;
    std::memcpy(&word, bytes.data(), sizeof word);
    crc = static_cast<uint32_t>(__builtin_ia32_crc32di(crc, word));
  }
#endif
  for (const char c : bytes) {
    crc = (crc >> 8) ^ kCrcTable[(crc ^ static_cast<unsigned char>(c)) & 0xff];
  }
  return ~crc;
}

}  // namespace weir::commit
