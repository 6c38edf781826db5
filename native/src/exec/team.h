// The threads of one session: started once, asleep when there is nothing to do.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

#include "base/aligned_buffer.h"

namespace recurrent {

// A counter that threads wait on: for a while awake, because the next step is usually microseconds
// away, and then asleep, because an idle session must cost nothing.
class alignas(kCacheLineBytes) WaitableCounter {
 public:
  uint32_t value() const noexcept { return value_.load(std::memory_order_acquire); }

  // Adds one and wakes everybody. What was written before is seen by those who see the new value.
  void advance() noexcept;

  // Returns once the value is no longer `old`. Spins for `patience` at most, then sleeps. A
  // patience of zero says that there are more threads than processors: whoever is waited for may
  // need this very processor, so it is given away at once.
  void wait_while(uint32_t old, std::chrono::nanoseconds patience) noexcept;

 private:
  bool spin_while(uint32_t old, std::chrono::nanoseconds patience) const noexcept;

  std::atomic<uint32_t> value_{0};
  // Lets advance() skip the system call when all waiters are awake.
  std::atomic<uint32_t> sleepers_{0};
};

// Runs one function on several threads at once (single program, multiple data): the caller is
// thread 0, the workers are 1 to size() - 1. A team belongs to one caller at a time. Neither run()
// nor barrier() takes a lock or allocates. The workers run with the canonical floating-point
// control and with asynchronous signals blocked, so that the application's handlers run on its own
// threads.
//
// A child made by fork() has the team but not its threads: there it must not be used nor destroyed.
class Team {
 public:
  // Runs on every thread. Must not throw: there is nobody to catch it, and threads of the team may
  // be waiting at a barrier for the one that left.
  using Body = void (*)(void* context, int thread, Team& team) noexcept;

  // Starts threads - 1 workers. Throws INVALID_ARGUMENT for less than 1 or more than
  // RECURRENT_MAX_THREADS, OUT_OF_MEMORY if the system gives no more threads.
  explicit Team(int threads);

  // Ends the workers. No run may be going on.
  ~Team();

  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  int size() const noexcept { return size_; }

  // Calls body(context, thread, *this) on every thread and returns when all have returned. Writes
  // before the call are visible to every thread, and theirs to the caller afterwards. Not
  // reentrant. The caller's own floating-point control is the caller's affair (ScopedFpControl).
  void run(Body body, void* context) noexcept {
    if (size_ == 1) {
      body(context, 0, *this);
    } else {
      run_with_workers(body, context);
    }
  }

  // Called by every thread from within a body, the same number of times: returns when all have
  // called it. Writes before it are visible to every thread after it.
  void barrier([[maybe_unused]] int thread) noexcept {
    if (size_ > 1) {
      meet();
    }
  }

 private:
  void start_workers();
  void stop_workers() noexcept;
  void work(int thread) noexcept;
  void run_with_workers(Body body, void* context) noexcept;
  void meet() noexcept;

  const int size_;
  const std::chrono::nanoseconds patience_;
  std::vector<std::thread> workers_;

  // The job; written by the caller before started_ advances. A null body ends the workers.
  Body body_ = nullptr;
  void* context_ = nullptr;

  WaitableCounter started_;
  WaitableCounter finished_;
  WaitableCounter barrier_phase_;
  alignas(kCacheLineBytes) std::atomic<int> running_{0};
  alignas(kCacheLineBytes) std::atomic<int> arrived_{0};
};

}  // namespace recurrent
