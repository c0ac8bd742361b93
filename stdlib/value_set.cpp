#include "stdlib/value_set.h"

#include <cstring>

using namespace weir::stdlib;

extern "C" {
uint64_t weir_hash_integer(uint64_t seed, int64_t value);
uint64_t weir_hash_integer128(uint64_t seed, Int128 value);
uint64_t weir_hash_string(uint64_t seed, const char* data, uint64_t size);
}

namespace {

constexpr uint64_t kLinear = 8;  // so many values are searched one by one
constexpr uint64_t kFirstCapacity = 4;

// How a value lies in the memory.
struct StoredBytes {
  uint64_t offset;
  uint64_t size;
};

int64_t stored(const StateMemory*, const int64_t* at) { return *at; }
Int128 stored(const StateMemory*, const Int128* at) { return *at; }
StringRef stored(const StateMemory* memory, const StoredBytes* at) {
  return {memory->base + at->offset, at->size};
}

int64_t store(StateMemory*, int64_t value) { return value; }
Int128 store(StateMemory*, Int128 value) { return value; }
StoredBytes store(StateMemory* memory, StringRef value) {
  if (value.size == 0) return {0, 0};
  const uint64_t offset = weir_state_allocate(memory, value.size);
  std::memcpy(memory->base + offset, value.data, value.size);
  return {offset, value.size};
}

uint64_t hash(int64_t value) { return weir_hash_integer(0, value); }
uint64_t hash(Int128 value) { return weir_hash_integer128(0, value); }
uint64_t hash(StringRef value) { return weir_hash_string(0, value.data, value.size); }

bool equal(int64_t a, int64_t b) { return a == b; }
bool equal(Int128 a, Int128 b) { return a == b; }
bool equal(StringRef a, StringRef b) {
  return a.size == b.size && (a.size == 0 || std::memcmp(a.data, b.data, a.size) == 0);
}

ValueSet* at(const StateMemory* memory, uint64_t set) {
  return reinterpret_cast<ValueSet*>(memory->base + set);
}
template <typename Stored>
Stored* values(const StateMemory* memory, const ValueSet* set) {
  return reinterpret_cast<Stored*>(memory->base + set->values);
}
uint32_t* index(const StateMemory* memory, const ValueSet* set) {
  return reinterpret_cast<uint32_t*>(memory->base + set->index);
}

template <typename Stored>
void put_in_index(const StateMemory* memory, const ValueSet* set, uint64_t position) {
  const uint64_t mask = set->capacity * 2 - 1;
  uint32_t* const slots = index(memory, set);
  uint64_t slot = hash(stored(memory, values<Stored>(memory, set) + position)) & mask;
  while (slots[slot] != 0) slot = (slot + 1) & mask;
  slots[slot] = static_cast<uint32_t>(position + 1);
}

// Doubles the room; the memory may move.
template <typename Stored>
void grow(StateMemory* memory, uint64_t set) {
  const uint64_t capacity = at(memory, set)->capacity * 2;
  const uint64_t new_values = weir_state_allocate(memory, capacity * sizeof(Stored));
  const uint64_t index_bytes = capacity > kLinear ? capacity * 2 * sizeof(uint32_t) : 0;
  const uint64_t new_index = index_bytes == 0 ? 0 : weir_state_allocate(memory, index_bytes);
  ValueSet* const header = at(memory, set);
  std::memcpy(memory->base + new_values, memory->base + header->values, header->count * sizeof(Stored));
  header->capacity = capacity;
  header->values = new_values;
  header->index = new_index;
  if (new_index == 0) return;
  std::memset(memory->base + new_index, 0, index_bytes);
  for (uint64_t i = 0; i < header->count; ++i) put_in_index<Stored>(memory, header, i);
}

template <typename Stored, typename Value>
bool contains(const StateMemory* memory, const ValueSet* set, Value value) {
  const Stored* const all = values<Stored>(memory, set);
  if (set->index == 0) {
    for (uint64_t i = 0; i < set->count; ++i) {
      if (equal(stored(memory, all + i), value)) return true;
    }
    return false;
  }
  const uint64_t mask = set->capacity * 2 - 1;
  const uint32_t* const slots = index(memory, set);
  for (uint64_t slot = hash(value) & mask; slots[slot] != 0; slot = (slot + 1) & mask) {
    if (equal(stored(memory, all + (slots[slot] - 1)), value)) return true;
  }
  return false;
}

template <typename Stored, typename Value>
bool insert(StateMemory* memory, uint64_t* set, Value value) {
  if (*set == 0) {
    const uint64_t offset = weir_state_allocate(memory, sizeof(ValueSet));
    const uint64_t first = weir_state_allocate(memory, kFirstCapacity * sizeof(Stored));
    *at(memory, offset) = {0, kFirstCapacity, first, 0};
    *set = offset;
  } else if (contains<Stored>(memory, at(memory, *set), value)) {
    return false;
  }
  if (at(memory, *set)->count == at(memory, *set)->capacity) grow<Stored>(memory, *set);
  const auto kept = store(memory, value);
  ValueSet* const header = at(memory, *set);
  values<Stored>(memory, header)[header->count] = kept;
  if (header->index != 0) put_in_index<Stored>(memory, header, header->count);
  ++header->count;
  return true;
}

}  // namespace

bool weir_set_insert_i64(StateMemory* memory, uint64_t* set, int64_t value) {
  return insert<int64_t>(memory, set, value);
}
bool weir_set_insert_i128(StateMemory* memory, uint64_t* set, Int128 value) {
  return insert<Int128>(memory, set, value);
}
bool weir_set_insert_bytes(StateMemory* memory, uint64_t* set, StringRef value) {
  return insert<StoredBytes>(memory, set, value);
}
uint64_t weir_set_count(const StateMemory* memory, uint64_t set) {
  return set == 0 ? 0 : at(memory, set)->count;
}
int64_t weir_set_value_i64(const StateMemory* memory, uint64_t set, uint64_t position) {
  return *(values<int64_t>(memory, at(memory, set)) + position);
}
Int128 weir_set_value_i128(const StateMemory* memory, uint64_t set, uint64_t position) {
  return *(values<Int128>(memory, at(memory, set)) + position);
}
StringRef weir_set_value_bytes(const StateMemory* memory, uint64_t set, uint64_t position) {
  return stored(memory, values<StoredBytes>(memory, at(memory, set)) + position);
}
