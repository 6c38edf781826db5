// After a warm-up, steps and runs take no memory, lock nothing and touch no page for the first
// time. Where nothing can be counted, the calls are still made, for the sanitizers to watch.
#include <algorithm>
#include <limits>
#include <mutex>
#include <ostream>
#include <string>
#include <thread>
#include <tuple>

#include "allocation_count.h"
#include "native_session.h"

namespace recurrent::test {
namespace {

struct HygieneCase {
  const char* name;
  int64_t batch;
  int64_t time;  // 1: steps
  bool ragged;
  int32_t threads;
  bool may_reverse;
};

std::ostream& operator<<(std::ostream& out, const HygieneCase& c) { return out << c.name; }

// Two layers of every cell, of more than one panel, between them everything that scratch memory is
// for.
OwnedModel two_layers(int32_t kind, bool may_reverse) {
  Random random(3);
  OwnedModel model;
  const auto add = [&](int64_t inputs) {
    model.add(kind == RECURRENT_LAYER_CONVOLUTION
                  ? convolution_layer(random, inputs, 70,
                                      may_reverse ? Windows::kKeepSteps : Windows::kCausal)
                  : random_layer(random, kind, inputs, 70, may_reverse));
  };
  add(40);
  add(output_size(model.layers[0].desc));
  return model;
}

class Hygiene : public testing::TestWithParam<std::tuple<HygieneCase, int32_t>> {
 protected:
  void SetUp() override {
    const HygieneCase& c = std::get<0>(GetParam());
    owned_ = two_layers(std::get<1>(GetParam()), c.may_reverse);
    model_ = make_model(owned_, RECURRENT_ISA_AUTO);
    session_ = open_session(model_, c.batch, c.threads);
    const int64_t rows = c.batch * c.time;
    Random random(4);
    x_ = random_values(random, rows * owned_.input_size(), 1);
    y_.resize(static_cast<size_t>(rows * output_size(owned_.layers.back().desc)));
    for (int64_t row = 0; row < c.batch; ++row)
      lengths_.push_back(static_cast<int32_t>(c.time - row % std::min<int64_t>(c.time, 3)));
  }

  recurrent_status call() {
    const HygieneCase& c = std::get<0>(GetParam());
    if (c.time == 1 && !c.may_reverse)
      return recurrent_session_step(session_.get(), x_.data(), y_.data());
    recurrent_run_args args = run_args(x_, y_, c.time);
    if (c.ragged) {
      args.lengths = lengths_.data();
      args.lengths_count = c.batch;
    }
    const recurrent_status reset = recurrent_session_reset(session_.get(), 0, c.batch);
    return reset != RECURRENT_STATUS_OK ? reset : recurrent_session_run(session_.get(), &args);
  }

  OwnedModel owned_;
  ModelHandle model_;
  SessionHandle session_;
  std::vector<float> x_, y_;
  std::vector<int32_t> lengths_;
};

TEST_P(Hygiene, TheFirstCallAfterAWarmUpAllocatesAndLocksNothing) {
  ASSERT_OK(recurrent_session_warmup(session_.get(), std::get<0>(GetParam()).time));
  const int64_t allocations_before = allocations();
  const int64_t locks_before = locks();
  const recurrent_status status = call();
  const int64_t allocated = allocations() - allocations_before;
  const int64_t locked = locks() - locks_before;
  ASSERT_OK(status);
  EXPECT_EQ(allocated, 0);
  EXPECT_EQ(locked, 0);
}

TEST_P(Hygiene, ThousandsOfCallsTouchNoNewPageAndAllocateNothing) {
  ASSERT_OK(recurrent_session_warmup(session_.get(), std::get<0>(GetParam()).time));
  const HygieneCase& c = std::get<0>(GetParam());
  // Sanitizers are slow, and so is a team whose processors have other work.
  const int64_t steps = !counts_allocations() ? 200 : c.threads > 1 ? 2'000 : 10'000;
  const int calls = static_cast<int>(steps / c.time);
  ASSERT_OK(call());
  const int64_t allocations_before = allocations();
  recurrent_status status = RECURRENT_STATUS_OK;
  // The system counts the faults of the whole process and takes pages away when it likes, so a
  // round without any is enough: what a call touches anew it touches in every round.
  int64_t faults = std::numeric_limits<int64_t>::max();
  for (int round = 0; round < 3 && faults != 0; ++round) {
    const int64_t faults_before = minor_faults();
    for (int i = 0; i < calls; ++i) status = std::max(status, call());
    faults = std::min(faults, minor_faults() - faults_before);
  }
  const int64_t allocated = allocations() - allocations_before;
  ASSERT_OK(status);
  EXPECT_EQ(allocated, 0);
  EXPECT_EQ(faults, 0);
}

std::string name_of(const testing::TestParamInfo<std::tuple<HygieneCase, int32_t>>& test) {
  static const char* const kCells[] = {"rnn", "lstm", "gru", "gru_before"};
  const int32_t kind = std::get<1>(test.param);
  return std::string(std::get<0>(test.param).name) + "_" +
         (kind == RECURRENT_LAYER_CONVOLUTION ? "convolution" : kCells[kind]);
}

INSTANTIATE_TEST_SUITE_P(
    Sessions, Hygiene,
    testing::Combine(testing::Values(HygieneCase{"stream", 1, 1, false, 1, false},
                                     HygieneCase{"streams", 7, 1, false, 1, false},
                                     HygieneCase{"sequence", 1, 40, false, 1, false},
                                     HygieneCase{"batched", 7, 20, false, 1, false},
                                     HygieneCase{"ragged", 7, 20, true, 1, false},
                                     HygieneCase{"both_directions", 3, 20, true, 1, true},
                                     HygieneCase{"stream_threads", 1, 1, false, 2, false},
                                     HygieneCase{"sequence_threads", 1, 40, false, 2, false},
                                     HygieneCase{"batched_threads", 7, 20, false, 2, false},
                                     HygieneCase{"ragged_threads", 7, 20, true, 2, true}),
                     testing::Values(RECURRENT_LAYER_SIMPLE_RNN, RECURRENT_LAYER_LSTM,
                                     RECURRENT_LAYER_GRU, RECURRENT_LAYER_GRU_RESET_BEFORE,
                                     RECURRENT_LAYER_CONVOLUTION)),
    name_of);

// Every kind of layer, the output kept, some steps missing: memory for that is there as well.
TEST(HygieneOfWholeModels, TheFirstCallAfterAWarmUpAllocatesNothing) {
  Random random(8);
  OwnedModel owned;
  owned.add(random_layer(random, RECURRENT_LAYER_LSTM, 9, 40, false));
  const int64_t size = output_size(owned.layers[0].desc);
  for (int32_t kind : {RECURRENT_LAYER_ACTIVATION, RECURRENT_LAYER_SOFTMAX, RECURRENT_LAYER_SCALE,
                       RECURRENT_LAYER_LAYER_NORMALIZATION, RECURRENT_LAYER_LOG_SOFTMAX})
    owned.add(pointwise_layer(random, kind, size));
  owned.add(pointwise_layer(random, RECURRENT_LAYER_RESIDUAL, size, 2));
  for (const int32_t output : {RECURRENT_OUTPUT_EVERY_STEP, RECURRENT_OUTPUT_LAST_STEP})
    for (const int64_t time : {1, 12}) {
      const Options options{output, RECURRENT_MASKING_REPEAT,
                            std::numeric_limits<float>::quiet_NaN()};
      const ModelHandle model =
          make_model(owned, RECURRENT_ISA_AUTO, RECURRENT_GEMM_BUILTIN, options);
      const SessionHandle session = open_session(model, 3);
      std::vector<float> x = random_values(random, time * 3 * 9, 1.0f);
      std::fill_n(x.begin(), 9, options.mask_value);
      std::vector<float> y(static_cast<size_t>(time * 3 * size));
      const recurrent_run_args args = run_args(x, y, time);
      ASSERT_OK(recurrent_session_warmup(session.get(), time));
      const int64_t allocations_before = allocations();
      const recurrent_status status = recurrent_session_run(session.get(), &args);
      EXPECT_EQ(allocations() - allocations_before, 0) << "output " << output << " time " << time;
      ASSERT_OK(status);
    }
}

// Weights in fewer bits: rows are rounded, and where formats differ a step has an input product, in
// memory that is there.
TEST(HygieneOfFormats, TheFirstCallAfterAWarmUpAllocatesNothing) {
  constexpr int32_t kPairs[][2] = {
      {RECURRENT_WEIGHT_FORMAT_INT8, RECURRENT_WEIGHT_FORMAT_INT8},
      {RECURRENT_WEIGHT_FORMAT_FLOAT32, RECURRENT_WEIGHT_FORMAT_INT8_8BIT_INPUTS},
      {RECURRENT_WEIGHT_FORMAT_INT8, RECURRENT_WEIGHT_FORMAT_BFLOAT16}};
  for (const auto& formats : kPairs)
    for (const int32_t kind : {RECURRENT_LAYER_SIMPLE_RNN, RECURRENT_LAYER_LSTM,
                               RECURRENT_LAYER_GRU_RESET_BEFORE, RECURRENT_LAYER_CONVOLUTION})
      for (const int32_t threads : {1, 2})
        for (const int64_t time : {1, 20})
          for (const int64_t batch : {1, 60}) {
            OwnedModel owned = two_layers(kind, false);
            for (OwnedLayer& layer : owned.layers) {
              layer.desc.input_weight_format = formats[0];
              if (kind != RECURRENT_LAYER_CONVOLUTION)
                layer.desc.recurrent_weight_format = formats[1];
            }
            const ModelHandle model = make_model(owned, RECURRENT_ISA_AUTO);
            const SessionHandle session = open_session(model, batch, threads);
            Random random(4);
            const std::vector<float> x = random_values(random, batch * time * 40, 1.0f);
            std::vector<float> y(
                static_cast<size_t>(batch * time * output_size(owned.layers.back().desc)));
            const recurrent_run_args args = run_args(x, y, time);
            ASSERT_OK(recurrent_session_warmup(session.get(), time));
            const int64_t allocations_before = allocations();
            const recurrent_status status =
                time == 1 ? recurrent_session_step(session.get(), x.data(), y.data())
                          : recurrent_session_run(session.get(), &args);
            EXPECT_EQ(allocations() - allocations_before, 0)
                << "formats " << formats[0] << ", " << formats[1] << " kind " << kind;
            ASSERT_OK(status);
          }
}

// What the tests above rest on.
TEST(HygieneCount, SeesAllocationsAndLocks) {
  if (!counts_allocations()) GTEST_SKIP() << "this build has another allocator";
  const int64_t allocations_before = allocations();
  const int64_t locks_before = locks();
  std::mutex mutex;
  // Kept in a volatile pointer, or the compiler leaves the pair out.
  int* volatile allocated = new int[1000];
  { const std::lock_guard lock(mutex); }
  delete[] allocated;
  EXPECT_GE(allocations() - allocations_before, 1);
  EXPECT_GE(locks() - locks_before, 1);
}

TEST(WarmUp, LeavesTheStatesAsTheyWere) {
  for (const bool may_reverse : {false, true}) {
    const OwnedModel owned = two_layers(RECURRENT_LAYER_LSTM, may_reverse);
    const ModelHandle model = make_model(owned, RECURRENT_ISA_AUTO);
    recurrent_model_info info{};
    info.struct_size = sizeof(info);
    ASSERT_OK(recurrent_model_get_info(model.get(), &info));
    const SessionHandle session = open_session(model, 3);
    Random random(5);
    const std::vector<float> states = random_values(random, 3 * info.state_size, 1);
    const int64_t count = static_cast<int64_t>(states.size());
    ASSERT_OK(recurrent_session_load(session.get(), 0, 3, states.data(), count));
    for (const int64_t time : {1, 9}) {
      ASSERT_OK(recurrent_session_warmup(session.get(), time));
      std::vector<float> after(states.size());
      ASSERT_OK(recurrent_session_save(session.get(), 0, 3, after.data(), count));
      EXPECT_EQ(first_difference(states.data(), after.data(), count), -1) << "time " << time;
    }
  }
}

// A model with a reverse direction that has been given its sequence still refuses the next piece.
TEST(WarmUp, DoesNotBeginTheNextSequence) {
  Random random(6);
  OwnedModel owned;
  do {
    owned = two_layers(RECURRENT_LAYER_GRU, true);
    owned.layers[1] =
        random_layer(random, RECURRENT_LAYER_GRU, output_size(owned.layers[0].desc), 20, true);
  } while (owned.can_step());
  const ModelHandle model = make_model(owned, RECURRENT_ISA_AUTO);
  const SessionHandle session = open_session(model, 1);
  const std::vector<float> x(static_cast<size_t>(4 * owned.input_size()));
  std::vector<float> y(static_cast<size_t>(4 * output_size(owned.layers.back().desc)));
  const recurrent_run_args args = run_args(x, y, 4);
  ASSERT_OK(recurrent_session_warmup(session.get(), 4));
  ASSERT_OK(recurrent_session_run(session.get(), &args));
  ASSERT_OK(recurrent_session_warmup(session.get(), 4));
  EXPECT_EQ(recurrent_session_run(session.get(), &args), RECURRENT_STATUS_NOT_SUPPORTED);
}

TEST(WarmUp, ChecksItsArguments) {
  const ModelHandle model = make_model(two_layers(RECURRENT_LAYER_GRU, false), RECURRENT_ISA_AUTO);
  const SessionHandle session = open_session(model, 2);
  EXPECT_EQ(recurrent_session_warmup(nullptr, 1), RECURRENT_STATUS_INVALID_ARGUMENT);
  for (const int64_t time : {int64_t{0}, int64_t{-1}, int64_t{1} << 31}) {
    EXPECT_EQ(recurrent_session_warmup(session.get(), time), RECURRENT_STATUS_INVALID_ARGUMENT);
    EXPECT_NE(std::string(recurrent_last_error()).find("time: expected 1 to"), std::string::npos);
  }
  EXPECT_OK(recurrent_session_warmup(open_session(model, 0).get(), 5));
}

// Keras's mask_zero and Masking(0): a warm-up that saw missing steps only would leave all of it to
// do, the memory of the thread that steps included.
TEST(HygieneOfWholeModels, TheFirstStepAfterAWarmUpAllocatesNothingWhereZeroStandsForAMissingStep) {
  for (const bool takes_indices : {false, true}) {
    Random random(8);
    OwnedModel owned;
    if (takes_indices) owned.add(embedding_layer(random, 7, 9));
    owned.add(random_layer(random, RECURRENT_LAYER_LSTM, 9, 40, false));
    const ModelHandle model =
        make_model(owned, RECURRENT_ISA_AUTO, RECURRENT_GEMM_BUILTIN,
                   {RECURRENT_OUTPUT_EVERY_STEP, RECURRENT_MASKING_REPEAT, 0});
    const SessionHandle session = open_session(model, 1);
    const std::vector<float> x(9, 2.0f);
    const int32_t index = 2;
    std::vector<float> y(static_cast<size_t>(output_size(owned.layers.back().desc)));
    recurrent_status status = RECURRENT_STATUS_INTERNAL;
    int64_t allocated = -1;
    std::thread([&] {
      if (recurrent_session_warmup(session.get(), 1) != RECURRENT_STATUS_OK) return;
      const int64_t before = allocations();
      status = takes_indices ? recurrent_session_step_indices(session.get(), &index, y.data())
                             : recurrent_session_step(session.get(), x.data(), y.data());
      allocated = allocations() - before;
    }).join();
    ASSERT_OK(status);
    EXPECT_EQ(allocated, 0);
  }
}

}  // namespace
}  // namespace recurrent::test
