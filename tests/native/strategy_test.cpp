// Every way to divide a call between threads gives the bits of one thread; and which way is taken.
#include "exec/strategy.h"

#include "api/handles.h"
#include "cpu/caches.h"
#include "native_session.h"

namespace recurrent::test {
namespace {

struct Forced {
  Candidate way;
  const char* name;
};
void PrintTo(const Forced& forced, std::ostream* out) { *out << forced.name; }

class EveryStrategy : public ::testing::TestWithParam<Forced> {
 protected:
  static constexpr int kCases = 60;

  // The outputs and final states of a call on the session.
  struct Result {
    std::vector<float> y;
    std::vector<float> states;
  };
  static Result states_of(const ModelHandle& model, const SessionHandle& session, int64_t batch,
                          std::vector<float> y) {
    const int64_t size = batch * model->model->states().size();
    Result result{std::move(y), std::vector<float>(static_cast<size_t>(size))};
    EXPECT_OK(recurrent_session_save(session.get(), 0, batch, result.states.data(), size));
    return result;
  }
  static void expect_same(const Result& want, const Result& got, const std::string& what) {
    ASSERT_EQ(first_difference(want.y.data(), got.y.data(), static_cast<int64_t>(want.y.size())),
              -1)
        << what;
    ASSERT_EQ(first_difference(want.states.data(), got.states.data(),
                               static_cast<int64_t>(want.states.size())),
              -1)
        << what;
  }
  static SessionHandle open(const ModelHandle& model, int64_t batch, const Candidate* way) {
    SessionHandle session = open_session(model, batch, way ? way->threads : 1);
    if (way) session->session.force(*way);
    return session;
  }
};

TEST_P(EveryStrategy, GivesTheBitsOfOneThread) {
  const Candidate& way = GetParam().way;
  int possible = 0;
  for (unsigned seed = 1; seed <= kCases; ++seed) {
    Random random(seed);
    const OwnedModel owned = random_model(random, seed % 4 == 0 ? 70 : 24, seed % 2 == 0,
                                          way.strategy == Strategy::kLayers);
    const int64_t time = uniform(random, 2, 40);
    const int64_t batch = uniform(random, 1, 17);
    const bool ragged = uniform(random, 1, 2) == 1;
    std::vector<int32_t> lengths;
    for (int64_t b = 0; ragged && b < batch; ++b)
      lengths.push_back(static_cast<int32_t>(uniform(random, 0, time)));
    const std::vector<float> x = random_values(random, time * batch * owned.input_size(), 2.0f);
    const ModelHandle model = make_model(owned, RECURRENT_ISA_AUTO);
    possible += is_possible(way.strategy, *model->model, {batch, time, ragged}, way.threads);

    const auto run = [&](const Candidate* how) {
      const SessionHandle session = open(model, batch, how);
      std::vector<float> y(static_cast<size_t>(time * batch * model->model->output_size()), -7.0f);
      recurrent_run_args args = run_args(x, y, time);
      args.lengths = ragged ? lengths.data() : nullptr;
      args.lengths_count = static_cast<int64_t>(lengths.size());
      EXPECT_OK(recurrent_session_run(session.get(), &args));
      return states_of(model, session, batch, y);
    };
    expect_same(run(nullptr), run(&way), "seed " + std::to_string(seed) + ": " + owned.describe());
  }
  EXPECT_GE(possible, 2) << "hardly any case was computed in this way";
}

TEST_P(EveryStrategy, StepsAndLongRuns) {
  const Candidate& way = GetParam().way;
  for (unsigned seed = 1; seed <= 12; ++seed) {
    Random random(seed);
    const OwnedModel owned = random_model(random, 40, false, way.strategy == Strategy::kLayers);
    const int64_t batch = uniform(random, 1, 9);
    const ModelHandle model = make_model(owned, RECURRENT_ISA_AUTO);
    const int64_t in = batch * model->model->input_size();
    const int64_t out = batch * model->model->output_size();
    constexpr int64_t kTime = 700;
    const std::vector<float> x = random_values(random, kTime * in, 2.0f);

    const auto both = [&](const Candidate* how) {
      const SessionHandle session = open(model, batch, how);
      std::vector<float> y(static_cast<size_t>(2 * kTime * out));
      for (int64_t t = 0; t < kTime; ++t)
        EXPECT_OK(recurrent_session_step(session.get(), x.data() + t * in, y.data() + t * out));
      recurrent_run_args args = run_args(x, y, kTime);
      args.y += kTime * out;
      args.y_count -= kTime * out;
      EXPECT_OK(recurrent_session_run(session.get(), &args));
      return states_of(model, session, batch, y);
    };
    expect_same(both(nullptr), both(&way),
                "seed " + std::to_string(seed) + ": " + owned.describe());
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, EveryStrategy,
    ::testing::Values(Forced{{Strategy::kAlone, 1, 0, 0}, "Alone"},
                      Forced{{Strategy::kUnits, 2, 0, 0}, "TwoByUnits"},
                      Forced{{Strategy::kUnits, 3, 0, 0}, "ThreeByUnits"},
                      Forced{{Strategy::kRows, 2, 0, 0}, "TwoByRows"},
                      Forced{{Strategy::kRows, 5, 0, 0}, "FiveByRows"},
                      Forced{{Strategy::kDirections, 2, 0, 0}, "TwoByDirections"},
                      Forced{{Strategy::kLayers, 2, 1, 0}, "TwoByLayersStepByStep"},
                      Forced{{Strategy::kLayers, 2, 8, 0}, "TwoByLayers"},
                      Forced{{Strategy::kLayers, 3, 8, 0}, "ThreeByLayers"}),
    [](const auto& test) { return test.param.name; });

OwnedModel lstm(int64_t layers, int64_t hidden, bool both_directions) {
  Random random(3);
  OwnedModel owned;
  while (static_cast<int64_t>(owned.layers.size()) < layers) {
    const int64_t input = owned.layers.empty() ? hidden : output_size(owned.layers.back().desc);
    OwnedLayer layer =
        random_layer(random, RECURRENT_LAYER_LSTM, input, 2 * hidden, both_directions);
    const int32_t wanted =
        both_directions ? RECURRENT_DIRECTION_BIDIRECTIONAL : RECURRENT_DIRECTION_FORWARD;
    if (layer.desc.direction == wanted && layer.desc.hidden_size > hidden)
      owned.layers.push_back(std::move(layer));
  }
  return owned;
}

std::vector<recurrent_plan_candidate> explain(const SessionHandle& session, int64_t time) {
  int64_t count = 0;
  EXPECT_OK(recurrent_session_explain(session.get(), time, nullptr, 0, &count));
  std::vector<recurrent_plan_candidate> all(static_cast<size_t>(count));
  for (auto& one : all) one.struct_size = sizeof(one);
  EXPECT_OK(recurrent_session_explain(session.get(), time, all.data(), count, &count));
  return all;
}

TEST(Explain, ListsEveryWayAndMarksOne) {
  const ModelHandle stack = make_model(lstm(2, 8, true), RECURRENT_ISA_AUTO);
  const auto ways = explain(open_session(stack, 4, 2), 20);
  std::vector<int32_t> strategies;
  int chosen = 0;
  for (const auto& way : ways) {
    strategies.push_back(way.strategy);
    chosen += way.chosen;
    EXPECT_EQ(way.threads, way.strategy == RECURRENT_STRATEGY_ALONE ? 1 : 2);
    EXPECT_GT(way.predicted_us, 0);
  }
  EXPECT_EQ(chosen, 1);
  EXPECT_EQ(strategies,
            (std::vector<int32_t>{RECURRENT_STRATEGY_ALONE, RECURRENT_STRATEGY_UNITS,
                                  RECURRENT_STRATEGY_ROWS, RECURRENT_STRATEGY_DIRECTIONS}));

  const ModelHandle forward = make_model(lstm(2, 8, false), RECURRENT_ISA_AUTO);
  const auto wavefront = explain(open_session(forward, 1, 2), 20);
  ASSERT_EQ(wavefront.size(), 3u);
  EXPECT_EQ(wavefront[2].strategy, RECURRENT_STRATEGY_LAYERS);
  EXPECT_EQ(explain(open_session(forward, 1, 1), 20).size(), 1u);
}

TEST(Explain, RefusesWhatIsWrong) {
  const ModelHandle model = make_model(lstm(1, 8, false), RECURRENT_ISA_AUTO);
  const SessionHandle session = open_session(model, 1, 2);
  recurrent_plan_candidate one{};
  int64_t count = -1;
  EXPECT_EQ(recurrent_session_explain(session.get(), 0, &one, 1, &count),
            RECURRENT_STATUS_INVALID_ARGUMENT);
  EXPECT_EQ(recurrent_session_explain(session.get(), 1, &one, 1, &count),
            RECURRENT_STATUS_INVALID_ARGUMENT);
  EXPECT_STREQ(
      recurrent_last_error(),
      "candidates[0].struct_size: expected 24, found 0; was the caller built for another version?");
  EXPECT_EQ(recurrent_session_explain(session.get(), 1, nullptr, 1, &count),
            RECURRENT_STATUS_INVALID_ARGUMENT);
  EXPECT_EQ(recurrent_session_explain(session.get(), 1, nullptr, -1, &count),
            RECURRENT_STATUS_INVALID_ARGUMENT);
  EXPECT_EQ(recurrent_session_explain(session.get(), 1, &one, 1, nullptr),
            RECURRENT_STATUS_INVALID_ARGUMENT);
  EXPECT_EQ(count, -1);
}

TEST(Pinning, IsZeroOrOneAndNeedsAProcessorForEachThread) {
  const ModelHandle model = make_model(lstm(1, 8, false), RECURRENT_ISA_AUTO);
  recurrent_session_desc desc{};
  desc.struct_size = sizeof(desc);
  desc.threads = 2;
  desc.batch = 1;
  desc.pin_threads = 2;
  recurrent_session* session = nullptr;
  EXPECT_EQ(recurrent_session_create(model.get(), &desc, &session),
            RECURRENT_STATUS_INVALID_ARGUMENT);
  EXPECT_STREQ(recurrent_last_error(), "pin_threads: expected 0 or 1, found 2");
  desc.pin_threads = 1;
  desc.threads = RECURRENT_MAX_THREADS;
  if (cpu::processor_count() >= RECURRENT_MAX_THREADS) GTEST_SKIP() << "too many processors";
  EXPECT_EQ(recurrent_session_create(model.get(), &desc, &session),
            RECURRENT_STATUS_INVALID_ARGUMENT);
  EXPECT_EQ(std::string(recurrent_last_error()).find("pin_threads: expected a processor for"), 0u);
  EXPECT_EQ(session, nullptr);
}

}  // namespace
}  // namespace recurrent::test
