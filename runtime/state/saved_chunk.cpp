#include "runtime/state/saved_chunk.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include <fmt/format.h>

#include "runtime/state/hash_index.h"
#include "runtime/state/pane_table.h"
#include "runtime/state/state_memory.h"

namespace weir::state {
namespace {

constexpr uint32_t kChunkVersion = 1;

struct ChunkHeader {
  uint32_t version;
  uint32_t record_bytes;
  uint32_t count;
  uint32_t freed;
  uint64_t memory_bytes;
  uint64_t unused;
};
static_assert(sizeof(ChunkHeader) == 32);

uint64_t padded(uint64_t bytes) { return (bytes + 15) & ~uint64_t{15}; }

char* allocate_records(uint64_t bytes) {
  auto* block = static_cast<char*>(std::aligned_alloc(16, std::max<uint64_t>(padded(bytes), 16)));
  if (block == nullptr) out_of_memory(bytes);
  return block;
}

}  // namespace

void open_chunk(SavedChunk& chunk, uint32_t stride, uint64_t target_bytes) {
  chunk = {};
  chunk.record_bytes = kRecordHeadBytes + stride;
  chunk.capacity = static_cast<uint32_t>(std::clamp<uint64_t>(target_bytes / chunk.record_bytes, 1, 1 << 20));
  chunk.target_bytes = target_bytes;
  chunk.records = allocate_records(uint64_t{chunk.capacity} * chunk.record_bytes);
  // A place that is free takes no record, so as many again may become free.
  chunk.freed = new uint32_t[chunk.capacity];
}

void close_chunk(SavedChunk& chunk) {
  std::free(chunk.records);
  delete[] chunk.freed;
  close_memory(chunk.memory);
  chunk = {};
}

std::string take_bytes(SavedChunk& chunk) {
  const ChunkHeader header{kChunkVersion,     chunk.record_bytes, chunk.count,
                           chunk.freed_count, chunk.memory.used,  0};
  const uint64_t record_bytes = uint64_t{chunk.count} * chunk.record_bytes;
  const uint64_t freed_bytes = padded(uint64_t{chunk.freed_count} * sizeof(uint32_t));
  std::string bytes(sizeof header + record_bytes + freed_bytes, '\0');
  std::memcpy(bytes.data(), &header, sizeof header);
  std::memcpy(bytes.data() + sizeof header, chunk.records, record_bytes);
  std::memcpy(bytes.data() + sizeof header + record_bytes, chunk.freed,
              uint64_t{chunk.freed_count} * sizeof(uint32_t));
  if (chunk.memory.used != 0) bytes.append(chunk.memory.base, chunk.memory.used);
  chunk.count = chunk.freed_count = 0;
  close_memory(chunk.memory);
  return bytes;
}

std::expected<void, std::string> read_chunk(std::string_view bytes, uint32_t stride, SavedChunk& chunk) {
  ChunkHeader header;
  if (bytes.size() < sizeof header) return std::unexpected("it ends inside its header");
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.version != kChunkVersion)
    return std::unexpected(
        fmt::format("it has version {}, this runtime reads version {}", header.version, kChunkVersion));
  if (header.record_bytes != kRecordHeadBytes + stride)
    return std::unexpected("its entries have another size than those of the operator");
  const uint64_t record_bytes = uint64_t{header.count} * header.record_bytes;
  const uint64_t freed_bytes = padded(uint64_t{header.freed} * sizeof(uint32_t));
  if (bytes.size() - sizeof header != record_bytes + freed_bytes + header.memory_bytes)
    return std::unexpected("it has another size than its header says");
  const char* at = bytes.data() + sizeof header;
  chunk = {};
  chunk.record_bytes = header.record_bytes;
  chunk.count = chunk.capacity = header.count;
  chunk.freed_count = header.freed;
  chunk.records = allocate_records(record_bytes);
  std::memcpy(chunk.records, at, record_bytes);
  chunk.freed = new uint32_t[header.freed];
  std::memcpy(chunk.freed, at + record_bytes, uint64_t{header.freed} * sizeof(uint32_t));
  if (header.memory_bytes > 16) {  // the first 16 bytes are never handed out
    weir_state_allocate(&chunk.memory, header.memory_bytes - 16);
    std::memcpy(chunk.memory.base, at + record_bytes + freed_bytes, header.memory_bytes);
  }
  return {};
}

bool finish_groups(PaneTable& table) {
  const uint64_t mask = (uint64_t{1} << table.index_bits) - 1;
  std::memset(table.index, 0, sizeof(uint64_t) << table.index_bits);
  for (uint32_t number = 0; number < table.count; ++number) {
    if (number >= table.changed.capacity || (table.changed.bits[number / 64] >> (number % 64) & 1) == 0)
      return false;
    const auto tag = static_cast<uint32_t>(header_of(entry_at(&table, number))->hash);
    uint64_t at = home_slot(tag, table.index_bits);
    while (table.index[at] != 0) at = (at + 1) & mask;
    table.index[at] = make_slot(tag, number);
  }
  clear_changed(table.changed);
  return true;
}

}  // namespace weir::state
