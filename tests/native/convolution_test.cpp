// Convolutions: bits of all shapes against one number at a time, and what their histories are.
#include <algorithm>
#include <string>

#include "api/handles.h"
#include "naive.h"
#include "native_trainer.h"

namespace recurrent::test {
namespace {

// A convolution of these fields.
OwnedLayer layer_of(Random& random, int32_t inputs, int32_t outputs, int32_t taps, int32_t dilation,
                    int32_t groups, bool begins = false) {
  OwnedLayer owned;
  recurrent_layer_desc& d = owned.desc;
  d.struct_size = sizeof(d);
  d.kind = RECURRENT_LAYER_CONVOLUTION;
  d.input_size = inputs;
  d.hidden_size = outputs;
  d.kernel_size = taps;
  d.stride = 1;
  d.dilation = dilation;
  d.groups = groups;
  d.pad_before = (taps - 1) * dilation;
  owned.forward = std::make_unique<OwnedDirection>();
  owned.forward->desc.struct_size = sizeof(owned.forward->desc);
  owned.forward->desc.candidate_activation = RECURRENT_ACTIVATION_IDENTITY;
  owned.forward->input_weights =
      random_values(random, int64_t{outputs} * taps * (inputs / groups), 0.5f);
  owned.forward->input_bias = random_values(random, outputs, 0.5f);
  owned.forward->desc.input_weights = owned.forward->input_weights.data();
  owned.forward->desc.input_bias = owned.forward->input_bias.data();
  if (begins) {
    owned.forward->initial_hidden = random_values(random, history_size(d), 0.5f);
    owned.forward->desc.initial_hidden = owned.forward->initial_hidden.data();
  }
  d.forward = &owned.forward->desc;
  return owned;
}

OwnedModel model_of(OwnedLayer layer) {
  OwnedModel model;
  model.add(std::move(layer));
  return model;
}

class Convolutions : public EveryIsa {};
INSTANTIATE_ON_EVERY_ISA(Convolutions);

// Groups of one output and of many, windows longer than the sequence, strides past a window's end:
// more than random graphs of small layers have.
TEST_P(Convolutions, GiveTheBitsOfOneNumberAtATime) {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    Random random(seed);
    const int64_t size = seed % 4 == 0 ? 150 : 40;
    OwnedModel owned = model_of(convolution_layer(random, 0, size, Windows::kAny));
    const recurrent_layer_desc& d = owned.layers[0].desc;
    const int64_t extent = int64_t{d.kernel_size - 1} * d.dilation;
    const int64_t least = std::max<int64_t>(1, extent + 1 - d.pad_before - d.pad_after);
    const int64_t time = least + uniform(random, 0, seed % 3 == 0 ? 300 : 30);
    const int64_t batch = uniform(random, 1, 11);
    const ModelHandle model = make_model(owned, GetParam());
    int64_t steps = 0;
    ASSERT_OK(recurrent_model_output_steps(model.get(), 0, time, &steps));
    for (const int32_t threads : {1, 3}) {
      const SessionHandle session = open_session(model, batch, threads);
      for (const Candidate way :
           {Candidate{Strategy::kUnits, 3, 0, 0}, Candidate{Strategy::kRows, 3, 0, 0}}) {
        session->session.force(way);
        ASSERT_OK(recurrent_session_reset(session.get(), 0, batch));
        const std::vector<float> x = random_values(random, time * batch * d.input_size, 2.0f);
        std::vector<float> y(static_cast<size_t>(steps * batch * d.hidden_size), -7.0f);
        recurrent_run_args args = run_args(x, y, time);
        args.layout = RECURRENT_LAYOUT_BATCH_MAJOR;
        ASSERT_OK(recurrent_session_run(session.get(), &args));
        for (int64_t row = 0; row < batch; ++row) {
          const auto begin = x.begin() + row * time * d.input_size;
          const std::vector<float> want =
              naive_convolution(d, {begin, begin + time * d.input_size}, time);
          ASSERT_EQ(static_cast<int64_t>(want.size()), steps * d.hidden_size);
          ASSERT_EQ(first_difference(want.data(), y.data() + row * steps * d.hidden_size,
                                     steps * d.hidden_size),
                    -1)
              << "seed " << seed << " " << owned.describe() << " T=" << time << " row " << row
              << " threads " << threads;
        }
      }
    }
  }
}

// The ring goes round many times, in streams that have begun at different times.
TEST_P(Convolutions, StepAsTheyRunWhereverTheRingBegins) {
  Random random(4);
  for (const int32_t dilation : {1, 7})
    for (const int32_t groups : {1, 3, 6}) {
      const OwnedModel owned = model_of(layer_of(random, 6, 12, 3, dilation, groups, true));
      const recurrent_layer_desc& d = owned.layers[0].desc;
      const ModelHandle model = make_model(owned, GetParam());
      constexpr int64_t kTime = 70;
      constexpr int64_t kBatch = 3;
      const SessionHandle session = open_session(model, kBatch);
      const std::vector<float> x = random_values(random, kTime * kBatch * 6, 1.0f);
      std::vector<float> y(static_cast<size_t>(kTime * kBatch * 12));
      const int64_t begins[kBatch] = {0, 20, 33};
      for (int64_t t = 0; t < kTime; ++t) {
        for (int64_t row = 0; row < kBatch; ++row) {
          if (t != begins[row]) continue;
          ASSERT_OK(recurrent_session_reset(session.get(), row, 1));
        }
        ASSERT_OK(recurrent_session_step(session.get(), x.data() + t * kBatch * 6,
                                         y.data() + t * kBatch * 12));
      }
      for (int64_t row = 0; row < kBatch; ++row) {
        std::vector<float> alone;
        for (int64_t t = begins[row]; t < kTime; ++t)
          alone.insert(alone.end(), x.begin() + (t * kBatch + row) * 6,
                       x.begin() + (t * kBatch + row + 1) * 6);
        const std::vector<float> want = naive_convolution(d, alone, kTime - begins[row]);
        for (int64_t t = begins[row]; t < kTime; ++t)
          ASSERT_EQ(first_difference(want.data() + (t - begins[row]) * 12,
                                     y.data() + (t * kBatch + row) * 12, 12),
                    -1)
              << "dilation " << dilation << " groups " << groups << " row " << row << " step " << t;
      }
    }
}

// A history that is got or saved begins with the oldest step, and goes on where it is put.
// Its input has more features than any other layer's, and is not gathered as theirs are.
TEST_P(Convolutions, OfAWideInputAreSteppedByAnyNumberOfThreads) {
  Random random(6);
  for (const int32_t taps : {1, 3}) {
    OwnedModel owned = model_of(layer_of(random, 120, 4, taps, 1, 1));
    owned.add(random_layer(random, RECURRENT_LAYER_LSTM, 4, 40, false));
    const ModelHandle model = make_model(owned, GetParam());
    const std::vector<float> x = random_values(random, 4 * 120, 1.0f);
    std::vector<std::vector<float>> y;
    for (const int32_t threads : {1, 2}) {
      const SessionHandle session = open_session(model, 4, threads);
      session->session.force({Strategy::kUnits, 2, 0, 0});
      y.emplace_back(static_cast<size_t>(4 * output_size(owned.layers[1].desc)));
      for (int step = 0; step < 3; ++step)
        ASSERT_OK(recurrent_session_step(session.get(), x.data(), y.back().data()));
    }
    EXPECT_EQ(first_difference(y[0].data(), y[1].data(), static_cast<int64_t>(y[0].size())), -1);
  }
}

TEST(ConvolutionHistory, HasTheOldestStepFirst) {
  Random random(9);
  const OwnedModel owned = model_of(layer_of(random, 2, 3, 3, 2, 1, true));
  const ModelHandle model = make_model(owned, RECURRENT_ISA_AUTO);
  recurrent_model_info info{};
  info.struct_size = sizeof(info);
  ASSERT_OK(recurrent_model_get_info(model.get(), &info));
  EXPECT_EQ(info.state_size, 4 * 2);
  const SessionHandle session = open_session(model, 1);
  std::vector<float> history(8);
  const auto get = [&] {
    EXPECT_OK(recurrent_session_get_state(session.get(), 0, RECURRENT_DIRECTION_FORWARD,
                                          RECURRENT_STATE_HISTORY, history.data(), 8));
    return history;
  };
  EXPECT_EQ(get(), owned.layers[0].forward->initial_hidden);
  std::vector<float> seen = history;
  for (int t = 0; t < 23; ++t) {
    const std::vector<float> x = random_values(random, 2, 1.0f);
    std::vector<float> y(3);
    ASSERT_OK(recurrent_session_step(session.get(), x.data(), y.data()));
    seen.insert(seen.end(), x.begin(), x.end());
    const std::vector<float> last(seen.end() - 8, seen.end());
    EXPECT_EQ(get(), last) << "step " << t;
    std::vector<float> saved(8);
    ASSERT_OK(recurrent_session_save(session.get(), 0, 1, saved.data(), 8));
    EXPECT_EQ(saved, last);

    // Another session goes on from it.
    const SessionHandle other = open_session(model, 1);
    ASSERT_OK(recurrent_session_set_state(other.get(), 0, RECURRENT_DIRECTION_FORWARD,
                                          RECURRENT_STATE_HISTORY, saved.data(), 8));
    const std::vector<float> next = random_values(random, 2, 1.0f);
    std::vector<float> there(3);
    ASSERT_OK(recurrent_session_step(other.get(), next.data(), there.data()));
    ASSERT_OK(recurrent_session_step(session.get(), next.data(), y.data()));
    EXPECT_EQ(there, y);
    seen.insert(seen.end(), next.begin(), next.end());
  }
  // Without an output there is still something to remember.
  ASSERT_OK(recurrent_session_reset(session.get(), 0, 1));
  EXPECT_EQ(get(), owned.layers[0].forward->initial_hidden);
  const float x[2] = {5, 6};
  ASSERT_OK(recurrent_session_step(session.get(), x, nullptr));
  EXPECT_EQ(get()[6], 5);
  EXPECT_EQ(get()[7], 6);
}

TEST(ConvolutionHistory, LosesDenormals) {
  Random random(9);
  const OwnedModel owned = model_of(layer_of(random, 1, 1, 2, 1, 1));
  const ModelHandle model = make_model(owned, RECURRENT_ISA_AUTO);
  const SessionHandle session = open_session(model, 1);
  const float denormal = 1e-40f;
  float history = 7;
  const auto get = [&] {
    EXPECT_OK(recurrent_session_get_state(session.get(), 0, RECURRENT_DIRECTION_FORWARD,
                                          RECURRENT_STATE_HISTORY, &history, 1));
    return history;
  };
  ASSERT_OK(recurrent_session_set_state(session.get(), 0, RECURRENT_DIRECTION_FORWARD,
                                        RECURRENT_STATE_HISTORY, &denormal, 1));
  EXPECT_EQ(get(), 0);
  ASSERT_OK(recurrent_session_step(session.get(), &denormal, nullptr));
  EXPECT_EQ(get(), 0);
  float y = 0;
  recurrent_run_args args{};
  args.struct_size = sizeof(args);
  args.time = args.x_count = args.y_count = 1;
  args.x = &denormal;
  args.y = &y;
  const int32_t length = 1;
  args.lengths = &length;
  args.lengths_count = 1;
  ASSERT_OK(recurrent_session_run(session.get(), &args));
  EXPECT_EQ(get(), 0);
}

// A history is none of a recurrent layer's states, and only a causal convolution that looks back
// has one.
TEST(ConvolutionHistory, IsRefusedWhereThereIsNone) {
  Random random(2);
  OwnedModel owned = model_of(layer_of(random, 2, 3, 3, 1, 1));
  owned.add(layer_of(random, 3, 3, 1, 1, 1));
  owned.add(random_layer(random, RECURRENT_LAYER_GRU, 3, 3, false));
  const ModelHandle model = make_model(owned, RECURRENT_ISA_AUTO);
  const SessionHandle session = open_session(model, 1);
  float state[8] = {};
  const auto get = [&](int32_t layer, int32_t kind) {
    return recurrent_session_get_state(session.get(), layer, RECURRENT_DIRECTION_FORWARD, kind,
                                       state, 4);
  };
  EXPECT_OK(get(0, RECURRENT_STATE_HISTORY));
  EXPECT_INVALID(get(0, RECURRENT_STATE_HIDDEN),
                 "kind: expected the history (2), the only state of this layer, found 0");
  EXPECT_INVALID(get(1, RECURRENT_STATE_HISTORY),
                 "layer 1 is of kind convolution and has no state");
  EXPECT_INVALID(get(2, RECURRENT_STATE_HISTORY),
                 "kind: expected the hidden state (0), the only one of this layer, found 2");
  EXPECT_INVALID(recurrent_session_get_state(session.get(), 0, RECURRENT_DIRECTION_REVERSE,
                                             RECURRENT_STATE_HISTORY, state, 4),
                 "direction: expected one that layer 0 has, found 1");
}

class ConvolutionFields : public ::testing::Test {
 protected:
  ConvolutionFields() { owned_.add(layer_of(random_, 4, 6, 3, 2, 2)); }

  template <class Change>
  recurrent_status with(Change change) {
    recurrent_layer_desc layer = owned_.layers[0].desc;
    recurrent_direction_desc direction = *layer.forward;
    layer.forward = &direction;
    change(layer, direction);
    const std::vector<recurrent_layer_desc> layers{layer};
    const recurrent_model_desc desc = describe(layers, RECURRENT_ISA_AUTO);
    recurrent_model* model = nullptr;
    const recurrent_status status = recurrent_model_create(&desc, &model);
    recurrent_model_destroy(model);
    return status;
  }

  Random random_{3};
  OwnedModel owned_;
};

TEST_F(ConvolutionFields, OutOfRangeAreRefusedByName) {
  EXPECT_OK(with([](auto&, auto&) {}));
  EXPECT_INVALID(with([](auto& l, auto&) { l.kernel_size = 0; }), "layers[0].kernel_size");
  EXPECT_INVALID(with([](auto& l, auto&) { l.stride = 0; }), "layers[0].stride");
  EXPECT_INVALID(with([](auto& l, auto&) { l.dilation = 0; }), "layers[0].dilation");
  EXPECT_INVALID(with([](auto& l, auto&) { l.pad_before = 5; }), "layers[0].pad_before");
  EXPECT_INVALID(with([](auto& l, auto&) { l.pad_after = -1; }), "layers[0].pad_after");
  EXPECT_INVALID(with([](auto& l, auto&) { l.groups = 3; }),
                 "layers[0].groups: expected a divisor of input_size (4) and hidden_size (6), "
                 "found 3");
  EXPECT_INVALID(with([](auto& l, auto&) { l.groups = 0; }), "layers[0].groups");
  EXPECT_INVALID(with([](auto& l, auto&) { l.counts_padding = 1; }), "layers[0].counts_padding");
  EXPECT_INVALID(with([](auto& l, auto&) { l.direction = RECURRENT_DIRECTION_REVERSE; }),
                 "layers[0].direction");
  EXPECT_INVALID(with([](auto& l, auto&) {
                   l.kernel_size = 1 << 11;
                   l.dilation = 1 << 10;
                 }),
                 "layers[0].dilation: expected at most 1048576 steps from a window's first tap to "
                 "its last");
  EXPECT_INVALID(with([](auto& l, auto&) {
                   l.kernel_size = 1 << 20;
                   l.dilation = l.groups = 1;
                   l.input_size = 32;
                 }),
                 "layers[0].kernel_size: expected at most 16777216 weights for an output");
  EXPECT_INVALID(with([](auto& l, auto&) {
                   l.kernel_size = 2;
                   l.dilation = l.pad_before = 1 << 20;
                   l.input_size = 258;
                 }),
                 "layers[0].kernel_size: expected a history of at most 268435456 values");
}

TEST_F(ConvolutionFields, WithoutAUseAreRefused) {
  const float some[16] = {};
  EXPECT_INVALID(with([&](auto&, auto& d) { d.input_weights = nullptr; }),
                 "layers[0].forward.input_weights");
  EXPECT_INVALID(with([&](auto&, auto& d) { d.recurrent_weights = some; }),
                 "layers[0].forward.recurrent_weights");
  EXPECT_OK(with([&](auto&, auto& d) { d.initial_hidden = some; }));
  EXPECT_INVALID(with([&](auto& l, auto& d) {
                   d.initial_hidden = some;
                   l.pad_after = 1;
                 }),
                 "layers[0].forward.initial_hidden");
  EXPECT_INVALID(with([&](auto& l, auto&) {
                   l.kind = RECURRENT_LAYER_DENSE;
                   l.stride = l.dilation = l.groups = l.pad_before = 0;
                 }),
                 "layers[0].kernel_size: expected none, because only a convolution or a pooling "
                 "layer has it and this layer is a Dense");
}

TEST(ConvolutionTime, ThatGivesNoStepsIsRefused) {
  Random random(5);
  OwnedModel owned = model_of(layer_of(random, 2, 3, 4, 1, 1));
  owned.layers[0].desc.pad_before = 0;
  const ModelHandle model = make_model(owned, RECURRENT_ISA_AUTO);
  const SessionHandle session = open_session(model, 1);
  std::vector<float> x(6), y(3);
  recurrent_run_args args = run_args(x, y, 3);
  args.y = nullptr;
  args.y_count = 0;
  const char* const text =
      "time: expected at least 4 steps, because layer 0 of kind convolution puts out none "
      "otherwise, found 3";
  EXPECT_INVALID(recurrent_session_run(session.get(), &args), text);
  EXPECT_INVALID(recurrent_session_predict(session.get(), 1, &args), text);
  EXPECT_INVALID(recurrent_session_warmup(session.get(), 3), text);
  int64_t count = 0;
  EXPECT_INVALID(recurrent_session_explain(session.get(), 3, nullptr, 0, &count), text);
  const TrainerHandle trainer = make_trainer(owned, RECURRENT_ISA_AUTO, 1);
  recurrent_forward_args forward{};
  forward.struct_size = sizeof(forward);
  forward.time = 3;
  forward.batch = 1;
  forward.x = x.data();
  forward.y = y.data();
  EXPECT_INVALID(recurrent_trainer_forward(trainer.get(), &forward), text);
  // A row of the batch may be too short: it has none.
  x.resize(2 * 4 * 2, 1.0f);
  y.assign(2 * 3, -7.0f);
  const SessionHandle two = open_session(model, 2);
  args = run_args(x, y, 4);
  const int32_t lengths[] = {3, 4};
  args.lengths = lengths;
  args.lengths_count = 2;
  ASSERT_OK(recurrent_session_run(two.get(), &args));
  EXPECT_EQ(std::vector<float>(y.begin(), y.begin() + 3), std::vector<float>(3, 0.0f));
  EXPECT_NE(y[3], 0.0f);
  EXPECT_EQ(recurrent_session_step(two.get(), x.data(), y.data()), RECURRENT_STATUS_NOT_SUPPORTED);
}

// Blocks and chunks of long sequences, and a window that reaches past several of them.
TEST_P(Convolutions, GoThroughLongSequencesInBlocks) {
  Random random(12);
  OwnedModel owned = model_of(layer_of(random, 3, 20, 2, 1500, 1));
  owned.add(layer_of(random, 20, 20, 3, 64, 20));
  owned.add(layer_of(random, 20, 4, 5, 1, 2));
  const ModelHandle model = make_model(owned, GetParam());
  constexpr int64_t kTime = 4000;
  const std::vector<float> x = random_values(random, kTime * 3, 1.0f);
  std::vector<float> want(kTime * 4);
  const SessionHandle stepped = open_session(model, 1);
  for (int64_t t = 0; t < kTime; ++t)
    ASSERT_OK(recurrent_session_step(stepped.get(), x.data() + t * 3, want.data() + t * 4));
  for (const Candidate way : {Candidate{}, Candidate{Strategy::kUnits, 2, 0, 0},
                              Candidate{Strategy::kLayers, 2, 64, 0}}) {
    const SessionHandle session = open_session(model, 1, way.threads);
    session->session.force(way);
    std::vector<float> y(want.size());
    const recurrent_run_args args = run_args(x, y, kTime);
    ASSERT_OK(recurrent_session_run(session.get(), &args));
    ASSERT_EQ(first_difference(want.data(), y.data(), kTime * 4), -1)
        << "strategy " << static_cast<int>(way.strategy);
  }
}

}  // namespace
}  // namespace recurrent::test
