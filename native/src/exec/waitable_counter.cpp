#include "exec/waitable_counter.h"

#include <thread>

#if defined(__x86_64__) || defined(_M_X64)
#include <immintrin.h>
#endif
#if defined(_WIN32)
#include <windows.h>
// Behind what it needs.
#include <synchapi.h>
#endif

namespace recurrent {
namespace {

void pause_processor() noexcept {
#if defined(__x86_64__) || defined(_M_X64)
  _mm_pause();
#elif defined(__aarch64__) && defined(__GNUC__)
  __asm__ volatile("yield");
#endif
}

// Sleeps until the value is another one, or without a reason. Not atomic::wait() on Windows: that
// of GCC 12's library loses wake-ups there.
void sleep_while(const std::atomic<uint32_t>& value, uint32_t seen) noexcept {
#if defined(_WIN32)
  static_assert(sizeof(value) == sizeof(seen));
  WaitOnAddress(const_cast<std::atomic<uint32_t>*>(&value), &seen, sizeof(seen), INFINITE);
#else
  value.wait(seen, std::memory_order_seq_cst);
#endif
}

void wake_all(std::atomic<uint32_t>& value) noexcept {
#if defined(_WIN32)
  WakeByAddressAll(&value);
#else
  value.notify_all();
#endif
}

// The first polls follow each other without a pause: one lasts up to 150 cycles, about as long as
// another core's write takes to get here, and waits between two slices of a step are hardly longer.
constexpr int kPollsWithoutPause = 400;

// The clock is looked at seldom enough to be cheap beside the pauses.
constexpr int kPausesPerLook = 16;

}  // namespace

void WaitableCounter::set(uint32_t value) noexcept {
  // Sequentially consistent, as is the pair in wait(): either the sleeper sees the new value, or
  // its registration is seen here. With less, each could miss the other.
  value_.exchange(value, std::memory_order_seq_cst);
  if (sleepers_.load(std::memory_order_seq_cst) != 0) wake_all(value_);
}

void WaitableCounter::announce(uint32_t value) noexcept {
  value_.store(value, std::memory_order_release);
  if (has_sleepers()) wake_all(value_);
}

bool WaitableCounter::poll(uint32_t target, std::chrono::nanoseconds patience) const noexcept {
  using Clock = std::chrono::steady_clock;
  if (patience == std::chrono::nanoseconds::zero()) {
    if (has_reached(target)) return true;
    std::this_thread::yield();
    return has_reached(target);
  }
  for (int i = 0; i < kPollsWithoutPause; ++i)
    if (has_reached(target)) return true;
  const Clock::time_point deadline = Clock::now() + patience;
  do {
    for (int i = 0; i < kPausesPerLook; ++i) {
      if (has_reached(target)) return true;
      pause_processor();
    }
  } while (Clock::now() < deadline);
  return has_reached(target);
}

void WaitableCounter::wait(uint32_t target, std::chrono::nanoseconds patience) noexcept {
  if (poll(target, patience)) return;
  sleepers_.fetch_add(1, std::memory_order_seq_cst);
  for (;;) {
    const uint32_t seen = value_.load(std::memory_order_seq_cst);
    if (static_cast<int32_t>(seen - target) >= 0) break;
    sleep_while(value_, seen);
  }
  sleepers_.fetch_sub(1, std::memory_order_relaxed);
}

}  // namespace recurrent
