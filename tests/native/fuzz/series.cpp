#include "series.h"

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "allocation.h"
#include "first_call.h"
#include "harness.h"
#include "shrink.h"

namespace recurrent::fuzz {
namespace {

using Clock = std::chrono::steady_clock;

// Programs of one process: memory that one of them has lost is looked for when it ends.
constexpr uint64_t kProgramsOfProcess = 100;

// A sanitizer on a busy machine is no hang.
constexpr int kPatience = 120;

constexpr int kSecondsToShrink = 120;

unsigned long long count(const std::atomic<uint64_t>& counter) { return counter.load(); }

// A program once, or as often as it asks for memory.
void run_one(Program program, bool allocations, Progress& progress) {
  if (!allocations || program.refusal > 0)
    run_program(program, progress);
  else
    for (program.refusal = 1; run_program(program, progress);) ++program.refusal;
  progress.programs.fetch_add(1);
}

std::string run_quietly(const Program& program, const Options& options) {
  static Progress& aside = shared_progress();
  return run_apart(aside, true, kPatience, [&] { run_one(program, options.allocations, aside); });
}

void print_counts(const Progress& progress, const Options& options) {
  std::printf("%llu programs, from %llu on, in %llu runs: %llu operations, calls that gave",
              count(progress.programs), static_cast<unsigned long long>(options.seed),
              count(progress.runs), count(progress.operations));
  for (int status = 0; status <= RECURRENT_STATUS_BAD_FILE; ++status)
    std::printf("%s %s %llu", status == 0 ? "" : ",", recurrent_status_name(status),
                count(progress.answers[status]));
  std::printf("; %llu sequences for several threads", count(progress.runs_by_threads));
  if (options.allocations)
    std::printf("; %llu requests refused%s", count(progress.refusals),
                allocation::can_refuse_threads() ? "" : ", none of them for a thread");
  std::puts("");
}

// Tells about a failure: the smallest program that shows it, and what that prints.
void tell(const Program& failed, const std::string& what, const Options& options) {
  std::fprintf(stderr, "\nprogram %llu failed: %s\n", static_cast<unsigned long long>(failed.seed),
               what.c_str());
  const auto fails = [&](const Program& program) { return !run_quietly(program, options).empty(); };
  if (!fails(failed)) {
    std::fprintf(stderr, "by itself it does not; what was run: recurrent_fuzz --seed %llu%s\n",
                 static_cast<unsigned long long>(options.seed),
                 options.allocations ? " --allocations" : "");
    return;
  }
  Program smallest = shrink(failed, kSecondsToShrink, fails);
  std::fprintf(stderr, "again, after many attempts to leave something out: %s --print\n",
               command_for(smallest).c_str());
  smallest.limits.prints = true;
  run_apart(shared_progress(), false, kPatience,
            [&] { run_one(smallest, options.allocations, shared_progress()); });
}

// The first of these programs that fails by itself: what a process finds when it ends is not said
// to be of one. If none does, the one that was the last to run.
Program find_failed(uint64_t first, uint64_t programs, const Progress& progress,
                    const Options& options) {
  Program last = options.program(progress.program.load());
  last.refusal = progress.refusal.load();
  if (!run_quietly(last, options).empty()) return last;
  for (uint64_t number = first; number < first + programs; ++number)
    if (!run_quietly(options.program(number), options).empty()) return options.program(number);
  return last;
}

}  // namespace

int run_series(const Options& options) {
  Progress& progress = shared_progress();
  if (options.allocations && !refuse_first_call(progress)) return 1;
  const Clock::time_point end = Clock::now() + std::chrono::seconds(options.seconds);
  for (uint64_t done = 0; done < options.programs && Clock::now() < end;) {
    const uint64_t first = options.seed + done;
    const uint64_t programs = std::min(kProgramsOfProcess, options.programs - done);
    const std::string what = run_apart(progress, false, kPatience, [&] {
      for (uint64_t i = 0; i < programs && (i == 0 || Clock::now() < end); ++i)
        run_one(options.program(first + i), options.allocations, progress);
    });
    done += programs;
    if (what.empty()) continue;
    print_counts(progress, options);
    // What was asked for by its number is told already.
    if (options.kept.empty() && !options.prints)
      tell(find_failed(first, programs, progress, options), what, options);
    return 1;
  }
  print_counts(progress, options);
  return 0;
}

}  // namespace recurrent::fuzz
