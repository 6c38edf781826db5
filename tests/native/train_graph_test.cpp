// Training of graphs: forward as a session gives, bit for bit; back with gradients that agree with
// differences of the loss and do not depend on threads.
#include <algorithm>
#include <cmath>
#include <string>

#include "native_trainer.h"
#include "random_graph.h"

namespace recurrent::test {
namespace {

TrainerHandle train_graph(const OwnedGraph& graph, int32_t isa, int32_t threads) {
  const GraphDescription description(graph, isa);
  recurrent_trainer_desc how{};
  how.struct_size = sizeof(how);
  how.threads = threads;
  recurrent_trainer* trainer = nullptr;
  EXPECT_OK(recurrent_trainer_create(&description.desc, &how, &trainer)) << graph.describe();
  if (trainer) trainer->trainer.force(true);
  return TrainerHandle(trainer);
}

// A graph and a batch for it: inputs, gradients of all outputs and of the final states.
class TrainedGraph {
 public:
  explicit TrainedGraph(unsigned seed)
      : random_(seed), graph(random_graph(random_, seed % 5 == 0 ? 30 : 9)), seed_(seed) {
    time = std::max(uniform(random_, 1, 7), graph.least_time());
    batch = uniform(random_, 1, 3) == 1 ? uniform(random_, 14, 24) : uniform(random_, 1, 5);
    layout = static_cast<int32_t>(uniform(random_, 0, 1));
    if (uniform(random_, 1, 2) == 1)
      for (int64_t row = 0; row < batch; ++row)
        lengths.push_back(static_cast<int32_t>(uniform(random_, 0, time)));
    if (graph.masking)
      for (int64_t i = 0; i < batch * time; ++i) present.push_back(uniform(random_, 1, 4) > 1);
    for (const recurrent_input_desc& input : graph.inputs) {
      const bool is_row = input.kind == RECURRENT_VALUE_ROW;
      x.push_back(input.kind == RECURRENT_VALUE_INDICES
                      ? std::vector<float>()
                      : random_values(random_, (is_row ? 1 : time) * batch * input.size, 1.0f));
      indices.emplace_back();
      if (input.kind == RECURRENT_VALUE_INDICES)
        for (int64_t i = 0; i < time * batch; ++i)
          indices.back().push_back(static_cast<int32_t>(uniform(random_, 0, input.size - 1)));
    }
    for (size_t i = 0; i < graph.outputs.size(); ++i)
      dy.push_back(random_values(
          random_, graph.steps(graph.output(i), time) * batch * graph.output(i).size, 1.0f));
  }

  std::vector<recurrent_input_buffer> inputs() const {
    std::vector<recurrent_input_buffer> buffers;
    for (size_t i = 0; i < graph.inputs.size(); ++i) {
      const bool is_indices = graph.inputs[i].kind == RECURRENT_VALUE_INDICES;
      buffers.push_back({sizeof(recurrent_input_buffer), 0, graph.inputs[i].name,
                         is_indices ? static_cast<const void*>(indices[i].data()) : x[i].data(),
                         static_cast<int64_t>(is_indices ? indices[i].size() : x[i].size())});
    }
    // By name, so in any order.
    std::reverse(buffers.begin(), buffers.end());
    return buffers;
  }
  std::vector<recurrent_output_buffer> outputs(std::vector<std::vector<float>>& y) const {
    std::vector<recurrent_output_buffer> buffers;
    y.resize(dy.size());
    for (size_t i = 0; i < y.size(); ++i) {
      y[i].assign(dy[i].size(), -7.0f);
      buffers.push_back({sizeof(recurrent_output_buffer), 0, graph.outputs[i].name, y[i].data(),
                         static_cast<int64_t>(y[i].size())});
    }
    return buffers;
  }
  std::string describe() const {
    return "seed " + std::to_string(seed_) + " B=" + std::to_string(batch) +
           " T=" + std::to_string(time) + (lengths.empty() ? "" : " ragged") + ": " +
           graph.describe();
  }

  // Outputs, then final states.
  std::vector<std::vector<float>> forward(const TrainerHandle& trainer) const {
    std::vector<std::vector<float>> y;
    const auto in = inputs();
    const auto out = outputs(y);
    std::vector<float> states(static_cast<size_t>(batch * state_size(trainer)));
    recurrent_forward_args args{};
    args.struct_size = sizeof(args);
    args.layout = layout;
    args.time = time;
    args.batch = batch;
    args.inputs = in.data();
    args.input_count = static_cast<int32_t>(in.size());
    args.outputs = out.data();
    args.output_count = static_cast<int32_t>(out.size());
    args.lengths = lengths.empty() ? nullptr : lengths.data();
    args.present = present.empty() ? nullptr : present.data();
    args.final_states = states.data();
    EXPECT_OK(recurrent_trainer_forward(trainer.get(), &args)) << describe();
    y.push_back(std::move(states));
    return y;
  }

  // Gradients of all parameters, then of each input, after forward().
  std::vector<std::vector<float>> backward(const TrainerHandle& trainer) const {
    std::vector<std::vector<float>> gradients(1);
    std::vector<recurrent_input_buffer> of_outputs;
    for (size_t i = 0; i < dy.size(); ++i)
      of_outputs.push_back({sizeof(recurrent_input_buffer), 0, graph.outputs[i].name, dy[i].data(),
                            static_cast<int64_t>(dy[i].size())});
    std::vector<recurrent_output_buffer> of_inputs;
    for (const std::vector<float>& each : x) gradients.emplace_back(each.size(), -7.0f);
    for (size_t i = 0; i < x.size(); ++i)
      if (!x[i].empty())
        of_inputs.push_back({sizeof(recurrent_output_buffer), 0, graph.inputs[i].name,
                             gradients[i + 1].data(), static_cast<int64_t>(x[i].size())});
    const std::vector<float> dstates = state_gradients(trainer);
    recurrent_backward_args args{};
    args.struct_size = sizeof(args);
    args.output_gradients = of_outputs.data();
    args.output_gradient_count = static_cast<int32_t>(of_outputs.size());
    args.input_gradients = of_inputs.data();
    args.input_gradient_count = static_cast<int32_t>(of_inputs.size());
    args.dfinal_states = dstates.data();
    EXPECT_OK(recurrent_trainer_backward(trainer.get(), &args)) << describe();
    gradients[0].resize(static_cast<size_t>(parameter_count(trainer)));
    EXPECT_OK(recurrent_trainer_get_gradients(trainer.get(), gradients[0].data(),
                                              parameter_count(trainer)));
    return gradients;
  }

  std::vector<float> state_gradients(const TrainerHandle& trainer) const {
    Random random(seed_ + 1000);
    return random_values(random, batch * state_size(trainer), 1.0f);
  }

  static int64_t state_size(const TrainerHandle& trainer) {
    recurrent_trainer_info info{};
    info.struct_size = sizeof(info);
    EXPECT_OK(recurrent_trainer_get_info(trainer.get(), &info));
    return info.state_size;
  }

 private:
  Random random_;

 public:
  OwnedGraph graph;
  int64_t time = 0;
  int64_t batch = 0;
  int32_t layout = 0;
  std::vector<std::vector<float>> x, dy;
  std::vector<std::vector<int32_t>> indices;
  std::vector<int32_t> lengths;
  std::vector<uint8_t> present;

 private:
  unsigned seed_;
};

class TrainGraphs : public EveryIsa {};
INSTANTIATE_ON_EVERY_ISA(TrainGraphs);

TEST_P(TrainGraphs, GoForwardAsASessionDoes) {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    const TrainedGraph c(seed);
    const GraphDescription description(c.graph, GetParam());
    recurrent_model* made = nullptr;
    ASSERT_OK(recurrent_model_create(&description.desc, &made)) << c.describe();
    const ModelHandle model(made);
    const SessionHandle session = open_session(model, c.batch);
    std::vector<std::vector<float>> want;
    const auto inputs = c.inputs();
    const auto outputs = c.outputs(want);
    recurrent_run_args run{};
    run.struct_size = sizeof(run);
    run.layout = c.layout;
    run.time = c.time;
    run.inputs = inputs.data();
    run.input_count = static_cast<int32_t>(inputs.size());
    run.outputs = outputs.data();
    run.output_count = static_cast<int32_t>(outputs.size());
    run.lengths = c.lengths.empty() ? nullptr : c.lengths.data();
    run.lengths_count = static_cast<int64_t>(c.lengths.size());
    run.present = c.present.empty() ? nullptr : c.present.data();
    run.present_count = static_cast<int64_t>(c.present.size());
    ASSERT_OK(recurrent_session_run(session.get(), &run)) << c.describe();
    const TrainerHandle trainer =
        train_graph(c.graph, GetParam(), static_cast<int32_t>(seed % 3) + 1);
    ASSERT_TRUE(trainer);
    want.emplace_back(static_cast<size_t>(c.batch * TrainedGraph::state_size(trainer)));
    ASSERT_OK(recurrent_session_save(session.get(), 0, c.batch, want.back().data(),
                                     static_cast<int64_t>(want.back().size())));
    expect_same(want, c.forward(trainer), c.describe());
  }
}

TEST_P(TrainGraphs, GiveTheSameGradientsOnAnyNumberOfThreads) {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    const TrainedGraph c(seed);
    std::vector<std::vector<float>> want;
    for (const int32_t threads : {1, 2, 3}) {
      const TrainerHandle trainer = train_graph(c.graph, GetParam(), threads);
      c.forward(trainer);
      const std::vector<std::vector<float>> got = c.backward(trainer);
      if (threads == 1) want = got;
      expect_same(want, got, std::to_string(threads) + " threads, " + c.describe());
    }
  }
}

// Along a random direction of parameters and inputs the loss changes as the gradient says. Smooth
// models only: relu, clips and maxima have corners.
TEST_P(TrainGraphs, AgreeWithDifferencesOfTheLoss) {
  int compared = 0;
  for (unsigned seed = 1; seed <= 250; ++seed) {
    TrainedGraph c(seed);
    bool smooth = true;
    for (OwnedLayer& layer : c.graph.layers) {
      layer.desc.clip = 0;
      smooth &= layer.desc.kind != RECURRENT_LAYER_MAX_POOLING &&
                layer.desc.kind != RECURRENT_LAYER_MAX_OVER_TIME;
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
    ++compared;
    const TrainerHandle trainer = train_graph(c.graph, GetParam(), 1);
    c.forward(trainer);
    const std::vector<std::vector<float>> gradient = c.backward(trainer);
    const std::vector<float> dstates = c.state_gradients(trainer);
    const int64_t count = parameter_count(trainer);
    std::vector<std::vector<float>> at = c.x;
    at.insert(at.begin(), std::vector<float>(static_cast<size_t>(count)));
    ASSERT_OK(recurrent_trainer_get_parameters(trainer.get(), at[0].data(), count));
    Random random(seed);
    std::vector<std::vector<float>> direction;
    double expected = 0;
    double scale = 1;
    for (size_t i = 0; i < at.size(); ++i) {
      direction.push_back(random_values(random, static_cast<int64_t>(at[i].size()), 1.0f));
      for (size_t j = 0; j < at[i].size(); ++j) {
        expected += static_cast<double>(gradient[i][j]) * static_cast<double>(direction[i][j]);
        scale += static_cast<double>(std::fabs(gradient[i][j]));
      }
    }
    const auto loss = [&](float step) {
      std::vector<std::vector<float>> moved = at;
      for (size_t i = 0; i < at.size(); ++i)
        for (size_t j = 0; j < at[i].size(); ++j) moved[i][j] += step * direction[i][j];
      EXPECT_OK(recurrent_trainer_set_parameters(trainer.get(), moved[0].data(), count));
      for (size_t i = 0; i < c.x.size(); ++i) c.x[i] = moved[i + 1];
      const std::vector<std::vector<float>> y = c.forward(trainer);
      double sum = 0;
      for (size_t i = 0; i < y.size(); ++i) {
        const std::vector<float>& d = i < c.dy.size() ? c.dy[i] : dstates;
        for (size_t j = 0; j < y[i].size(); ++j)
          sum += static_cast<double>(y[i][j]) * static_cast<double>(d[j]);
      }
      return sum;
    };
    constexpr float kStep = 1.0f / 512;
    const double found = (loss(kStep) - loss(-kStep)) / (2.0 * static_cast<double>(kStep));
    EXPECT_NEAR(found, expected, 2e-3 * scale) << c.describe();
  }
  EXPECT_GE(compared, 60);
}

// Gradients of final states that are not given are 0, whatever the pass before was given.
TEST(TrainStates, OfAPassAreForgotten) {
  Random random(4);
  OwnedModel owned;
  while (owned.layers.empty()) {
    OwnedLayer layer = convolution_layer(random, 2, 9, Windows::kCausal);
    if (history_size(layer.desc) > 0) owned.add(std::move(layer));
  }
  owned.add(random_layer(random, RECURRENT_LAYER_LSTM, owned.layers[0].desc.hidden_size, 5, false));
  const TrainerHandle trainer = make_trainer(owned, RECURRENT_ISA_AUTO, 1);
  const int64_t states = TrainedGraph::state_size(trainer);
  const std::vector<float> x = random_values(random, 3 * 2 * 2, 1.0f);
  std::vector<float> y(static_cast<size_t>(3 * 2 * output_size(owned.layers[1].desc)));
  const std::vector<float> dfinal = random_values(random, 2 * states, 1.0f);
  const auto gradient = [&](const float* dfinal_states) {
    recurrent_forward_args forward{};
    forward.struct_size = sizeof(forward);
    forward.time = 3;
    forward.batch = 2;
    forward.x = x.data();
    forward.y = y.data();
    EXPECT_OK(recurrent_trainer_forward(trainer.get(), &forward));
    std::vector<float> dinitial(dfinal.size(), -7.0f);
    recurrent_backward_args backward{};
    backward.struct_size = sizeof(backward);
    backward.dfinal_states = dfinal_states;
    backward.dinitial_states = dinitial.data();
    EXPECT_OK(recurrent_trainer_backward(trainer.get(), &backward));
    return dinitial;
  };
  const std::vector<float> zeros(dfinal.size());
  EXPECT_NE(gradient(dfinal.data()), zeros);
  EXPECT_EQ(gradient(nullptr), zeros);
}

TEST(TrainGraphsMisuse, IsRefused) {
  unsigned seed = 3;
  TrainedGraph c(seed);
  while (c.graph.outputs.size() < 2 || c.graph.inputs.size() < 2) c = TrainedGraph(++seed);
  const TrainerHandle trainer = train_graph(c.graph, RECURRENT_ISA_AUTO, 1);
  std::vector<std::vector<float>> y;
  auto inputs = c.inputs();
  auto outputs = c.outputs(y);
  recurrent_forward_args args{};
  args.struct_size = sizeof(args);
  args.time = c.time;
  args.batch = c.batch;
  const auto refused = [&](const char* text) {
    EXPECT_EQ(recurrent_trainer_forward(trainer.get(), &args), RECURRENT_STATUS_INVALID_ARGUMENT);
    EXPECT_NE(std::string(recurrent_last_error()).find(text), std::string::npos)
        << recurrent_last_error();
  };
  args.y = y[0].data();
  refused("expected inputs by name or number");
  args.y = nullptr;
  args.inputs = inputs.data();
  args.input_count = static_cast<int32_t>(inputs.size());
  refused("outputs");
  args.outputs = outputs.data();
  args.output_count = static_cast<int32_t>(outputs.size());
  args.input_count = 1;
  refused("expected all");
  args.input_count = static_cast<int32_t>(inputs.size());
  EXPECT_OK(recurrent_trainer_forward(trainer.get(), &args));
  recurrent_backward_args back{};
  back.struct_size = sizeof(back);
  recurrent_input_buffer gradient{sizeof(gradient), 0, "nobody", c.dy[0].data(), 1};
  back.output_gradients = &gradient;
  back.output_gradient_count = 1;
  EXPECT_EQ(recurrent_trainer_backward(trainer.get(), &back), RECURRENT_STATUS_INVALID_ARGUMENT);
  EXPECT_NE(std::string(recurrent_last_error()).find("nobody"), std::string::npos);
  gradient.name = c.graph.outputs[0].name;
  gradient.count = 0;
  EXPECT_EQ(recurrent_trainer_backward(trainer.get(), &back), RECURRENT_STATUS_INVALID_ARGUMENT);
  EXPECT_NE(std::string(recurrent_last_error()).find("output_gradients["), std::string::npos);
  // A refused call has not used the pass up.
  gradient.count = static_cast<int64_t>(c.dy[0].size());
  EXPECT_OK(recurrent_trainer_backward(trainer.get(), &back));
}

}  // namespace
}  // namespace recurrent::test
