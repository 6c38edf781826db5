// What a step of training costs beside forward and backward: the update, zeroing gradients and
// keeping the last good parameters, of an embedding and an LSTM.
//
//   recurrent_updates [--vocabulary N] [--features N] [--hidden N] [--batch N] [--time N]
//                     [--steps N]
//
// The ways take turns, every part of a step is timed on its own, and what is printed is the median.
// The last line holds a dense update against the memory: a pass over as many bytes that computes
// next to nothing, which takes turns with the ways.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include "updates/learner.h"
#include "updates/memory.h"

namespace updates {
namespace {

struct Options {
  Shape shape;
  int steps = 300;
};

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const long value = i + 1 < argc ? std::atol(argv[i + 1]) : 0;
    const char* const name = argv[i++];
    if (value < 1) {
      std::fprintf(stderr, "%s: expected a number from 1\n", name);
      std::exit(2);
    }
    if (std::strcmp(name, "--vocabulary") == 0)
      options.shape.vocabulary = static_cast<int32_t>(value);
    else if (std::strcmp(name, "--features") == 0)
      options.shape.features = static_cast<int32_t>(value);
    else if (std::strcmp(name, "--hidden") == 0)
      options.shape.hidden = static_cast<int32_t>(value);
    else if (std::strcmp(name, "--batch") == 0)
      options.shape.batch = value;
    else if (std::strcmp(name, "--time") == 0)
      options.shape.time = value;
    else if (std::strcmp(name, "--steps") == 0)
      options.steps = static_cast<int>(value);
    else {
      std::fprintf(stderr, "unknown option %s\n", name);
      std::exit(2);
    }
  }
  return options;
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<long>(values.size() / 2),
                   values.end());
  return values[values.size() / 2];
}

double median(const std::vector<Times>& times, double (*part)(const Times&)) {
  std::vector<double> values;
  for (const Times& t : times) values.push_back(part(t));
  return median(values);
}

double passes_of(const Times& t) { return t.passes; }
double keep_of(const Times& t) { return t.keep; }
double update_of(const Times& t) { return t.update; }
double zero_of(const Times& t) { return t.zero; }

int run(const Options& options) {
  const Shape& shape = options.shape;
  constexpr Way kWays[] = {{"frozen", RECURRENT_OPTIMIZER_ADAM, false, false},
                           {"sparse SGD", RECURRENT_OPTIMIZER_SGD, true, true},
                           {"sparse Adam", RECURRENT_OPTIMIZER_ADAM, true, true},
                           {"dense SGD", RECURRENT_OPTIMIZER_SGD, true, false},
                           {"dense Adam", RECURRENT_OPTIMIZER_ADAM, true, false}};
  std::printf("Embedding %d x %d, LSTM %d, %lld rows, %lld steps; microseconds\n", shape.vocabulary,
              shape.features, shape.hidden, static_cast<long long>(shape.batch),
              static_cast<long long>(shape.time));
  std::printf("%-12s %18s %10s %10s %10s %10s\n", "table", "forward, backward", "update", "zero",
              "keep", "share");
  std::vector<std::unique_ptr<Learner>> learners;
  for (const Way& way : kWays) learners.push_back(std::make_unique<Learner>(shape, way));
  std::vector<std::vector<Times>> times(learners.size());
  MemoryPass memory(learners[0]->parameters());
  std::vector<double> memory_times;
  // A turn is a few steps, so that caches are those of a training.
  constexpr int kTurn = 10;
  for (int round = 0; round <= options.steps / kTurn; ++round) {
    for (size_t i = 0; i < learners.size(); ++i)
      for (int step = 0; step < kTurn; ++step) {
        const Times t = learners[i]->step();
        // The first round asks for memory, and the first steps of a turn find that of others.
        if (round > 0 && step >= kTurn / 2) times[i].push_back(t);
      }
    for (int pass = 0; pass < kTurn; ++pass) {
      const double us = memory.run();
      if (round > 0 && pass >= kTurn / 2) memory_times.push_back(us);
    }
  }
  double dense = 0;
  for (size_t i = 0; i < learners.size(); ++i) {
    const double passes = median(times[i], passes_of);
    const double update = median(times[i], update_of);
    const double zero = median(times[i], zero_of);
    const double keep = median(times[i], keep_of);
    std::printf("%-12s %18.0f %10.1f %10.1f %10.1f %9.0f%%\n", kWays[i].name, passes, update, zero,
                keep, 100 * (update + zero + keep) / passes);
    dense = update;
  }
  const double pass = median(memory_times);
  const auto bytes = static_cast<double>(memory.bytes());
  std::printf(
      "dense Adam reads and writes %.0f MB: %.2f times the %.0f us of a pass over as much memory "
      "(%.1f GB/s)\n",
      1e-6 * bytes, dense / pass, pass, 1e-3 * bytes / pass);
  return 0;
}

}  // namespace
}  // namespace updates

int main(int argc, char** argv) { return updates::run(updates::parse(argc, argv)); }
