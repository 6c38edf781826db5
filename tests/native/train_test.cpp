// Training: what goes forward is what a session gives, bit for bit; what comes back does not depend
// on threads, and agrees with differences of the loss.
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "native_trainer.h"

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace recurrent::test {
namespace {

struct Data {
  int64_t time, batch;
  std::vector<float> x, dy;
  std::vector<int32_t> lengths;

  recurrent_forward_args forward(std::vector<float>& y) const {
    recurrent_forward_args args{};
    args.struct_size = sizeof(args);
    args.time = time;
    args.batch = batch;
    args.x = x.data();
    args.y = y.data();
    args.lengths = lengths.empty() ? nullptr : lengths.data();
    return args;
  }
};

Data random_data(Random& random, const OwnedModel& owned) {
  Data data;
  data.time = uniform(random, 1, 7);
  // Few rows, or enough for a row in each lane.
  data.batch = uniform(random, 1, 3) == 1 ? uniform(random, 14, 40) : uniform(random, 1, 9);
  data.x = random_values(random, data.time * data.batch * owned.input_size(), 1.0f);
  data.dy =
      random_values(random, data.time * data.batch * output_size(owned.layers.back().desc), 1.0f);
  if (uniform(random, 1, 2) == 1)
    for (int64_t b = 0; b < data.batch; ++b)
      data.lengths.push_back(static_cast<int32_t>(uniform(random, 0, data.time)));
  return data;
}

class Train : public EveryIsa {};
INSTANTIATE_ON_EVERY_ISA(Train);

TEST_P(Train, GoesForwardAsASessionDoes) {
  for (unsigned seed = 1; seed <= 80; ++seed) {
    Random random(seed);
    const OwnedModel owned = random_model(random, seed % 4 == 0 ? 70 : 24, true);
    const Data data = random_data(random, owned);
    std::vector<float> want(data.dy.size());
    std::vector<float> got(data.dy.size(), -7.0f);
    const ModelHandle model = make_model(owned, GetParam());
    const SessionHandle session = open_session(model, data.batch);
    recurrent_run_args run = run_args(data.x, want, data.time);
    run.lengths = data.lengths.empty() ? nullptr : data.lengths.data();
    run.lengths_count = static_cast<int64_t>(data.lengths.size());
    ASSERT_OK(recurrent_session_run(session.get(), &run));
    const TrainerHandle trainer =
        make_trainer(owned, GetParam(), static_cast<int32_t>(seed % 3) + 1);
    const recurrent_forward_args args = data.forward(got);
    ASSERT_OK(recurrent_trainer_forward(trainer.get(), &args));
    ASSERT_EQ(first_difference(want.data(), got.data(), static_cast<int64_t>(got.size())), -1)
        << "seed " << seed << ": " << owned.describe();
  }
}

// Gradients of all parameters and of the input. A pass that is not `together` is the caller's
// alone.
std::vector<float> gradients(const OwnedModel& owned, const Data& data, int32_t isa,
                             int32_t threads, bool forward_together = true,
                             bool backward_together = true) {
  const TrainerHandle trainer = make_trainer(owned, isa, threads);
  trainer->trainer.force(forward_together);
  std::vector<float> y(data.dy.size());
  const recurrent_forward_args forward = data.forward(y);
  EXPECT_OK(recurrent_trainer_forward(trainer.get(), &forward));
  std::vector<float> all(static_cast<size_t>(parameter_count(trainer)) + data.x.size());
  recurrent_backward_args backward{};
  backward.struct_size = sizeof(backward);
  backward.dy = data.dy.data();
  backward.dx = all.data() + parameter_count(trainer);
  trainer->trainer.force(backward_together);
  EXPECT_OK(recurrent_trainer_backward(trainer.get(), &backward));
  EXPECT_OK(recurrent_trainer_get_gradients(trainer.get(), all.data(), parameter_count(trainer)));
  return all;
}

TEST_P(Train, GivesTheSameGradientsOnAnyNumberOfThreads) {
  for (unsigned seed = 1; seed <= 40; ++seed) {
    Random random(seed);
    const OwnedModel owned = random_model(random, seed % 4 == 0 ? 70 : 24, true);
    const Data data = random_data(random, owned);
    const std::vector<float> want = gradients(owned, data, GetParam(), 1);
    for (const int32_t threads : {1, 2, 3}) {
      const std::vector<float> got = gradients(owned, data, GetParam(), threads);
      ASSERT_EQ(first_difference(want.data(), got.data(), static_cast<int64_t>(got.size())), -1)
          << "seed " << seed << " threads " << threads << ": " << owned.describe();
    }
  }
}

TEST_P(Train, GivesTheSameGradientsWhicheverPassHasTheThreads) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    Random random(seed);
    const OwnedModel owned = random_model(random, seed % 4 == 0 ? 70 : 24, true);
    const Data data = random_data(random, owned);
    const std::vector<float> want = gradients(owned, data, GetParam(), 1);
    for (const bool forward : {false, true}) {
      const std::vector<float> got = gradients(owned, data, GetParam(), 3, forward, !forward);
      ASSERT_EQ(first_difference(want.data(), got.data(), static_cast<int64_t>(got.size())), -1)
          << "seed " << seed << " forward " << forward << ": " << owned.describe();
    }
  }
}

// Along a random direction the loss changes as the gradient says. Smooth models only: relu and
// clips have corners.
TEST_P(Train, AgreesWithDifferencesOfTheLoss) {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    Random random(seed);
    OwnedModel owned = random_model(random, 12, true);
    bool smooth = true;
    for (OwnedLayer& layer : owned.layers) {
      layer.desc.clip = 0;
      for (OwnedDirection* d : {layer.forward.get(), layer.reverse.get()})
        for (const int32_t kind :
             {d ? d->desc.gate_activation : 0, d ? d->desc.candidate_activation : 0,
              d ? d->desc.output_activation : 0})
          smooth &= kind == RECURRENT_ACTIVATION_TANH || kind == RECURRENT_ACTIVATION_SIGMOID ||
                    kind == RECURRENT_ACTIVATION_IDENTITY || kind == RECURRENT_ACTIVATION_AFFINE ||
                    kind == RECURRENT_ACTIVATION_SCALED_TANH ||
                    kind == RECURRENT_ACTIVATION_SOFTPLUS || kind == RECURRENT_ACTIVATION_SOFTSIGN;
    }
    if (!smooth) continue;
    const Data data = random_data(random, owned);
    const std::vector<float> gradient = gradients(owned, data, GetParam(), 1);
    const TrainerHandle trainer = make_trainer(owned, GetParam(), 1);
    const int64_t count = parameter_count(trainer);
    std::vector<float> at(static_cast<size_t>(count));
    ASSERT_OK(recurrent_trainer_get_parameters(trainer.get(), at.data(), count));
    const std::vector<float> direction = random_values(random, count, 1.0f);
    double expected = 0;
    for (size_t i = 0; i < at.size(); ++i)
      expected += static_cast<double>(gradient[i]) * static_cast<double>(direction[i]);
    const auto loss = [&](float step) {
      std::vector<float> moved(at);
      for (size_t i = 0; i < at.size(); ++i) moved[i] += step * direction[i];
      EXPECT_OK(recurrent_trainer_set_parameters(trainer.get(), moved.data(), count));
      std::vector<float> y(data.dy.size());
      const recurrent_forward_args args = data.forward(y);
      EXPECT_OK(recurrent_trainer_forward(trainer.get(), &args));
      double sum = 0;
      for (size_t i = 0; i < y.size(); ++i)
        sum += static_cast<double>(y[i]) * static_cast<double>(data.dy[i]);
      return sum;
    };
    constexpr float kStep = 1.0f / 512;
    const double found = (loss(kStep) - loss(-kStep)) / (2.0 * static_cast<double>(kStep));
    double scale = 1;
    for (const float g : gradient) scale += static_cast<double>(std::fabs(g));
    EXPECT_NEAR(found, expected, 2e-3 * scale) << "seed " << seed << ": " << owned.describe();
  }
}

#if defined(__x86_64__)
// The parameters after an update, and the norm and the penalty that it came from.
std::vector<double> learn(const OwnedModel& owned, const Data& data, unsigned control) {
  const TrainerHandle trainer = make_trainer(owned, RECURRENT_ISA_AUTO, 1);
  std::vector<float> y(data.dy.size());
  const recurrent_forward_args forward = data.forward(y);
  EXPECT_OK(recurrent_trainer_forward(trainer.get(), &forward));
  recurrent_backward_args backward{};
  backward.struct_size = sizeof(backward);
  backward.dy = data.dy.data();
  EXPECT_OK(recurrent_trainer_backward(trainer.get(), &backward));
  recurrent_update_args update{};
  update.struct_size = sizeof(update);
  update.optimizer = RECURRENT_OPTIMIZER_ADAMW;
  update.rate = 0.01;
  update.decay_1 = 0.9;
  update.decay_2 = 0.999;
  update.weight_decay = 0.01;
  update.gradient_scale = 1;
  update.step = 3;
  double norm = 0;
  double penalty = 0;
  const unsigned original = _mm_getcsr();
  _mm_setcsr(control);
  EXPECT_OK(recurrent_trainer_regularize(trainer.get(), 0, 0.1, 0.3, &penalty));
  EXPECT_OK(recurrent_trainer_gradient_norm(trainer.get(), -1, &norm));
  EXPECT_OK(recurrent_trainer_update(trainer.get(), &update));
  _mm_setcsr(original);
  std::vector<float> parameters(static_cast<size_t>(parameter_count(trainer)));
  EXPECT_OK(recurrent_trainer_get_parameters(trainer.get(), parameters.data(),
                                             static_cast<int64_t>(parameters.size())));
  std::vector<double> learned(parameters.begin(), parameters.end());
  learned.insert(learned.end(), {norm, penalty});
  return learned;
}

TEST(TrainFloatingPointControl, OfTheCallerDoesNotReachUpdatesNormsAndPenalties) {
  Random random(5);
  OwnedModel owned;
  owned.add(random_layer(random, RECURRENT_LAYER_GRU, 3, 9, false));
  const Data data = random_data(random, owned);
  const std::vector<double> want = learn(owned, data, _mm_getcsr());
  constexpr unsigned kRoundings[] = {0x3f80, 0x5f80, 0x7f80};
  for (const unsigned control : kRoundings) EXPECT_EQ(learn(owned, data, control), want) << control;
}
#endif

TEST(TrainMisuse, IsRefused) {
  Random random(1);
  OwnedModel owned;
  owned.add(random_layer(random, RECURRENT_LAYER_LSTM, 2, 5, false));
  const TrainerHandle trainer = make_trainer(owned, RECURRENT_ISA_AUTO, 1);
  recurrent_backward_args backward{};
  backward.struct_size = sizeof(backward);
  EXPECT_EQ(recurrent_trainer_backward(trainer.get(), &backward), RECURRENT_STATUS_NOT_SUPPORTED);
  recurrent_update_args update{};
  update.struct_size = sizeof(update);
  EXPECT_EQ(recurrent_trainer_update(trainer.get(), &update), RECURRENT_STATUS_INVALID_ARGUMENT);
  update.step = 1;
  update.rate = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(recurrent_trainer_update(trainer.get(), &update), RECURRENT_STATUS_INVALID_ARGUMENT);
  recurrent_forward_args forward{};
  forward.struct_size = sizeof(forward);
  forward.batch = 1;
  EXPECT_EQ(recurrent_trainer_forward(trainer.get(), &forward), RECURRENT_STATUS_INVALID_ARGUMENT);
  float x[2] = {1, 2};
  float y[5];
  forward.time = 1;
  forward.x = x;
  forward.y = y;
  EXPECT_OK(recurrent_trainer_forward(trainer.get(), &forward));
  forward.empty_row = 2;
  EXPECT_EQ(recurrent_trainer_forward(trainer.get(), &forward), RECURRENT_STATUS_INVALID_ARGUMENT);
  EXPECT_NE(std::string(recurrent_last_error()).find("empty_row"), std::string::npos);
  double norm = 0;
  EXPECT_EQ(recurrent_trainer_gradient_norm(trainer.get(), 99, &norm),
            RECURRENT_STATUS_INVALID_ARGUMENT);
  EXPECT_EQ(recurrent_trainer_regularize(trainer.get(), 0, -1, 0, nullptr),
            RECURRENT_STATUS_INVALID_ARGUMENT);
  EXPECT_EQ(recurrent_trainer_create(nullptr, nullptr, nullptr), RECURRENT_STATUS_INVALID_ARGUMENT);
}

// Sizes that do not fit are refused before weights are read, which would be read past their end:
// the sanitized tests see it.
TEST(TrainMisuse, OfLayersThatDoNotFitIsRefusedBeforeTheirWeightsAreRead) {
  Random random(4);
  OwnedModel owned;
  owned.add(random_layer(random, RECURRENT_LAYER_LSTM, 3, 8, false));
  owned.add(
      random_layer(random, RECURRENT_LAYER_DENSE, output_size(owned.layers[0].desc), 8, false));
  std::vector<recurrent_layer_desc> layers = owned.descs();
  layers[1].input_size += 1000;
  const recurrent_model_desc model = describe(layers, RECURRENT_ISA_AUTO);
  recurrent_trainer_desc how{};
  how.struct_size = sizeof(how);
  how.threads = 1;
  recurrent_trainer* trainer = nullptr;
  EXPECT_INVALID(recurrent_trainer_create(&model, &how, &trainer), "layers[1].input_size");
  EXPECT_EQ(trainer, nullptr);
}

}  // namespace
}  // namespace recurrent::test
