// The input product of a chunk of steps alone, `[rows, H] x [H, gates * H]`: the built-in one and
// Intel MKL's, taking turns with a multiply-add loop in registers, which shows what the clock
// allows meanwhile.
//
//   recurrent_product

#include <recurrent/recurrent.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <random>
#include <string>
#include <vector>

#include "base/aligned_buffer.h"
#include "gemm/mkl.h"
#include "gemm/provider.h"
#include "kernels/implementations.h"
#include "limits/probe.h"
#include "model/model.h"

namespace product {
namespace {

using Clock = std::chrono::steady_clock;
using recurrent::AlignedBuffer;
using recurrent::Model;

constexpr int kRounds = 25;
constexpr int64_t kRows = 800;
constexpr long kProbeRounds = 4000;  // about a millisecond

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Takes a result, so that what made it is not left out.
void keep(float value) {
  static volatile float sink = 0;
  sink = sink + value;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

Model make_model(int32_t kind, int32_t hidden, int32_t isa) {
  const int64_t gates = kind == RECURRENT_LAYER_LSTM ? 4 : 3;
  std::mt19937 random(1);
  std::uniform_real_distribution<float> uniform(-0.1f, 0.1f);
  std::vector<float> weights(static_cast<size_t>(gates * hidden * hidden));
  for (float& weight : weights) weight = uniform(random);
  recurrent_direction_desc direction{};
  direction.struct_size = sizeof(direction);
  direction.gate_activation = RECURRENT_ACTIVATION_SIGMOID;
  direction.input_weights = weights.data();
  direction.recurrent_weights = weights.data();
  recurrent_layer_desc layer{};
  layer.struct_size = sizeof(layer);
  layer.kind = kind;
  layer.input_size = layer.hidden_size = hidden;
  layer.forward = &direction;
  recurrent_model_desc desc{};
  desc.struct_size = sizeof(desc);
  desc.layer_count = 1;
  desc.layers = &layer;
  desc.isa = isa;
  return Model(desc);
}

void measure(int32_t kind, int32_t hidden, int32_t isa, const limits::Probe& probe) {
  Model builtin = make_model(kind, hidden, isa);
  Model with_mkl = make_model(kind, hidden, isa);
  std::vector<Model*> models{&builtin};
  if (recurrent::mkl()) {
    with_mkl.use_mkl(0, 0);
    models.push_back(&with_mkl);
  }
  const recurrent::PackedLayer& layer = builtin.layers()[0];
  AlignedBuffer<float> x(kRows * hidden);
  AlignedBuffer<float> out(kRows * layer.columns);
  std::fill(x.begin(), x.end(), 0.5f);
  const double operations = 2.0 * static_cast<double>(kRows * hidden * layer.columns);
  const double probe_operations = static_cast<double>(kProbeRounds * probe.operations_per_round);
  std::vector<double> rates;
  std::vector<std::vector<double>> seconds(models.size());
  for (int round = -3; round < kRounds; ++round)
    for (size_t i = 0; i < models.size(); ++i) {
      const recurrent::PackedLayer& used = models[i]->layers()[0];
      const recurrent::InputProduct job{*models[i], used,       used.directions[0],
                                        x.data(),   out.data(), kRows};
      Clock::time_point start = Clock::now();
      recurrent::multiply(job, 0, used.directions[0].weights.groups());
      const double turn = seconds_since(start);
      start = Clock::now();
      keep(probe.multiply_add(kProbeRounds));
      const double rate = 1e-9 * probe_operations / seconds_since(start);
      if (round < 0) continue;
      seconds[i].push_back(turn);
      rates.push_back(rate);
    }
  const double rate = median(rates);
  const double own = 1e-9 * operations / median(seconds[0]);
  std::printf("%-7s %-4s H=%-5d built-in %6.1f GFLOP/s, %5.1f %% of %6.1f", probe.name,
              kind == RECURRENT_LAYER_LSTM ? "lstm" : "gru", hidden, own, 100 * own / rate, rate);
  if (models.size() > 1) std::printf("   MKL %6.1f", 1e-9 * operations / median(seconds[1]));
  std::printf("\n");
}

void run() {
  std::printf("%lld rows; the rate is that of a loop in registers between the turns\n",
              static_cast<long long>(kRows));
  const auto all = recurrent::kernels::implementations();
  for (size_t i = all.size(); i-- > 0;) {
    const recurrent::kernels::InstructionSet& set = all[i].set;
    if (!all[i].is_supported() || set.width == 1) continue;
    const limits::Probe& probe = set.width == 16 ? limits::avx512_probe() : limits::avx2_probe();
    for (const int32_t kind : {RECURRENT_LAYER_LSTM, RECURRENT_LAYER_GRU})
      for (const int32_t hidden : {64, 128, 256, 512, 1024}) measure(kind, hidden, set.isa, probe);
  }
}

}  // namespace
}  // namespace product

int main() {
  try {
    product::run();
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
