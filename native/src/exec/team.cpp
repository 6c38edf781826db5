#include "exec/team.h"

#include <cstddef>
#include <new>
#include <system_error>

#include "base/error.h"
#include "cpu/caches.h"
#include "cpu/fp_control.h"

#if defined(__unix__)
#include <pthread.h>
#include <signal.h>
#endif

namespace recurrent {
namespace {

// Longer than the gap between two steps of a busy session, shorter than what a wake-up costs twice
// over: waiting awake is then never much worse than the better of the two.
constexpr std::chrono::microseconds kPatience{40};

void pause_processor() noexcept {
#if defined(__x86_64__) || defined(_M_X64)
  _mm_pause();
#elif defined(__aarch64__) && defined(__GNUC__)
  __asm__ volatile("yield");
#endif
}

// While it lives, threads inherit a mask that blocks all signals but those which a thread causes
// itself: blocking these would turn a crash report into a silent kill.
class BlockedSignals {
 public:
  BlockedSignals() noexcept {
#if defined(__unix__)
    sigset_t blocked;
    sigfillset(&blocked);
    for (const int own : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS}) {
      sigdelset(&blocked, own);
    }
    pthread_sigmask(SIG_SETMASK, &blocked, &original_);
#endif
  }

  ~BlockedSignals() {
#if defined(__unix__)
    pthread_sigmask(SIG_SETMASK, &original_, nullptr);
#endif
  }

  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;

 private:
#if defined(__unix__)
  sigset_t original_;
#endif
};

void name_this_thread() noexcept {
#if defined(__linux__)
  pthread_setname_np(pthread_self(), "recurrent");
#endif
}

int checked_size(int threads) {
  if (threads < 1 || threads > RECURRENT_MAX_THREADS) {
    invalid("threads", "expected 1 to %d, found %d", RECURRENT_MAX_THREADS, threads);
  }
  return threads;
}

}  // namespace

void WaitableCounter::advance() noexcept {
  // Sequentially consistent, as is the pair in wait_while(): either the sleeper sees the new value,
  // or its registration is seen here. With less, each could miss the other.
  value_.fetch_add(1, std::memory_order_seq_cst);
  if (sleepers_.load(std::memory_order_seq_cst) != 0) {
    value_.notify_all();
  }
}

void WaitableCounter::wait_while(uint32_t old, std::chrono::nanoseconds patience) noexcept {
  if (spin_while(old, patience)) {
    return;
  }
  sleepers_.fetch_add(1, std::memory_order_seq_cst);
  value_.wait(old, std::memory_order_seq_cst);
  sleepers_.fetch_sub(1, std::memory_order_relaxed);
}

// Returns whether the value changed in time.
bool WaitableCounter::spin_while(uint32_t old, std::chrono::nanoseconds patience) const noexcept {
  // A pause lasts from 10 to 150 cycles depending on the processor, so time is told by the clock,
  // and looked at seldom enough to be cheap beside the pauses.
  constexpr int kPausesPerLook = 32;
  using Clock = std::chrono::steady_clock;
  if (patience == std::chrono::nanoseconds::zero()) {
    std::this_thread::yield();
    return value() != old;
  }
  Clock::time_point deadline = Clock::time_point::max();
  for (;;) {
    for (int pause = 0; pause < kPausesPerLook; ++pause) {
      if (value() != old) {
        return true;
      }
      pause_processor();
    }
    const Clock::time_point now = Clock::now();
    if (deadline == Clock::time_point::max()) {
      deadline = now + patience;
    } else if (now >= deadline) {
      return false;
    }
  }
}

Team::Team(int threads)
    : size_(checked_size(threads)),
      patience_(threads <= cpu::processor_count() ? kPatience : kPatience.zero()) {
  if (size_ > 1) {
    start_workers();
  }
}

Team::~Team() { stop_workers(); }

void Team::start_workers() {
  workers_.reserve(static_cast<std::size_t>(size_ - 1));
  const BlockedSignals while_starting;
  try {
    for (int thread = 1; thread < size_; ++thread) {
      workers_.emplace_back([this, thread]() noexcept { work(thread); });
    }
  } catch (const std::system_error& error) {
    const std::size_t started = workers_.size();
    stop_workers();
    fail(RECURRENT_STATUS_OUT_OF_MEMORY,
         "threads: expected %d that the system can start, but after %zu beside the caller it "
         "refused: %s",
         size_, started, error.what());
  } catch (const std::bad_alloc&) {
    stop_workers();
    throw;
  }
}

void Team::stop_workers() noexcept {
  if (workers_.empty()) {
    return;
  }
  body_ = nullptr;
  started_.advance();
  for (std::thread& worker : workers_) {
    worker.join();
  }
  workers_.clear();
}

void Team::work(int thread) noexcept {
  name_this_thread();
  // A thread inherits the control register of the one that started it.
  const cpu::ScopedFpControl canonical;
  for (uint32_t jobs_seen = 0;; ++jobs_seen) {
    started_.wait_while(jobs_seen, patience_);
    if (body_ == nullptr) {
      return;
    }
    body_(context_, thread, *this);
    if (running_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      finished_.advance();
    }
  }
}

void Team::run_with_workers(Body body, void* context) noexcept {
  body_ = body;
  context_ = context;
  running_.store(size_ - 1, std::memory_order_relaxed);
  const uint32_t jobs_finished = finished_.value();
  started_.advance();
  body(context, 0, *this);
  finished_.wait_while(jobs_finished, patience_);
}

void Team::meet() noexcept {
  // The phase cannot change before this thread has arrived, so it may be read first. Counting
  // phases instead of flipping a sense needs no memory of a thread's last one.
  const uint32_t phase = barrier_phase_.value();
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) == size_ - 1) {
    // Nobody arrives at the next meeting before the phase changes.
    arrived_.store(0, std::memory_order_relaxed);
    barrier_phase_.advance();
  } else {
    barrier_phase_.wait_while(phase, patience_);
  }
}

}  // namespace recurrent
