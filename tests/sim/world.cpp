#include "tests/sim/world.h"

#include <algorithm>
#include <cstring>

namespace weir::sim {

void World::trace(std::string_view bytes) {
  uint64_t hash = bytes.size();
  while (!bytes.empty()) {
    uint64_t word = 0;
    const size_t size = std::min(sizeof word, bytes.size());
    std::memcpy(&word, bytes.data(), size);
    hash = (hash ^ word) * 0xff51afd7ed558ccdu;
    hash ^= hash >> 32;
    bytes.remove_prefix(size);
  }
  trace(hash);
}

Process& World::add(std::string instance, uint32_t machine, int64_t when_us,
                    std::function<void(Process&)> body) {
  Process& process = *processes_.emplace_back(std::make_unique<Process>());
  process.number = static_cast<uint32_t>(processes_.size());
  process.instance = std::move(instance);
  process.machine = machine;
  process.wake_us = when_us;
  process.thread = std::thread([this, &process, body = std::move(body)] { live(process, body); });
  return process;
}

void World::live(Process& process, const std::function<void(Process&)>& body) {
  process.turn.acquire();
  body(process);
  process.ended = true;
  if (Process* next = first()) {
    advance(next->wake_us);
    current_ = next;
    next->turn.release();
  } else {
    over_.release();
  }
}

void World::run() {
  current_ = first();
  advance(current_->wake_us);
  current_->turn.release();
  over_.acquire();
  for (const auto& process : processes_) {
    process->thread.join();
  }
}

Process* World::first() const {
  Process* found = nullptr;
  for (const auto& process : processes_) {
    if (!process->ended && (found == nullptr || process->wake_us < found->wake_us)) {
      found = process.get();
    }
  }
  return found;
}

void World::advance(int64_t until_us) {
  while (!events_.empty() && events_.begin()->first <= until_us) {
    now_us_ = std::max(now_us_, events_.begin()->first);
    const auto what = std::move(events_.begin()->second);
    events_.erase(events_.begin());
    what();
  }
  now_us_ = std::max(now_us_, until_us);
}

void World::sleep(int64_t duration_us) {
  if (current_ == nullptr) {
    advance(now_us_ + duration_us);
    return;
  }
  Process& me = *current_;
  if (me.dying) {
    return;
  }
  me.wake_us = now_us_ + duration_us;
  Process* next = first();
  advance(next->wake_us);
  if (next != &me) {
    current_ = next;
    next->turn.release();
    me.turn.acquire();
  }
}

}  // namespace weir::sim
