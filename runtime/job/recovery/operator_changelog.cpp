#include "runtime/job/recovery/operator_changelog.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <numeric>
#include <utility>

#include "runtime/state/saved_chunk.h"

namespace weir::job {
namespace {

// Well below what a broker takes as one message.
constexpr uint64_t kChunkBytes = 700'000;

enum class PartKind : uint32_t { Chunk, Tables };

// A blob is a sequence of parts, each behind its header.
struct PartHeader {
  PartKind kind;
  uint32_t bytes;  // that follow
  uint64_t table;  // of windows: which table the chunk is of; of sessions: which shard
};
// An item of the list of the tables that there are.
struct ListedTable {
  uint64_t table;
  int64_t closes;
  int64_t start;
  int64_t end;
  uint64_t kind;
};

// Small parts share a blob: a commit mostly changes a little in each of many tables or shards.
class Parts {
 public:
  explicit Parts(std::vector<std::string>& blobs) : blobs_(blobs), first_(blobs.size()) {}

  void add(PartKind kind, uint64_t table, std::string_view bytes) {
    const PartHeader header{kind, static_cast<uint32_t>(bytes.size()), table};
    if (blobs_.size() == first_ || blobs_.back().size() + sizeof header + bytes.size() > kChunkBytes) {
      blobs_.emplace_back();
    }
    blobs_.back().append(reinterpret_cast<const char*>(&header), sizeof header).append(bytes);
    bytes_ += sizeof header + bytes.size();
  }
  uint64_t bytes() const { return bytes_; }  // of all that were added

 private:
  std::vector<std::string>& blobs_;
  size_t first_;
  uint64_t bytes_ = 0;
};

// Places of a snapshot that are saved in one go: with small entries about a chunk.
constexpr uint32_t kNumbersAtOnce = 8192;

uint32_t stride_of(const state::PaneTable& table) { return table.stride; }
uint32_t stride_of(const state::SessionStore& store) { return store.stride; }

template <typename Save, typename Store>
void save_numbers(Save save, Store& store, uint64_t table, const uint32_t* numbers, uint32_t count,
                  Parts& parts) {
  if (count == 0) {
    return;
  }
  state::SavedChunk chunk;
  state::open_chunk(chunk, stride_of(store), kChunkBytes);
  for (uint32_t at = 0; at < count;) {
    at += save(&store, &chunk, numbers + at, count - at);
    parts.add(PartKind::Chunk, table, state::take_bytes(chunk));
  }
  state::close_chunk(chunk);
}

}  // namespace

OperatorChangelog::~OperatorChangelog() = default;

// Calls `visit(save, store, table, places)` for the store of groups or sessions, or for each table of panes.
template <typename Visit>
void OperatorChangelog::for_each_store(Visit visit) {
  const uint32_t id = op_.manifest->id;
  switch (op_.manifest->windowing) {
    case Windowing::None:
      visit(entries_.get<SaveGroups>("save_groups", id), op_.groups.table, uint64_t{0},
            op_.groups.table.count);
      break;
    case Windowing::Session:
      for (uint32_t shard = 0; shard < count_of(op_.sessions); ++shard) {
        state::SessionStore& store = op_.sessions.stores[shard];
        visit(entries_.get<SaveSessions>("save_sessions", id), store, uint64_t{shard}, store.used);
      }
      break;
    case Windowing::Attached:
    case Windowing::Sliced: {
      const auto save = entries_.get<SaveGroups>("save_groups", id);
      for (const state::KeptTable& kept : state::kept_tables(op_.windows, op_.pane_set_list)) {
        if (kept.table->saved_as == 0) {
          kept.table->saved_as = next_table_++;
        }
        visit(save, *kept.table, kept.table->saved_as, kept.table->count);
      }
      break;
    }
  }
}

void OperatorChangelog::save_changes(std::vector<std::string>& blobs) {
  Parts parts(blobs);
  for_each_store([&](auto save, auto& store, uint64_t table, uint32_t /*places*/) {
    save_numbers(save, store, table, store.changed.numbers, store.changed.count, parts);
    state::clear_changed(store.changed);
  });
  list_tables(false, parts);
}

void OperatorChangelog::begin_snapshot() {
  rest_.clear();
  for_each_store([&](auto /*save*/, auto& /*store*/, uint64_t table, uint32_t places) {
    rest_[table] = {.table = table, .next = 0, .end = places};
  });
  list_is_due_ = true;
}

bool OperatorChangelog::save_slice(uint64_t bytes, std::vector<std::string>& blobs) {
  Parts parts(blobs);
  std::map<uint64_t, Rest> left;  // a table that is gone needs nothing any more
  for_each_store([&](auto save, auto& store, uint64_t table, uint32_t /*places*/) {
    const auto found = rest_.find(table);
    if (found == rest_.end()) {
      return;  // it is new: all of it is in the changes
    }
    Rest rest = found->second;
    while (rest.next < rest.end && parts.bytes() < bytes) {
      std::array<uint32_t, kNumbersAtOnce> numbers;
      const auto at_once = static_cast<uint32_t>(
          std::clamp<uint64_t>(std::min(kChunkBytes, bytes) / stride_of(store), 1, kNumbersAtOnce));
      const uint32_t count = std::min(rest.end - rest.next, at_once);
      std::iota(numbers.begin(), numbers.begin() + count, rest.next);
      save_numbers(save, store, table, numbers.data(), count, parts);
      rest.next += count;
    }
    if (rest.next < rest.end) {
      left[table] = rest;
    }
  });
  rest_ = std::move(left);
  list_tables(std::exchange(list_is_due_, false), parts);
  return rest_.empty();
}

void OperatorChangelog::save_everything(std::vector<std::string>& blobs) {
  for_each_store([&](auto /*save*/, auto& store, uint64_t /*table*/, uint32_t /*places*/) {
    state::clear_changed(store.changed);
  });
  begin_snapshot();
  save_slice(UINT64_MAX, blobs);
}

// The tables of panes that there are, if it is others than before.
template <typename Parts>
void OperatorChangelog::list_tables(bool always, Parts& parts) {
  if (op_.manifest->windowing == Windowing::None || op_.manifest->windowing == Windowing::Session) {
    return;
  }
  std::string list;
  std::vector<uint64_t> names;
  for (const state::KeptTable& kept : state::kept_tables(op_.windows, op_.pane_set_list)) {
    const ListedTable item{kept.table->saved_as, kept.key.closes, kept.key.start, kept.key.end,
                           static_cast<uint64_t>(kept.key.kind)};
    list.append(reinterpret_cast<const char*>(&item), sizeof item);
    names.push_back(item.table);
  }
  std::ranges::sort(names);
  // Tables keep their keys while they live, but for `closes`, which is the end of the wait and not of the table.
  if (always || names != listed_) {
    parts.add(PartKind::Tables, next_table_, list);
    listed_ = std::move(names);
  }
}

std::expected<void, std::string> OperatorChangelog::load(std::string_view blob) {
  while (!blob.empty()) {
    PartHeader header;
    if (blob.size() < sizeof header) {
      return std::unexpected("it ends inside its header");
    }
    std::memcpy(&header, blob.data(), sizeof header);
    blob.remove_prefix(sizeof header);
    if (blob.size() < header.bytes) {
      return std::unexpected("it is cut off");
    }
    const std::string_view bytes = blob.substr(0, header.bytes);
    blob.remove_prefix(header.bytes);
    if (header.kind == PartKind::Tables) {
      next_table_ = std::max(next_table_, header.table);
    }
    auto loaded = header.kind == PartKind::Tables ? load_tables(bytes) : load_chunk(header.table, bytes);
    if (!loaded) {
      return loaded;
    }
  }
  return {};
}

std::expected<void, std::string> OperatorChangelog::load_chunk(uint64_t table, std::string_view bytes) {
  const uint32_t id = op_.manifest->id;
  const bool session = op_.manifest->windowing == Windowing::Session;
  state::PaneTable* groups = &op_.groups.table;
  if (op_.manifest->windowing != Windowing::None && !session) {
    state::TablePtr& pane = loaded_[table];
    if (!pane) {
      pane = state::make_table(op_.manifest->entry_bytes, &op_.account);
      pane->saved_as = table;
    }
    groups = pane.get();
    next_table_ = std::max(next_table_, table + 1);
  }
  if (session && table >= count_of(op_.sessions)) {
    return std::unexpected("it belongs to a shard that does not exist");
  }
  state::SavedChunk chunk;
  if (auto read = state::read_chunk(bytes, session ? op_.sessions.stores->stride : groups->stride, chunk);
      !read) {
    return read;
  }
  if (session) {
    entries_.get<LoadSessions>("load_sessions", id)(op_.sessions.stores + table, &chunk);
  } else {
    entries_.get<LoadGroups>("load_groups", id)(groups, &chunk);
  }
  state::close_chunk(chunk);
  return {};
}

std::expected<void, std::string> OperatorChangelog::load_tables(std::string_view bytes) {
  if (bytes.size() % sizeof(ListedTable) != 0) {
    return std::unexpected("its list of tables is cut off");
  }
  loaded_list_.clear();
  for (; !bytes.empty(); bytes.remove_prefix(sizeof(ListedTable))) {
    ListedTable item;
    std::memcpy(&item, bytes.data(), sizeof item);
    loaded_list_[item.table] = {item.closes, item.start, item.end, static_cast<state::PaneKind>(item.kind)};
  }
  std::erase_if(loaded_, [&](const auto& table) { return !loaded_list_.contains(table.first); });
  return {};
}

std::expected<void, std::string> OperatorChangelog::finish(abi::Context* context) {
  constexpr std::string_view kMissing = "a part of the changelog is missing";
  switch (op_.manifest->windowing) {
    case Windowing::None:
      if (!state::finish_groups(op_.groups.table)) {
        return std::unexpected(std::string(kMissing));
      }
      return {};
    case Windowing::Session:
      for (state::SessionStore& store : op_.session_stores) {
        entries_.get<LinkSessions>("link_sessions", op_.manifest->id)(&store);
      }
      return {};
    case Windowing::Attached:
    case Windowing::Sliced: break;
  }
  std::vector<std::pair<state::PaneKey, state::TablePtr>> tables;
  for (const auto& [name, key] : loaded_list_) {
    const auto found = loaded_.find(name);
    if (found == loaded_.end() || !state::finish_groups(*found->second)) {
      return std::unexpected(std::string(kMissing));
    }
    tables.emplace_back(key, std::move(found->second));
    listed_.push_back(name);
  }
  loaded_.clear();
  state::restore_tables(op_.windows, context, std::move(tables), *op_.pane_set_list.front(), op_.reached);
  return {};
}

}  // namespace weir::job
