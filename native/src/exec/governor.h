#pragma once

#include <chrono>

#include "exec/team.h"

namespace recurrent {

// Decides from call to call whether a session's threads are worth using now. Results never depend
// on it.
//
// - Where others use the processors too, a thread in the middle of a step may be stopped for
//   milliseconds, and everybody waits for it. After a job that lost time so, the session runs alone
//   for many times as long as was lost: what trying again costs is then a small part of all time,
//   however busy the machine is. Nothing about the machine's load has to be known or guessed.
// - A step that follows a pause finds the workers asleep. Waking them takes longer than most steps,
//   so it is done only when a call saves more than that, or belongs to a burst of calls, the next
//   of which will find them awake. A stream with pauses costs what it costs with one thread.
class Governor {
 public:
  using Clock = std::chrono::steady_clock;
  using Now = Clock::time_point (*)();

  // Tests bring their own clock.
  explicit Governor(Now now = Clock::now) noexcept : now_(now) {}

  // Whether a call that the team is predicted to shorten by `saving` is to be run by it.
  bool admits(Team& team, int threads, std::chrono::nanoseconds saving) noexcept;

  // What came of it: after a call that the team has run, and after one that it has not.
  void ran_with(const Team& team) noexcept;
  void ran_alone() noexcept;

 private:
  Now now_;
  bool is_resting_ = false;
  Clock::time_point rest_until_{};
  Clock::time_point last_alone_{};  // end of the last call without the team
  Clock::time_point last_wake_{};   // last call that was to wake the team
};

}  // namespace recurrent
