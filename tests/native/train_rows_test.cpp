// What a batch gives is what its rows give alone, also where small layers have a row in each lane.
#include <algorithm>
#include <cmath>
#include <limits>

#include "native_trainer.h"

namespace recurrent::test {
namespace {

// A layer without options, whose batches have a row in each lane where they fill them.
OwnedLayer plain_layer(Random& random, int32_t kind, int32_t input_size, int32_t units,
                       int32_t direction = RECURRENT_DIRECTION_FORWARD) {
  OwnedLayer owned;
  recurrent_layer_desc& layer = owned.desc;
  layer.struct_size = sizeof(layer);
  layer.kind = kind;
  layer.input_size = input_size;
  layer.hidden_size = units;
  layer.direction = direction;
  const auto add = [&](std::unique_ptr<OwnedDirection>& to, const recurrent_direction_desc*& desc) {
    const int64_t rows = gates_of(kind) * static_cast<int64_t>(units);
    to = std::make_unique<OwnedDirection>();
    to->input_weights = random_values(random, rows * input_size, 0.3f);
    to->recurrent_weights = random_values(random, rows * units, 0.3f);
    to->input_bias = random_values(random, rows, 0.3f);
    to->recurrent_bias = random_values(random, rows, 0.3f);
    recurrent_direction_desc& d = to->desc;
    d.struct_size = sizeof(d);
    d.gate_activation = RECURRENT_ACTIVATION_SIGMOID;
    d.input_weights = to->input_weights.data();
    d.recurrent_weights = to->recurrent_weights.data();
    d.input_bias = to->input_bias.data();
    d.recurrent_bias = to->recurrent_bias.data();
    desc = &d;
  };
  if (direction != RECURRENT_DIRECTION_REVERSE) add(owned.forward, layer.forward);
  if (direction != RECURRENT_DIRECTION_FORWARD) add(owned.reverse, layer.reverse);
  return owned;
}

// A batch, time-major, and what comes of it.
struct Batch {
  int64_t time, rows;
  std::vector<float> x, states, dy, d_final;
  std::vector<int32_t> lengths;
  std::vector<float> y, final, dx, d_states;
};

struct Sizes {
  int64_t x, y, states;
  bool one_step;
};

Batch random_batch(Random& random, const Sizes& sizes, int64_t time, int64_t rows) {
  Batch batch{time, rows, {}, {}, {}, {}, {}, {}, {}, {}, {}};
  batch.x = random_values(random, time * rows * sizes.x, 1.0f);
  batch.states = random_values(random, rows * sizes.states, 1.0f);
  batch.dy = random_values(random, (sizes.one_step ? 1 : time) * rows * sizes.y, 1.0f);
  batch.d_final = random_values(random, rows * sizes.states, 1.0f);
  const bool ragged = uniform(random, 1, 2) == 1;
  for (int64_t row = 0; row < rows; ++row)
    batch.lengths.push_back(static_cast<int32_t>(ragged ? uniform(random, 0, time) : time));
  return batch;
}

// The elements of one row of `[time, rows, width]`.
std::vector<float> row_of(const std::vector<float>& all, int64_t rows, int64_t row, int64_t width) {
  std::vector<float> own;
  for (auto at = all.begin() + row * width; own.size() < all.size() / static_cast<size_t>(rows);
       at += std::min(rows * width, all.end() - at))
    own.insert(own.end(), at, at + width);
  return own;
}

Batch alone(const Batch& batch, const Sizes& sizes, int64_t row) {
  Batch one{batch.time, 1, {}, {}, {}, {}, {}, {}, {}, {}, {}};
  one.x = row_of(batch.x, batch.rows, row, sizes.x);
  one.states = row_of(batch.states, batch.rows, row, sizes.states);
  one.dy = row_of(batch.dy, batch.rows, row, sizes.y);
  one.d_final = row_of(batch.d_final, batch.rows, row, sizes.states);
  one.lengths = {batch.lengths[static_cast<size_t>(row)]};
  return one;
}

void run(const TrainerHandle& trainer, Batch& batch,
         int32_t empty_row = RECURRENT_EMPTY_ROW_KEEPS_STATE) {
  batch.y.assign(batch.dy.size(), -7.0f);
  batch.final.assign(batch.states.size(), -7.0f);
  batch.dx.assign(batch.x.size(), -7.0f);
  batch.d_states.assign(batch.states.size(), -7.0f);
  recurrent_forward_args forward{};
  forward.struct_size = sizeof(forward);
  // Of one row both layouts are the same, but the caller's memory is used in time-major batches.
  forward.layout = batch.rows == 1 ? RECURRENT_LAYOUT_BATCH_MAJOR : RECURRENT_LAYOUT_TIME_MAJOR;
  forward.time = batch.time;
  forward.batch = batch.rows;
  forward.x = batch.x.data();
  forward.y = batch.y.data();
  forward.lengths = batch.lengths.data();
  forward.initial_states = batch.states.data();
  forward.final_states = batch.final.data();
  forward.empty_row = empty_row;
  ASSERT_OK(recurrent_trainer_forward(trainer.get(), &forward));
  recurrent_backward_args backward{};
  backward.struct_size = sizeof(backward);
  backward.dy = batch.dy.data();
  backward.dfinal_states = batch.d_final.data();
  backward.dx = batch.dx.data();
  backward.dinitial_states = batch.d_states.data();
  ASSERT_OK(recurrent_trainer_backward(trainer.get(), &backward));
}

void expect_near(const std::vector<float>& want, const std::vector<float>& got, const char* what) {
  float largest = 0.1f;
  for (const float value : want) largest = std::max(largest, std::fabs(value));
  for (size_t i = 0; i < want.size(); ++i)
    ASSERT_NEAR(want[i], got[i], 1e-4f * largest) << what << ", element " << i;
}

class TrainRows : public EveryIsa {};
INSTANTIATE_ON_EVERY_ISA(TrainRows);

// One trainer takes batches of all shapes one after the other, and its gradients add up.
TEST_P(TrainRows, GiveTogetherWhatTheyGiveAlone) {
  for (unsigned seed = 1; seed <= 45; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    OwnedModel owned;
    int32_t width = static_cast<int32_t>(seed % 5 == 0 ? 16 : uniform(random, 1, 20));
    Sizes sizes{width, 0, 0, false};
    for (unsigned layer = 0; layer < 1 + seed % 2; ++layer) {
      const auto kind = static_cast<int32_t>(uniform(random, 0, 2));
      const auto units = static_cast<int32_t>(seed % 3 == 0 ? 16 : uniform(random, 1, 24));
      const auto direction =
          static_cast<int32_t>(uniform(random, 0, RECURRENT_DIRECTION_BIDIRECTIONAL));
      owned.add(plain_layer(random, kind, width, units, direction));
      width = static_cast<int32_t>(output_size(owned.layers.back().desc));
      sizes.states += width * (kind == RECURRENT_LAYER_LSTM ? 2 : 1);
    }
    Options options;
    options.output = static_cast<int32_t>(uniform(random, 0, RECURRENT_OUTPUT_FINAL_STATE));
    sizes.y = width;
    sizes.one_step = options.output != RECURRENT_OUTPUT_EVERY_STEP;
    const TrainerHandle together =
        make_trainer(owned, GetParam(), 1 + static_cast<int32_t>(seed % 2), options);
    const TrainerHandle apart = make_trainer(owned, GetParam(), 1, options);
    std::vector<float> values(static_cast<size_t>(parameter_count(together)));
    const auto count = static_cast<int64_t>(values.size());
    for (const int64_t rows : {32, 3, 45}) {
      // More steps than are summed at once, and few.
      Batch batch = random_batch(random, sizes,
                                 rows == 32 && seed % 9 == 0 ? 70 : uniform(random, 1, 6), rows);
      run(together, batch);
      for (int64_t row = 0; row < rows; ++row) {
        Batch one = alone(batch, sizes, row);
        run(apart, one);
        ASSERT_EQ(one.y, row_of(batch.y, rows, row, sizes.y));
        ASSERT_EQ(one.final, row_of(batch.final, rows, row, sizes.states));
        expect_near(one.dx, row_of(batch.dx, rows, row, sizes.x), "input");
        expect_near(one.d_states, row_of(batch.d_states, rows, row, sizes.states), "states");
      }
      std::vector<float> want(values.size());
      std::vector<float> got(values.size());
      ASSERT_OK(recurrent_trainer_get_gradients(apart.get(), want.data(), count));
      ASSERT_OK(recurrent_trainer_get_gradients(together.get(), got.data(), count));
      expect_near(want, got, "parameters");
      ASSERT_OK(recurrent_trainer_get_parameters(apart.get(), values.data(), count));
      for (float& value : values) value *= 0.75f;
      ASSERT_OK(recurrent_trainer_set_parameters(apart.get(), values.data(), count));
      ASSERT_OK(recurrent_trainer_set_parameters(together.get(), values.data(), count));
    }
  }
}

// The rows of all steps in the opposite order.
std::vector<float> turned(const std::vector<float>& all, int64_t time) {
  std::vector<float> result;
  const auto step = static_cast<std::ptrdiff_t>(all.size()) / time;
  for (auto end = all.end(); end != all.begin(); end -= step)
    result.insert(result.end(), end - step, end);
  return result;
}

// In widths that are put down in place and in others; behind a layer too, which adds up nothing.
TEST_P(TrainRows, TurnedRoundGiveWhatAReverseLayerGives) {
  for (const int32_t width : {5, 16})
    for (const int64_t rows : {3, 32}) {
      SCOPED_TRACE("width " + std::to_string(width) + " rows " + std::to_string(rows));
      const Sizes sizes{width, 6, 6 + 16, false};
      const auto result = [&](int32_t direction) {
        Random random(7);
        OwnedModel owned;
        owned.add(plain_layer(random, RECURRENT_LAYER_GRU, width, 16, direction));
        owned.add(plain_layer(random, RECURRENT_LAYER_SIMPLE_RNN, 16, 6, direction));
        Batch batch = random_batch(random, sizes, 5, rows);
        batch.lengths.assign(static_cast<size_t>(rows), 5);
        const bool turns = direction == RECURRENT_DIRECTION_REVERSE;
        if (turns) {
          batch.x = turned(batch.x, 5);
          batch.dy = turned(batch.dy, 5);
        }
        const TrainerHandle trainer = make_trainer(owned, GetParam(), 2);
        run(trainer, batch);
        std::vector<float> all(static_cast<size_t>(parameter_count(trainer)));
        EXPECT_OK(recurrent_trainer_get_gradients(trainer.get(), all.data(),
                                                  static_cast<int64_t>(all.size())));
        for (const std::vector<float>& more :
             {turns ? turned(batch.dx, 5) : batch.dx, turns ? turned(batch.y, 5) : batch.y,
              batch.d_states})
          all.insert(all.end(), more.begin(), more.end());
        return all;
      };
      EXPECT_EQ(result(RECURRENT_DIRECTION_FORWARD), result(RECURRENT_DIRECTION_REVERSE));
    }
}

// Denormals are removed from inputs, however they are gathered, and from states.
TEST_P(TrainRows, OfDenormalsAreRowsOfZeros) {
  for (const int32_t kind : {RECURRENT_LAYER_SIMPLE_RNN, RECURRENT_LAYER_LSTM, RECURRENT_LAYER_GRU})
    for (const int32_t width : {3, 20})
      for (const int64_t rows : {1, 32})
        for (const bool ragged : {false, true})
          for (const bool of_input : {false, true}) {
            Random random(9);
            OwnedModel owned;
            owned.add(plain_layer(random, kind, width, 16));
            OwnedDirection& weights = *owned.layers.front().forward;
            std::ranges::fill(weights.input_weights, of_input ? 1e10f : 1e-20f);
            std::ranges::fill(weights.input_bias, 0.0f);
            std::ranges::fill(weights.recurrent_bias, 0.0f);
            const Sizes sizes{width, 16, kind == RECURRENT_LAYER_LSTM ? 32 : 16, false};
            Batch batch = random_batch(random, sizes, 2, rows);
            std::ranges::fill(batch.x, of_input ? 1e-40f : 1e-20f);
            std::ranges::fill(batch.states, 0.0f);
            batch.lengths.assign(static_cast<size_t>(rows), 2);
            if (ragged) batch.lengths[0] = 1;
            run(make_trainer(owned, GetParam(), 1), batch);
            EXPECT_EQ(batch.y, std::vector<float>(batch.y.size(), 0.0f));
            EXPECT_EQ(batch.final, std::vector<float>(batch.final.size(), 0.0f));
          }
}

// Whatever they start from.
TEST_P(TrainRows, HaveNoPartInGradientsWithoutSteps) {
  for (const int32_t kind : {RECURRENT_LAYER_SIMPLE_RNN, RECURRENT_LAYER_LSTM, RECURRENT_LAYER_GRU})
    for (const int64_t rows : {3, 32}) {
      SCOPED_TRACE("kind " + std::to_string(kind) + " rows " + std::to_string(rows));
      Random random(5);
      OwnedModel owned;
      owned.add(plain_layer(random, kind, 3, 12));
      const Sizes sizes{3, 12, kind == RECURRENT_LAYER_LSTM ? 24 : 12, false};
      Batch batch = random_batch(random, sizes, 4, rows);
      batch.lengths.assign(static_cast<size_t>(rows), 3);
      batch.lengths[1] = 0;
      const auto gradients_from = [&](float value) {
        const TrainerHandle trainer = make_trainer(owned, GetParam(), 1);
        std::fill_n(batch.states.begin() + sizes.states, sizes.states, value);
        run(trainer, batch);
        std::vector<float> all(static_cast<size_t>(parameter_count(trainer)));
        EXPECT_OK(recurrent_trainer_get_gradients(trainer.get(), all.data(),
                                                  static_cast<int64_t>(all.size())));
        return all;
      };
      EXPECT_EQ(gradients_from(0.0f), gradients_from(std::numeric_limits<float>::quiet_NaN()));
    }
}

// The middle row has no step: what it ends with is what it started from, or 0.
TEST_P(TrainRows, OfLength0EndWithTheirStateOrWith0) {
  Random random(1);
  OwnedModel owned;
  owned.add(plain_layer(random, RECURRENT_LAYER_LSTM, 2, 3, RECURRENT_DIRECTION_BIDIRECTIONAL));
  const TrainerHandle trainer = make_trainer(owned, GetParam(), 1);
  const Sizes sizes{2, 6, 12, false};
  Batch keeps = random_batch(random, sizes, 2, 3);
  keeps.lengths = {2, 0, 1};
  Batch zeroes = keeps;
  run(trainer, keeps);
  run(trainer, zeroes, RECURRENT_EMPTY_ROW_ZEROES_STATE);
  const std::vector<float> none(12);
  EXPECT_EQ(row_of(keeps.final, 3, 1, 12), row_of(keeps.states, 3, 1, 12));
  EXPECT_EQ(row_of(keeps.d_states, 3, 1, 12), row_of(keeps.d_final, 3, 1, 12));
  EXPECT_EQ(row_of(zeroes.final, 3, 1, 12), none);
  EXPECT_EQ(row_of(zeroes.d_states, 3, 1, 12), none);
  for (const int64_t row : {0, 2}) {
    EXPECT_EQ(row_of(zeroes.final, 3, row, 12), row_of(keeps.final, 3, row, 12));
    EXPECT_EQ(row_of(zeroes.d_states, 3, row, 12), row_of(keeps.d_states, 3, row, 12));
  }
  EXPECT_EQ(zeroes.y, keeps.y);
  EXPECT_EQ(zeroes.dx, keeps.dx);
}

}  // namespace
}  // namespace recurrent::test
