#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "base/error.h"
#include "cpu/caches.h"
#include "exec/team.h"

#if defined(__unix__)
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <time.h>
#endif
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define RECURRENT_TEST_SANITIZED 1
#else
#define RECURRENT_TEST_SANITIZED 0
#endif

namespace recurrent {
namespace {

// Long enough that a waiting thread has given up spinning.
constexpr std::chrono::milliseconds kUntilAsleep{3};

// A short sleep is none at all on some systems.
void yield_for(std::chrono::microseconds time) {
  const auto until = std::chrono::steady_clock::now() + time;
  do {
    std::this_thread::yield();
  } while (std::chrono::steady_clock::now() < until);
}

// Calls function(participant) on the first `threads` threads.
template <class Function>
void run(Team& team, int threads, Function function) {
  team.run(
      threads,
      [](void* context, Participant& participant) noexcept {
        (*static_cast<Function*>(context))(participant);
      },
      &function);
}
template <class Function>
void run(Team& team, Function function) {
  run(team, team.size(), function);
}

// Runs until function(slice) has been called by the slice's own thread for every slice: a worker
// may come too late for any one run.
template <class Function>
void run_on_every_thread(Team& team, Function function) {
  std::vector<std::atomic<bool>> came(static_cast<size_t>(team.size()));
  const std::thread::id caller = std::this_thread::get_id();
  bool all = false;
  while (!all) {
    run(
        team,
        [&](Participant& participant) {
          participant.stage([&](int slice) {
            const bool is_own = (slice == 0) == (std::this_thread::get_id() == caller);
            // Time for the others to come for theirs.
            if (slice == 0) std::this_thread::sleep_for(std::chrono::microseconds(200));
            if (is_own) {
              function(slice);
              came[static_cast<size_t>(slice)] = true;
            }
          });
        });
    all = std::all_of(came.begin(), came.end(), [](const auto& one) { return one.load(); });
  }
}

size_t index(int thread) { return static_cast<size_t>(thread); }

class TeamSizeTest : public testing::TestWithParam<int> {};

TEST_P(TeamSizeTest, DoesEverySliceOnce) {
  Team team(GetParam());
  ASSERT_EQ(team.size(), GetParam());
  // Plain integers: what a thread writes must be visible when run() returns, without more.
  constexpr int kStages = 50;
  std::vector<std::vector<int>> calls(kStages, std::vector<int>(index(team.size())));
  constexpr int kRuns = 100;
  for (int i = 0; i < kRuns; ++i) {
    run(
        team,
        [&](Participant& participant) {
          ASSERT_EQ(participant.size(), team.size());
          for (std::vector<int>& stage : calls)
            participant.stage([&](int slice) { ++stage[index(slice)]; });
        });
  }
  EXPECT_EQ(calls,
            std::vector<std::vector<int>>(kStages, std::vector<int>(index(team.size()), kRuns)));
}

// Every slice adds its neighbour's value of the last stage to its own: a slice that runs ahead or
// sees an old value changes the sums. Some runs find the workers asleep, some use fewer threads.
TEST_P(TeamSizeTest, StagesFollowEachOther) {
  Team team(GetParam());
  constexpr int kStages = 200;
  for (int round = 0; round < 60; ++round) {
    const int size = 1 + round % GetParam();
    std::array<std::vector<uint64_t>, 2> expected;
    std::array<std::vector<uint64_t>, 2> values;
    for (auto* both : {&expected, &values}) {
      both->fill(std::vector<uint64_t>(index(size)));
      for (size_t i = 0; i < (*both)[0].size(); ++i) (*both)[0][i] = i + 1;
    }
    const auto add = [](const std::vector<uint64_t>& now, std::vector<uint64_t>& next, size_t own) {
      next[own] = now[own] + now[(own + 1) % now.size()];
    };
    for (size_t stage = 0; stage < kStages; ++stage)
      for (size_t own = 0; own < index(size); ++own)
        add(expected[stage % 2], expected[(stage + 1) % 2], own);

    if (round % 8 == 7) std::this_thread::sleep_for(kUntilAsleep);
    run(team, size, [&](Participant& participant) {
      for (size_t stage = 0; stage < kStages; ++stage)
        participant.stage(
            [&](int slice) { add(values[stage % 2], values[(stage + 1) % 2], index(slice)); });
    });
    ASSERT_EQ(values[kStages % 2], expected[kStages % 2]) << "round " << round;
  }
}

// Threads that wait for one that takes its time within a slice, awake at first, then asleep.
TEST_P(TeamSizeTest, WaitsForSlicesThatWereBegun) {
  Team team(GetParam());
  for (int late = 0; late < team.size(); ++late) {
    std::atomic<int> done{0};
    std::atomic<int> early{0};
    run(team, [&](Participant& participant) {
      participant.stage([&](int slice) {
        if (slice == late) std::this_thread::sleep_for(kUntilAsleep);
        ++done;
      });
      participant.stage([&](int) {
        if (done.load() != team.size()) ++early;
      });
    });
    EXPECT_EQ(early.load(), 0) << late;
  }
}

// Sleeping workers cannot be there for the first slices of a short job: the caller does them.
TEST_P(TeamSizeTest, TakesOverWhatAWorkerHasNotBegun) {
  Team team(GetParam());
  for (int i = 0; i < 20; ++i) {
    std::this_thread::sleep_for(kUntilAsleep);
    int calls = 0;
    std::vector<std::atomic<int>> slices(index(team.size()));
    const std::thread::id caller = std::this_thread::get_id();
    run(team, [&](Participant& participant) {
      participant.stage([&](int slice) {
        ++slices[index(slice)];
        if (std::this_thread::get_id() == caller) ++calls;
      });
    });
    EXPECT_GE(calls, 1);
    for (const auto& slice : slices) EXPECT_EQ(slice.load(), 1);
  }
}

// Workers that come late join at the stage that the others have reached: in one of many jobs that
// begin while they sleep, each does the last slice of its own.
TEST_P(TeamSizeTest, LatecomersJoin) {
  Team team(GetParam());
  size_t most = 0;
  for (int i = 0; i < 200 && most < index(team.size()); ++i) {
    std::this_thread::sleep_for(kUntilAsleep);
    std::vector<std::thread::id> last(index(team.size()));
    run(team, [&](Participant& participant) {
      for (int stage = 0; stage < 100; ++stage)
        participant.stage([&](int slice) {
          last[index(slice)] = std::this_thread::get_id();
          if (slice == 0) yield_for(std::chrono::microseconds(100));
        });
    });
    std::sort(last.begin(), last.end());
    const auto end = std::unique(last.begin(), last.end());
    most = std::max(most, static_cast<size_t>(end - last.begin()));
    if (team.size() > cpu::processor_count()) break;
  }
  EXPECT_TRUE(team.size() > cpu::processor_count() || most == index(team.size()));
}

TEST_P(TeamSizeTest, CanBeEndedAtOnceAndManyTimes) {
  for (int i = 0; i < 20; ++i) {
    Team unused(GetParam());
    Team used(GetParam());
    std::atomic<int> calls{0};
    run(used, [&](Participant& participant) { participant.stage([&](int) { ++calls; }); });
    EXPECT_EQ(calls.load(), GetParam());
  }
}

// The last one is more than the machine can run at once, whatever the machine.
INSTANTIATE_TEST_SUITE_P(Sizes, TeamSizeTest,
                         testing::Values(1, 2, 3, 4, 7, 4 * cpu::processor_count()),
                         testing::PrintToStringParamName());

TEST(TeamTest, RefusesSizesOutOfRange) {
  for (const int threads : {-1, 0, RECURRENT_MAX_THREADS + 1}) {
    try {
      Team team(threads);
      ADD_FAILURE() << threads << " was accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.status(), RECURRENT_STATUS_INVALID_ARGUMENT);
      EXPECT_EQ(error.message(), "threads: expected 1 to 256, found " + std::to_string(threads));
    }
  }
}

TEST(TeamTest, TakesTheLargestSize) {
  Team team(RECURRENT_MAX_THREADS);
  std::atomic<int> calls{0};
  run(team, [&](Participant& participant) {
    participant.stage([&](int) { ++calls; });
    participant.stage([&](int) { ++calls; });
  });
  EXPECT_EQ(calls.load(), 2 * RECURRENT_MAX_THREADS);
}

TEST(TeamTest, TeamsOfDifferentCallersDoNotMeet) {
  constexpr int kCallers = 4;
  std::vector<std::thread> callers;
  callers.reserve(kCallers);
  std::atomic<int> wrong{0};
  for (int caller = 0; caller < kCallers; ++caller) {
    callers.emplace_back([&wrong] {
      Team team(2);
      for (int i = 0; i < 200; ++i) {
        int sum[2] = {0, 0};
        run(
            team,
            [&](Participant& participant) {
              participant.stage([&](int slice) { sum[slice] = slice + 1; });
              participant.stage([&](int) {
                if (sum[0] + sum[1] != 3) ++wrong;
              });
            });
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(wrong.load(), 0);
}

#if defined(__x86_64__)
TEST(TeamTest, WorkersHaveTheCanonicalFloatingPointControl) {
  constexpr uint32_t kControlBits = 0xffc0;
  constexpr uint32_t kCanonical = 0x1f80;
  const uint32_t original = _mm_getcsr();
  // Flush to zero, denormals are zero and truncation, which a new thread would inherit.
  const uint32_t callers = kCanonical | 0xe040;
  _mm_setcsr(callers);
  std::array<uint32_t, 3> found{};
  {
    Team team(3);
    run_on_every_thread(team, [&](int slice) { found[index(slice)] = _mm_getcsr(); });
  }
  _mm_setcsr(original);
  EXPECT_EQ(found[0], callers);
  EXPECT_EQ(found[1] & kControlBits, kCanonical);
  EXPECT_EQ(found[2] & kControlBits, kCanonical);
}
#endif

#if defined(__unix__)
TEST(TeamTest, WorkersLeaveSignalsToTheApplicationsThreads) {
  sigset_t before;
  pthread_sigmask(SIG_SETMASK, nullptr, &before);
  Team team(2);
  sigset_t after;
  pthread_sigmask(SIG_SETMASK, nullptr, &after);
  sigset_t workers;
  sigemptyset(&workers);
  run_on_every_thread(team, [&](int slice) {
    if (slice == 1) pthread_sigmask(SIG_SETMASK, nullptr, &workers);
  });
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGCHLD, SIGUSR1, SIGALRM}) {
    EXPECT_EQ(sigismember(&workers, signal), 1) << signal;
    EXPECT_EQ(sigismember(&after, signal), sigismember(&before, signal)) << signal;
  }
  EXPECT_EQ(sigismember(&workers, SIGSEGV), 0);
}
#endif

#if defined(__linux__)
TEST(TeamTest, WorkersAreNamed) {
  Team team(2);
  char name[16] = {};
  run_on_every_thread(team, [&](int slice) {
    if (slice == 1) pthread_getname_np(pthread_self(), name, sizeof(name));
  });
  EXPECT_STREQ(name, "recurrent");
}

// By the processor time of the workers, whatever the clock on the wall says.
// As many threads as processors: more would not spin at all.
TEST(TeamTest, IdleWorkersUseNoProcessorTime) {
  if (cpu::processor_count() < 2) GTEST_SKIP() << "needs two processors";
  Team team(2);
  std::array<clockid_t, 2> clocks{};
  run_on_every_thread(
      team, [&](int slice) { pthread_getcpuclockid(pthread_self(), &clocks[index(slice)]); });
  const auto used = [&] {
    timespec time{};
    clock_gettime(clocks[1], &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
  };
  // On a busy machine it may take a while until the worker has come to sleep.
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  const auto before = used();
  std::this_thread::sleep_for(std::chrono::seconds(1));
  EXPECT_LT(used() - before, std::chrono::milliseconds(1));
}

// With more threads than processors a waiting caller gives its processor away at once, and where it
// does not get it back for long that is time lost, too.
TEST(TeamTest, CountsWhatACallerLosesByGivingItsProcessorAway) {
  cpu_set_t before;
  sched_getaffinity(0, sizeof(before), &before);
  Team team(cpu::processor_count() + 1);
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(index(sched_getcpu()), &one);
  run_on_every_thread(team, [&](int) { sched_setaffinity(0, sizeof(one), &one); });
  bool dismissed = false;
  for (int i = 0; i < 300 && !dismissed; ++i) {
    std::atomic<bool> caller_waits{false};
    const std::thread::id caller = std::this_thread::get_id();
    run(team, [&](Participant& participant) {
      participant.stage([&](int slice) {
        if (slice == 0) std::this_thread::sleep_for(std::chrono::microseconds(200));
        if (slice == 0) caller_waits = true;
        if (std::this_thread::get_id() == caller) return;
        while (!caller_waits) std::this_thread::yield();
        // Busy, so that the processor has changed hands when the caller has it again.
        const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(2);
        while (std::chrono::steady_clock::now() < end) {
        }
      });
    });
    dismissed = team.was_dismissed();
  }
  sched_setaffinity(0, sizeof(before), &before);
  EXPECT_TRUE(dismissed);
}

TEST(TeamTest, PinnedWorkersHaveAProcessorEachAndTheCallerAll) {
  if (cpu::processor_count() < 2) GTEST_SKIP() << "needs two processors";
  cpu_set_t before;
  sched_getaffinity(0, sizeof(before), &before);
  Team team(2, true);
  cpu_set_t callers;
  cpu_set_t workers;
  CPU_ZERO(&workers);
  run_on_every_thread(team, [&](int slice) {
    sched_getaffinity(0, sizeof(cpu_set_t), slice == 0 ? &callers : &workers);
  });
  EXPECT_TRUE(CPU_EQUAL(&callers, &before));
  EXPECT_EQ(CPU_COUNT(&workers), 1);
}

// With an address space that has room for a few stacks only.
TEST(TeamDeathTest, SaysSoWhenTheSystemGivesNoMoreThreads) {
  if (RECURRENT_TEST_SANITIZED)
    GTEST_SKIP() << "the sanitizer needs the address space that this test takes away";
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  const auto start_too_many = [] {
    const rlim_t bytes = rlim_t{512} << 20;
    const rlimit limit{bytes, bytes};
    setrlimit(RLIMIT_AS, &limit);
    try {
      Team team(RECURRENT_MAX_THREADS);
    } catch (const Error& error) {
      std::fprintf(stderr, "status %d, %s", error.status(), error.what());
    }
    // Those that had been started are gone: a team still works.
    Team team(2);
    run(team, [](Participant& participant) { participant.stage([](int) {}); });
    std::_Exit(0);
  };
  EXPECT_EXIT(start_too_many(), testing::ExitedWithCode(0),
              "status 4, threads: expected 256 that the system can start");
}
#endif

}  // namespace
}  // namespace recurrent
