// Graphs of layers against the computation of one number and one layer at a time.
#include <algorithm>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "api/handles.h"
#include "exec/strategy.h"
#include "naive_graph.h"
#include "native_session.h"

namespace recurrent::test {
namespace {

constexpr unsigned kCases = 300;

ModelHandle make_graph(const OwnedGraph& graph, int32_t isa = RECURRENT_ISA_AUTO) {
  const GraphDescription description(graph, isa);
  recurrent_model* model = nullptr;
  EXPECT_OK(recurrent_model_create(&description.desc, &model)) << graph.describe();
  return ModelHandle(model);
}

// A graph with a batch for it, and what it has to give.
class GraphCase {
 public:
  explicit GraphCase(unsigned seed, bool plain_batch = false)
      : random_(seed), graph(random_graph(random_, seed % 5 == 0 ? 40 : 9)), seed_(seed) {
    batch = uniform(random_, 1, seed % 3 == 0 ? 20 : 5);
    time = std::max(uniform(random_, 1, 9), graph.least_time());
    layout =
        plain_batch ? RECURRENT_LAYOUT_TIME_MAJOR : static_cast<int32_t>(uniform(random_, 0, 1));
    if (!plain_batch && uniform(random_, 1, 2) == 1)
      for (int64_t row = 0; row < batch; ++row)
        lengths.push_back(static_cast<int32_t>(uniform(random_, 0, time)));
    if (graph.masking && uniform(random_, 1, 2) == 1)
      for (int64_t i = 0; i < batch * time; ++i) present.push_back(uniform(random_, 1, 4) > 1);
    fill();
  }

  std::string describe() const {
    return "seed " + std::to_string(seed_) + " B=" + std::to_string(batch) +
           " T=" + std::to_string(time) + (lengths.empty() ? "" : " ragged") + ": " +
           graph.describe();
  }

  int64_t length(int64_t row) const {
    return lengths.empty() ? time : lengths[static_cast<size_t>(row)];
  }
  int64_t output_steps(size_t index) const { return graph.steps(graph.output(index), time); }
  int64_t output_count(size_t index) const {
    return output_steps(index) * batch * graph.output(index).size;
  }
  std::vector<std::vector<float>> room() const {
    std::vector<std::vector<float>> y;
    for (size_t i = 0; i < graph.outputs.size(); ++i)
      y.emplace_back(static_cast<size_t>(output_count(i)), -7.0f);
    return y;
  }

  // The inputs of `steps` steps from `first` on.
  std::vector<recurrent_input_buffer> input_buffers(int64_t first, int64_t steps) const {
    std::vector<recurrent_input_buffer> buffers;
    for (size_t i = 0; i < graph.inputs.size(); ++i) {
      const GraphValue& value = graph.values[i];
      const void* data = nullptr;
      int64_t count = 0;
      if (value.kind == RECURRENT_VALUE_INDICES) {
        data = indices[i].data() + first * batch;
        count = steps * batch;
      } else {
        const bool is_row = value.kind == RECURRENT_VALUE_ROW;
        data = x[i].data() + (is_row ? 0 : first * batch * value.size);
        count = (is_row ? 1 : steps) * batch * value.size;
      }
      buffers.push_back({sizeof(recurrent_input_buffer), 0, graph.inputs[i].name, data, count});
    }
    // By name, so in any order.
    std::reverse(buffers.begin(), buffers.end());
    return buffers;
  }
  std::vector<recurrent_output_buffer> output_buffers(std::vector<std::vector<float>>& y) const {
    std::vector<recurrent_output_buffer> buffers;
    for (size_t i = 0; i < y.size(); ++i)
      buffers.push_back({sizeof(recurrent_output_buffer), 0, graph.outputs[i].name, y[i].data(),
                         static_cast<int64_t>(y[i].size())});
    std::reverse(buffers.begin(), buffers.end());
    return buffers;
  }
  recurrent_run_args args(const std::vector<recurrent_input_buffer>& inputs,
                          const std::vector<recurrent_output_buffer>& outputs) const {
    recurrent_run_args a{};
    a.struct_size = sizeof(a);
    a.time = time;
    a.layout = layout;
    a.inputs = inputs.data();
    a.input_count = static_cast<int32_t>(inputs.size());
    a.outputs = outputs.data();
    a.output_count = static_cast<int32_t>(outputs.size());
    a.lengths = lengths.empty() ? nullptr : lengths.data();
    a.lengths_count = static_cast<int64_t>(lengths.size());
    a.present = present.empty() ? nullptr : present.data();
    a.present_count = static_cast<int64_t>(present.size());
    return a;
  }

  std::vector<std::vector<float>> expected() const {
    std::vector<std::vector<float>> y = room();
    for (std::vector<float>& each : y) std::fill(each.begin(), each.end(), 0.0f);
    for (int64_t row = 0; row < batch; ++row) expect_row(row, y);
    return y;
  }

 private:
  size_t place(int64_t t, int64_t row, int64_t steps) const {
    return static_cast<size_t>(layout == RECURRENT_LAYOUT_TIME_MAJOR ? t * batch + row
                                                                     : row * steps + t);
  }

  void fill() {
    x.resize(graph.inputs.size());
    indices.resize(graph.inputs.size());
    for (size_t i = 0; i < graph.inputs.size(); ++i) {
      const GraphValue& value = graph.values[i];
      if (value.kind == RECURRENT_VALUE_INDICES) {
        for (int64_t k = 0; k < batch * time; ++k)
          indices[i].push_back(static_cast<int32_t>(uniform(random_, 0, value.size - 1)));
        continue;
      }
      const int64_t rows = value.kind == RECURRENT_VALUE_ROW ? batch : batch * time;
      x[i] = random_values(random_, rows * value.size, 2.0f);
      if (uniform(random_, 1, 3) == 1) x[i][0] = 1e-40f;
      if (!graph.masking || value.kind == RECURRENT_VALUE_ROW) continue;
      for (int64_t k = 0; k < rows; ++k)
        if (uniform(random_, 1, 5) == 1)
          std::fill_n(x[i].begin() + k * value.size, value.size, graph.mask_value);
    }
  }

  bool is_missing(int64_t t, int64_t row) const {
    if (!graph.masking) return false;
    const size_t at = place(t, row, time);
    if (!present.empty() && present[at] == 0) return true;
    for (size_t i = 0; i < graph.inputs.size(); ++i) {
      const GraphValue& value = graph.values[i];
      if (value.kind == RECURRENT_VALUE_ROW) continue;
      if (value.kind == RECURRENT_VALUE_INDICES) {
        if (static_cast<float>(indices[i][at]) == graph.mask_value) return true;
        continue;
      }
      const auto begin = x[i].begin() + static_cast<int64_t>(at) * value.size;
      if (std::all_of(begin, begin + value.size, [this](float v) { return v == graph.mask_value; }))
        return true;
    }
    return false;
  }

  void expect_row(int64_t row, std::vector<std::vector<float>>& y) const {
    std::vector<int64_t> times;
    for (int64_t t = 0; t < length(row); ++t)
      if (!is_missing(t, row)) times.push_back(t);
    if (times.empty()) return;
    std::vector<std::vector<float>> given;
    for (size_t i = 0; i < graph.inputs.size(); ++i) {
      const GraphValue& value = graph.values[i];
      std::vector<float>& to = given.emplace_back();
      if (value.kind == RECURRENT_VALUE_ROW) {
        to.assign(x[i].begin() + row * value.size, x[i].begin() + (row + 1) * value.size);
        continue;
      }
      for (const int64_t t : times)
        if (value.kind == RECURRENT_VALUE_INDICES)
          to.push_back(static_cast<float>(indices[i][place(t, row, time)]));
        else
          for (int64_t j = 0; j < value.size; ++j)
            to.push_back(x[i][place(t, row, time) * static_cast<size_t>(value.size) +
                              static_cast<size_t>(j)]);
    }
    const auto seen = static_cast<int64_t>(times.size());
    const std::vector<std::vector<float>> values = naive_graph(graph, given, seen);
    for (size_t i = 0; i < graph.outputs.size(); ++i)
      put(i, row, times, values[static_cast<size_t>(graph.outputs[i].value)], y[i]);
  }

  void put(size_t output, int64_t row, const std::vector<int64_t>& times,
           const std::vector<float>& from, std::vector<float>& y) const {
    const GraphValue& value = graph.output(output);
    const auto copy = [&](int64_t step, size_t at) {
      std::copy_n(from.begin() + step * value.size, value.size,
                  y.begin() + static_cast<int64_t>(at) * value.size);
    };
    if (value.kind == RECURRENT_VALUE_ROW) return copy(0, static_cast<size_t>(row));
    if (value.base != "model") {
      const int64_t steps = graph.steps(value, static_cast<int64_t>(times.size()));
      for (int64_t t = 0; t < steps; ++t) copy(t, place(t, row, output_steps(output)));
      return;
    }
    int64_t last = -1;
    for (int64_t t = 0; t < length(row); ++t) {
      const bool is_there =
          static_cast<size_t>(last + 1) < times.size() && times[static_cast<size_t>(last + 1)] == t;
      if (is_there) ++last;
      if (is_there || (last >= 0 && graph.masking == RECURRENT_MASKING_REPEAT))
        copy(last, place(t, row, time));
    }
  }

  Random random_;

 public:
  OwnedGraph graph;
  int64_t batch, time;
  int32_t layout;
  std::vector<std::vector<float>> x;
  std::vector<std::vector<int32_t>> indices;
  std::vector<int32_t> lengths;
  std::vector<uint8_t> present;

 private:
  unsigned seed_;
};

TEST(RandomGraphs, HaveLayersOfAllKinds) {
  std::vector<int> count(RECURRENT_LAYER_FINAL_CELL_STATE + 1);
  for (unsigned seed = 1; seed <= kCases; ++seed)
    for (const OwnedLayer& layer : GraphCase(seed).graph.layers)
      ++count[static_cast<size_t>(layer.desc.kind)];
  for (size_t kind = 0; kind < count.size(); ++kind) {
    if (kind == RECURRENT_LAYER_RESIDUAL) continue;
    EXPECT_GE(count[kind], 5) << "kind " << kind;
  }
}

class Graphs : public EveryIsa {};
INSTANTIATE_ON_EVERY_ISA(Graphs);

TEST_P(Graphs, GiveWhatOneLayerAtATimeGives) {
  for (unsigned seed = 1; seed <= kCases; ++seed) {
    const GraphCase c(seed);
    const std::vector<std::vector<float>> want = c.expected();
    const ModelHandle model = make_graph(c.graph, GetParam());
    ASSERT_TRUE(model) << c.describe();
    const auto inputs = c.input_buffers(0, c.time);
    for (int32_t threads : {1, 2}) {
      const SessionHandle session = open_session(model, c.batch, threads);
      std::vector<std::vector<float>> y = c.room();
      const auto outputs = c.output_buffers(y);
      const recurrent_run_args args = c.args(inputs, outputs);
      ASSERT_OK(recurrent_session_run(session.get(), &args)) << c.describe();
      expect_same(want, y, c.describe());
    }
    const SessionHandle none = open_session(model, 0);
    std::vector<std::vector<float>> y = c.room();
    const auto outputs = c.output_buffers(y);
    const recurrent_run_args args = c.args(inputs, outputs);
    ASSERT_OK(recurrent_session_predict(none.get(), c.batch, &args)) << c.describe();
    expect_same(want, y, "prediction, " + c.describe());
  }
}

TEST_P(Graphs, GiveTheSameInEveryWayToDivideThem) {
  const Candidate ways[] = {{Strategy::kUnits, 2, 0, 0},
                            {Strategy::kRows, 2, 0, 0},
                            {Strategy::kDirections, 2, 0, 0},
                            {Strategy::kLayers, 2, 2, 0}};
  for (unsigned seed = 1; seed <= kCases; ++seed) {
    const GraphCase c(seed);
    const std::vector<std::vector<float>> want = c.expected();
    const ModelHandle model = make_graph(c.graph, GetParam());
    for (const Candidate& way : ways) {
      const SessionHandle session = open_session(model, c.batch, 2);
      session->session.force(way);
      std::vector<std::vector<float>> y = c.room();
      const auto inputs = c.input_buffers(0, c.time);
      const auto outputs = c.output_buffers(y);
      const recurrent_run_args args = c.args(inputs, outputs);
      ASSERT_OK(recurrent_session_run(session.get(), &args)) << c.describe();
      expect_same(
          want, y,
          "strategy " + std::to_string(static_cast<int>(way.strategy)) + ", " + c.describe());
    }
  }
}

// Outputs of every step; the last of those that are rows.
TEST_P(Graphs, AreSteppedAsTheyAreRun) {
  int compared = 0;
  for (unsigned seed = 1; seed <= 4 * kCases; ++seed) {
    const GraphCase c(seed, true);
    const ModelHandle model = make_graph(c.graph, GetParam());
    EXPECT_EQ(model->model->can_step(), c.graph.can_step()) << c.describe();
    const SessionHandle session = open_session(model, c.batch);
    if (!c.graph.can_step()) {
      const auto inputs = c.input_buffers(0, 1);
      EXPECT_EQ(recurrent_session_step_buffers(session.get(), inputs.data(),
                                               static_cast<int32_t>(inputs.size()), nullptr, 0),
                RECURRENT_STATUS_NOT_SUPPORTED);
      continue;
    }
    if (!c.present.empty()) continue;
    ++compared;
    const std::vector<std::vector<float>> want = c.expected();
    std::vector<std::vector<float>> y = c.room();
    for (int64_t t = 0; t < c.time; ++t) {
      const auto inputs = c.input_buffers(t, 1);
      std::vector<recurrent_output_buffer> outputs;
      for (size_t i = 0; i < y.size(); ++i) {
        const int64_t count = c.batch * c.graph.output(i).size;
        const bool is_row = c.graph.output(i).kind == RECURRENT_VALUE_ROW;
        outputs.push_back({sizeof(recurrent_output_buffer), 0, nullptr,
                           y[i].data() + (is_row ? 0 : t * count), count});
      }
      ASSERT_OK(recurrent_session_step_buffers(session.get(), inputs.data(),
                                               static_cast<int32_t>(inputs.size()), outputs.data(),
                                               static_cast<int32_t>(outputs.size())));
    }
    // A row whose steps are all missing has been given its output once too often.
    if (c.graph.masking == RECURRENT_MASKING_ZERO)
      for (size_t i = 0; i < y.size(); ++i)
        if (c.graph.output(i).kind == RECURRENT_VALUE_ROW) y[i] = want[i];
    expect_same(want, y, "steps, " + c.describe());
  }
  EXPECT_GE(compared, 60);
}

// A graph of a sequence `x` of 3 features and a row `s` of 2: y = Dense(concatenation of the last
// step of LSTM(x) and s).
class SmallGraph : public ::testing::Test {
 protected:
  SmallGraph() {
    Random random(5);
    add_input("x", RECURRENT_VALUE_SEQUENCE, 3);
    add_input("s", RECURRENT_VALUE_ROW, 2);
    add(random_layer(random, RECURRENT_LAYER_LSTM, 3, 4, false), {0});
    const auto width = static_cast<int32_t>(output_size(graph.layers[0].desc));
    add(plain(RECURRENT_LAYER_LAST_STEP, width, width), {2});
    add(plain(RECURRENT_LAYER_CONCATENATION, width + 2, width + 2), {3, 1});
    add(random_layer(random, RECURRENT_LAYER_DENSE, width + 2, 4, false), {4});
    graph.outputs.push_back({sizeof(recurrent_output_desc), 5, "y"});
  }

  static OwnedLayer plain(int32_t kind, int32_t inputs, int32_t outputs) {
    OwnedLayer layer;
    layer.desc.struct_size = sizeof(layer.desc);
    layer.desc.kind = kind;
    layer.desc.input_size = inputs;
    layer.desc.hidden_size = outputs;
    return layer;
  }
  void add_input(const char* name, int32_t kind, int32_t size) {
    graph.inputs.push_back({sizeof(recurrent_input_desc), kind, size, 0, name});
  }
  void add(OwnedLayer layer, std::vector<int32_t> reads) {
    graph.layers.push_back(std::move(layer));
    graph.reads.push_back(std::move(reads));
  }

  // Creates the model after a change of its description.
  template <class Change>
  recurrent_status with(Change change) {
    GraphDescription d(graph);
    change(d);
    recurrent_model* model = nullptr;
    const recurrent_status status = recurrent_model_create(&d.desc, &model);
    recurrent_model_destroy(model);
    return status;
  }

  OwnedGraph graph;
};

TEST_F(SmallGraph, TellsItsInputsAndOutputs) {
  const ModelHandle model = make_graph(graph);
  recurrent_value_info info{};
  info.struct_size = sizeof(info);
  ASSERT_OK(recurrent_model_get_input(model.get(), 1, &info));
  EXPECT_STREQ(info.name, "s");
  EXPECT_EQ(info.kind, RECURRENT_VALUE_ROW);
  EXPECT_EQ(info.size, 2);
  ASSERT_OK(recurrent_model_get_output(model.get(), 0, &info));
  EXPECT_STREQ(info.name, "y");
  EXPECT_EQ(info.kind, RECURRENT_VALUE_ROW);
  int64_t steps = -1;
  ASSERT_OK(recurrent_model_output_steps(model.get(), 0, 9, &steps));
  EXPECT_EQ(steps, 1);
  EXPECT_INVALID(recurrent_model_get_input(model.get(), 2, &info), "index");
  EXPECT_INVALID(recurrent_model_get_output(model.get(), -1, &info), "index");
  EXPECT_INVALID(recurrent_model_output_steps(model.get(), 0, -1, &steps), "time");
}

TEST_F(SmallGraph, RefusesWhatDoesNotGoTogether) {
  const int32_t later[] = {5, 1};
  const int32_t indices[] = {0, 0};
  const int32_t mixed[] = {2, 1};
  EXPECT_INVALID(with([&](auto& d) { d.layers[2].inputs = later; }),
                 "layers[2].inputs: expected values from 0 to 3");
  EXPECT_INVALID(with([&](auto& d) { d.layers[2].inputs = mixed; }),
                 "expected sequences or rows, found value 1, a row, beside value 2, a sequence");
  const int32_t four[] = {0, 1, 1, 1};
  EXPECT_INVALID(with([&](auto& d) {
                   d.layers[0].inputs = four;
                   d.layers[0].input_count = 4;
                 }),
                 "layers[0].input_count");
  EXPECT_INVALID(with([&](auto& d) {
                   d.layers[0].inputs = nullptr;
                   d.layers[0].input_count = 1;
                 }),
                 "layers[0].input_count");
  EXPECT_INVALID(with([&](auto& d) { ++d.layers[2].input_size, ++d.layers[2].hidden_size; }),
                 "layers[2].input_size: expected the sum of the sizes");
  EXPECT_INVALID(with([&](auto& d) { d.layers[0].inputs = later + 1; }),
                 "expected a sequence, because the layer is of kind");
  EXPECT_INVALID(with([&](auto& d) { d.layers[1].kind = RECURRENT_LAYER_REPEAT; }),
                 "expected a row, because the layer is of kind repeat");
  EXPECT_INVALID(with([&](auto& d) {
                   d.layers[1].kind = RECURRENT_LAYER_FINAL_STATE;
                   d.layers[1].inputs = indices;
                   d.layers[1].input_size = d.layers[1].hidden_size = 3;
                 }),
                 "because only that has a final state, found value 0");
  EXPECT_INVALID(with([&](auto& d) { d.layers[1].first = 1; }), "layers[1].first");
  EXPECT_INVALID(with([&](auto& d) { d.layers[1].steps = 1; }), "layers[1].steps");
  EXPECT_INVALID(with([&](auto& d) { d.layers[1].reserved = 1; }), "layers[1].reserved");
  EXPECT_INVALID(with([&](auto& d) { d.desc.output = RECURRENT_OUTPUT_LAST_STEP; }), "output");
}

TEST_F(SmallGraph, RefusesStatesThatDoNotFit) {
  const recurrent_layer_desc encoder = graph.layers[0].desc;
  const auto width = static_cast<int32_t>(output_size(encoder));
  graph.layers.resize(1);
  graph.reads.resize(1);
  add(plain(RECURRENT_LAYER_FINAL_CELL_STATE, width, encoder.hidden_size), {2});
  add(plain(RECURRENT_LAYER_LAST_STEP, width, width), {2});
  OwnedLayer decoder;
  decoder.desc = encoder;
  decoder.forward = std::make_unique<OwnedDirection>();
  decoder.forward->desc = *encoder.forward;
  decoder.forward->desc.initial_hidden = decoder.forward->desc.initial_cell = nullptr;
  decoder.desc.forward = &decoder.forward->desc;
  add(std::move(decoder), {0, 4, 3});
  EXPECT_OK(with([](auto&) {}));
  const int32_t sequence[] = {0, 2, 3};
  const int32_t small[] = {0, 1, 3};
  const int32_t swapped[] = {0, 4, 1};
  EXPECT_INVALID(with([&](auto& d) { d.layers[3].inputs = sequence; }),
                 "expected a row, because the layer is of kind LSTM and starts from states, found");
  EXPECT_INVALID(with([&](auto& d) { d.layers[3].inputs = small; }), "expected hidden states of");
  EXPECT_INVALID(with([&](auto& d) { d.layers[3].inputs = swapped; }), "expected cell states of");
  const float state[64] = {};
  recurrent_direction_desc given = *graph.layers[3].desc.forward;
  given.initial_cell = state;
  EXPECT_INVALID(with([&](auto& d) { d.layers[3].forward = &given; }),
                 "layers[3].forward.initial_cell: expected null, because the layer reads");
  EXPECT_INVALID(with([&](auto& d) { ++d.layers[1].hidden_size; }),
                 "layers[1].hidden_size: expected the cell states of the LSTM that it reads");
  const int32_t row[] = {1};
  EXPECT_INVALID(with([&](auto& d) { d.layers[1].inputs = row; }), "layers[1].inputs");
  const int32_t input[] = {0};
  EXPECT_INVALID(with([&](auto& d) {
                   d.layers[1].inputs = input;
                   d.layers[1].input_size = 3;
                 }),
                 "expected the output of an LSTM, because only that has a final cell state");
}

TEST_F(SmallGraph, RefusesInputsAndOutputsThatAreNotWellFormed) {
  const auto with_inputs = [&](auto change) {
    std::vector<recurrent_input_desc> inputs = graph.inputs;
    change(inputs);
    return with([&](auto& d) {
      d.desc.inputs = inputs.data();
      d.desc.input_count = static_cast<int32_t>(inputs.size());
    });
  };
  EXPECT_INVALID(with_inputs([](auto& i) { i[1].name = "x"; }),
                 "inputs[1].name: expected a name of its own, found x twice");
  EXPECT_INVALID(with_inputs([](auto& i) { i[1].name = ""; }), "inputs[1].name");
  EXPECT_INVALID(with_inputs([](auto& i) { i[1].name = nullptr; }), "inputs[1].name");
  EXPECT_INVALID(with_inputs([](auto& i) { i[1].kind = 3; }), "inputs[1].kind");
  EXPECT_INVALID(with_inputs([](auto& i) { i[1].size = 0; }), "inputs[1].size");
  EXPECT_INVALID(with_inputs([](auto& i) { i[1].struct_size = 1; }), "inputs[1].struct_size");
  EXPECT_INVALID(with_inputs([](auto& i) { i[0].kind = RECURRENT_VALUE_ROW; }),
                 "expected a sequence or indices among them");
  EXPECT_INVALID(with_inputs([](auto& i) { i[0].kind = RECURRENT_VALUE_INDICES; }),
                 "expected features, because the layer is of kind");
  EXPECT_INVALID(with([](auto& d) { d.desc.input_count = 0; }), "input_count");
  EXPECT_INVALID(with([](auto& d) { d.desc.inputs = nullptr; }), "input_count");
  const recurrent_output_desc input[] = {{sizeof(recurrent_output_desc), 1, "y"}};
  const recurrent_output_desc twice[] = {{sizeof(recurrent_output_desc), 5, "y"},
                                         {sizeof(recurrent_output_desc), 5, "z"}};
  EXPECT_INVALID(with([&](auto& d) { d.desc.outputs = input; }), "outputs[0].value");
  EXPECT_INVALID(with([&](auto& d) {
                   d.desc.outputs = twice;
                   d.desc.output_count = 2;
                 }),
                 "outputs[1].value: expected a value of its own, found 5 twice");
}

TEST_F(SmallGraph, RefusesMasksWhereTheNumberOfStepsChanges) {
  const int32_t row[] = {1};
  EXPECT_INVALID(with([&](auto& d) {
                   d.layers[1].kind = RECURRENT_LAYER_LAST_STEPS;
                   d.layers[1].steps = 2;
                   d.layers[2].inputs = row;
                   d.layers[2].input_count = 1;
                   d.layers[2].input_size = d.layers[2].hidden_size = 2;
                   d.layers[3].input_size = 2;
                   d.desc.masking = RECURRENT_MASKING_ZERO;
                 }),
                 "because layer 1 of kind last steps changes the number of steps");
}

// No step would ever be missing, and nobody would be told.
TEST(GraphOfIndices, RefusesAMaskThatIsNoIndex) {
  Random random(1);
  OwnedModel model;
  model.add(embedding_layer(random, 7, 3));
  const std::vector<recurrent_layer_desc> layers = model.descs();
  recurrent_model_desc desc = describe(layers, RECURRENT_ISA_AUTO);
  desc.masking = RECURRENT_MASKING_ZERO;
  const auto with = [&](float value) {
    desc.mask_value = value;
    recurrent_model* made = nullptr;
    const recurrent_status status = recurrent_model_create(&desc, &made);
    recurrent_model_destroy(made);
    return status;
  };
  EXPECT_OK(with(0));
  EXPECT_OK(with(6));
  EXPECT_OK(with(std::numeric_limits<float>::quiet_NaN()));
  for (const float value : {0.5f, -1.0f, 7.0f, std::numeric_limits<float>::infinity()})
    EXPECT_INVALID(with(value),
                   "mask_value: expected an index from 0 to 6, or NaN for none, found");
}

TEST_F(SmallGraph, RefusesBuffersThatAreNotWellFormed) {
  const ModelHandle model = make_graph(graph);
  const SessionHandle session = open_session(model, 1);
  std::vector<float> x(3), s(2), y(8, -7.0f);
  const auto step = [&](auto change) {
    std::vector<recurrent_input_buffer> inputs{
        {sizeof(recurrent_input_buffer), 0, "s", s.data(), 2},
        {sizeof(recurrent_input_buffer), 0, "x", x.data(), 3}};
    std::vector<recurrent_output_buffer> outputs{
        {sizeof(recurrent_output_buffer), 0, "y", y.data(), 8}};
    change(inputs, outputs);
    return recurrent_session_step_buffers(session.get(), inputs.data(),
                                          static_cast<int32_t>(inputs.size()), outputs.data(),
                                          static_cast<int32_t>(outputs.size()));
  };
  EXPECT_INVALID(step([](auto& i, auto&) { i[0].name = "z"; }),
                 "inputs: expected one of the names x, s, found z");
  EXPECT_INVALID(step([](auto& i, auto&) { i[0] = i[1]; }), "found x twice");
  EXPECT_INVALID(step([](auto& i, auto&) { i.pop_back(); }), "expected all 2 inputs");
  EXPECT_INVALID(step([](auto& i, auto&) { i[0].count = 1; }),
                 "inputs[s]: expected 2 elements, found 1");
  EXPECT_INVALID(step([](auto& i, auto&) { i[1].data = nullptr; }), "inputs[x]");
  EXPECT_INVALID(step([](auto&, auto& o) { o[0].count = 0; }), "outputs[y]");
  EXPECT_INVALID(step([](auto&, auto& o) { o.push_back(o[0]); }), "output_count");
  EXPECT_INVALID(step([&](auto& i, auto&) { i[1].data = y.data(); }),
                 "outputs[y]: expected memory that does not overlap inputs[x]");
  EXPECT_INVALID(recurrent_session_step(session.get(), x.data(), y.data()), "x: expected inputs");
  EXPECT_EQ(y, std::vector<float>(8, -7.0f));
  EXPECT_OK(step([](auto&, auto&) {}));
}

// What a layer reads loses its denormals, what it computes does not: 1e-20 * 1e-20 is a denormal,
// and a last step of it is 0.
TEST(GraphDenormals, AreLostWhereAValueIsRead) {
  std::vector<recurrent_layer_desc> layers(2);
  for (recurrent_layer_desc& layer : layers) {
    layer.struct_size = sizeof(layer);
    layer.input_size = layer.hidden_size = 1;
  }
  const int32_t product_reads[] = {0, 0};
  layers[0].kind = RECURRENT_LAYER_PRODUCT;
  layers[0].inputs = product_reads;
  layers[0].input_count = 2;
  layers[1].kind = RECURRENT_LAYER_LAST_STEP;
  recurrent_model_desc desc = describe(layers, RECURRENT_ISA_AUTO);
  const recurrent_input_desc inputs[] = {
      {sizeof(recurrent_input_desc), RECURRENT_VALUE_SEQUENCE, 1, 0, "x"}};
  const recurrent_output_desc outputs[] = {{sizeof(recurrent_output_desc), 1, "product"},
                                           {sizeof(recurrent_output_desc), 2, "last"}};
  desc.inputs = inputs;
  desc.input_count = 1;
  desc.outputs = outputs;
  desc.output_count = 2;
  recurrent_model* made = nullptr;
  ASSERT_OK(recurrent_model_create(&desc, &made));
  const ModelHandle model(made);
  const SessionHandle session = open_session(model, 1);
  const std::vector<float> x(3, 1e-20f);
  std::vector<float> product(3), last(1, -7.0f);
  const recurrent_output_buffer buffers[] = {
      {sizeof(recurrent_output_buffer), 0, nullptr, product.data(), 3},
      {sizeof(recurrent_output_buffer), 0, nullptr, last.data(), 1}};
  recurrent_run_args args{};
  args.struct_size = sizeof(args);
  args.time = 3;
  args.x = x.data();
  args.x_count = 3;
  args.outputs = buffers;
  args.output_count = 2;
  ASSERT_OK(recurrent_session_run(session.get(), &args));
  EXPECT_EQ(product, std::vector<float>(3, 1e-20f * 1e-20f));
  EXPECT_GT(product[0], 0.0f);
  EXPECT_EQ(last, std::vector<float>(1, 0.0f));
}

// An output of one step is what the last layer has computed, denormals included.
TEST(GraphDenormals, StayInAnOutputOfOneStep) {
  Random random(6);
  OwnedModel owned;
  owned.add(pointwise_layer(random, RECURRENT_LAYER_SCALE, 1));
  OwnedDirection& scale = *owned.layers[0].forward;
  scale.input_weights[0] = 1e-20f;
  scale.desc.input_bias = nullptr;
  const ModelHandle model =
      make_model(owned, RECURRENT_ISA_AUTO, RECURRENT_GEMM_BUILTIN, {RECURRENT_OUTPUT_LAST_STEP});
  const SessionHandle session = open_session(model, 1);
  const std::vector<float> x(3, 1e-20f);
  std::vector<float> y(1);
  const recurrent_run_args args = run_args(x, y, 3);
  ASSERT_OK(recurrent_session_run(session.get(), &args));
  EXPECT_EQ(y[0], 1e-20f * 1e-20f);
  EXPECT_GT(y[0], 0.0f);
}

}  // namespace
}  // namespace recurrent::test
