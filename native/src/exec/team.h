// The threads of one session: started once, asleep when there is nothing to do.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "exec/waitable_counter.h"

namespace recurrent {

class Participant;

// Runs one function on several threads at once (single program, multiple data): the caller is
// thread 0, the workers are 1 to size() - 1. A team belongs to one caller at a time. Nothing in a
// run takes a lock or allocates. The workers run with the canonical floating-point control and with
// asynchronous signals blocked, so that the application's handlers run on its own threads.
//
// A job is a row of *stages*, and a stage has one *slice* for each thread. Slice t is thread t's,
// so that every core keeps the weights of its slices in its own cache; but a slice that its thread
// has not begun when the others wait for it is taken over by one of them. So nobody ever waits for
// a thread that the system does not run, unless that thread was stopped within a slice; and a
// worker that comes late, or not at all, costs its help and nothing else.
//
// A child made by fork() has the team but not its threads: there it must not be used nor destroyed.
class Team {
 public:
  // Runs on every thread, each of which goes through the same stages of its participant. Must not
  // throw: there is nobody to catch it.
  using Body = void (*)(void* context, Participant& participant) noexcept;

  // Starts threads - 1 workers; pinned ones each stay on a processor of their own. Throws
  // INVALID_ARGUMENT for less than 1 or more than RECURRENT_MAX_THREADS threads, or for more pinned
  // ones than this process has processors; OUT_OF_MEMORY if the system gives no more threads;
  // UNAVAILABLE if it does not pin.
  explicit Team(int threads, bool pinned = false);

  // Ends the workers. No run may be going on.
  ~Team();

  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  int size() const noexcept { return size_; }

  // Calls body(context, participant) on the first `threads` threads (1 to size()) and returns when
  // all slices are done and all threads have returned. Writes before the call are visible to every
  // thread, and theirs to the caller afterwards. Not reentrant. The caller's own floating-point
  // control is the caller's affair (ScopedFpControl).
  void run(int threads, Body body, void* context) noexcept;

  // Whether one of the first `threads` threads sleeps, so that a run would have to wake it.
  bool is_asleep(int threads) const noexcept;

  // Time that the caller spent in the last run waiting for slices which others had begun, beyond
  // its patience; and whether it was so long that the caller went on without them.
  std::chrono::nanoseconds waited() const noexcept { return waited_; }
  bool was_dismissed() const noexcept { return dismissed_.load(std::memory_order_relaxed); }

 private:
  friend class Participant;

  static constexpr uint64_t kClosed = 1;

  struct Job {
    Body body;
    void* context;
    int threads;
    uint32_t call;  // the value of Seat::call that offers it
    uint64_t first_stage;
  };

  // What one thread's slices go through. A cache line takes about 100 ns from core to core, so what
  // different threads write is kept apart (by two lines, because lines are fetched in pairs), and
  // what is read together is kept together.
  struct alignas(128) Seat {
    // Twice the stage whose slice comes next, plus 1 if there is no job to join. Its own thread's
    // line, as long as nobody takes a slice over.
    std::atomic<uint64_t> next{kClosed};

    // What others wait for.
    alignas(128) WaitableCounter done;  // the stage after the last one whose slice is done
    std::atomic<uint32_t> presence{0};  // odd while the thread is in a job

    // What its own thread waits for.
    alignas(128) WaitableCounter call;  // changes when there is something to do
    Job job{};

    // The caller's notes.
    alignas(128) std::thread thread;
    bool was_awake = true;       // when the last job was offered
    uint32_t last_presence = 0;  // what the last job left behind
    uint64_t last_next = kClosed;
  };

  void start_workers(const std::vector<int>& processors);
  void stop_workers() noexcept;
  void work(int thread) noexcept;
  uint32_t join_job(int thread) noexcept;
  void offer(const Job& job) noexcept;
  void take_back(Seat& seat, uint64_t end) noexcept;

  bool claim(int slice, uint64_t stage) noexcept;
  void finish(int slice, uint64_t stage) noexcept;
  bool await(const Participant& participant, int slice, uint64_t stage) noexcept;
  bool poll_as_caller(WaitableCounter& done, uint32_t target,
                      std::chrono::nanoseconds patience) noexcept;
  void wait_as_caller(WaitableCounter& done, uint32_t target) noexcept;
  void note_wait(std::chrono::steady_clock::time_point begin) noexcept;

  const int size_;
  const std::chrono::nanoseconds patience_;
  const std::chrono::nanoseconds grace_;
  std::unique_ptr<Seat[]> seats_;
  int workers_ = 0;

  // The caller's.
  uint64_t next_stage_ = 0;
  std::chrono::nanoseconds waited_{0};
  std::chrono::steady_clock::time_point started_{};

  // The caller goes on alone: no worker begins another slice of this job.
  alignas(128) std::atomic<bool> dismissed_{false};
  std::atomic<bool> ended_{false};
};

// One thread's way through the stages of a job.
class Participant {
 public:
  // Alone: every stage is one slice.
  Participant() = default;

  Participant(const Participant&) = delete;
  Participant& operator=(const Participant&) = delete;

  // Threads, which is the number of slices of every stage.
  int size() const noexcept { return size_; }

  // Calls work(slice) for every slice of the next stage that falls to this thread, and returns when
  // all slices of the stage are done: what they wrote is visible. `work` gives the same result
  // whichever thread calls it. All threads call stage() in the same order.
  template <class Work>
  void stage(Work work) {
    if (!team_) {
      work(0);
      return;
    }
    const uint64_t stage = next_++;
    if (stage < joined_ || (stage > joined_ && is_over())) return;
    if (stage == joined_ || team_->claim(thread_, stage)) {
      work(thread_);
      team_->finish(thread_, stage);
    }
    // Its own slice too, which another thread may have taken over and not finished.
    for (int i = 1; i <= size_; ++i) {
      const int other = thread_ + i < size_ ? thread_ + i : thread_ + i - size_;
      if (team_->await(*this, other, stage)) continue;
      work(other);
      team_->finish(other, stage);
    }
  }

 private:
  friend class Team;

  Participant(Team& team, int thread, int size, uint64_t first, uint64_t joined)
      : team_(&team), thread_(thread), size_(size), first_(first), joined_(joined), next_(first) {}

  bool is_over() const noexcept {
    return thread_ != 0 && team_->dismissed_.load(std::memory_order_relaxed);
  }

  Team* team_ = nullptr;
  int thread_ = 0;
  int size_ = 1;
  uint64_t first_ = 0;   // stage of the job
  uint64_t joined_ = 0;  // the stage whose slice this thread had in hand when it joined the job
  uint64_t next_ = 0;
};

}  // namespace recurrent
