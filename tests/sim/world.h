// Virtual time and the processes that live in it. One process runs at a time: each has a thread of its own, and whoever waits
// hands over to the one whose time comes first. All chance comes from one seed, so a world can be lived through again.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <semaphore>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "runtime/time/clock.h"

namespace weir::sim {

// Ends a process where it stands, as kill -9 does: destructors run, but nothing that they do leaves the process.
struct Killed {};

constexpr int64_t kAlways = INT64_MAX;

// What a process is about, as far as the log can see.
enum class Doing : uint8_t { Other, StandingBy, Opening, ReadingChangelog, Replaying, InTransaction };

struct Process {
  uint32_t number = 0;
  std::string instance;
  uint32_t machine = 0;
  Doing doing = Doing::Other;
  bool has_lock = false;             // of the job; it was given to it, at least
  bool dying = false;                // it has been killed, and its destructors run
  int64_t quiet_since_us = kAlways;  // its heartbeats have not come through since
  uint32_t starts = 0;

  int64_t wake_us = 0;
  bool ended = false;
  std::binary_semaphore turn{0};
  std::thread thread;
};

class World {
 public:
  explicit World(uint64_t seed) : random_(seed) {}

  int64_t now_us() const { return now_us_; }
  uint64_t below(uint64_t limit) { return random_() % limit; }
  bool happens(uint32_t per_mille) { return random_() % 1000 < per_mille; }

  // Before `run`. The process begins at `when_us`.
  Process& add(std::string instance, uint32_t machine, int64_t when_us, std::function<void(Process&)> body);
  // Until all processes have ended.
  void run();
  // Whether there are processes; without, time just passes.
  bool lives() const { return current_ != nullptr; }
  Process& current() { return *current_; }
  size_t processes() const { return processes_.size(); }
  // By the process at hand.
  void sleep(int64_t duration_us);
  // A call of the clock takes time as well.
  void tick() { now_us_ += 7; }
  // `what` may not wait.
  void at(int64_t when_us, std::function<void()> what) { events_.emplace(when_us, std::move(what)); }

  // What happens, in a number: the same seed gives the same.
  void trace(uint64_t value) { trace_ = (trace_ ^ value) * 0x9e3779b97f4a7c15u + (trace_ >> 29); }
  void trace(std::string_view bytes);
  uint64_t trace() const { return trace_; }

 private:
  Process* first() const;
  void advance(int64_t until_us);
  void live(Process& process, const std::function<void(Process&)>& body);

  std::mt19937_64 random_;
  int64_t now_us_ = 0;
  uint64_t trace_ = 1;
  std::multimap<int64_t, std::function<void()>> events_;
  std::vector<std::unique_ptr<Process>> processes_;
  Process* current_ = nullptr;
  std::binary_semaphore over_{0};
};

class SimClock : public time::Clock {
 public:
  explicit SimClock(World& world) : world_(world) {}
  int64_t wall_us() override { return 1'767'225'600'000'000 + monotonic_us(); }
  int64_t monotonic_us() override {
    world_.tick();
    return world_.now_us();
  }
  void sleep_us(int64_t duration_us) override { world_.sleep(duration_us); }

 private:
  World& world_;
};

}  // namespace weir::sim
