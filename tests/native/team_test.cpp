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
#include <signal.h>
#include <sys/resource.h>
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

// Calls function(thread, team) on every thread.
template <class Function>
void run(Team& team, Function function) {
  team.run([](void* context, int thread,
              Team& members) noexcept { (*static_cast<Function*>(context))(thread, members); },
           &function);
}

std::size_t index(int thread) { return static_cast<std::size_t>(thread); }

class TeamSizeTest : public testing::TestWithParam<int> {};

TEST_P(TeamSizeTest, RunsTheBodyOnceOnEveryThread) {
  Team team(GetParam());
  ASSERT_EQ(team.size(), GetParam());
  // Plain integers: what a thread writes must be visible when run() returns, without more.
  std::vector<int> calls(index(team.size()));
  std::vector<std::thread::id> ids(index(team.size()));
  constexpr int kRuns = 200;
  for (int i = 0; i < kRuns; ++i) {
    run(team, [&](int thread, Team&) {
      ++calls[index(thread)];
      ids[index(thread)] = std::this_thread::get_id();
    });
  }
  EXPECT_EQ(calls, std::vector<int>(index(team.size()), kRuns));
  EXPECT_EQ(ids[0], std::this_thread::get_id());
  std::sort(ids.begin(), ids.end());
  EXPECT_EQ(std::unique(ids.begin(), ids.end()), ids.end());
}

// Each thread adds its neighbour's value of the last round to its own: any thread that runs ahead
// or sees an old value changes the sums.
TEST_P(TeamSizeTest, MeetsAtTheBarrier) {
  const int size = GetParam();
  constexpr int kRounds = 300;
  std::vector<uint64_t> expected(index(size));
  for (std::size_t i = 0; i < expected.size(); ++i) {
    expected[i] = i + 1;
  }
  for (int round = 0; round < kRounds; ++round) {
    std::vector<uint64_t> next = expected;
    for (std::size_t i = 0; i < next.size(); ++i) {
      next[i] += expected[(i + 1) % next.size()];
    }
    expected = next;
  }

  Team team(size);
  std::array<std::vector<uint64_t>, 2> values;
  values.fill(std::vector<uint64_t>(index(size)));
  run(team, [&](int thread, Team& members) {
    const std::size_t own = index(thread);
    values[0][own] = own + 1;
    members.barrier(thread);
    for (std::size_t round = 0; round < kRounds; ++round) {
      const std::vector<uint64_t>& now = values[round % 2];
      values[(round + 1) % 2][own] = now[own] + now[(own + 1) % now.size()];
      members.barrier(thread);
    }
  });
  EXPECT_EQ(values[kRounds % 2], expected);
}

TEST_P(TeamSizeTest, WakesThreadsThatHaveGoneToSleep) {
  Team team(GetParam());
  std::atomic<int> arrived{0};
  for (int late = 0; late < team.size(); ++late) {
    std::this_thread::sleep_for(kUntilAsleep);  // The workers sleep, waiting for a job.
    std::atomic<int> early{0};
    run(team, [&](int thread, Team& members) {
      if (thread == late) {
        std::this_thread::sleep_for(kUntilAsleep);  // The others sleep at the barrier.
      }
      ++arrived;
      members.barrier(thread);
      if (arrived.load() != members.size() * (late + 1)) {
        ++early;
      }
      if (thread == late && thread != 0) {
        std::this_thread::sleep_for(kUntilAsleep);  // The caller sleeps, waiting for the end.
      }
    });
    EXPECT_EQ(early.load(), 0);
  }
}

TEST_P(TeamSizeTest, CanBeEndedAtOnceAndManyTimes) {
  for (int i = 0; i < 20; ++i) {
    Team unused(GetParam());
    Team used(GetParam());
    std::atomic<int> calls{0};
    run(used, [&](int, Team&) { ++calls; });
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
  run(team, [&](int thread, Team& members) {
    ++calls;
    members.barrier(thread);
    ++calls;
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
        run(team, [&](int thread, Team& members) {
          sum[thread] = thread + 1;
          members.barrier(thread);
          if (sum[0] + sum[1] != 3) {
            ++wrong;
          }
        });
      }
    });
  }
  for (std::thread& caller : callers) {
    caller.join();
  }
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
    run(team, [&](int thread, Team&) { found[index(thread)] = _mm_getcsr(); });
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
  run(team, [&](int thread, Team&) {
    if (thread == 1) {
      pthread_sigmask(SIG_SETMASK, nullptr, &workers);
    }
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
  run(team, [&](int thread, Team&) {
    if (thread == 1) {
      pthread_getname_np(pthread_self(), name, sizeof(name));
    }
  });
  EXPECT_STREQ(name, "recurrent");
}

// With an address space that has room for a few stacks only.
TEST(TeamDeathTest, SaysSoWhenTheSystemGivesNoMoreThreads) {
  if (RECURRENT_TEST_SANITIZED) {
    GTEST_SKIP() << "the sanitizer needs the address space that this test takes away";
  }
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
    run(team, [](int thread, Team& members) { members.barrier(thread); });
    std::_Exit(0);
  };
  EXPECT_EXIT(start_too_many(), testing::ExitedWithCode(0),
              "status 4, threads: expected 256 that the system can start");
}
#endif

}  // namespace
}  // namespace recurrent
