// Sequences that begin where a sequence begins, of any number of rows, on a session whose states
// are not theirs.
#include <algorithm>
#include <limits>

#include "allocation_count.h"
#include "api/handles.h"
#include "whole_case.h"

namespace recurrent::test {
namespace {

constexpr int kCases = 80;
constexpr int64_t kMostRows = 40;  // several blocks, the last one partly filled

// States of a session that nothing but a load could have given it.
class LoadedStates {
 public:
  LoadedStates(const ModelHandle& model, const SessionHandle& session, int64_t batch)
      : session_(session),
        batch_(batch),
        states_(static_cast<size_t>(batch * model->model->states().size()), 0.25f) {
    EXPECT_OK(recurrent_session_load(session_.get(), 0, batch_, states_.data(), count()));
  }

  void expect_unchanged(const std::string& what) {
    std::vector<float> after(states_.size());
    ASSERT_OK(recurrent_session_save(session_.get(), 0, batch_, after.data(), count()));
    EXPECT_EQ(first_difference(states_.data(), after.data(), count()), -1) << what;
  }

 private:
  int64_t count() const { return static_cast<int64_t>(states_.size()); }

  const SessionHandle& session_;
  int64_t batch_;
  std::vector<float> states_;
};

class Predictions : public EveryIsa {};
INSTANTIATE_TEST_SUITE_P(All, Predictions, ::testing::Values(0, 1, 2), isa_parameter_name);

TEST_P(Predictions, AreWhatOneNumberAtATimeGivesWhateverTheSessionHolds) {
  for (unsigned seed = 1; seed <= kCases; ++seed) {
    const WholeCase c(seed, kMostRows);
    const std::vector<float> want =
        c.expected(std::vector<float>(static_cast<size_t>(c.batch * c.out)));
    const ModelHandle model = make_model(c.model, GetParam(), RECURRENT_GEMM_BUILTIN, c.options);
    for (const int64_t session_batch : {0, 3}) {
      const SessionHandle session = open_session(model, session_batch, session_batch == 0 ? 1 : 2);
      LoadedStates states(model, session, session_batch);
      for (int again = 0; again < 2; ++again) {
        std::vector<float> y(want.size(), -7.0f);
        const recurrent_run_args args = c.args(y);
        ASSERT_OK(recurrent_session_predict(session.get(), c.batch, &args));
        ASSERT_EQ(first_difference(want.data(), y.data(), static_cast<int64_t>(y.size())), -1)
            << c.describe() << " again " << again;
      }
      states.expect_unchanged(c.describe());
    }
  }
}

TEST_P(Predictions, BeginWithTrainedStates) {
  Random random(5);
  OwnedModel owned;
  owned.add(random_layer(random, RECURRENT_LAYER_LSTM, 3, 8, false));
  OwnedDirection& weights = *owned.layers[0].forward;
  weights.initial_hidden = random_values(random, state_size(owned.layers[0].desc), 1);
  weights.initial_cell = random_values(random, owned.layers[0].desc.hidden_size, 1);
  weights.desc.initial_hidden = weights.initial_hidden.data();
  weights.desc.initial_cell = weights.initial_cell.data();
  const ModelHandle model = make_model(owned, GetParam());
  const int64_t rows = kMostRows;
  const std::vector<float> x = random_values(random, 4 * rows * 3, 1);
  std::vector<float> want(static_cast<size_t>(4 * rows * output_size(owned.layers[0].desc)));
  std::vector<float> y(want.size());
  const recurrent_run_args run = run_args(x, want, 4);
  ASSERT_OK(recurrent_session_run(open_session(model, rows).get(), &run));
  const recurrent_run_args args = run_args(x, y, 4);
  ASSERT_OK(recurrent_session_predict(open_session(model, 0).get(), rows, &args));
  EXPECT_EQ(first_difference(want.data(), y.data(), static_cast<int64_t>(y.size())), -1);
}

// A model with a reverse direction takes whole sequences; a prediction is one of its own.
TEST(PredictionsOfBothDirections, DoNotEndTheSessionsSequence) {
  Random random(3);
  OwnedModel owned;
  do {
    owned.layers.clear();
    owned.add(random_layer(random, RECURRENT_LAYER_GRU, 3, 8, true));
  } while (owned.can_step());
  const ModelHandle model = make_model(owned, RECURRENT_ISA_AUTO);
  const SessionHandle session = open_session(model, 1);
  const std::vector<float> x(6, 0.1f);
  std::vector<float> y(static_cast<size_t>(2 * output_size(owned.layers[0].desc)));
  const recurrent_run_args args = run_args(x, y, 2);
  ASSERT_OK(recurrent_session_predict(session.get(), 1, &args));
  ASSERT_OK(recurrent_session_predict(session.get(), 1, &args));
  ASSERT_OK(recurrent_session_run(session.get(), &args));
  ASSERT_OK(recurrent_session_predict(session.get(), 1, &args));
  EXPECT_EQ(recurrent_session_run(session.get(), &args), RECURRENT_STATUS_NOT_SUPPORTED);
}

TEST(PredictionsOfNothing, GiveZerosWhereOneStepIsPutOut) {
  Random random(4);
  OwnedModel owned;
  owned.add(random_layer(random, RECURRENT_LAYER_LSTM, 3, 8, false));
  const int64_t out = output_size(owned.layers[0].desc);
  const std::vector<float> none;
  for (const int32_t output : {RECURRENT_OUTPUT_EVERY_STEP, RECURRENT_OUTPUT_LAST_STEP}) {
    const ModelHandle model =
        make_model(owned, RECURRENT_ISA_AUTO, RECURRENT_GEMM_BUILTIN, {output});
    const SessionHandle session = open_session(model, 0);
    std::vector<float> y(static_cast<size_t>(20 * out), 3.0f);
    const recurrent_run_args args = run_args(none, y, 0);
    ASSERT_OK(recurrent_session_predict(session.get(), 20, &args));
    EXPECT_EQ(y, std::vector<float>(y.size(), output == RECURRENT_OUTPUT_EVERY_STEP ? 3.0f : 0.0f));
    std::vector<float> nothing;
    const recurrent_run_args no_rows = run_args(none, nothing, 5);
    EXPECT_OK(recurrent_session_predict(session.get(), 0, &no_rows));
  }
}

TEST(PredictionArguments, AreCheckedBeforeAnythingIsPutOut) {
  Random random(4);
  OwnedModel owned;
  owned.add(random_layer(random, RECURRENT_LAYER_LSTM, 3, 8, false));
  const ModelHandle model = make_model(owned, RECURRENT_ISA_AUTO);
  const SessionHandle session = open_session(model, 2);
  LoadedStates states(model, session, 2);
  const std::vector<float> x(static_cast<size_t>(4 * 20 * 3), 0.5f);
  std::vector<float> y(static_cast<size_t>(4 * 20 * output_size(owned.layers[0].desc)), 3.0f);
  const std::vector<int32_t> lengths(19, 2);
  const auto refused = [&](const char* text, int64_t batch, auto change) {
    recurrent_run_args args = run_args(x, y, 4);
    change(args);
    EXPECT_EQ(recurrent_session_predict(session.get(), batch, &args),
              RECURRENT_STATUS_INVALID_ARGUMENT);
    EXPECT_NE(std::string(recurrent_last_error()).find(text), std::string::npos)
        << "the message was: " << recurrent_last_error();
  };
  const auto nothing = [](recurrent_run_args&) {};
  refused("batch: expected 0 to 2147483647 rows, found -1", -1, nothing);
  refused("batch: expected", int64_t{1} << 31, nothing);
  refused("x: expected 252 elements, found 240", 21, nothing);
  refused("found null", 20, [](auto& a) {
    a.y = nullptr;
    a.y_count = 0;
  });
  refused(
      "lengths: expected 20 elements, found 19", 20,
      [&](auto& a) {
        a.lengths = lengths.data();
        a.lengths_count = 19;
      });
  refused("overlap", 20, [&](auto& a) { a.x = a.y; });
  EXPECT_EQ(recurrent_session_predict(nullptr, 1, nullptr), RECURRENT_STATUS_INVALID_ARGUMENT);
  EXPECT_EQ(recurrent_session_predict(session.get(), 1, nullptr),
            RECURRENT_STATUS_INVALID_ARGUMENT);
  EXPECT_EQ(y, std::vector<float>(y.size(), 3.0f)) << "a refused call has put something out";
  states.expect_unchanged("after refusals");
  const recurrent_run_args args = run_args(x, y, 4);
  EXPECT_OK(recurrent_session_predict(session.get(), 20, &args));
}

// Ragged or masked, in either size of block: what one call has needed is there for the next one of
// the shape.
TEST(PredictionMemory, IsTakenOnce) {
  for (unsigned seed = 1; seed <= kCases; ++seed) {
    const WholeCase c(seed, kMostRows);
    const ModelHandle model =
        make_model(c.model, RECURRENT_ISA_AUTO, RECURRENT_GEMM_BUILTIN, c.options);
    const SessionHandle session = open_session(model, 0);
    std::vector<float> y(static_cast<size_t>((c.one_step() ? 1 : c.time) * c.batch * c.out));
    const recurrent_run_args args = c.args(y);
    // With nothing missing, where the next call may miss something.
    const std::vector<float> other(c.x.size(), 0.5f);
    recurrent_run_args first = args;
    if (first.x) first.x = other.data();
    first.present = nullptr;
    first.present_count = 0;
    ASSERT_OK(recurrent_session_predict(session.get(), c.batch, &first));
    const int64_t allocations_before = allocations();
    const int64_t locks_before = locks();
    const recurrent_status status = recurrent_session_predict(session.get(), c.batch, &args);
    const int64_t allocated = allocations() - allocations_before;
    const int64_t locked = locks() - locks_before;
    ASSERT_OK(status);
    EXPECT_EQ(allocated, 0) << c.describe();
    EXPECT_EQ(locked, 0) << c.describe();
  }
}

TEST(PredictionMemory, IsCountedAndDoesNotGrowWithTheBatch) {
  Random random(4);
  OwnedModel owned;
  owned.add(random_layer(random, RECURRENT_LAYER_LSTM, 3, 40, true));
  const ModelHandle model = make_model(owned, RECURRENT_ISA_AUTO);
  const SessionHandle session = open_session(model, 0);
  const std::vector<float> x(static_cast<size_t>(6 * 1600 * 3), 0.5f);
  std::vector<float> y(static_cast<size_t>(6 * 1600 * output_size(owned.layers[0].desc)));
  const recurrent_run_args args = run_args(x, y, 6);
  int64_t bytes[4] = {};
  ASSERT_OK(recurrent_session_get_bytes(session.get(), &bytes[0]));
  const int64_t batches[] = {1, 16, 1600};
  for (int i = 0; i < 3; ++i) {
    ASSERT_OK(recurrent_session_predict(session.get(), batches[i], &args));
    ASSERT_OK(recurrent_session_get_bytes(session.get(), &bytes[i + 1]));
  }
  EXPECT_EQ(bytes[0], 0);
  EXPECT_GE(bytes[1], model->model->states().size() * static_cast<int64_t>(sizeof(float)));
  EXPECT_GT(bytes[2], bytes[1]);
  EXPECT_EQ(bytes[3], bytes[2]);
  EXPECT_EQ(recurrent_session_get_bytes(session.get(), nullptr), RECURRENT_STATUS_INVALID_ARGUMENT);
  EXPECT_EQ(recurrent_session_get_bytes(nullptr, bytes), RECURRENT_STATUS_INVALID_ARGUMENT);
}

}  // namespace
}  // namespace recurrent::test
