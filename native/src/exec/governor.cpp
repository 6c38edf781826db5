#include "exec/governor.h"

namespace recurrent {
namespace {

// Time alone after a loss, in multiples of the loss: trying costs at most 1/16 of all time.
constexpr int kRestFactor = 16;

// From the system call to the worker's first instruction on an idle processor: 5 us where it has
// just gone to sleep, 30 to 70 us in a virtual machine whose processor was halted.
constexpr std::chrono::microseconds kWakeUp{60};

// A call that begins so soon after the one before belongs to a burst of them.
constexpr std::chrono::microseconds kBurst{40};

// Sleeping workers are called this seldom: where they do not come, because others have the
// processors, calling them is all that a call gets from them.
constexpr std::chrono::microseconds kBetweenWakes{500};

}  // namespace

bool Governor::admits(Team& team, int threads, std::chrono::nanoseconds saving) noexcept {
  if (is_resting_) {
    if (now_() < rest_until_) return false;
    is_resting_ = false;
  }
  if (saving > kWakeUp || !team.is_asleep(threads)) return true;
  const Clock::time_point now = now_();
  if (now - last_alone_ > kBurst || now - last_wake_ < kBetweenWakes) return false;
  last_wake_ = now;
  return true;
}

void Governor::ran_with(const Team& team) noexcept {
  if (!team.was_dismissed()) return;
  is_resting_ = true;
  rest_until_ = now_() + kRestFactor * team.waited();
}

void Governor::ran_alone() noexcept {
  if (!is_resting_) last_alone_ = now_();
}

}  // namespace recurrent
