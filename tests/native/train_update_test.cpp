// Updates: what is trained and nothing else is moved and packed, rows of tables alone if wanted,
// and what was kept comes back bit for bit.
#include <cmath>
#include <cstring>
#include <functional>
#include <string>

#include "native_trainer.h"

namespace recurrent::test {
namespace {

constexpr int64_t kRows = 11;
constexpr int64_t kColumns = 6;
constexpr int64_t kTime = 3;
constexpr int64_t kBatch = 2;

OwnedModel embedding_model(Random& random) {
  OwnedModel owned;
  owned.add(embedding_layer(random, kRows, kColumns));
  owned.add(random_layer(random, RECURRENT_LAYER_LSTM, kColumns, 9, false));
  return owned;
}

// A pass forward and back of an embedding model.
void learn(const TrainerHandle& trainer, const OwnedModel& owned, std::vector<int32_t> indices) {
  std::vector<float> y(static_cast<size_t>(kTime * kBatch * output_size(owned.layers[1].desc)));
  recurrent_forward_args forward{};
  forward.struct_size = sizeof(forward);
  forward.time = kTime;
  forward.batch = kBatch;
  forward.indices = indices.data();
  forward.y = y.data();
  ASSERT_OK(recurrent_trainer_forward(trainer.get(), &forward));
  Random random(77);
  const std::vector<float> dy = random_values(random, static_cast<int64_t>(y.size()), 1.0f);
  recurrent_backward_args backward{};
  backward.struct_size = sizeof(backward);
  backward.dy = dy.data();
  ASSERT_OK(recurrent_trainer_backward(trainer.get(), &backward));
}

std::vector<float> values_of(const TrainerHandle& trainer,
                             recurrent_status (*get)(const recurrent_trainer*, float*, int64_t)) {
  std::vector<float> values(static_cast<size_t>(parameter_count(trainer)));
  EXPECT_OK(get(trainer.get(), values.data(), static_cast<int64_t>(values.size())));
  return values;
}

std::vector<float> parameters_of(const TrainerHandle& trainer) {
  return values_of(trainer, recurrent_trainer_get_parameters);
}

std::vector<float> gradients_of(const TrainerHandle& trainer) {
  return values_of(trainer, recurrent_trainer_get_gradients);
}

std::vector<float> moments_of(const TrainerHandle& trainer) {
  std::vector<float> values(2 * static_cast<size_t>(parameter_count(trainer)));
  EXPECT_OK(recurrent_trainer_get_moments(trainer.get(), values.data(),
                                          static_cast<int64_t>(values.size())));
  return values;
}

int32_t block_count(const TrainerHandle& trainer) {
  recurrent_trainer_info info{};
  info.struct_size = sizeof(info);
  EXPECT_OK(recurrent_trainer_get_info(trainer.get(), &info));
  return info.block_count;
}

recurrent_update_args update_args(int32_t optimizer, int64_t step) {
  recurrent_update_args args{};
  args.struct_size = sizeof(args);
  args.optimizer = optimizer;
  args.rate = 0.05;
  args.decay_1 = 0.9;
  args.decay_2 = 0.99;
  args.epsilon = 1e-3;
  args.weight_decay = 0.1;
  args.gradient_scale = 0.5;
  args.step = step;
  return args;
}

bool same(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

// The table is block 0.
constexpr uint8_t kSparse[16] = {1};

class Update : public EveryIsa {};
INSTANTIATE_ON_EVERY_ISA(Update);

// The rule by hand, in double, for rows that were read at step 1, at step 2, at both, and never.
TEST_P(Update, OfRowsAloneIsSparseAdam) {
  Random random(5);
  const OwnedModel owned = embedding_model(random);
  const TrainerHandle trainer = make_trainer(owned, GetParam(), 1);
  std::vector<float> before = parameters_of(trainer);
  std::vector<double> mean(kRows * kColumns);
  std::vector<double> square(mean.size());
  const std::vector<int32_t> read[] = {{2, 5, 5, 7, 2, 2}, {5, 5, 5, 0, 0, 10}};
  for (int64_t step = 1; step <= 2; ++step) {
    const std::vector<int32_t>& rows = read[step - 1];
    learn(trainer, owned, rows);
    const std::vector<float> g = gradients_of(trainer);
    recurrent_update_args args = update_args(RECURRENT_OPTIMIZER_ADAM, step);
    args.sparse = kSparse;
    args.renews = 1;
    ASSERT_OK(recurrent_trainer_update(trainer.get(), &args));
    const std::vector<float> after = parameters_of(trainer);
    const std::vector<float> moments = moments_of(trainer);
    for (size_t i = 0; i < mean.size(); ++i) {
      const auto row = static_cast<int32_t>(i / kColumns);
      if (std::find(rows.begin(), rows.end(), row) == rows.end()) {
        ASSERT_EQ(after[i], before[i]) << i;
        ASSERT_EQ(moments[i], static_cast<float>(mean[i])) << i;
        continue;
      }
      const double gradient = 0.5 * static_cast<double>(g[i]);
      mean[i] = 0.9 * mean[i] + (1 - 0.9) * gradient;
      square[i] = 0.99 * square[i] + (1 - 0.99) * gradient * gradient;
      const auto t = static_cast<double>(step);
      const double rate = 0.05 * std::sqrt(1 - std::pow(0.99, t)) / (1 - std::pow(0.9, t));
      const double want =
          static_cast<double>(before[i]) - rate * mean[i] / (std::sqrt(square[i]) + 1e-3);
      ASSERT_NEAR(after[i], want, 1e-6) << i << " at step " << step;
      // From here on as the trainer has rounded it.
      mean[i] = static_cast<double>(moments[i]);
      square[i] = static_cast<double>(moments[moments.size() / 2 + i]);
    }
    before = after;
  }
}

// A gradient of 0 moves nothing in plain gradient descent.
TEST_P(Update, OfRowsAloneIsGradientDescentBitForBit) {
  Random random(6);
  const OwnedModel owned = embedding_model(random);
  const TrainerHandle dense = make_trainer(owned, GetParam(), 1);
  const TrainerHandle sparse = make_trainer(owned, GetParam(), 2);
  for (int64_t step = 1; step <= 4; ++step) {
    const auto first = static_cast<int32_t>(step);
    for (const TrainerHandle* trainer : {&dense, &sparse}) {
      learn(*trainer, owned, {first, 9, first, 0, 9, 3});
      recurrent_update_args args = update_args(RECURRENT_OPTIMIZER_SGD, step);
      args.gradient_bound = 0.2;
      args.renews = 1;
      if (trainer == &sparse) args.sparse = kSparse;
      ASSERT_OK(recurrent_trainer_update(trainer->get(), &args));
    }
    ASSERT_TRUE(same(parameters_of(dense), parameters_of(sparse))) << step;
  }
}

TEST_P(Update, RenewsGradientsAsZeroingThemDoes) {
  Random random(7);
  const OwnedModel owned = embedding_model(random);
  const TrainerHandle zeroed = make_trainer(owned, GetParam(), 1);
  const TrainerHandle renewed = make_trainer(owned, GetParam(), 1);
  for (int64_t step = 1; step <= 3; ++step) {
    const auto row = static_cast<int32_t>(2 * step);
    for (const TrainerHandle* trainer : {&zeroed, &renewed}) {
      learn(*trainer, owned, {row, row, 1, 2, 1, 10});
      learn(*trainer, owned, {row, 8, 8, 8, 1, 3});
      ASSERT_OK(recurrent_trainer_regularize(trainer->get(), 1, 0.1, 0.1, nullptr));
    }
    ASSERT_TRUE(same(gradients_of(zeroed), gradients_of(renewed))) << step;
    double norms[2];
    ASSERT_OK(recurrent_trainer_gradient_norm(zeroed.get(), -1, &norms[0]));
    recurrent_update_args args = update_args(RECURRENT_OPTIMIZER_ADAMW, step);
    ASSERT_OK(recurrent_trainer_update(zeroed.get(), &args));
    args.renews = 1;
    ASSERT_OK(recurrent_trainer_update(renewed.get(), &args));
    // They can still be read.
    ASSERT_OK(recurrent_trainer_gradient_norm(renewed.get(), -1, &norms[1]));
    ASSERT_EQ(norms[0], norms[1]);
    ASSERT_OK(recurrent_trainer_zero_gradients(zeroed.get()));
    ASSERT_TRUE(same(gradients_of(zeroed), std::vector<float>(gradients_of(zeroed).size())));
  }
  ASSERT_TRUE(same(parameters_of(zeroed), parameters_of(renewed)));
}

// The norm is that of all elements, though only rows with a gradient are looked at.
TEST_P(Update, KnowsTheNormOfRows) {
  Random random(8);
  const OwnedModel owned = embedding_model(random);
  const TrainerHandle trainer = make_trainer(owned, GetParam(), 1);
  learn(trainer, owned, {9, 4, 1, 1, 4, 4});
  for (const int32_t block : {-1, 0, 1}) {
    const std::vector<float> g = gradients_of(trainer);
    const size_t first = block == 1 ? kRows * kColumns : 0;
    recurrent_parameter_block place{};
    place.struct_size = sizeof(place);
    ASSERT_OK(recurrent_trainer_get_block(trainer.get(), std::max(block, 0), &place));
    const size_t count = block < 0 ? g.size() : static_cast<size_t>(place.rows * place.columns);
    double sums[4] = {0, 0, 0, 0};
    for (size_t i = 0; i < count; ++i)
      sums[i % 4] += static_cast<double>(g[first + i]) * static_cast<double>(g[first + i]);
    double norm = 0;
    ASSERT_OK(recurrent_trainer_gradient_norm(trainer.get(), block, &norm));
    ASSERT_EQ(norm, std::sqrt(sums[0] + sums[1] + (sums[2] + sums[3]))) << block;
  }
}

// What a trainer computes after updates of some blocks is what one computes that is given its
// parameters.
TEST_P(Update, PacksWhatItMoves) {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    Random random(seed);
    const OwnedModel owned = random_model(random, 24, true);
    const TrainerHandle trainer = make_trainer(owned, GetParam(), 1);
    const TrainerHandle fresh = make_trainer(owned, GetParam(), 1);
    const int64_t time = 4;
    const int64_t batch = seed % 2 == 0 ? 20 : 3;
    const std::vector<float> x = random_values(random, time * batch * owned.input_size(), 1.0f);
    const int64_t outputs = time * batch * output_size(owned.layers.back().desc);
    const auto run = [&](const TrainerHandle& on) {
      std::vector<float> y(static_cast<size_t>(outputs));
      recurrent_forward_args forward{};
      forward.struct_size = sizeof(forward);
      forward.time = time;
      forward.batch = batch;
      forward.x = x.data();
      forward.y = y.data();
      EXPECT_OK(recurrent_trainer_forward(on.get(), &forward));
      return y;
    };
    const bool keeps = seed % 3 == 0;
    ASSERT_OK(recurrent_trainer_keep(trainer.get(), keeps ? 1 : 0));
    const std::vector<float> before = run(trainer);
    for (int64_t step = 1; step <= 3; ++step) {
      run(trainer);
      const std::vector<float> dy = random_values(random, outputs, 1.0f);
      recurrent_backward_args backward{};
      backward.struct_size = sizeof(backward);
      backward.dy = dy.data();
      ASSERT_OK(recurrent_trainer_backward(trainer.get(), &backward));
      std::vector<uint8_t> trained(static_cast<size_t>(block_count(trainer)));
      for (uint8_t& block : trained) block = uniform(random, 0, 1) == 1;
      recurrent_update_args args = update_args(RECURRENT_OPTIMIZER_ADAM, step);
      args.trained = trained.data();
      ASSERT_OK(recurrent_trainer_update(trainer.get(), &args));
      const std::vector<float> now = parameters_of(trainer);
      ASSERT_OK(recurrent_trainer_set_parameters(fresh.get(), now.data(),
                                                 static_cast<int64_t>(now.size())));
      ASSERT_TRUE(same(run(trainer), run(fresh))) << "seed " << seed << ": " << owned.describe();
    }
    if (!keeps) continue;
    ASSERT_OK(recurrent_trainer_restore(trainer.get()));
    ASSERT_TRUE(same(run(trainer), before)) << "seed " << seed << ": " << owned.describe();
  }
}

TEST_P(Update, LeavesWhatWasKept) {
  for (unsigned seed = 1; seed <= 30; ++seed) {
    Random random(seed);
    const OwnedModel owned = embedding_model(random);
    const TrainerHandle trainer = make_trainer(owned, GetParam(), 1);
    // Never keeps: what the parameters are all the same.
    const TrainerHandle other = make_trainer(owned, GetParam(), 1);
    ASSERT_OK(recurrent_trainer_keep(trainer.get(), 1));
    std::vector<float> kept = parameters_of(trainer);
    for (int64_t step = 1; step <= 12; ++step) {
      recurrent_update_args args = update_args(RECURRENT_OPTIMIZER_ADAM, step);
      std::vector<uint8_t> trained(static_cast<size_t>(block_count(trainer)));
      for (uint8_t& block : trained) block = uniform(random, 0, 2) > 0;
      if (uniform(random, 0, 2) > 0) args.trained = trained.data();
      if (uniform(random, 0, 2) > 0) args.sparse = kSparse;
      args.renews = 1;
      std::vector<int32_t> rows(kTime * kBatch);
      for (int32_t& row : rows) row = static_cast<int32_t>(uniform(random, 0, kRows - 1));
      for (const TrainerHandle* both : {&trainer, &other}) {
        learn(*both, owned, rows);
        ASSERT_OK(recurrent_trainer_update(both->get(), &args));
      }
      ASSERT_TRUE(same(parameters_of(trainer), parameters_of(other))) << seed << " step " << step;
      switch (uniform(random, 0, 4)) {
        case 0:
          kept = parameters_of(trainer);
          ASSERT_OK(recurrent_trainer_keep(trainer.get(), 1));
          break;
        case 1:
          ASSERT_OK(recurrent_trainer_restore(trainer.get()));
          ASSERT_TRUE(same(parameters_of(trainer), kept)) << seed << " step " << step;
          ASSERT_OK(recurrent_trainer_set_parameters(other.get(), kept.data(),
                                                     static_cast<int64_t>(kept.size())));
          break;
        case 2: {
          const auto count = static_cast<int64_t>(kept.size());
          const std::vector<float> set = random_values(random, count, 1.0f);
          for (const TrainerHandle* both : {&trainer, &other})
            ASSERT_OK(recurrent_trainer_set_parameters(both->get(), set.data(), count));
          break;
        }
        case 3:
          if (uniform(random, 0, 3) > 0) break;
          kept = parameters_of(trainer);
          ASSERT_OK(recurrent_trainer_keep(trainer.get(), 0));
          ASSERT_EQ(recurrent_trainer_restore(trainer.get()), RECURRENT_STATUS_NOT_SUPPORTED);
          ASSERT_TRUE(same(parameters_of(trainer), kept));
          ASSERT_OK(recurrent_trainer_keep(trainer.get(), 1));
          break;
        default:
          break;
      }
    }
    ASSERT_OK(recurrent_trainer_restore(trainer.get()));
    ASSERT_TRUE(same(parameters_of(trainer), kept)) << seed;
  }
}

TEST(UpdateOfRowsAlone, IsRefusedWhereOthersWouldMove) {
  Random random(9);
  const OwnedModel owned = embedding_model(random);
  const TrainerHandle trainer = make_trainer(owned, RECURRENT_ISA_AUTO, 1);
  learn(trainer, owned, {1, 2, 3, 4, 5, 6});
  const std::vector<float> before = parameters_of(trainer);
  const auto refused = [&](const recurrent_update_args& args, const char* text) {
    EXPECT_EQ(recurrent_trainer_update(trainer.get(), &args), RECURRENT_STATUS_INVALID_ARGUMENT);
    EXPECT_NE(std::string(recurrent_last_error()).find(text), std::string::npos)
        << recurrent_last_error();
    EXPECT_TRUE(same(parameters_of(trainer), before));
  };
  recurrent_update_args args = update_args(RECURRENT_OPTIMIZER_SGD, 1);
  args.sparse = kSparse;
  args.momentum = 0.9;
  refused(args, "momentum: expected 0");
  args = update_args(RECURRENT_OPTIMIZER_ADAMW, 1);
  args.sparse = kSparse;
  refused(args, "found AdamW");
  args.optimizer = RECURRENT_OPTIMIZER_RMSPROP;
  refused(args, "found RMSprop");
  args = update_args(RECURRENT_OPTIMIZER_ADAM, 1);
  constexpr uint8_t kOther[16] = {0, 1};
  args.sparse = kOther;
  refused(args, "block 1, which is no table");
  args.sparse = kSparse;
  args.renews = 2;
  refused(args, "renews");
  args.renews = 0;
  ASSERT_OK(recurrent_trainer_regularize(trainer.get(), 0, 0, 0.1, nullptr));
  refused(args, "penalty");
  ASSERT_OK(recurrent_trainer_zero_gradients(trainer.get()));
  EXPECT_OK(recurrent_trainer_update(trainer.get(), &args));
  EXPECT_EQ(recurrent_trainer_keep(trainer.get(), 2), RECURRENT_STATUS_INVALID_ARGUMENT);
}

}  // namespace
}  // namespace recurrent::test
