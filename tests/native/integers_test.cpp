// Weights of 8 bits: the bits of all kernels against one number at a time, rows that are special,
// and the bound of docs/numerics.md.
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "every_integers.h"
#include "naive.h"
#include "naive_matrix.h"
#include "native_session.h"

namespace recurrent::test {
namespace {

constexpr int32_t kFormats[] = {RECURRENT_WEIGHT_FORMAT_INT8,
                                RECURRENT_WEIGHT_FORMAT_INT8_8BIT_INPUTS};

class Integers : public EveryIntegers {};
INSTANTIATE_ON_EVERY_INTEGERS(Integers);

// A layer whose weights are all in one format.
OwnedModel model_of(OwnedLayer layer, int32_t format) {
  layer.desc.input_weight_format = format;
  if (layer.desc.kind < RECURRENT_LAYER_DENSE) layer.desc.recurrent_weight_format = format;
  OwnedModel model;
  model.add(std::move(layer));
  return model;
}

// Fails unless all rows of a batch give what they give one number at a time, in one run on some
// threads and step by step.
void expect_naive(const OwnedModel& owned, int isa, int64_t time, int64_t batch,
                  const std::vector<float>& x, const std::string& what) {
  const int64_t in = owned.input_size();
  const int64_t out = output_size(owned.layers.back().desc);
  std::vector<float> want(static_cast<size_t>(time * batch * out));
  for (int64_t row = 0; row < batch; ++row) {
    std::vector<float> alone;
    for (int64_t t = 0; t < time; ++t)
      alone.insert(alone.end(), x.begin() + (t * batch + row) * in,
                   x.begin() + (t * batch + row + 1) * in);
    const std::vector<float> y = naive_run(owned, alone, time);
    for (int64_t t = 0; t < time; ++t)
      std::copy_n(y.begin() + t * out, out, want.begin() + (t * batch + row) * out);
  }
  const ModelHandle model = make_model(owned, isa);
  for (const int32_t threads : {1, 2}) {
    const SessionHandle session = open_session(model, batch, threads);
    std::vector<float> y(want.size(), -7.0f);
    const recurrent_run_args args = run_args(x, y, time);
    ASSERT_OK(recurrent_session_run(session.get(), &args));
    ASSERT_EQ(first_difference(want.data(), y.data(), static_cast<int64_t>(y.size())), -1)
        << what << ", threads " << threads;
    if (!owned.can_step()) continue;
    const SessionHandle stepped = open_session(model, batch, threads);
    for (int64_t t = 0; t < time; ++t)
      ASSERT_OK(recurrent_session_step(stepped.get(), x.data() + t * batch * in,
                                       y.data() + t * batch * out));
    ASSERT_EQ(first_difference(want.data(), y.data(), static_cast<int64_t>(y.size())), -1)
        << what << ", stepped, threads " << threads;
  }
}

// Records and blocks of terms that are not whole, one row and many.
TEST_P(Integers, GiveTheSameForAnyNumberOfTerms) {
  Random random(1);
  for (const int32_t format : kFormats)
    for (const int64_t terms : {1, 2, 3, 4, 5, 63, 511, 512, 513, 1025, 2300})
      for (const int64_t batch : {1, 5}) {
        const OwnedModel owned =
            model_of(random_layer(random, RECURRENT_LAYER_DENSE, terms, 40, false), format);
        expect_naive(owned, isa(), 2, batch, random_values(random, 2 * batch * terms, 1.0f),
                     "format " + std::to_string(format) + ", " + std::to_string(terms) +
                         " terms, batch " + std::to_string(batch));
      }
}

TEST_P(Integers, GiveTheSameInEveryCell) {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    Random random(seed);
    OwnedModel owned = random_model(random, seed % 4 == 0 ? 70 : 24, seed % 2 == 0);
    choose_formats(random, owned);
    for (OwnedLayer& layer : owned.layers)
      if (layer.desc.recurrent_weight_format == RECURRENT_WEIGHT_FORMAT_FLOAT32 &&
          layer.desc.kind < RECURRENT_LAYER_DENSE)
        layer.desc.recurrent_weight_format = kFormats[seed / 2 % 2];
    const int64_t time = uniform(random, 1, 6);
    const int64_t batch = seed % 3 == 0 ? uniform(random, 1, 60) : uniform(random, 1, 9);
    expect_naive(owned, isa(), time, batch,
                 random_values(random, time * batch * owned.input_size(), 2.0f),
                 "seed " + std::to_string(seed) + ": " + owned.describe());
  }
}

// Weights that are multiples of a power of two, -128 of them included, are not rounded; nor are
// those that have been.
TEST_P(Integers, KeepWeightsThatTheyCanHold) {
  constexpr int64_t kTerms = 600;
  Random random(3);
  OwnedLayer layer = random_layer(random, RECURRENT_LAYER_DENSE, kTerms, 30, false);
  std::vector<float>& w = layer.forward->input_weights;
  for (size_t i = 0; i < w.size(); ++i) {
    const size_t row = i / kTerms;
    const auto q = static_cast<float>(row % 3 == 0 ? -128 : uniform(random, -128, 127));
    w[i] = std::ldexp(q, -9 - static_cast<int>(row % 7));
  }
  w[1] = 127.0f / 512;
  const OwnedModel owned = model_of(std::move(layer), RECURRENT_WEIGHT_FORMAT_INT8);
  const recurrent_layer_desc& d = owned.layers[0].desc;
  const NaiveMatrix rounded(w.data(), static_cast<size_t>(d.hidden_size), kTerms,
                            RECURRENT_WEIGHT_FORMAT_INT8);
  EXPECT_EQ(first_difference(owned.layers[0].forward->input_weights.data(), rounded.values().data(),
                             d.hidden_size * kTerms),
            -1);
  std::vector<float> x = random_values(random, 3 * kTerms, 1.0f);
  std::fill_n(x.begin(), kTerms, 1.0f);  // the largest sums that there are
  std::fill_n(x.begin() + kTerms, kTerms, -1.0f);
  expect_naive(owned, isa(), 1, 3, x, "multiples");
}

TEST_P(Integers, NaNAndInfinityReachTheirRowAlone) {
  constexpr int64_t kBatch = 6;
  constexpr int64_t kTime = 4;
  constexpr float kBad[] = {std::numeric_limits<float>::quiet_NaN(),
                            std::numeric_limits<float>::infinity(),
                            -std::numeric_limits<float>::infinity()};
  for (const int32_t format : kFormats)
    for (const int32_t kind : {RECURRENT_LAYER_SIMPLE_RNN, RECURRENT_LAYER_LSTM,
                               RECURRENT_LAYER_GRU, RECURRENT_LAYER_GRU_RESET_BEFORE}) {
      Random random(5);
      OwnedLayer layer = random_layer(random, kind, 9, 40, false);
      layer.desc.clip = 0;
      layer.desc.gate_coupling = RECURRENT_GATE_COUPLING_NONE;
      recurrent_direction_desc& d = layer.forward->desc;
      d.gate_activation = RECURRENT_ACTIVATION_SIGMOID;
      d.candidate_activation = d.output_activation = RECURRENT_ACTIVATION_TANH;
      const OwnedModel owned = model_of(std::move(layer), format);
      const int64_t out = output_size(owned.layers[0].desc);
      const std::vector<float> clean = random_values(random, kTime * kBatch * 9, 1.0f);
      std::vector<float> x = clean;
      for (int64_t row = 0; row < 3; ++row)
        x[static_cast<size_t>((kBatch + row) * 9 + 4)] = kBad[row];
      const ModelHandle model = make_model(owned, isa());
      std::vector<float> want(static_cast<size_t>(kTime * kBatch * out));
      std::vector<float> y = want;
      const SessionHandle first = open_session(model, kBatch);
      const SessionHandle second = open_session(model, kBatch, 2);
      recurrent_run_args args = run_args(clean, want, kTime);
      ASSERT_OK(recurrent_session_run(first.get(), &args));
      args = run_args(x, y, kTime);
      ASSERT_OK(recurrent_session_run(second.get(), &args));
      for (int64_t t = 0; t < kTime; ++t)
        for (int64_t row = 0; row < kBatch; ++row)
          for (int64_t unit = 0; unit < out; ++unit) {
            const auto at = static_cast<size_t>((t * kBatch + row) * out + unit);
            if (t > 0 && row < 3)
              EXPECT_TRUE(std::isnan(y[at])) << kind << " step " << t << " row " << row;
            else
              EXPECT_EQ(first_difference(&want[at], &y[at], 1), -1) << kind << " row " << row;
          }
    }
}

// |da| <= (1/2 + 0.006) s_x sum |q s_w| + 1/2 s_w sum |x|, and 2^-24 |S s| for each block.
TEST_P(Integers, StayWithinTheirBound) {
  for (const int32_t format : kFormats)
    for (unsigned seed = 1; seed <= 20; ++seed) {
      Random random(seed);
      const int64_t terms = uniform(random, 1, 1200);
      OwnedLayer layer = random_layer(random, RECURRENT_LAYER_DENSE, terms, 40, false);
      layer.forward->desc.candidate_activation = RECURRENT_ACTIVATION_IDENTITY;
      const std::vector<float> w = layer.forward->input_weights;
      const OwnedModel owned = model_of(std::move(layer), format);
      const recurrent_layer_desc& d = owned.layers[0].desc;
      const std::vector<float> x = random_values(random, terms, 3.0f);
      const ModelHandle model = make_model(owned, isa());
      std::vector<float> y(static_cast<size_t>(d.hidden_size));
      ASSERT_OK(recurrent_session_step(open_session(model, 1).get(), x.data(), y.data()));
      const NaiveMatrix rounded(w.data(), y.size(), static_cast<size_t>(terms), format);
      const NaiveVector v(x, format == RECURRENT_WEIGHT_FORMAT_INT8 ? 32767.0f : 127.0f);
      const double input_scale = static_cast<double>(v.scale);
      for (size_t unit = 0; unit < y.size(); ++unit) {
        double exact = d.forward->input_bias ? static_cast<double>(d.forward->input_bias[unit]) : 0;
        double weights = 0;
        double inputs = 0;
        double largest = std::fabs(exact);
        for (size_t k = 0; k < static_cast<size_t>(terms); ++k) {
          const size_t at = unit * static_cast<size_t>(terms) + k;
          exact += static_cast<double>(w[at]) * static_cast<double>(x[k]);
          weights += std::fabs(static_cast<double>(rounded.values()[at]));
          inputs += std::fabs(static_cast<double>(x[k]));
          largest += std::fabs(static_cast<double>(rounded.values()[at])) * input_scale *
                     std::abs(v.integers[k]);
        }
        const double blocks = std::ceil(static_cast<double>(terms) / 512);
        // The chain rounds too, once a block.
        const double bound = 0.506 * input_scale * weights +
                             0.5 * static_cast<double>(rounded.scale(unit)) * inputs +
                             2 * blocks * 0x1p-24 * largest;
        EXPECT_LE(std::fabs(static_cast<double>(y[unit]) - exact), bound)
            << "format " << format << " seed " << seed << " unit " << unit;
      }
    }
}

TEST(IntegersSwitch, LeavesOutWhatItNames) {
  using kernels::left_out_by_environment;
  EXPECT_EQ(left_out_by_environment(nullptr), 0u);
  EXPECT_EQ(left_out_by_environment(""), 0u);
  EXPECT_EQ(left_out_by_environment("off"), cpu::kAvxVnni | cpu::kAvx512Vnni | cpu::kDotProduct);
  EXPECT_EQ(left_out_by_environment("avx"), cpu::kAvx512Vnni);
  EXPECT_EQ(left_out_by_environment("avx512"), cpu::kAvxVnni);
  EXPECT_ANY_THROW(left_out_by_environment("on"));
}

}  // namespace
}  // namespace recurrent::test
