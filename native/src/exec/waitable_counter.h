#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace recurrent {

// A counter that threads wait on: for a while awake, because what they wait for is usually
// microseconds away, and then asleep, because an idle session must cost nothing. It wraps around;
// values are compared by their difference.
class WaitableCounter {
 public:
  uint32_t value() const noexcept { return value_.load(std::memory_order_acquire); }
  bool has_reached(uint32_t target) const noexcept {
    return static_cast<int32_t>(value() - target) >= 0;
  }
  // Whether a waiter has given up being awake.
  bool has_sleepers() const noexcept { return sleepers_.load(std::memory_order_relaxed) != 0; }

  // Sets the value and wakes everybody. What was written before is seen by those who see the value.
  void set(uint32_t value) noexcept;

  // Likewise without waiting for the line to arrive from another core. A waiter that goes to sleep
  // at this very moment may not be woken before the next value.
  void announce(uint32_t value) noexcept;

  // Sets the value where nobody waits.
  void reset(uint32_t value) noexcept { value_.store(value, std::memory_order_relaxed); }

  // Polls for `patience` and gives whether the target has been reached.
  bool poll(uint32_t target, std::chrono::nanoseconds patience) const noexcept;

  // Returns once the target has been reached: polls for `patience`, then sleeps. A patience of zero
  // says that there are more threads than processors: whoever is waited for may need this very
  // processor, so it is given away at once.
  void wait(uint32_t target, std::chrono::nanoseconds patience) noexcept;

 private:
  std::atomic<uint32_t> value_{0};
  // Lets set() skip the system call when all waiters are awake.
  std::atomic<uint32_t> sleepers_{0};
};

}  // namespace recurrent
