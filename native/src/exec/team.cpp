#include "exec/team.h"

#include <algorithm>
#include <new>
#include <system_error>

#include "base/error.h"
#include "cpu/caches.h"
#include "cpu/fp_control.h"
#include "exec/pinning.h"

#if defined(__unix__) || defined(__APPLE__)
#include <pthread.h>
#include <signal.h>
#endif

namespace recurrent {
namespace {

using Clock = std::chrono::steady_clock;

// Longer than the gap between two steps of a busy session, shorter than what a wake-up costs twice
// over: waiting awake is then never much worse than the better of the two.
constexpr std::chrono::microseconds kPatience{40};

// How long a thread that is there may leave its slice before another one takes it over. Threads
// reach a stage within a fraction of a microsecond of each other unless one was interrupted.
constexpr std::chrono::microseconds kGrace{4};

// A caller that has waited for stopped threads longer than this, and longer than it has worked,
// goes on alone: it shares its processors with others.
constexpr std::chrono::microseconds kTolerated{100};

// A worker that has done its last slice leaves at once, unless it was stopped right there.
constexpr int kPollsBeforeYield = 2000;

// While it lives, threads inherit a mask that blocks all signals but those which a thread causes
// itself: blocking these would turn a crash report into a silent kill.
class BlockedSignals {
 public:
  BlockedSignals() noexcept {
#if defined(__unix__) || defined(__APPLE__)
    sigset_t blocked;
    sigfillset(&blocked);
    for (const int own : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS})
      sigdelset(&blocked, own);
    pthread_sigmask(SIG_SETMASK, &blocked, &original_);
#endif
  }

  ~BlockedSignals() {
#if defined(__unix__) || defined(__APPLE__)
    pthread_sigmask(SIG_SETMASK, &original_, nullptr);
#endif
  }

  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;

 private:
#if defined(__unix__) || defined(__APPLE__)
  sigset_t original_;
#endif
};

void name_this_thread() noexcept {
#if defined(__linux__)
  pthread_setname_np(pthread_self(), "recurrent");
#elif defined(__APPLE__)
  pthread_setname_np("recurrent");
#endif
}

int checked_size(int threads) {
  if (threads < 1 || threads > RECURRENT_MAX_THREADS)
    invalid("threads", "expected 1 to %d, found %d", RECURRENT_MAX_THREADS, threads);
  return threads;
}

bool is_odd(uint32_t value) { return value % 2 != 0; }

}  // namespace

Team::Team(int threads, bool pinned)
    : size_(checked_size(threads)),
      patience_(threads <= cpu::processor_count() ? kPatience : kPatience.zero()),
      grace_(std::min<std::chrono::nanoseconds>(patience_, kGrace)),
      seats_(std::make_unique<Seat[]>(static_cast<size_t>(threads))) {
  // The caller is always there.
  seats_[0].presence.store(1, std::memory_order_relaxed);
  start_workers(pinned ? processors_for_pinning(size_) : std::vector<int>{});
}

Team::~Team() { stop_workers(); }

void Team::start_workers(const std::vector<int>& processors) {
  const BlockedSignals while_starting;
  try {
    while (workers_ < size_ - 1) {
      const int thread = workers_ + 1;
      seats_[static_cast<size_t>(thread)].thread =
          std::thread([this, thread]() noexcept { work(thread); });
      ++workers_;
      if (!processors.empty())
        pin(seats_[static_cast<size_t>(thread)].thread, processors[static_cast<size_t>(thread)]);
    }
  } catch (const std::system_error& error) {
    const int started = workers_;
    stop_workers();
    fail(RECURRENT_STATUS_OUT_OF_MEMORY,
         "threads: expected %d that the system can start, but after %d beside the caller it "
         "refused: %s",
         size_, started, error.what());
  } catch (...) {
    stop_workers();
    throw;
  }
}

void Team::stop_workers() noexcept {
  ended_.store(true, std::memory_order_relaxed);
  for (int thread = 1; thread <= workers_; ++thread) {
    Seat& seat = seats_[static_cast<size_t>(thread)];
    seat.call.set(seat.call.value() + 1);
    seat.thread.join();
  }
  workers_ = 0;
}

void Team::work(int thread) noexcept {
  name_this_thread();
  // A thread inherits the control register of the one that started it.
  const cpu::ScopedFpControl canonical;
  WaitableCounter& call = seats_[static_cast<size_t>(thread)].call;
  for (uint32_t seen = 0; !ended_.load(std::memory_order_relaxed);) {
    call.wait(seen + 1, patience_);
    seen = call.value();
    if (!ended_.load(std::memory_order_relaxed)) seen = join_job(thread);
  }
}

// Takes part in the job that is going on, from its present stage on, if there is one. Gives the
// call that has been heeded, which may be one that is still to come: an open seat is seen before
// its call.
uint32_t Team::join_job(int thread) noexcept {
  Seat& seat = seats_[static_cast<size_t>(thread)];
  const uint32_t seen = seat.call.value();
  uint64_t next = seat.next.load(std::memory_order_acquire);
  do {
    if (next & kClosed) return seen;
  } while (!seat.next.compare_exchange_weak(next, next + 2, std::memory_order_acq_rel,
                                            std::memory_order_acquire));
  // With a slice in hand the job cannot end, so everything about it may be read.
  const Job job = seat.job;
  const uint64_t stage = next / 2;
  const uint32_t presence = seat.presence.load(std::memory_order_relaxed);
  // Seen by whoever sees this slice done.
  seat.presence.store(presence + 1, std::memory_order_release);
  if (stage > job.first_stage)
    for (int other = 0; other < job.threads; ++other)
      seats_[static_cast<size_t>(other)].done.wait(static_cast<uint32_t>(stage), patience_);
  Participant participant(*this, thread, job.threads, job.first_stage, stage);
  job.body(job.context, participant);
  // All was done already, and the slice in hand one of no stage.
  if (participant.next_ <= stage) seat.next.store(next, std::memory_order_release);
  seat.presence.store(presence + 2, std::memory_order_release);
  return job.call;
}

// Lets the workers in. What a worker finds is written before its seat is opened.
void Team::offer(const Job& job) noexcept {
  const uint64_t next = 2 * job.first_stage;
  const auto first = static_cast<uint32_t>(job.first_stage);
  for (int thread = 0; thread < job.threads; ++thread) {
    Seat& seat = seats_[static_cast<size_t>(thread)];
    if (seat.done.value() != first) seat.done.reset(first);
    seat.job = job;
    seat.job.call = seat.call.value() + 1;
    seat.was_awake = !seat.call.has_sleepers();
  }
  // The caller has its first slice in hand.
  seats_[0].next.store(next + 2, std::memory_order_relaxed);
  for (int thread = 1; thread < job.threads; ++thread) {
    Seat& seat = seats_[static_cast<size_t>(thread)];
    if (seat.last_next != next) seat.next.store(next, std::memory_order_release);
    seat.call.announce(seat.job.call);
  }
}

void Team::run(int threads, Body body, void* context) noexcept {
  waited_ = waited_.zero();
  // Workers read this line at every stage: it is written only when it changes.
  if (was_dismissed()) dismissed_.store(false, std::memory_order_relaxed);
  if (threads == 1) {
    Participant alone;
    body(context, alone);
    return;
  }
  started_ = Clock::now();
  offer({body, context, threads, 0, next_stage_});
  Participant participant(*this, 0, threads, next_stage_, next_stage_);
  body(context, participant);
  next_stage_ = participant.next_;
  for (int thread = 1; thread < threads; ++thread)
    take_back(seats_[static_cast<size_t>(thread)], 2 * next_stage_);
}

// Returns when the thread has left the job, or can no longer join it. All slices are done, so if it
// is there it is about to leave.
void Team::take_back(Seat& seat, uint64_t end) noexcept {
  const auto presence = [&] { return seat.presence.load(std::memory_order_acquire); };
  const bool has_been_there = presence() != seat.last_presence;
  uint64_t next = end;
  if (!has_been_there &&
      seat.next.compare_exchange_strong(next, end | kClosed, std::memory_order_acq_rel)) {
    // It may have come and gone just before, and is out only when it says so.
    if (is_odd(presence())) {
      const Clock::time_point begin = Clock::now();
      while (is_odd(presence())) std::this_thread::yield();
      note_wait(begin);
    }
    seat.last_presence = presence();
    seat.last_next = end | kClosed;
    return;
  }
  // Either it was there, or it has just claimed a slice of a stage that there is not.
  const uint32_t gone = seat.last_presence + 2;
  for (int poll = 0; presence() != gone; ++poll) {
    if (poll < kPollsBeforeYield) continue;
    const Clock::time_point begin = Clock::now();
    while (presence() != gone) std::this_thread::yield();
    note_wait(begin);
  }
  seat.last_presence = gone;
  seat.last_next = end;
}

bool Team::is_asleep(int threads) const noexcept {
  for (int thread = 1; thread < threads; ++thread)
    if (seats_[static_cast<size_t>(thread)].call.has_sleepers()) return true;
  return false;
}

bool Team::claim(int slice, uint64_t stage) noexcept {
  uint64_t next = 2 * stage;
  return seats_[static_cast<size_t>(slice)].next.compare_exchange_strong(
      next, 2 * (stage + 1), std::memory_order_acq_rel, std::memory_order_relaxed);
}

void Team::finish(int slice, uint64_t stage) noexcept {
  seats_[static_cast<size_t>(slice)].done.set(static_cast<uint32_t>(stage + 1));
}

// Returns true once the slice is done, or false if it falls to the one that asks.
bool Team::await(const Participant& participant, int slice, uint64_t stage) noexcept {
  Seat& seat = seats_[static_cast<size_t>(slice)];
  const auto target = static_cast<uint32_t>(stage + 1);
  if (seat.done.has_reached(target)) return true;
  const bool is_caller = participant.thread_ == 0;
  const bool is_on_its_way = stage == participant.first_ && (!is_caller || seat.was_awake);
  const bool is_there = is_on_its_way || is_odd(seat.presence.load(std::memory_order_relaxed));
  if (is_there && !dismissed_.load(std::memory_order_relaxed) &&
      (is_caller ? poll_as_caller(seat.done, target, grace_) : seat.done.poll(target, grace_)))
    return true;
  if (claim(slice, stage)) return false;
  if (is_caller)
    wait_as_caller(seat.done, target);
  else
    seat.done.wait(target, patience_);
  return true;
}

// With more threads than processors a poll gives the processor away, and others may keep it for
// milliseconds.
bool Team::poll_as_caller(WaitableCounter& done, uint32_t target,
                          std::chrono::nanoseconds patience) noexcept {
  if (patience != patience.zero()) return done.poll(target, patience);
  if (done.has_reached(target)) return true;
  const Clock::time_point begin = Clock::now();
  const bool reached = done.poll(target, patience);
  note_wait(begin);
  return reached;
}

void Team::wait_as_caller(WaitableCounter& done, uint32_t target) noexcept {
  if (poll_as_caller(done, target, patience_)) return;
  const Clock::time_point begin = Clock::now();
  done.wait(target, std::chrono::nanoseconds::zero());
  note_wait(begin);
}

void Team::note_wait(Clock::time_point begin) noexcept {
  const Clock::time_point end = Clock::now();
  waited_ += end - begin;
  if (waited_ > kTolerated && waited_ > (end - started_) / 2)
    dismissed_.store(true, std::memory_order_relaxed);
}

}  // namespace recurrent
