// Models that put out one step, steps that are missing, and indices instead of features, against
// the computation of one number at a time.
#include "api/handles.h"
#include "exec/strategy.h"
#include "whole_case.h"

namespace recurrent::test {
namespace {

constexpr int kCases = 80;

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
