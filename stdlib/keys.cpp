// Hash, equality and order of key columns. The top 8 bits of the hash are the shard of a group; changing the hash changes
// kKeyHashVersion.
#include <bit>
#include <cmath>
#include <cstring>

#include "runtime/abi/key_hash.h"
#include "runtime/abi/placed_column.h"
#include "stdlib/function.h"

#define WEIR_KEY_FUNCTION extern "C" __attribute__((used))

namespace weir::stdlib {
namespace {

using abi::Carrier;
using abi::PlacedColumn;
using abi::key_hash::kMix0;
using abi::key_hash::kMix1;
using abi::key_hash::mix;
using abi::key_hash::short_words;

constexpr uint64_t kNullKey = 0x8ebc6af09c88c6e3;

// One pattern for every NaN, one for both zeros.
inline uint64_t canonical_bits(double value) {
  if (value != value) return 0x7ff8000000000000;
  return std::bit_cast<uint64_t>(value == 0 ? 0.0 : value);
}

}  // namespace

// ---- hash: each takes the hash of the columns before it ------------------------------------------

WEIR_KEY_FUNCTION uint64_t weir_hash_null(uint64_t seed) { return mix(seed ^ kNullKey, kMix1); }

WEIR_KEY_FUNCTION uint64_t weir_hash_integer(uint64_t seed, int64_t value) {
  return abi::key_hash::hash_integer(seed, value);
}

WEIR_KEY_FUNCTION uint64_t weir_hash_integer128(uint64_t seed, Int128 value) {
  const auto bits = static_cast<unsigned __int128>(value);
  return mix(mix(seed ^ kMix0, static_cast<uint64_t>(bits) ^ kMix1),
             static_cast<uint64_t>(bits >> 64) ^ kMix0);
}

WEIR_KEY_FUNCTION uint64_t weir_hash_double(uint64_t seed, double value) {
  return mix(seed ^ kMix0, canonical_bits(value) ^ kMix1);
}

WEIR_KEY_FUNCTION uint64_t weir_hash_string(uint64_t seed, const char* data, uint64_t size) {
  return abi::key_hash::hash_string(seed, data, size);
}

// Spreads the last mix over all bits: the table takes low bits, the shard the top ones.
WEIR_KEY_FUNCTION uint64_t weir_hash_finish(uint64_t hash) { return mix(hash ^ kMix0, kMix1); }

// ---- equality and order ----------------------------------------------------------------------------

WEIR_KEY_FUNCTION bool weir_equal_string(const char* a, uint64_t a_size, const char* b, uint64_t b_size) {
  if (a_size != b_size) return false;
  if (a_size > 16) return std::memcmp(a, b, a_size) == 0;
  uint64_t a_low, a_high, b_low, b_high;
  short_words(a, a_size, a_low, a_high);
  short_words(b, b_size, b_low, b_high);
  return ((a_low ^ b_low) | (a_high ^ b_high)) == 0;
}

// Bytewise; a prefix comes first.
WEIR_KEY_FUNCTION int32_t weir_compare_string(const char* a, uint64_t a_size, const char* b,
                                              uint64_t b_size) {
  const uint64_t shared = a_size < b_size ? a_size : b_size;
  const int order = shared == 0 ? 0 : std::memcmp(a, b, shared);
  if (order != 0) return order < 0 ? -1 : 1;
  return a_size == b_size ? 0 : a_size < b_size ? -1 : 1;
}

// NaN equals NaN.
WEIR_KEY_FUNCTION bool weir_equal_double(double a, double b) { return a == b || (a != a && b != b); }

namespace {

template <typename T>
inline T load(const char* at) {
  T value;
  std::memcpy(&value, at, sizeof(T));
  return value;
}

// Two columns of rows that are not NULL.
bool equal_at(const char* a, const char* b, Carrier carrier) {
  switch (carrier) {
    case Carrier::F32: return weir_equal_double(load<float>(a), load<float>(b));
    case Carrier::F64: return weir_equal_double(load<double>(a), load<double>(b));
    case Carrier::String: {
      const auto one = load<StringRef>(a), other = load<StringRef>(b);
      return weir_equal_string(one.data, one.size, other.data, other.size);
    }
    default: return std::memcmp(a, b, abi::carrier_bytes(carrier)) == 0;
  }
}

}  // namespace

// Rows with very many columns; NULL equals NULL.
WEIR_KEY_FUNCTION bool weir_equal_rows(const char* a, const char* b, const PlacedColumn* columns,
                                       uint64_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    if (columns[i].offset == abi::kNoOffset) continue;
    const uint64_t bit = abi::RowLayout::null_bit(i);
    const bool null = (load<uint64_t>(a + abi::RowLayout::null_word(i)) & bit) != 0;
    if (null != ((load<uint64_t>(b + abi::RowLayout::null_word(i)) & bit) != 0)) return false;
    if (!null && !equal_at(a + columns[i].offset, b + columns[i].offset, columns[i].carrier)) return false;
  }
  return true;
}

// NaN is the greatest.
WEIR_KEY_FUNCTION int32_t weir_compare_double(double a, double b) {
  const bool a_nan = a != a;
  const bool b_nan = b != b;
  if (a_nan || b_nan) return static_cast<int32_t>(a_nan) - static_cast<int32_t>(b_nan);
  return a < b ? -1 : a > b ? 1 : 0;
}

// ---- strings in state ------------------------------------------------------------------------------

// Copies a string into a table's memory; returns its offset there (0 for the empty one).
WEIR_KEY_FUNCTION uint64_t weir_store_string(StateMemory* memory, const char* data, uint64_t size) {
  if (size == 0) return 0;
  const uint64_t offset = weir_state_allocate(memory, size);
  std::memcpy(memory->base + offset, data, size);
  return offset;
}

// Copies a string into the context's arena.
WEIR_KEY_FUNCTION const char* weir_copy_string(Context* context, const char* data, uint64_t size) {
  if (size == 0) return data;
  char* copy = abi::allocate(context, size);
  std::memcpy(copy, data, size);
  return copy;
}

}  // namespace weir::stdlib
