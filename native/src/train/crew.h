#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "exec/governor.h"
#include "exec/team.h"

namespace recurrent {

// A trainer's threads, which run a pass when the governor finds that they are worth using now, and
// leave it to the caller's thread when not. Results never depend on it.
class Crew {
 public:
  // Throws as Team does.
  explicit Crew(int threads, Governor::Now now = Governor::Clock::now)
      : team_(threads), governor_(now) {}

  int size() const noexcept { return team_.size(); }

  // Calls body(participant), which goes through the stages of a pass, on all threads or on the
  // caller's alone. `alone` is how long the pass is predicted to take on one thread.
  template <class Body>
  void run(std::chrono::nanoseconds alone, Body body) {
    if (!admits(alone)) {
      Participant single;
      body(single);
      governor_.ran_alone();
      return;
    }
    ++runs_together_;
    team_.run(
        size(),
        [](void* context, Participant& participant) noexcept {
          (*static_cast<Body*>(context))(participant);
        },
        &body);
    governor_.ran_with(team_);
  }

  // For tests, which compare both: the threads run everything, or nothing, or what the governor
  // says.
  void force(std::optional<bool> together) noexcept { forced_ = together; }

  // Passes that the threads have run.
  int64_t runs_together() const noexcept { return runs_together_; }

 private:
  bool admits(std::chrono::nanoseconds alone) noexcept {
    return forced_ ? *forced_ : governor_.admits(team_, size(), alone - alone / size());
  }

  Team team_;
  Governor governor_;
  std::optional<bool> forced_;
  int64_t runs_together_ = 0;
};

// The same, on the caller's thread if there is no crew.
template <class Body>
void share(Crew* crew, std::chrono::nanoseconds alone, Body body) {
  if (crew) {
    crew->run(alone, body);
    return;
  }
  Participant single;
  body(single);
}

}  // namespace recurrent
