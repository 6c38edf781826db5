// When a session or a trainer uses its threads, by a clock that stands still until it is moved.
#include "exec/governor.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <optional>
#include <thread>

#include "native_trainer.h"
#include "train/crew.h"

namespace recurrent::test {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

// Whatever happens only when the system has let the workers run, or sleep, is tried so often.
constexpr int kAttempts = 1000;
constexpr milliseconds kPause{3};

// More, and less, than waking a thread costs.
constexpr milliseconds kLong{100};
constexpr microseconds kShort{1};

Governor::Clock::time_point now;
Governor::Clock::time_point forced_now() { return now; }

// A job in which the worker is stopped in its slice while the caller waits, if it comes in time. It
// belongs to the thread that makes it.
class LostTime {
 public:
  void operator()(Participant& participant) {
    if (participant.size() == 1) return;
    participant.stage([this](int slice) {
      const bool is_caller = std::this_thread::get_id() == caller_;
      if (slice == 0 && is_caller) {
        const auto end = std::chrono::steady_clock::now() + milliseconds(50);
        while (!stopped_.load() && std::chrono::steady_clock::now() < end)
          std::this_thread::yield();
      } else if (!is_caller) {
        stopped_.store(true);
        std::this_thread::sleep_for(milliseconds(20));
      }
    });
  }

 private:
  const std::thread::id caller_ = std::this_thread::get_id();
  std::atomic<bool> stopped_{false};
};

template <class Function>
void run(Team& team, Function function) {
  team.run(
      team.size(),
      [](void* context, Participant& participant) noexcept {
        (*static_cast<Function*>(context))(participant);
      },
      &function);
}

// The caller's thread has its slice of every stage, so it is the one that reads the size.
int threads_of_a_pass(Crew& crew, std::chrono::nanoseconds alone) {
  std::atomic<int> size{0};
  crew.run(alone, [&](Participant& participant) { size.store(participant.size()); });
  return size.load();
}

TEST(Governor, RestsSixteenTimesAsLongAsWasLost) {
  now = Governor::Clock::time_point(std::chrono::hours(1));
  Team team(2);
  Governor governor(forced_now);
  for (int i = 0; i < kAttempts && !team.was_dismissed(); ++i) {
    LostTime lost;
    run(team, [&](Participant& participant) { lost(participant); });
  }
  ASSERT_TRUE(team.was_dismissed());
  ASSERT_GT(team.waited(), team.waited().zero());
  governor.ran_with(team);
  EXPECT_FALSE(governor.admits(team, 2, kLong));
  now += 16 * team.waited() - std::chrono::nanoseconds(1);
  EXPECT_FALSE(governor.admits(team, 2, kLong));
  now += std::chrono::nanoseconds(1);
  EXPECT_TRUE(governor.admits(team, 2, kLong));
}

TEST(Governor, DoesNotRestWhenNothingWasLost) {
  now = Governor::Clock::time_point(std::chrono::hours(1));
  Team team(2);
  Governor governor(forced_now);
  run(team, [](Participant& participant) { participant.stage([](int) {}); });
  for (int i = 0; i < kAttempts && team.was_dismissed(); ++i) {
    std::this_thread::sleep_for(kPause);
    run(team, [](Participant& participant) { participant.stage([](int) {}); });
  }
  ASSERT_FALSE(team.was_dismissed());
  governor.ran_with(team);
  EXPECT_TRUE(governor.admits(team, 2, kLong));
}

TEST(Governor, WakesSleepersForLongCallsAndForBurstsOfShortOnes) {
  now = Governor::Clock::time_point(std::chrono::hours(1));
  Team team(2);
  Governor governor(forced_now);
  for (int i = 0; i < kAttempts && !team.is_asleep(2); ++i) std::this_thread::sleep_for(kPause);
  ASSERT_TRUE(team.is_asleep(2));
  EXPECT_TRUE(governor.admits(team, 2, kLong));
  EXPECT_FALSE(governor.admits(team, 2, kShort)) << "after a pause";
  governor.ran_alone();
  EXPECT_TRUE(governor.admits(team, 2, kShort)) << "in a burst";
  governor.ran_alone();
  EXPECT_FALSE(governor.admits(team, 2, kShort)) << "called a moment ago";
  now += microseconds(500);
  governor.ran_alone();
  EXPECT_TRUE(governor.admits(team, 2, kShort)) << "called long ago";
}

TEST(Crew, IsLeftAloneAfterALossAndComesBack) {
  now = Governor::Clock::time_point(std::chrono::hours(1));
  Crew crew(2, forced_now);
  int size = crew.size();
  for (int i = 0; i < kAttempts && size == 2; ++i) {
    LostTime lost;
    crew.run(kLong, [&](Participant& participant) { lost(participant); });
    size = threads_of_a_pass(crew, kLong);
  }
  EXPECT_EQ(size, 1);
  EXPECT_EQ(threads_of_a_pass(crew, kLong), 1);
  now += std::chrono::hours(1);
  EXPECT_EQ(threads_of_a_pass(crew, kLong), 2);
}

// A trainer; whether its threads have run a pass.
class Passes {
 public:
  Passes(int64_t size, int64_t batch, int64_t time) : batch_(batch), time_(time) {
    Random random(3);
    owned_.add(random_layer(random, RECURRENT_LAYER_LSTM, size, size, false));
    trainer_ = make_trainer(owned_, RECURRENT_ISA_AUTO, 2);
    trainer_->trainer.force(std::nullopt);
    x_ = random_values(random, batch * time * size, 1);
    y_.resize(static_cast<size_t>(batch * time * output_size(owned_.layers.back().desc)));
  }

  bool runs_forward_together() {
    recurrent_forward_args args{};
    args.struct_size = sizeof(args);
    args.time = time_;
    args.batch = batch_;
    args.x = x_.data();
    args.y = y_.data();
    return runs_together([&] { return recurrent_trainer_forward(trainer_.get(), &args); });
  }

  bool runs_backward_together() {
    recurrent_backward_args args{};
    args.struct_size = sizeof(args);
    args.dy = y_.data();
    return runs_together([&] { return recurrent_trainer_backward(trainer_.get(), &args); });
  }

 private:
  template <class Pass>
  bool runs_together(Pass pass) {
    const int64_t before = trainer_->trainer.passes_together();
    EXPECT_OK(pass());
    return trainer_->trainer.passes_together() > before;
  }

  const int64_t batch_, time_;
  OwnedModel owned_;
  TrainerHandle trainer_;
  std::vector<float> x_, y_;
};

// Also after a pause, when the workers sleep.
TEST(Crew, RunsLongPassesOfATrainer) {
  Passes passes(100, 64, 50);
  bool forward = false;
  bool backward = false;
  for (int i = 0; i < kAttempts && !(forward && backward); ++i) {
    std::this_thread::sleep_for(kPause);
    forward |= passes.runs_forward_together();
    std::this_thread::sleep_for(kPause);
    backward |= passes.runs_backward_together();
  }
  EXPECT_TRUE(forward);
  EXPECT_TRUE(backward);
}

TEST(Crew, LeavesShortPassesOfATrainerAloneAfterAPause) {
  Passes passes(1, 1, 1);
  bool together = true;
  for (int i = 0; i < kAttempts && together; ++i) {
    std::this_thread::sleep_for(kPause);
    together = passes.runs_forward_together();
  }
  EXPECT_FALSE(together);
}

}  // namespace
}  // namespace recurrent::test
