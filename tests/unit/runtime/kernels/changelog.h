// A changelog as a job keeps it: chunks of what has changed, one commit after the other, and slices of snapshots between.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/state/changed.h"
#include "runtime/state/saved_chunk.h"

namespace weir::kernel_tests {

struct Changelog {
  std::vector<std::string> chunks;

  // Saves these places, in as many chunks as it takes.
  template <typename Save, typename Store>
  void save(Save save_places, const Store& store, uint32_t stride, const std::vector<uint32_t>& numbers,
            uint64_t target_bytes) {
    state::SavedChunk chunk;
    state::open_chunk(chunk, stride, target_bytes);
    for (uint32_t at = 0; at < numbers.size();) {
      const uint32_t saved =
          save_places(&store, &chunk, numbers.data() + at, static_cast<uint32_t>(numbers.size()) - at);
      ASSERT_GT(saved, 0u);
      at += saved;
      chunks.push_back(state::take_bytes(chunk));
    }
    state::close_chunk(chunk);
  }
  // Saves what has changed, and forgets that it has.
  template <typename Save, typename Store>
  void commit(Save save_places, Store& store, uint32_t stride, uint64_t target_bytes) {
    const std::vector<uint32_t> numbers(store.changed.numbers, store.changed.numbers + store.changed.count);
    save(save_places, store, stride, numbers, target_bytes);
    state::clear_changed(store.changed);
  }
  template <typename Load, typename Store>
  void load(Load load_places, Store& store, uint32_t stride) const {
    for (const std::string& bytes : chunks) {
      state::SavedChunk chunk;
      const auto read = state::read_chunk(bytes, stride, chunk);
      ASSERT_TRUE(read.has_value()) << read.error();
      load_places(&store, &chunk);
      state::close_chunk(chunk);
    }
  }
};

}  // namespace weir::kernel_tests
