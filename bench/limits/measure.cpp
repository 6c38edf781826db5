#include "limits/measure.h"

#include <algorithm>
#include <barrier>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <thread>

namespace limits {
namespace {

using Clock = std::chrono::steady_clock;

// A limit is what the machine can do, so the best of many short samples counts: one that is
// short enough is not interrupted even on a busy machine. A pass over a buffer in memory is longer
// than a sample should be, and gets fewer of them.
constexpr double kSampleSeconds = 1e-3;
constexpr int kMostSamples = 50;
constexpr int kFewestSamples = 8;

// The multiply-add rate is not the best of anything: a processor lowers its clock after
// milliseconds of wide multiply-adds (a Sapphire Rapids from 2.7 to 2.0 GHz), and whoever computes
// for longer lives with that.
constexpr int kSettlingSamples = 150;
constexpr int kSettledSamples = 150;

// Where results go, so that no loop is dropped.
volatile float sink;

double seconds_of(const std::function<void()>& work) {
  const Clock::time_point start = Clock::now();
  work();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Times in which `threads` threads do their work, started together: the slowest thread's of every
// sample.
std::vector<double> sample_seconds(const Machine& machine, int threads, int samples,
                                   const std::function<void(int thread)>& work) {
  std::barrier gate(threads);
  std::vector<double> seconds(static_cast<size_t>(threads));
  std::vector<double> slowest;
  slowest.reserve(static_cast<size_t>(samples));
  auto run = [&](int thread) {
    pin_to(machine.cpus[static_cast<size_t>(thread) % machine.cpus.size()]);
    for (int sample = 0; sample < samples; ++sample) {
      gate.arrive_and_wait();
      seconds[static_cast<size_t>(thread)] = seconds_of([&] { work(thread); });
      gate.arrive_and_wait();
      if (thread == 0) slowest.push_back(*std::max_element(seconds.begin(), seconds.end()));
    }
  };
  std::vector<std::jthread> team;
  for (int thread = 0; thread < threads; ++thread) team.emplace_back(run, thread);
  team.clear();
  return slowest;
}

double least(const std::vector<double>& values) {
  return *std::min_element(values.begin(), values.end());
}

struct FreeDeleter {
  void operator()(void* memory) const { std::free(memory); }
};

using Buffer = std::unique_ptr<void, FreeDeleter>;

// Page-aligned and touched, because untouched pages all read the same zero page.
Buffer allocate(size_t bytes) {
  Buffer buffer(std::aligned_alloc(4096, (bytes + 4095) / 4096 * 4096));
  if (!buffer) throw std::bad_alloc();
  std::memset(buffer.get(), 1, bytes);
  return buffer;
}

// Giga-operations a second of a loop of independent accumulators.
MultiplyAddRate rate_of(const Machine& machine, int threads, long operations_per_round,
                        const std::function<void(long rounds)>& multiply_add) {
  const long trial = 10000;
  const double trial_seconds = seconds_of([&] { multiply_add(trial); });
  const long rounds = std::max(trial, static_cast<long>(trial * kSampleSeconds / trial_seconds));
  std::vector<double> seconds = sample_seconds(machine, threads, kSettlingSamples + kSettledSamples,
                                               [&](int) { multiply_add(rounds); });
  const double operations = static_cast<double>(rounds * operations_per_round) * threads;
  const double burst = least(seconds);
  seconds.erase(seconds.begin(), seconds.begin() + kSettlingSamples);
  std::nth_element(seconds.begin(), seconds.begin() + kSettledSamples / 2, seconds.end());
  return {1e-9 * operations / seconds[kSettledSamples / 2], 1e-9 * operations / burst};
}

}  // namespace

std::vector<Level> levels_of(const Machine& machine, int threads) {
  const size_t count = static_cast<size_t>(threads);
  std::vector<Level> levels;
  if (machine.l1d != 0) levels.push_back({"L1", machine.l1d / 2});
  if (machine.l2 != 0) levels.push_back({"L2", machine.l2 / 2});
  if (machine.l3 != 0) levels.push_back({"L3", std::min(4 * machine.l2, machine.l3 / 2 / count)});
  const size_t last = std::max({machine.l3, machine.l2, size_t{16} << 20});
  levels.push_back({"memory", std::min(4 * last, size_t{1} << 30) / count});
  for (Level& level : levels) level.bytes_per_thread = level.bytes_per_thread / 4096 * 4096;
  return levels;
}

MultiplyAddRate multiply_add_rate(const Machine& machine, const Probe& probe, int threads) {
  return rate_of(
      machine, threads, probe.operations_per_round,
      [&](long rounds) { sink = probe.multiply_add(rounds); });
}

IntegerRate integer_rate(const Machine& machine, const IntegerProbe& probe, int threads) {
  const double rate = rate_of(machine, threads, probe.operations_per_round, [&](long rounds) {
                        sink = static_cast<float>(probe.multiply_add(rounds));
                      }).sustained;
  return {rate / probe.rounds_for_16_bits, rate};
}

double read_bandwidth(const Machine& machine, const Probe& probe, int threads, size_t bytes) {
  std::vector<Buffer> buffers;
  for (int thread = 0; thread < threads; ++thread) buffers.push_back(allocate(bytes));
  sink = probe.read(buffers[0].get(), bytes, 1);
  const double pass = seconds_of([&] { sink = probe.read(buffers[0].get(), bytes, 1); });
  const int passes = std::max(1, static_cast<int>(kSampleSeconds / pass));
  const int samples =
      std::max(kFewestSamples,
               std::min(kMostSamples, static_cast<int>(kMostSamples * kSampleSeconds / pass)));
  const double seconds = least(sample_seconds(machine, threads, samples, [&](int thread) {
    sink = probe.read(buffers[static_cast<size_t>(thread)].get(), bytes, passes);
  }));
  return 1e-9 * static_cast<double>(bytes) * passes * threads / seconds;
}

}  // namespace limits
