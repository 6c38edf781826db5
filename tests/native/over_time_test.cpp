// Layers over time and over windows of steps, and layer normalization: what they give by hand, what
// they refuse, and where their gradients go.
#include <cfloat>
#include <cmath>
#include <limits>

#include "native_session.h"
#include "native_trainer.h"

namespace recurrent::test {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
using Values = std::vector<float>;

recurrent_layer_desc layer_of(int32_t kind, int32_t inputs, int32_t outputs) {
  recurrent_layer_desc layer{};
  layer.struct_size = sizeof(layer);
  layer.kind = kind;
  layer.input_size = inputs;
  layer.hidden_size = outputs;
  return layer;
}

recurrent_layer_desc pooling(int32_t kind, int32_t kernel_size, int32_t stride = 1,
                             int32_t dilation = 1, int32_t pad_before = 0, int32_t pad_after = 0) {
  recurrent_layer_desc layer = layer_of(kind, 1, 1);
  layer.kernel_size = kernel_size;
  layer.stride = stride;
  layer.dilation = dilation;
  layer.pad_before = pad_before;
  layer.pad_after = pad_after;
  return layer;
}

recurrent_layer_desc flatten(int32_t inputs, int32_t steps) {
  recurrent_layer_desc layer = layer_of(RECURRENT_LAYER_FLATTEN, inputs, inputs * steps);
  layer.steps = steps;
  return layer;
}

recurrent_status create(const std::vector<recurrent_layer_desc>& layers, Options options = {}) {
  const recurrent_model_desc desc = describe(layers, RECURRENT_ISA_AUTO, options);
  recurrent_model* model = nullptr;
  const recurrent_status status = recurrent_model_create(&desc, &model);
  recurrent_model_destroy(model);
  return status;
}

// A session and a trainer of a few layers; of a softmax over time alone the scores are the last of
// the features.
class Layers {
 public:
  Layers(const recurrent_layer_desc& layer, int32_t isa, Options options = {})
      : Layers(std::vector<recurrent_layer_desc>{layer}, isa, options) {}
  Layers(std::vector<recurrent_layer_desc> layers, int32_t isa, Options options = {})
      : layers_(std::move(layers)) {
    const recurrent_layer_desc layer = layers_[0];
    if (layer.kind == RECURRENT_LAYER_SOFTMAX_OVER_TIME) {
      const int32_t all = layer.input_size + 1;
      layers_ = {layer_of(RECURRENT_LAYER_SLICE, all, layer.input_size),
                 layer_of(RECURRENT_LAYER_SLICE, all, 1), layer};
      layers_[1].first = layer.input_size;
      layers_[1].inputs = kInput;
      layers_[1].input_count = 1;
      layers_[2].inputs = kSlices;
      layers_[2].input_count = 2;
    }
    const recurrent_model_desc desc = describe(layers_, isa, options);
    recurrent_model* model = nullptr;
    EXPECT_OK(recurrent_model_create(&desc, &model));
    model_.reset(model);
    recurrent_trainer_desc how{};
    how.struct_size = sizeof(how);
    how.threads = 1;
    recurrent_trainer* trainer = nullptr;
    EXPECT_OK(recurrent_trainer_create(&desc, &how, &trainer));
    trainer_.reset(trainer);
  }

  int64_t inputs() const { return layers_[0].input_size; }
  int64_t count(int64_t batch, int64_t time) const {
    int64_t steps = 0;
    EXPECT_OK(recurrent_model_output_steps(model_.get(), 0, time, &steps));
    return steps * batch * layers_.back().hidden_size;
  }
  const ModelHandle& model() const { return model_; }

  // Time-major; what a session and what a trainer give has to be the same.
  Values run(const Values& x, int64_t batch = 1, std::vector<int32_t> lengths = {}) const {
    const int64_t time = static_cast<int64_t>(x.size()) / batch / inputs();
    Values y(static_cast<size_t>(count(batch, time)), -7.0f);
    recurrent_run_args args = run_args(x, y, time);
    args.lengths = lengths.empty() ? nullptr : lengths.data();
    args.lengths_count = static_cast<int64_t>(lengths.size());
    EXPECT_OK(recurrent_session_run(open_session(model_, batch).get(), &args));
    const Values trained = forward(x, batch, lengths);
    EXPECT_EQ(first_difference(y.data(), trained.data(), static_cast<int64_t>(y.size())), -1);
    return y;
  }
  // Of one row, by a trainer as well.
  recurrent_status refusal(const Values& x, std::vector<int32_t> lengths = {}) const {
    Values y(64);
    recurrent_run_args args = run_args(x, y, static_cast<int64_t>(x.size()) / inputs());
    args.lengths = lengths.empty() ? nullptr : lengths.data();
    args.lengths_count = static_cast<int64_t>(lengths.size());
    recurrent_forward_args forward{};
    forward.struct_size = sizeof(forward);
    forward.time = args.time;
    forward.batch = 1;
    forward.x = x.data();
    forward.y = y.data();
    forward.lengths = args.lengths;
    EXPECT_EQ(recurrent_trainer_forward(trainer_.get(), &forward),
              RECURRENT_STATUS_INVALID_ARGUMENT);
    return recurrent_session_run(open_session(model_, 1).get(), &args);
  }

  // The gradient of the input of one row, that of the output being `dy`.
  Values gradient(const Values& x, const Values& dy) const {
    forward(x, 1, {});
    Values dx(x.size(), -7.0f);
    recurrent_backward_args args{};
    args.struct_size = sizeof(args);
    args.dy = dy.data();
    args.dx = dx.data();
    EXPECT_OK(recurrent_trainer_backward(trainer_.get(), &args));
    return dx;
  }

 private:
  static constexpr int32_t kInput[] = {0};
  static constexpr int32_t kSlices[] = {1, 2};

  Values forward(const Values& x, int64_t batch, const std::vector<int32_t>& lengths) const {
    recurrent_forward_args args{};
    args.struct_size = sizeof(args);
    args.time = static_cast<int64_t>(x.size()) / batch / inputs();
    args.batch = batch;
    args.x = x.data();
    args.lengths = lengths.empty() ? nullptr : lengths.data();
    Values y(static_cast<size_t>(count(batch, args.time)), -7.0f);
    args.y = y.data();
    EXPECT_OK(recurrent_trainer_forward(trainer_.get(), &args));
    return y;
  }

  std::vector<recurrent_layer_desc> layers_;
  ModelHandle model_;
  TrainerHandle trainer_;
};

void expect_values(const Values& got, const Values& want) {
  ASSERT_EQ(got.size(), want.size());
  for (size_t i = 0; i < want.size(); ++i)
    EXPECT_EQ(first_difference(&got[i], &want[i], 1), -1)
        << "element " << i << ": " << got[i] << " instead of " << want[i];
}

class OverTime : public EveryIsa {};
INSTANTIATE_ON_EVERY_ISA(OverTime);

TEST_P(OverTime, AMeanIsOfTheValidSteps) {
  const Layers mean(layer_of(RECURRENT_LAYER_MEAN_OVER_TIME, 2, 2), GetParam());
  expect_values(mean.run({1, -1, 2, -2, 6, -6}), {3, -3});
  expect_values(mean.run({4, 0.5f}), {4, 0.5f});
  // Rows of 3, 0 and 1 steps.
  expect_values(mean.run({1, 1, 9, 9, 7, 8, 2, 2, 9, 9, 9, 9, 3, 6, 9, 9, 9, 9}, 3, {3, 0, 1}),
                {2, 3, 0, 0, 7, 8});
  expect_values(mean.run({1, kNaN, kInfinity, 1}), {kInfinity, kNaN});
  // The sum may pass through what a layer would not read.
  expect_values(mean.run({FLT_MIN * 1.5f, FLT_MIN, -FLT_MIN, -1e-40f}),
                {FLT_MIN * 0.25f, FLT_MIN / 2});
}

TEST_P(OverTime, AMaximumIsTheLargestOrNaN) {
  const Layers most(layer_of(RECURRENT_LAYER_MAX_OVER_TIME, 2, 2), GetParam());
  expect_values(most.run({-3, 1, -2, 5, -4, 2}), {-2, 5});
  expect_values(most.run({kNaN, 1, 3, kNaN, 4, 2}), {kNaN, kNaN});
  expect_values(most.run({-kInfinity, kInfinity}), {-kInfinity, kInfinity});
  expect_values(most.run({-5, -6, -7, -8}, 2, {1, 0}), {-5, -6, 0, 0});
  expect_values(most.run({-1e-40f, -0.0f, -1e-40f, 1e-40f}), {0, 0});
}

TEST_P(OverTime, ASoftmaxWeighsByScores) {
  const Layers softmax(layer_of(RECURRENT_LAYER_SOFTMAX_OVER_TIME, 2, 2), GetParam());
  // Values, then the score.
  expect_values(softmax.run({2, 4, 1, 6, 8, 1}), {4, 6});
  expect_values(softmax.run({2, 4, -kInfinity, 6, 8, 300}), {6, 8});
  expect_values(softmax.run({2, 4, -1000}), {2, 4});
  expect_values(softmax.run({2, 4, -kInfinity, 6, 8, -kInfinity}), {kNaN, kNaN});
  expect_values(softmax.run({2, 4, 1, 6, 8, kNaN}), {kNaN, kNaN});
  expect_values(softmax.run({2, 4, 1, 6, 8, kInfinity}), {kNaN, kNaN});
  // A weight of 0 is multiplied too.
  expect_values(softmax.run({kInfinity, 4, -kInfinity, 6, 8, 0}), {kNaN, 8});
  expect_values(softmax.run({2, 4, 1, 6, 8, 1}, 2, {0, 1}), {0, 0, 6, 8});
}

TEST_P(OverTime, OfManyFeaturesAllAreWeighed) {
  constexpr int32_t kSize = 700;
  const Layers softmax(layer_of(RECURRENT_LAYER_SOFTMAX_OVER_TIME, kSize, kSize), GetParam());
  Values x;
  Values want;
  for (int32_t t = 0; t < 2; ++t) {
    for (int32_t j = 0; j < kSize; ++j) x.push_back(static_cast<float>(j * (2 * t + 1)));
    x.push_back(3);
  }
  for (int32_t j = 0; j < kSize; ++j) want.push_back(static_cast<float>(2 * j));
  expect_values(softmax.run(x), want);
}

TEST_P(OverTime, FlattenTakesOneNumberOfSteps) {
  const Layers flat(flatten(2, 3), GetParam());
  expect_values(flat.run({1, 2, 3, 1e-40f, 5, kNaN}), {1, 2, 3, 0, 5, kNaN});
  expect_values(flat.run({1, 2, 9, 9, 3, 4, 9, 9, 5, 6, 9, 9}, 2, {3, 0}),
                {1, 2, 3, 4, 5, 6, 0, 0, 0, 0, 0, 0});
  EXPECT_INVALID(flat.refusal({1, 2, 3, 4}),
                 "time: expected so many steps that layer 0 of kind flatten is given 3, found 2, "
                 "which give it 2");
  EXPECT_INVALID(flat.refusal({1, 2, 3, 4, 5, 6}, {2}),
                 "lengths: expected 0 or so many valid steps that layer 0 of kind flatten is given "
                 "3, found 2 in row 0, which give it 2");
}

TEST_P(OverTime, UnflattenMakesStepsOfARow) {
  std::vector<recurrent_layer_desc> layers{layer_of(RECURRENT_LAYER_MAX_OVER_TIME, 4, 4),
                                           layer_of(RECURRENT_LAYER_UNFLATTEN, 4, 2)};
  layers[1].steps = 2;
  const recurrent_model_desc desc = describe(layers, GetParam());
  recurrent_model* made = nullptr;
  ASSERT_OK(recurrent_model_create(&desc, &made));
  const ModelHandle model(made);
  const Values x{1, 2, 3, 4, 5, 6, 7, 8};
  Values y(8);
  recurrent_run_args args = run_args(x, y, 1);
  args.layout = RECURRENT_LAYOUT_BATCH_MAJOR;
  ASSERT_OK(recurrent_session_run(open_session(model, 2).get(), &args));
  expect_values(y, x);
}

TEST_P(OverTime, PoolingLeavesPaddingOut) {
  const Values x{-1, -4, -2, -8, -3};
  const auto most = [&](auto... fields) {
    return Layers(pooling(RECURRENT_LAYER_MAX_POOLING, fields...), GetParam()).run(x);
  };
  const auto mean = [&](int32_t counts_padding, auto... fields) {
    recurrent_layer_desc layer = pooling(RECURRENT_LAYER_AVERAGE_POOLING, fields...);
    layer.counts_padding = counts_padding;
    return Layers(layer, GetParam()).run(x);
  };
  expect_values(most(2, 2), {-1, -2});
  expect_values(most(2, 2, 1, 0, 1), {-1, -2, -3});
  expect_values(most(2, 1, 2, 2, 0), {-1, -4, -1, -4, -2});
  expect_values(mean(0, 2, 2, 1, 0, 1), {-2.5f, -5, -3});
  expect_values(mean(1, 2, 2, 1, 0, 1), {-2.5f, -5, -1.5f});
  // Taps two steps apart, 1 of padding on each side.
  expect_values(mean(0, 3, 2, 2, 1, 1), {-6, -6});
  const Layers largest(pooling(RECURRENT_LAYER_MAX_POOLING, 2), GetParam());
  expect_values(largest.run({1, kNaN, 2, 3}), {kNaN, kNaN, 3});
  // Rows of 3, 1 and 0 steps, of which the last two have no window.
  expect_values(largest.run({1, 9, 9, 2, 9, 9, 3, 9, 9}, 3, {3, 1, 0}), {2, 0, 0, 3, 0, 0});
}

// Both taps of the window are padding: 4 steps apart, with a single step between them.
TEST_P(OverTime, AWindowWithoutAStepHasAMeanOfZeroAndNoLargestValue) {
  const recurrent_layer_desc most = pooling(RECURRENT_LAYER_MAX_POOLING, 2, 1, 4, 2, 2);
  const recurrent_layer_desc mean = pooling(RECURRENT_LAYER_AVERAGE_POOLING, 2, 1, 4, 2, 2);
  expect_values(Layers(mean, GetParam()).run({-5}), {0});
  expect_values(Layers(most, GetParam()).run({-5}), {-kInfinity});
  // A row of 1 step beside one of 3, whose middle window is of padding alone.
  expect_values(Layers(most, GetParam()).run({-5, -1, 9, -2, 9, -3}, 2, {1, 3}),
                {-kInfinity, -3, 0, -kInfinity, 0, -1});
}

// What is behind a window of padding alone gives nothing to any step.
TEST_P(OverTime, AWindowWithoutAStepHasNoGradient) {
  const recurrent_layer_desc most = pooling(RECURRENT_LAYER_MAX_POOLING, 2, 1, 4, 2, 2);
  expect_values(Layers(most, GetParam()).gradient({-5}, {7}), {0});
}

// Rows of 3 and 2 steps, and windows of 3.
TEST_P(OverTime, ARowWithoutAWindowEndsWithZerosAndTheStateThatItStartedFrom) {
  const recurrent_layer_desc windows = pooling(RECURRENT_LAYER_MAX_POOLING, 3);
  const Values x{1, 5, 2, 6, 3, 7};
  const std::vector<int32_t> lengths{3, 2};
  expect_values(
      Layers({windows, layer_of(RECURRENT_LAYER_LAST_STEP, 1, 1)}, GetParam()).run(x, 2, lengths),
      {3, 0});
  expect_values(Layers(windows, GetParam(), {RECURRENT_OUTPUT_LAST_STEP}).run(x, 2, lengths),
                {3, 0});
  // `h' = x + h`, from 1.
  const float one = 1;
  recurrent_direction_desc weights{};
  weights.struct_size = sizeof(weights);
  weights.candidate_activation = RECURRENT_ACTIVATION_IDENTITY;
  weights.input_weights = weights.recurrent_weights = weights.initial_hidden = &one;
  recurrent_layer_desc cell = layer_of(RECURRENT_LAYER_SIMPLE_RNN, 1, 1);
  cell.forward = &weights;
  expect_values(Layers({windows, cell, layer_of(RECURRENT_LAYER_FINAL_STATE, 1, 1)}, GetParam())
                    .run(x, 2, lengths),
                {4, 1});
  expect_values(
      Layers({windows, cell}, GetParam(), {RECURRENT_OUTPUT_FINAL_STATE}).run(x, 2, lengths),
      {4, 1});
}

TEST_P(OverTime, GradientsGoToTheFirstLargest) {
  const Layers most(layer_of(RECURRENT_LAYER_MAX_OVER_TIME, 1, 1), GetParam());
  expect_values(most.gradient({1, 3, 3, 2}, {5}), {0, 5, 0, 0});
  expect_values(most.gradient({1, kNaN, kNaN, 2}, {5}), {0, 5, 0, 0});
  const Layers pooled(pooling(RECURRENT_LAYER_MAX_POOLING, 2), GetParam());
  expect_values(pooled.gradient({1, 3, 3, 2}, {5, 7, 11}), {0, 12, 11, 0});
  const Layers mean(pooling(RECURRENT_LAYER_AVERAGE_POOLING, 2, 2, 1, 0, 1), GetParam());
  expect_values(mean.gradient({1, 3, 3}, {4, 6}), {2, 2, 6});
}

// Central differences of every element of the input.
TEST_P(OverTime, GradientsAgreeWithDifferences) {
  Random random(3);
  recurrent_layer_desc normalization = layer_of(RECURRENT_LAYER_LAYER_NORMALIZATION, 5, 5);
  normalization.epsilon = 0.1f;
  const Values factors = random_values(random, 5, 1.5f);
  recurrent_direction_desc weights{};
  weights.struct_size = sizeof(weights);
  weights.input_weights = factors.data();
  normalization.forward = &weights;
  recurrent_layer_desc average = pooling(RECURRENT_LAYER_AVERAGE_POOLING, 3, 1, 1, 2, 1);
  recurrent_layer_desc counted = average;
  counted.counts_padding = 1;
  for (const recurrent_layer_desc& layer :
       {normalization, average, counted, flatten(3, 4), pooling(RECURRENT_LAYER_MAX_POOLING, 2, 2),
        layer_of(RECURRENT_LAYER_LOG_SOFTMAX, 5, 5), layer_of(RECURRENT_LAYER_MEAN_OVER_TIME, 3, 3),
        layer_of(RECURRENT_LAYER_MAX_OVER_TIME, 3, 3),
        layer_of(RECURRENT_LAYER_SOFTMAX_OVER_TIME, 4, 4)}) {
    const Layers model(layer, GetParam());
    Values x = random_values(random, 4 * model.inputs(), 1.0f);
    const Values dy = random_values(random, model.count(1, 4), 1.0f);
    const Values dx = model.gradient(x, dy);
    const auto loss = [&](size_t at, float step) {
      const float kept = x[at];
      x[at] += step;
      const Values y = model.run(x);
      x[at] = kept;
      double sum = 0;
      for (size_t i = 0; i < y.size(); ++i)
        sum += static_cast<double>(y[i]) * static_cast<double>(dy[i]);
      return sum;
    };
    constexpr float kStep = 1.0f / 256;
    for (size_t i = 0; i < x.size(); ++i)
      EXPECT_NEAR((loss(i, kStep) - loss(i, -kStep)) / (2 * static_cast<double>(kStep)),
                  static_cast<double>(dx[i]), 2e-3)
          << "kind " << layer.kind << ", element " << i;
  }
}

TEST_P(OverTime, NeedsWholeSequences) {
  for (const int32_t kind : {RECURRENT_LAYER_MEAN_OVER_TIME, RECURRENT_LAYER_MAX_OVER_TIME}) {
    const Layers layer(layer_of(kind, 1, 1), GetParam());
    const float x = 1;
    float y = 0;
    EXPECT_REFUSED(recurrent_session_step(open_session(layer.model(), 1).get(), &x, &y),
                   RECURRENT_STATUS_NOT_SUPPORTED, "needs all steps");
  }
}

TEST_P(OverTime, MissingStepsAreNotThere) {
  const Options masked{RECURRENT_OUTPUT_EVERY_STEP, RECURRENT_MASKING_ZERO, 0};
  const Layers mean(layer_of(RECURRENT_LAYER_MEAN_OVER_TIME, 1, 1), GetParam(), masked);
  expect_values(mean.run({0, 2, 0, 4}), {3});
  expect_values(mean.run({0, 0}), {0});
  // As many windows as steps.
  const Layers most(pooling(RECURRENT_LAYER_MAX_POOLING, 2, 1, 1, 1), GetParam(), masked);
  expect_values(most.run({3, 0, 2, 1}), {3, 0, 3, 2});
}

TEST_P(OverTime, LayerNormalizationIsOfEachStep) {
  recurrent_layer_desc layer = layer_of(RECURRENT_LAYER_LAYER_NORMALIZATION, 4, 4);
  const Layers plain(layer, GetParam());
  // Variance 1 and 4.
  expect_values(plain.run({1, -1, 1, -1, 3, 7, 3, 7}), {1, -1, 1, -1, -1, 1, -1, 1});
  expect_values(plain.run({2, 2, 2, 2}), {kNaN, kNaN, kNaN, kNaN});
  expect_values(plain.run({2, kInfinity, 2, 2}), {kNaN, kNaN, kNaN, kNaN});
  expect_values(plain.run({2, kNaN, 2, 2, 1, -1, 1, -1}), {kNaN, kNaN, kNaN, kNaN, 1, -1, 1, -1});
  layer.epsilon = 3;
  const float factors[] = {1, 2, 3, 4};
  const float offsets[] = {0, 0, 10, 1e-40f};
  recurrent_direction_desc weights{};
  weights.struct_size = sizeof(weights);
  weights.input_weights = factors;
  weights.input_bias = offsets;
  layer.forward = &weights;
  const Layers scaled(layer, GetParam());
  expect_values(scaled.run({1, -1, 1, -1}), {0.5f, -1, 11.5f, -2});
  // An absent offset is +0.
  expect_values(scaled.run({2, 2, 2, 2}), {0, 0, 10, 0});
  weights.input_weights = nullptr;
  expect_values(Layers(layer, GetParam()).run({1, -1, 1, -1}), {0.5f, -0.5f, 10.5f, -0.5f});
}

TEST_P(OverTime, LogSoftmaxIsTheLogarithm) {
  const Layers layer(layer_of(RECURRENT_LAYER_LOG_SOFTMAX, 3, 3), GetParam());
  const float third = -0x1.193ea8p+0f;  // -log 3
  expect_values(layer.run({5, 5, 5}), {third, third, third});
  expect_values(layer.run({0, -kInfinity, -1000}), {0, -kInfinity, -1000});
  expect_values(layer.run({0, kNaN, 0}), {kNaN, kNaN, kNaN});
  expect_values(layer.run({0, kInfinity, 0}), {kNaN, kNaN, kNaN});
  expect_values(layer.run({-kInfinity, -kInfinity, -kInfinity}), {kNaN, kNaN, kNaN});
  expect_values(Layers(layer_of(RECURRENT_LAYER_LOG_SOFTMAX, 1, 1), GetParam()).run({-3}), {0});
}

TEST(OverTimeMisuse, IsRefusedByName) {
  recurrent_layer_desc layer = flatten(2, 3);
  layer.hidden_size = 5;
  EXPECT_INVALID(create({layer}),
                 "layers[0].hidden_size: expected steps * input_size (6) in a flatten, found 5");
  layer.steps = 0;
  EXPECT_INVALID(create({layer}), "layers[0].steps: expected a value from 1 to");
  layer = layer_of(RECURRENT_LAYER_UNFLATTEN, 5, 2);
  layer.steps = 2;
  EXPECT_INVALID(create({layer}),
                 "layers[0].input_size: expected steps * hidden_size (4) in an unflatten, found 5");
  layer.input_size = 4;
  EXPECT_INVALID(create({layer}), "expected a row, because the layer is of kind unflatten");
  EXPECT_INVALID(
      create({layer_of(RECURRENT_LAYER_SOFTMAX_OVER_TIME, 2, 2)}),
      "layers[0].inputs: expected the values that a softmax over time reads, found null");
  EXPECT_INVALID(create({layer_of(RECURRENT_LAYER_MEAN_OVER_TIME, 2, 2),
                         layer_of(RECURRENT_LAYER_MAX_OVER_TIME, 2, 2)}),
                 "expected a sequence, because the layer is of kind max over time, found value 1");
  layer = layer_of(RECURRENT_LAYER_LAYER_NORMALIZATION, 2, 2);
  for (const float epsilon : {-1.0f, kNaN, kInfinity}) {
    layer.epsilon = epsilon;
    EXPECT_INVALID(create({layer}), "layers[0].epsilon: expected 0 or a positive finite number");
  }
  layer = layer_of(RECURRENT_LAYER_LOG_SOFTMAX, 2, 2);
  layer.epsilon = 1;
  EXPECT_INVALID(create({layer}), "because only a layer normalization has it");
  // Scores of another size.
  const int32_t slices[] = {1, 2};
  const int32_t input[] = {0};
  std::vector<recurrent_layer_desc> layers{layer_of(RECURRENT_LAYER_SLICE, 5, 3),
                                           layer_of(RECURRENT_LAYER_SLICE, 5, 2),
                                           layer_of(RECURRENT_LAYER_SOFTMAX_OVER_TIME, 3, 3)};
  layers[1].inputs = input;
  layers[1].input_count = 1;
  layers[2].inputs = slices;
  layers[2].input_count = 2;
  EXPECT_INVALID(create(layers),
                 "layers[2].inputs: expected scores of 1 feature or of input_size "
                 "(3), found value 2 of 2");
}

TEST(OverTimeMisuse, ChangesOfStepsBehindAMaskAreRefusedByName) {
  const Options masked{RECURRENT_OUTPUT_EVERY_STEP, RECURRENT_MASKING_ZERO, 0};
  EXPECT_INVALID(create({flatten(2, 3)}, masked),
                 "because layer 0 of kind flatten changes the number of steps");
  EXPECT_INVALID(create({pooling(RECURRENT_LAYER_MAX_POOLING, 2)}, masked),
                 "because layer 0 of kind max pooling changes the number of steps");
  EXPECT_INVALID(create({pooling(RECURRENT_LAYER_AVERAGE_POOLING, 1, 2)}, masked),
                 "because layer 0 of kind average pooling changes the number of steps");
  EXPECT_OK(create({pooling(RECURRENT_LAYER_AVERAGE_POOLING, 2, 1, 1, 1)}, masked));
}

}  // namespace
}  // namespace recurrent::test
