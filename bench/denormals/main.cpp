// What numbers below 2^-126 cost: a stream whose inputs are denormal, and one whose states decay
// to zero after its input has gone silent, beside a stream of ordinary numbers. All three take
// turns, every step is timed on its own, and a step's time is the median over the rounds.
//
//   recurrent_denormals [--hidden H] [--rounds N]
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "denormals/stream.h"
#include "kernels/implementations.h"
#include "support/calls.h"

namespace denormals {
namespace {

constexpr float kDenormal = 1e-39f;
constexpr int kMostSteps = 4000;
// Beyond what one step differs from another by.
constexpr double kSlow = 1.5;

struct Options {
  int32_t hidden = 64;
  int rounds = 101;
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// Steps until all states that begin with 1 are zero under silence, or as many as are looked at.
int steps_to_silence(Stream& stream, const std::vector<float>& silence) {
  stream.set_states(1.0f);
  for (int step = 1; step <= kMostSteps; ++step) {
    stream.step(silence);
    if (stream.is_silent()) return step;
  }
  return kMostSteps;
}

struct Times {
  std::vector<double> normal, denormal;     // each round's typical step
  std::vector<std::vector<double>> decays;  // `[step][round]`
};

double typical_step(Stream& stream, const std::vector<float>& x, int steps) {
  std::vector<double> times(static_cast<size_t>(steps));
  for (double& time : times) time = stream.step(x);
  return median(times);
}

Times measure(Stream& stream, int steps, int rounds) {
  const std::vector<float> silence(static_cast<size_t>(stream.input_size()));
  const std::vector<float> tiny(silence.size(), kDenormal);
  const std::vector<float> x = support::random_values(stream.input_size(), 1.0f);
  Times times;
  times.decays.resize(static_cast<size_t>(steps));
  for (int round = 0; round < rounds; ++round) {
    stream.set_states(1.0f);
    times.normal.push_back(typical_step(stream, x, 200));
    stream.set_states(0.5f);
    // Denormal inputs count as zero. So few steps do not make the states denormal as well.
    times.denormal.push_back(typical_step(stream, tiny, 40));
    stream.set_states(1.0f);
    for (std::vector<double>& decay : times.decays) decay.push_back(stream.step(silence));
  }
  return times;
}

void report(const char* isa, const char* cell, const Network& network, const Times& times) {
  const double normal = median(times.normal);
  double worst = 0;
  double whole = 0;
  int slow = 0;
  for (const std::vector<double>& decay : times.decays) {
    const double step = median(decay);
    worst = std::max(worst, step);
    whole += step;
    slow += step > kSlow * normal;
  }
  const double steps = static_cast<double>(times.decays.size());
  std::printf("%-7s %-4s %-7s %8.0f ns %8.2fx %7d %7d %9.0f ns %7.1fx %8.2fx\n", isa, cell,
              network.has_bias ? "random" : "none", normal, median(times.denormal) / normal,
              static_cast<int>(times.decays.size()), slow, worst, worst / normal,
              whole / (steps * normal));
}

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const int value = i + 1 < argc ? std::atoi(argv[i + 1]) : 0;
    if (std::strcmp(argv[i], "--hidden") == 0 && value > 0)
      options.hidden = value;
    else if (std::strcmp(argv[i], "--rounds") == 0 && value > 0)
      options.rounds = value;
    else {
      std::fprintf(stderr, "usage: recurrent_denormals [--hidden H] [--rounds N]\n");
      std::exit(2);
    }
    ++i;
  }
  return options;
}

void run(const Options& options) {
  std::printf("%-7s %-4s %-7s %11s %9s %7s %7s %12s %8s %9s\n", "isa", "cell", "bias", "normal",
              "denormal", "steps", "slow", "worst step", "worst", "whole");
  struct Named {
    const char* name;
    int32_t value;
  };
  const auto all = recurrent::kernels::implementations();
  for (size_t i = all.size(); i-- > 0;) {
    const recurrent::kernels::InstructionSet& isa = all[i].set;
    if (!all[i].is_supported() || isa.width == 1) continue;
    for (const Named cell : {Named{"lstm", RECURRENT_LAYER_LSTM}, Named{"gru", RECURRENT_LAYER_GRU},
                             Named{"rnn", RECURRENT_LAYER_SIMPLE_RNN}}) {
      Stream without({cell.value, options.hidden, false}, isa.isa);
      const std::vector<float> silence(static_cast<size_t>(options.hidden));
      // As many steps with biases, whose states come to rest far from zero.
      const int steps = steps_to_silence(without, silence);
      for (const bool has_bias : {false, true}) {
        const Network network{cell.value, options.hidden, has_bias};
        Stream stream(network, isa.isa);
        report(isa.name, cell.name, network, measure(stream, steps, options.rounds));
      }
    }
  }
  std::printf(
      "\nnormal: a step of random inputs. denormal: a step whose inputs are all 1e-39 over it. "
      "steps: from states of 1 to zero with silent input, without biases; slow: of these, over "
      "%.1f times a normal step. whole: all steps over as many normal ones.\n",
      kSlow);
}

}  // namespace
}  // namespace denormals

int main(int argc, char** argv) {
  denormals::run(denormals::parse(argc, argv));
  return 0;
}
