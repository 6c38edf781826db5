// Models that put out one step, steps that are missing, and indices instead of features, against
// the computation of one number at a time.
#include <algorithm>
#include <cmath>
#include <limits>

#include "api/handles.h"
#include "exec/strategy.h"
#include "naive.h"
#include "native_session.h"

namespace recurrent::test {
namespace {

constexpr int kCases = 80;

int32_t tail_of(const OwnedModel& model) {
  int32_t tail = 0;
  const auto count = static_cast<int32_t>(model.layers.size());
  for (int32_t i = 0; i < count; ++i) {
    const recurrent_layer_desc& d = model.layers[static_cast<size_t>(i)].desc;
    if (d.kind < RECURRENT_LAYER_DENSE || d.kind == RECURRENT_LAYER_EMBEDDING) tail = i + 1;
  }
  for (int32_t i = tail; i < count; ++i) {
    const recurrent_layer_desc& d = model.layers[static_cast<size_t>(i)].desc;
    if (d.residual_span > 0 && i - d.residual_span < tail) tail = i + 1;
  }
  return tail;
}

// A random model with options, a batch for it with rows of different length and missing steps, and
// what it has to give, row by row.
class WholeCase {
 public:
  explicit WholeCase(unsigned seed) : random_(seed), seed_(seed) {
    model = random_model(random_, seed % 4 == 0 ? 40 : 12, seed % 2 == 0);
    takes_indices = seed % 5 == 0;
    if (takes_indices) prepend_embedding();
    // A residual connection among the layers that are computed for one step only.
    if (seed % 7 == 3) {
      const int64_t size = output_size(model.layers.back().desc);
      model.add(pointwise_layer(random_, RECURRENT_LAYER_SCALE, size));
      model.add(pointwise_layer(random_, RECURRENT_LAYER_RESIDUAL, size, 1));
    }
    time = uniform(random_, 1, 12);
    batch = uniform(random_, 1, 9);
    options.output = static_cast<int32_t>(uniform(random_, 0, 2));
    const int32_t tail = tail_of(model);
    if (options.output == RECURRENT_OUTPUT_FINAL_STATE &&
        (tail == 0 ||
         model.layers[static_cast<size_t>(tail - 1)].desc.kind >= RECURRENT_LAYER_DENSE))
      options.output = RECURRENT_OUTPUT_LAST_STEP;
    options.masking = static_cast<int32_t>(uniform(random_, 0, 2));
    options.mask_value = takes_indices ? 0.0f
                         : seed % 3    ? std::numeric_limits<float>::quiet_NaN()
                                       : -1.0f;
    width = takes_indices ? 1 : model.input_size();
    out = output_size(model.layers.back().desc);
    fill();
  }

  std::string describe() const {
    return "seed " + std::to_string(seed_) + ": " + model.describe() + "T=" + std::to_string(time) +
           " B=" + std::to_string(batch) + " output=" + std::to_string(options.output) +
           " masking=" + std::to_string(options.masking) + (ragged() ? " ragged" : "");
  }

  bool ragged() const { return !lengths.empty(); }
  bool one_step() const { return options.output != RECURRENT_OUTPUT_EVERY_STEP; }
  int64_t length(int64_t row) const { return ragged() ? lengths[static_cast<size_t>(row)] : time; }

  recurrent_run_args args(std::vector<float>& y) const {
    recurrent_run_args a{};
    a.struct_size = sizeof(a);
    a.time = time;
    a.layout = layout;
    if (takes_indices) {
      a.indices = indices.data();
      a.indices_count = static_cast<int64_t>(indices.size());
    } else {
      a.x = x.data();
      a.x_count = static_cast<int64_t>(x.size());
    }
    a.y = y.data();
    a.y_count = static_cast<int64_t>(y.size());
    if (ragged()) {
      a.lengths = lengths.data();
      a.lengths_count = batch;
    }
    if (!present.empty()) {
      a.present = present.data();
      a.present_count = static_cast<int64_t>(present.size());
    }
    return a;
  }

  // `repeated` is the output before, `[batch, out]`.
  std::vector<float> expected(std::vector<float> repeated) const {
    std::vector<float> y(static_cast<size_t>((one_step() ? 1 : time) * batch * out));
    for (int64_t row = 0; row < batch; ++row) {
      std::vector<float> seen;
      std::vector<int64_t> times;
      for (int64_t t = 0; t < length(row); ++t) {
        if (is_missing(t, row)) continue;
        times.push_back(t);
        for (int64_t i = 0; i < width; ++i) seen.push_back(value(t, row, i));
      }
      float* before = repeated.data() + row * out;
      if (options.masking != RECURRENT_MASKING_REPEAT) std::fill_n(before, out, 0.0f);
      const auto steps = static_cast<int64_t>(times.size());
      std::vector<float> final_states;
      const std::vector<float> all = naive_run(model, seen, steps, &final_states);
      if (one_step())
        expect_step(row, steps, all, final_states, before, y);
      else
        expect_steps(row, times, all, before, y);
    }
    return y;
  }

  OwnedModel model;
  Options options;
  int64_t time, batch, width, out;
  int32_t layout = RECURRENT_LAYOUT_TIME_MAJOR;
  bool takes_indices;
  std::vector<float> x;
  std::vector<int32_t> indices;
  std::vector<int32_t> lengths;
  std::vector<uint8_t> present;

 private:
  size_t place(int64_t t, int64_t row) const {
    return static_cast<size_t>(layout == RECURRENT_LAYOUT_TIME_MAJOR ? t * batch + row
                                                                     : row * time + t);
  }
  float value(int64_t t, int64_t row, int64_t i) const {
    return takes_indices ? static_cast<float>(indices[place(t, row)])
                         : x[place(t, row) * static_cast<size_t>(width) + static_cast<size_t>(i)];
  }
  bool is_missing(int64_t t, int64_t row) const {
    if (options.masking == RECURRENT_MASKING_NONE) return false;
    if (!present.empty() && present[place(t, row)] == 0) return true;
    for (int64_t i = 0; i < width; ++i) {
      const float v = value(t, row, i);
      if (std::isnan(options.mask_value) ? !std::isnan(v) : v != options.mask_value) return false;
    }
    return true;
  }

  void prepend_embedding() {
    OwnedModel with;
    with.add(embedding_layer(random_, 7, model.input_size()));
    for (OwnedLayer& layer : model.layers) with.add(std::move(layer));
    model = std::move(with);
  }

  void fill() {
    layout = static_cast<int32_t>(uniform(random_, 0, 1));
    x = takes_indices ? std::vector<float>() : random_values(random_, time * batch * width, 2.0f);
    for (int64_t i = 0; i < time * batch; ++i) {
      if (takes_indices) indices.push_back(static_cast<int32_t>(uniform(random_, 0, 6)));
      const bool marked = options.masking && !takes_indices && uniform(random_, 1, 4) == 1;
      if (marked) std::fill_n(x.begin() + i * width, width, options.mask_value);
    }
    if (uniform(random_, 1, 2) == 1)
      for (int64_t row = 0; row < batch; ++row)
        lengths.push_back(static_cast<int32_t>(uniform(random_, 0, time)));
    if (options.masking && uniform(random_, 1, 2) == 1)
      for (int64_t i = 0; i < time * batch; ++i)
        present.push_back(uniform(random_, 1, 3) == 1 ? 0 : 1);
  }

  void expect_steps(int64_t row, const std::vector<int64_t>& times, const std::vector<float>& all,
                    const float* before, std::vector<float>& y) const {
    const float* last = before;
    size_t next = 0;
    for (int64_t t = 0; t < length(row); ++t) {
      float* to = y.data() + place(t, row) * static_cast<size_t>(out);
      if (next < times.size() && times[next] == t) {
        std::copy_n(all.begin() + static_cast<int64_t>(next++) * out, out, to);
        if (options.masking == RECURRENT_MASKING_REPEAT) last = to;
      } else {
        std::copy_n(last, out, to);
      }
    }
  }

  void expect_step(int64_t row, int64_t steps, const std::vector<float>& all,
                   const std::vector<float>& final_states, const float* before,
                   std::vector<float>& y) const {
    float* to = y.data() + row * out;
    if (length(row) == 0) return;
    if (steps == 0) {
      std::copy_n(before, out, to);
    } else if (options.output == RECURRENT_OUTPUT_LAST_STEP) {
      std::copy_n(all.begin() + (steps - 1) * out, out, to);
    } else {
      OwnedModel tail;
      for (size_t i = static_cast<size_t>(tail_of(model)); i < model.layers.size(); ++i)
        tail.layers.push_back(copy(model.layers[i]));
      const std::vector<float> step =
          tail.layers.empty() ? final_states : naive_run(tail, final_states, 1);
      std::copy_n(step.begin(), out, to);
    }
  }

  // Borrows the weights.
  static OwnedLayer copy(const OwnedLayer& layer) {
    OwnedLayer other;
    other.desc = layer.desc;
    if (layer.forward) {
      other.forward = std::make_unique<OwnedDirection>();
      other.forward->desc = layer.forward->desc;
    }
    return other;
  }

  Random random_;
  unsigned seed_;
};

class WholeModel : public EveryIsa {};
INSTANTIATE_ON_EVERY_ISA(WholeModel);

TEST_P(WholeModel, GivesWhatOneNumberAtATimeGives) {
  for (unsigned seed = 1; seed <= kCases; ++seed) {
    const WholeCase c(seed);
    const std::vector<float> want =
        c.expected(std::vector<float>(static_cast<size_t>(c.batch * c.out)));
    const ModelHandle model = make_model(c.model, GetParam(), RECURRENT_GEMM_BUILTIN, c.options);
    for (int32_t threads : {1, 2, 3}) {
      const SessionHandle session = open_session(model, c.batch, threads);
      std::vector<float> y(want.size(), -7.0f);
      const recurrent_run_args args = c.args(y);
      ASSERT_OK(recurrent_session_run(session.get(), &args));
      ASSERT_EQ(first_difference(want.data(), y.data(), static_cast<int64_t>(y.size())), -1)
          << c.describe() << " threads " << threads;
    }
  }
}

TEST_P(WholeModel, GivesTheSameInEveryWayToDivideIt) {
  const Candidate ways[] = {{Strategy::kUnits, 2, 0, 0},
                            {Strategy::kRows, 2, 0, 0},
                            {Strategy::kDirections, 2, 0, 0},
                            {Strategy::kLayers, 2, 2, 0}};
  for (unsigned seed = 1; seed <= kCases; ++seed) {
    const WholeCase c(seed);
    const std::vector<float> want =
        c.expected(std::vector<float>(static_cast<size_t>(c.batch * c.out)));
    const ModelHandle model = make_model(c.model, GetParam(), RECURRENT_GEMM_BUILTIN, c.options);
    for (const Candidate& way : ways) {
      const SessionHandle session = open_session(model, c.batch, 2);
      session->session.force(way);
      std::vector<float> y(want.size(), -7.0f);
      const recurrent_run_args args = c.args(y);
      ASSERT_OK(recurrent_session_run(session.get(), &args));
      ASSERT_EQ(first_difference(want.data(), y.data(), static_cast<int64_t>(y.size())), -1)
          << c.describe() << " strategy " << static_cast<int>(way.strategy);
    }
  }
}

// Outputs of steps and of runs of a few steps, cut anywhere, are those of the whole; so are the
// states that are left, what is repeated included.
TEST_P(WholeModel, StepsAndPiecesContinueEachOther) {
  int compared = 0;
  for (unsigned seed = 1; seed <= 6 * kCases; ++seed) {
    WholeCase c(seed);
    if (!c.model.can_step() || c.one_step() || c.ragged() ||
        c.layout != RECURRENT_LAYOUT_TIME_MAJOR)
      continue;
    ++compared;
    const ModelHandle model = make_model(c.model, GetParam(), RECURRENT_GEMM_BUILTIN, c.options);
    std::vector<float> whole(static_cast<size_t>(c.time * c.batch * c.out), -7.0f);
    std::vector<float> pieces = whole;
    const SessionHandle first = open_session(model, c.batch);
    const SessionHandle second = open_session(model, c.batch);
    const recurrent_run_args args = c.args(whole);
    ASSERT_OK(recurrent_session_run(first.get(), &args));
    const recurrent_run_args all = c.args(pieces);
    for (int64_t t = 0; t < c.time; ++t) {
      recurrent_run_args one = all;
      one.time = 1;
      const int64_t at = t * c.batch;
      one.x = all.x ? all.x + at * c.width : nullptr;
      one.indices = all.indices ? all.indices + at : nullptr;
      one.present = all.present ? all.present + at : nullptr;
      one.y += at * c.out;
      one.x_count -= all.x ? at * c.width : 0;
      one.indices_count -= all.indices ? at : 0;
      one.present_count -= all.present ? at : 0;
      one.y_count -= at * c.out;
      if (one.present || t % 2)
        ASSERT_OK(recurrent_session_run(second.get(), &one));
      else if (one.x)
        ASSERT_OK(recurrent_session_step(second.get(), one.x, one.y));
      else
        ASSERT_OK(recurrent_session_step_indices(second.get(), one.indices, one.y));
    }
    ASSERT_EQ(first_difference(whole.data(), pieces.data(), static_cast<int64_t>(whole.size())), -1)
        << c.describe();
    const int64_t size = c.batch * model->model->states().size();
    std::vector<float> a(static_cast<size_t>(size));
    std::vector<float> b(a.size());
    ASSERT_OK(recurrent_session_save(first.get(), 0, c.batch, a.data(), size));
    ASSERT_OK(recurrent_session_save(second.get(), 0, c.batch, b.data(), size));
    ASSERT_EQ(first_difference(a.data(), b.data(), size), -1) << c.describe();
  }
  EXPECT_GE(compared, 10);
}

// A second run repeats what the first one left, whether or not that one put anything out.
TEST_P(WholeModel, KeepsWhatIsRepeatedWithoutPuttingItOut) {
  for (unsigned seed = 1; seed <= kCases; ++seed) {
    WholeCase c(seed);
    if (c.options.masking != RECURRENT_MASKING_REPEAT || !c.model.can_step()) continue;
    const ModelHandle model = make_model(c.model, GetParam(), RECURRENT_GEMM_BUILTIN, c.options);
    const int64_t size = c.batch * model->model->states().size();
    std::vector<float> a(static_cast<size_t>(size));
    std::vector<float> b(a.size());
    std::vector<float> y(static_cast<size_t>(c.time * c.batch * c.out));
    const SessionHandle with = open_session(model, c.batch);
    const SessionHandle without = open_session(model, c.batch);
    recurrent_run_args args = c.args(y);
    ASSERT_OK(recurrent_session_run(with.get(), &args));
    args.y = nullptr;
    args.y_count = 0;
    ASSERT_OK(recurrent_session_run(without.get(), &args));
    ASSERT_OK(recurrent_session_save(with.get(), 0, c.batch, a.data(), size));
    ASSERT_OK(recurrent_session_save(without.get(), 0, c.batch, b.data(), size));
    ASSERT_EQ(first_difference(a.data(), b.data(), size), -1) << c.describe();
  }
}

TEST(WholeModelInput, IsRefusedWhereItIsNotOfTheModelsKind) {
  Random random(1);
  OwnedModel owned;
  owned.add(embedding_layer(random, 5, 3));
  owned.add(random_layer(random, RECURRENT_LAYER_LSTM, 3, 8, false));
  const ModelHandle model = make_model(owned, RECURRENT_ISA_AUTO);
  const SessionHandle session = open_session(model, 2);
  const std::vector<float> x(2);
  std::vector<float> y(static_cast<size_t>(2 * output_size(owned.layers[1].desc)), 3.0f);
  const auto says = [](const char* text) {
    return std::string(recurrent_last_error()).find(text) != std::string::npos;
  };
  EXPECT_EQ(recurrent_session_step(session.get(), x.data(), y.data()),
            RECURRENT_STATUS_INVALID_ARGUMENT);
  EXPECT_TRUE(says("the first layer is an embedding")) << recurrent_last_error();
  const int32_t outside[] = {4, 5};
  EXPECT_EQ(recurrent_session_step_indices(session.get(), outside, y.data()),
            RECURRENT_STATUS_INVALID_ARGUMENT);
  EXPECT_TRUE(says("indices: expected 0 to 4, found 5 at element 1")) << recurrent_last_error();
  EXPECT_EQ(recurrent_session_step_indices(session.get(), nullptr, y.data()),
            RECURRENT_STATUS_INVALID_ARGUMENT);
  const uint8_t present[] = {1, 1};
  const int32_t inside[] = {0, 4};
  recurrent_run_args args{};
  args.struct_size = sizeof(args);
  args.time = 1;
  args.indices = inside;
  args.indices_count = 2;
  args.present = present;
  args.present_count = 2;
  EXPECT_EQ(recurrent_session_run(session.get(), &args), RECURRENT_STATUS_INVALID_ARGUMENT);
  EXPECT_TRUE(says("the model has no masking")) << recurrent_last_error();
  EXPECT_EQ(y, std::vector<float>(y.size(), 3.0f)) << "a refused call has put something out";
  EXPECT_OK(recurrent_session_step_indices(session.get(), inside, y.data()));

  OwnedModel features;
  features.add(random_layer(random, RECURRENT_LAYER_GRU, 3, 8, false));
  const ModelHandle other = make_model(features, RECURRENT_ISA_AUTO);
  const SessionHandle plain = open_session(other, 1);
  EXPECT_EQ(recurrent_session_step_indices(plain.get(), inside, nullptr),
            RECURRENT_STATUS_INVALID_ARGUMENT);
  EXPECT_TRUE(says("the model takes features")) << recurrent_last_error();
}

TEST(WholeModelLayers, AreRefusedWhereTheyDoNotGoTogether) {
  Random random(2);
  const auto create = [](const OwnedModel& owned, int32_t output) {
    const std::vector<recurrent_layer_desc> layers = owned.descs();
    const recurrent_model_desc desc = describe(layers, RECURRENT_ISA_AUTO, {output});
    recurrent_model* model = nullptr;
    const recurrent_status status = recurrent_model_create(&desc, &model);
    recurrent_model_destroy(model);
    return status == RECURRENT_STATUS_OK ? std::string() : std::string(recurrent_last_error());
  };
  OwnedModel owned;
  owned.add(random_layer(random, RECURRENT_LAYER_DENSE, 2, 9, false));
  const int64_t width = output_size(owned.layers[0].desc);
  EXPECT_NE(create(owned, RECURRENT_OUTPUT_FINAL_STATE).find("output: expected 0 or 1"),
            std::string::npos);
  owned.add(pointwise_layer(random, RECURRENT_LAYER_RESIDUAL, width, 2));
  EXPECT_NE(create(owned, 0).find("layers[1].residual_span: expected 1 to 1"), std::string::npos);
  owned.layers[1].desc.residual_span = 1;
  EXPECT_EQ(create(owned, 0).empty(), width <= 2) << create(owned, 0);
  owned.layers.pop_back();
  owned.add(embedding_layer(random, width, 3));
  EXPECT_NE(create(owned, 0).find("layers[1].kind: expected no embedding"), std::string::npos);
}

}  // namespace
}  // namespace recurrent::test
