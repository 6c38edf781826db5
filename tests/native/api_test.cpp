// The C interface as a C programmer misuses it: every outcome is a status and a message that names
// the argument.
#include <array>
#include <climits>
#include <cmath>
#include <limits>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#include "api/handles.h"
#include "gemm/mkl.h"
#include "native_session.h"

namespace recurrent::test {
namespace {

OwnedModel one_layer(int32_t kind, bool may_reverse = false) {
  Random random(7);
  OwnedModel model;
  model.layers.push_back(random_layer(random, kind, 5, 20, may_reverse));
  return model;
}

recurrent_status create(const std::vector<recurrent_layer_desc>& layers,
                        int32_t isa = RECURRENT_ISA_AUTO) {
  recurrent_model_desc desc{};
  desc.struct_size = sizeof(desc);
  desc.layer_count = static_cast<int32_t>(layers.size());
  desc.layers = layers.data();
  desc.isa = isa;
  recurrent_model* model = reinterpret_cast<recurrent_model*>(1);
  const recurrent_status status = recurrent_model_create(&desc, &model);
  EXPECT_TRUE(status == RECURRENT_STATUS_OK || model == nullptr);
  recurrent_model_destroy(model);
  return status;
}

std::vector<recurrent_instruction_set> instruction_sets() {
  int64_t count = 0;
  EXPECT_OK(recurrent_get_instruction_sets(nullptr, 0, &count));
  std::vector<recurrent_instruction_set> sets(static_cast<size_t>(count));
  for (recurrent_instruction_set& set : sets) set.struct_size = sizeof(set);
  EXPECT_OK(recurrent_get_instruction_sets(sets.data(), count, &count));
  return sets;
}

TEST(Version, OfTheHeaderIsThatOfTheLibrary) {
  recurrent_machine_info machine{};
  machine.struct_size = sizeof(machine);
  ASSERT_OK(recurrent_get_machine_info(&machine));
  EXPECT_EQ(std::to_string(RECURRENT_VERSION_MAJOR) + "." +
                std::to_string(RECURRENT_VERSION_MINOR) + "." +
                std::to_string(RECURRENT_VERSION_PATCH),
            machine.version);
}

TEST(InstructionSets, AreListedWithWhatTheMachineHasOfThem) {
  recurrent_machine_info machine{};
  machine.struct_size = sizeof(machine);
  ASSERT_OK(recurrent_get_machine_info(&machine));
  uint32_t mask = 0;
  for (const recurrent_instruction_set& set : instruction_sets()) {
    if (set.supported != 0) mask |= 1u << set.isa;
    EXPECT_GE(set.width, 1) << set.name;
    EXPECT_EQ(create(one_layer(RECURRENT_LAYER_LSTM).descs(), set.isa),
              set.supported != 0 ? RECURRENT_STATUS_OK : RECURRENT_STATUS_UNAVAILABLE)
        << set.name;
  }
  EXPECT_EQ(mask, machine.isa_mask);
  EXPECT_STREQ(instruction_sets().front().name, "scalar");
}

TEST(InstructionSets, AreGivenAsFarAsThereIsRoom) {
  recurrent_instruction_set sets[2] = {};
  sets[0].struct_size = sizeof(sets[0]);
  int64_t count = 0;
  ASSERT_OK(recurrent_get_instruction_sets(sets, 1, &count));
  EXPECT_EQ(count, static_cast<int64_t>(instruction_sets().size()));
  EXPECT_STREQ(sets[0].name, "scalar");
  EXPECT_EQ(sets[1].name, nullptr);
}

TEST(InstructionSets, RefuseBadArguments) {
  recurrent_instruction_set sets[1] = {};
  int64_t count = 7;
  EXPECT_INVALID(recurrent_get_instruction_sets(sets, 1, nullptr), "count");
  EXPECT_INVALID(recurrent_get_instruction_sets(sets, -1, &count), "capacity");
  EXPECT_INVALID(recurrent_get_instruction_sets(nullptr, 1, &count), "sets");
  EXPECT_INVALID(recurrent_get_instruction_sets(sets, 1, &count), "struct_size");
  EXPECT_EQ(count, 7);
}

TEST(Api, RefusesLayersThatAreNotWellFormed) {
  const OwnedModel lstm = one_layer(RECURRENT_LAYER_LSTM);
  const auto with = [&](auto change) {
    std::vector<recurrent_layer_desc> layers = lstm.descs();
    change(layers[0]);
    return create(layers);
  };
  EXPECT_INVALID(with([](auto& l) { l.struct_size = 3; }), "layers[0].struct_size");
  EXPECT_INVALID(with([](auto& l) { l.kind = 30; }),
                 "layers[0].kind: expected a value from 0 to 29, found 30");
  EXPECT_INVALID(with([](auto& l) { l.input_size = 0; }), "layers[0].input_size");
  EXPECT_INVALID(with([](auto& l) { l.hidden_size = -1; }), "layers[0].hidden_size");
  EXPECT_INVALID(with([](auto& l) { l.hidden_size = INT_MAX; }), "layers[0].hidden_size");
  EXPECT_INVALID(with([](auto& l) { l.projection_size = l.hidden_size; }), "below hidden_size");
  EXPECT_INVALID(with([](auto& l) { l.clip = std::nanf(""); }), "layers[0].clip");
  EXPECT_INVALID(with([](auto& l) { l.clip = -1; }), "layers[0].clip");
  EXPECT_INVALID(with([](auto& l) { l.forward = nullptr; }), "layers[0].forward");
  EXPECT_INVALID(with([](auto& l) { l.reverse = l.forward; }), "layers[0].reverse");
  EXPECT_INVALID(with([](auto& l) {
                   l.kind = RECURRENT_LAYER_GRU;
                   l.gate_coupling = 1;
                 }),
                 "only an LSTM");
  EXPECT_INVALID(with([](auto& l) { l.residual_span = 1; }), "only a residual layer");
  EXPECT_INVALID(with([](auto& l) { l.kind = RECURRENT_LAYER_SOFTMAX; }), "hidden_size");
  EXPECT_INVALID(with([](auto& l) {
                   l.kind = RECURRENT_LAYER_SOFTMAX;
                   l.hidden_size = l.input_size;
                 }),
                 "layers[0].forward: expected null, because such a layer has no weights");
  EXPECT_INVALID(with([](auto& l) {
                   l.kind = RECURRENT_LAYER_SCALE;
                   l.hidden_size = l.input_size;
                 }),
                 "layers[0].forward.recurrent_weights: expected null");
  EXPECT_INVALID(create({}), "layer_count");
  EXPECT_INVALID(create(lstm.descs(), 17), "isa");
}

TEST(Api, RefusesLayersThatDoNotFollowEachOther) {
  const OwnedModel lstm = one_layer(RECURRENT_LAYER_LSTM);
  std::vector<recurrent_layer_desc> layers = lstm.descs();
  layers.push_back(layers[0]);
  layers[1].input_size = layers[0].hidden_size + 1;
  EXPECT_INVALID(create(layers),
                 "layers[1].input_size: expected the output size of the layer before");
}

TEST(Api, RefusesNullPointers) {
  EXPECT_INVALID(recurrent_model_create(nullptr, nullptr), "model");
  recurrent_model* model = nullptr;
  EXPECT_INVALID(recurrent_model_create(nullptr, &model), "desc");
  EXPECT_INVALID(recurrent_session_step(nullptr, nullptr, nullptr), "session");
  EXPECT_INVALID(recurrent_session_run(nullptr, nullptr), "session");
  EXPECT_INVALID(recurrent_get_machine_info(nullptr), "info");
  recurrent_model_destroy(nullptr);
  recurrent_session_destroy(nullptr);
}

class Session : public ::testing::Test {
 protected:
  OwnedModel owned_ = one_layer(RECURRENT_LAYER_GRU);
  ModelHandle model_ = make_model(owned_, RECURRENT_ISA_AUTO);
  SessionHandle session_ = open_session(model_, 2);
  int64_t in_ = 2 * owned_.input_size();
  int64_t out_ = 2 * output_size(owned_.layers[0].desc);
  std::vector<float> x_ = std::vector<float>(static_cast<size_t>(4 * in_), 0.5f);
  std::vector<float> y_ = std::vector<float>(static_cast<size_t>(4 * out_));
};

TEST_F(Session, RefusesBadSequencesAndStaysUsable) {
  const auto with = [&](auto change) {
    recurrent_run_args args = run_args(x_, y_, 4);
    change(args);
    return recurrent_session_run(session_.get(), &args);
  };
  const std::vector<int32_t> lengths = {1, 5};
  const auto ragged = [&](const int32_t* data, int64_t count) {
    return with([&](auto& a) {
      a.lengths = data;
      a.lengths_count = count;
    });
  };
  EXPECT_INVALID(with([](auto& a) { a.struct_size = 0; }), "struct_size");
  EXPECT_INVALID(with([](auto& a) { a.time = -1; }), "time: expected");
  EXPECT_INVALID(with([](auto& a) { a.time = INT64_MAX; }), "time");
  EXPECT_INVALID(with([](auto& a) { a.time = 5; }), "x: expected");
  EXPECT_INVALID(with([](auto& a) { a.y_count -= 1; }), "y: expected");
  EXPECT_INVALID(with([](auto& a) { a.x = nullptr; }), "x: expected");
  EXPECT_INVALID(with([](auto& a) { a.layout = 2; }), "layout");
  EXPECT_INVALID(with([](auto& a) { a.y = nullptr; }), "y_count: expected 0");
  EXPECT_INVALID(with([](auto& a) { a.lengths_count = 2; }), "lengths_count: expected 0");
  EXPECT_INVALID(ragged(lengths.data(), 2),
                 "lengths: expected 0 to 4 valid steps in every row, found 5 in row 1");
  EXPECT_INVALID(ragged(lengths.data(), 1), "lengths");
  EXPECT_INVALID(with([&](auto& a) { a.y = x_.data() + x_.size() - 1; }),
                 "y: expected memory that does not overlap x");
  EXPECT_INVALID(recurrent_session_step(session_.get(), nullptr, y_.data()), "x");
  EXPECT_INVALID(recurrent_session_step(session_.get(), x_.data(), x_.data() + 1), "overlap");
  EXPECT_OK(with([](auto&) {}));
}

TEST_F(Session, RefusesBadStates) {
  std::vector<float> state(static_cast<size_t>(out_));
  EXPECT_INVALID(recurrent_session_get_state(session_.get(), 1, 0, 0, state.data(), out_), "layer");
  EXPECT_INVALID(recurrent_session_get_state(session_.get(), 0, 1, 0, state.data(), out_),
                 "direction");
  EXPECT_INVALID(recurrent_session_get_state(session_.get(), 0, 0, 1, state.data(), out_), "kind");
  EXPECT_INVALID(recurrent_session_set_state(session_.get(), 0, 0, 0, state.data(), out_ - 1),
                 "state: expected");
  EXPECT_INVALID(recurrent_session_set_state(session_.get(), 0, 0, 0, nullptr, out_), "state");
  EXPECT_INVALID(recurrent_session_reset(session_.get(), 1, 2), "row_count");
  EXPECT_INVALID(recurrent_session_reset(session_.get(), -1, 1), "first_row");
  EXPECT_INVALID(recurrent_session_save(session_.get(), 0, 2, state.data(), 1), "states");
}

TEST_F(Session, NothingHappensWithoutStepsOrRows) {
  std::vector<float> before(static_cast<size_t>(out_));
  std::vector<float> after(before.size());
  EXPECT_OK(recurrent_session_step(session_.get(), x_.data(), nullptr));
  EXPECT_OK(recurrent_session_get_state(session_.get(), 0, 0, 0, before.data(), out_));
  const recurrent_run_args none = run_args(x_, y_, 0);
  EXPECT_OK(recurrent_session_run(session_.get(), &none));
  EXPECT_OK(recurrent_session_get_state(session_.get(), 0, 0, 0, after.data(), out_));
  EXPECT_EQ(before, after);
  const SessionHandle empty = open_session(model_, 0);
  EXPECT_OK(recurrent_session_step(empty.get(), nullptr, nullptr));
  const recurrent_run_args some = run_args(x_, y_, 3);
  EXPECT_OK(recurrent_session_run(empty.get(), &some));
}

TEST_F(Session, OutlivesItsModel) {
  model_.reset();
  EXPECT_OK(recurrent_session_step(session_.get(), x_.data(), y_.data()));
}

TEST_F(Session, SavedStatesContinueElsewhere) {
  EXPECT_OK(recurrent_session_step(session_.get(), x_.data(), y_.data()));
  std::vector<float> states(static_cast<size_t>(out_));
  EXPECT_OK(recurrent_session_save(session_.get(), 0, 2, states.data(), out_));
  const SessionHandle other = open_session(model_, 2);
  EXPECT_OK(recurrent_session_load(other.get(), 0, 2, states.data(), out_));
  std::vector<float> here(y_.size());
  EXPECT_OK(recurrent_session_step(session_.get(), x_.data(), here.data()));
  EXPECT_OK(recurrent_session_step(other.get(), x_.data(), y_.data()));
  EXPECT_EQ(first_difference(here.data(), y_.data(), out_), -1);
}

TEST_F(Session, StoresDenormalStatesAsZero) {
  const std::vector<float> denormal(static_cast<size_t>(out_), -1e-39f);
  std::vector<float> state(denormal.size(), 1.0f);
  EXPECT_OK(recurrent_session_set_state(session_.get(), 0, 0, 0, denormal.data(), out_));
  EXPECT_OK(recurrent_session_get_state(session_.get(), 0, 0, 0, state.data(), out_));
  for (float value : state) {
    EXPECT_EQ(value, 0.0f);
    EXPECT_FALSE(std::signbit(value));
  }
}

TEST(ReverseDirections, TakeWholeSequencesOnly) {
  OwnedModel owned;
  Random random(3);
  do {
    owned.layers.clear();
    owned.layers.push_back(random_layer(random, RECURRENT_LAYER_LSTM, 3, 8, true));
  } while (owned.can_step());
  const ModelHandle model = make_model(owned, RECURRENT_ISA_AUTO);
  const SessionHandle session = open_session(model, 1);
  const std::vector<float> x(6, 0.1f);
  std::vector<float> y(static_cast<size_t>(2 * output_size(owned.layers[0].desc)));
  const recurrent_run_args args = run_args(x, y, 2);
  EXPECT_REFUSED(recurrent_session_step(session.get(), x.data(), y.data()),
                 RECURRENT_STATUS_NOT_SUPPORTED, "reverse direction");
  EXPECT_OK(recurrent_session_run(session.get(), &args));
  EXPECT_REFUSED(recurrent_session_run(session.get(), &args), RECURRENT_STATUS_NOT_SUPPORTED,
                 "pieces");
  EXPECT_OK(recurrent_session_reset(session.get(), 0, 1));
  EXPECT_OK(recurrent_session_run(session.get(), &args));
}

TEST(ReverseDirections, AreReadyAgainOnlyOnceAllRowsAre) {
  OwnedModel owned;
  Random random(3);
  do {
    owned.layers.clear();
    owned.layers.push_back(random_layer(random, RECURRENT_LAYER_GRU, 3, 8, true));
  } while (owned.can_step());
  const ModelHandle model = make_model(owned, RECURRENT_ISA_AUTO);
  const SessionHandle session = open_session(model, 2);
  const std::vector<float> x(6, 0.1f);
  std::vector<float> y(static_cast<size_t>(2 * output_size(owned.layers[0].desc)));
  const recurrent_run_args args = run_args(x, y, 1);
  EXPECT_OK(recurrent_session_run(session.get(), &args));
  EXPECT_OK(recurrent_session_reset(session.get(), 0, 0));
  EXPECT_OK(recurrent_session_reset(session.get(), 1, 1));
  EXPECT_OK(recurrent_session_load(session.get(), 2, 0, nullptr, 0));
  EXPECT_REFUSED(recurrent_session_run(session.get(), &args), RECURRENT_STATUS_NOT_SUPPORTED,
                 "pieces");
  EXPECT_OK(recurrent_session_reset(session.get(), 0, 2));
  EXPECT_OK(recurrent_session_run(session.get(), &args));
}

TEST(EmptyRows, KeepOrLoseTheirStateAsAsked) {
  const OwnedModel owned = one_layer(RECURRENT_LAYER_SIMPLE_RNN);
  const ModelHandle model = make_model(owned, RECURRENT_ISA_AUTO);
  const int64_t size = output_size(owned.layers[0].desc);
  for (int32_t rule : {RECURRENT_EMPTY_ROW_KEEPS_STATE, RECURRENT_EMPTY_ROW_ZEROES_STATE}) {
    recurrent_session_desc desc{};
    desc.struct_size = sizeof(desc);
    desc.threads = 1;
    desc.batch = 1;
    desc.empty_row = rule;
    recurrent_session* raw = nullptr;
    ASSERT_OK(recurrent_session_create(model.get(), &desc, &raw));
    const SessionHandle session(raw);
    std::vector<float> state(static_cast<size_t>(size), 0.25f);
    ASSERT_OK(recurrent_session_set_state(session.get(), 0, 0, 0, state.data(), size));
    const std::vector<float> x(10, 1.0f);
    std::vector<float> y(static_cast<size_t>(2 * size), 3.0f);
    const int32_t none = 0;
    recurrent_run_args args = run_args(x, y, 2);
    args.lengths = &none;
    args.lengths_count = 1;
    ASSERT_OK(recurrent_session_run(session.get(), &args));
    ASSERT_OK(recurrent_session_get_state(session.get(), 0, 0, 0, state.data(), size));
    EXPECT_EQ(state[0], rule == RECURRENT_EMPTY_ROW_KEEPS_STATE ? 0.25f : 0.0f);
    EXPECT_EQ(y, std::vector<float>(y.size(), 0.0f));
  }
}

TEST(NonFinite, StayInTheirRow) {
  const OwnedModel owned = one_layer(RECURRENT_LAYER_LSTM);
  for (const recurrent_instruction_set& set : instruction_sets()) {
    if (set.supported == 0) continue;
    const int32_t isa = set.isa;
    const ModelHandle model = make_model(owned, isa);
    const int64_t size = output_size(owned.layers[0].desc);
    std::vector<float> x(7 * 5, 0.3f);
    std::vector<float> clean(static_cast<size_t>(7 * size));
    std::vector<float> y(clean.size());
    ASSERT_OK(recurrent_session_step(open_session(model, 7).get(), x.data(), clean.data()));
    x[3 * 5] = std::numeric_limits<float>::quiet_NaN();
    ASSERT_OK(recurrent_session_step(open_session(model, 7).get(), x.data(), y.data()));
    for (int64_t row = 0; row < 7; ++row)
      for (int64_t u = 0; u < size; ++u) {
        const auto at = static_cast<size_t>(row * size + u);
        if (row == 3)
          EXPECT_TRUE(std::isnan(y[at]));
        else
          EXPECT_EQ(y[at], clean[at]);
      }
  }
}

#if defined(__x86_64__)
TEST(FloatingPointControl, DoesNotDependOnTheCallersRegisterAndKeepsIt) {
  const OwnedModel owned = one_layer(RECURRENT_LAYER_GRU);
  const ModelHandle model = make_model(owned, RECURRENT_ISA_AUTO);
  const std::vector<float> x(15 * 3, 1e-3f);
  std::vector<float> want(static_cast<size_t>(3 * 3 * output_size(owned.layers[0].desc)));
  std::vector<float> y(want.size());
  recurrent_run_args args = run_args(x, want, 3);
  ASSERT_OK(recurrent_session_run(open_session(model, 3, 2).get(), &args));
  args.y = y.data();
  const SessionHandle session = open_session(model, 3, 2);
  const unsigned original = _mm_getcsr();
  constexpr unsigned kFlushRoundUpAndFlag = 0xdfe0;  // FTZ, DAZ, round toward zero, precision flag
  _mm_setcsr(kFlushRoundUpAndFlag);
  const recurrent_status status = recurrent_session_run(session.get(), &args);
  const unsigned after = _mm_getcsr();
  _mm_setcsr(original);
  ASSERT_OK(status);
  EXPECT_EQ(after, kFlushRoundUpAndFlag);
  EXPECT_EQ(first_difference(want.data(), y.data(), static_cast<int64_t>(y.size())), -1);
}

// Packing adds two biases: 1 + 2^-25 is 1 to the nearest, and 2^-126 + 2^-127 no zero.
TEST(FloatingPointControl, OfTheCallerDoesNotReachPackingAndStates) {
  const float w = 0.0f;
  const float r = 0.0f;
  recurrent_direction_desc direction{};
  direction.struct_size = sizeof(direction);
  direction.candidate_activation = RECURRENT_ACTIVATION_IDENTITY;
  direction.input_weights = &w;
  direction.recurrent_weights = &r;
  OwnedModel owned;
  owned.layers.emplace_back();
  recurrent_layer_desc& layer = owned.layers[0].desc;
  layer.struct_size = sizeof(layer);
  layer.input_size = 1;
  layer.hidden_size = 1;
  layer.forward = &direction;
  constexpr unsigned kRoundUpFlushAndTrap = 0xc040u & ~0x1f80u;  // all exceptions unmasked
  for (const auto& [first, second, want] :
       {std::array{1.0f, 0x1p-25f, 1.0f}, std::array{0x1p-126f, 0x1p-127f, 0x1.8p-126f}}) {
    direction.input_bias = &first;
    direction.recurrent_bias = &second;
    const float denormal = 1e-40f;
    const float x = 0.0f;
    float y = -1.0f;
    const unsigned original = _mm_getcsr();
    _mm_setcsr(kRoundUpFlushAndTrap);
    const ModelHandle model = make_model(owned, RECURRENT_ISA_AUTO);
    const SessionHandle session = open_session(model, 1);
    const recurrent_status set = recurrent_session_set_state(session.get(), 0, 0, 0, &denormal, 1);
    const recurrent_status loaded = recurrent_session_load(session.get(), 0, 1, &denormal, 1);
    const recurrent_status stepped = recurrent_session_step(session.get(), &x, &y);
    _mm_setcsr(original);
    EXPECT_OK(set);
    EXPECT_OK(loaded);
    EXPECT_OK(stepped);
    EXPECT_EQ(y, want);
  }
}
#endif

TEST(Mkl, GivesTheSameNumbersToWithinRounding) {
  if (!mkl()) GTEST_SKIP() << "Intel MKL is not here: " << mkl_description();
  for (int32_t kind : {RECURRENT_LAYER_SIMPLE_RNN, RECURRENT_LAYER_LSTM, RECURRENT_LAYER_GRU,
                       RECURRENT_LAYER_GRU_RESET_BEFORE}) {
    Random random(11);
    OwnedModel owned;
    owned.layers.push_back(random_layer(random, kind, 37, 90, true));
    const std::vector<float> x = random_values(random, 12 * 5 * 37, 1.0f);
    std::vector<float> want(static_cast<size_t>(12 * 5 * output_size(owned.layers[0].desc)));
    std::vector<float> y(want.size());
    recurrent_run_args args = run_args(x, want, 12);
    ASSERT_OK(
        recurrent_session_run(open_session(make_model(owned, RECURRENT_ISA_AUTO), 5).get(), &args));
    const ModelHandle model = make_model(owned, RECURRENT_ISA_AUTO, RECURRENT_GEMM_MKL);
    recurrent_model_info info{};
    info.struct_size = sizeof(info);
    ASSERT_OK(recurrent_model_get_info(model.get(), &info));
    EXPECT_EQ(info.gemm_provider, RECURRENT_GEMM_MKL);
    args.y = y.data();
    ASSERT_OK(recurrent_session_run(open_session(model, 5, 2).get(), &args));
    for (size_t i = 0; i < y.size(); ++i)
      ASSERT_NEAR(y[i], want[i], 1e-4f) << "kind " << kind << " at " << i;
  }
}

TEST(GemmProvider, AutoPicksOneOfTheTwo) {
  const ModelHandle model =
      make_model(one_layer(RECURRENT_LAYER_LSTM), RECURRENT_ISA_AUTO, RECURRENT_GEMM_AUTO);
  recurrent_model_info info{};
  info.struct_size = sizeof(info);
  ASSERT_OK(recurrent_model_get_info(model.get(), &info));
  EXPECT_TRUE(info.gemm_provider == RECURRENT_GEMM_BUILTIN ||
              info.gemm_provider == RECURRENT_GEMM_MKL);
}

recurrent_product_info product_info(const ModelHandle& model, int32_t layer, int32_t direction) {
  recurrent_product_info info{};
  info.struct_size = sizeof(info);
  EXPECT_OK(recurrent_model_get_product_info(model.get(), layer, direction, &info));
  return info;
}

TEST(GemmProvider, AutoSaysWhatItMeasuredAndTakesTheFaster) {
  const ModelHandle model =
      make_model(one_layer(RECURRENT_LAYER_LSTM), RECURRENT_ISA_AUTO, RECURRENT_GEMM_AUTO);
  const recurrent_product_info product = product_info(model, 0, RECURRENT_DIRECTION_FORWARD);
  if (!mkl()) {
    EXPECT_EQ(product.provider, RECURRENT_GEMM_BUILTIN);
    EXPECT_EQ(product.rows, 0);
    EXPECT_EQ(product.builtin_us, 0);
    EXPECT_EQ(product.mkl_us, 0);
    return;
  }
  EXPECT_GT(product.rows, 0);
  EXPECT_GT(product.builtin_us, 0);
  EXPECT_GT(product.mkl_us, 0);
  EXPECT_EQ(product.provider,
            product.mkl_us < product.builtin_us ? RECURRENT_GEMM_MKL : RECURRENT_GEMM_BUILTIN);
  // Once a process and class: the same times, to the last digit.
  const ModelHandle again =
      make_model(one_layer(RECURRENT_LAYER_LSTM), RECURRENT_ISA_AUTO, RECURRENT_GEMM_AUTO);
  EXPECT_EQ(product_info(again, 0, RECURRENT_DIRECTION_FORWARD).builtin_us, product.builtin_us);
  EXPECT_EQ(product_info(again, 0, RECURRENT_DIRECTION_FORWARD).mkl_us, product.mkl_us);
}

TEST(GemmProvider, NothingIsMeasuredUnlessAuto) {
  const ModelHandle model = make_model(one_layer(RECURRENT_LAYER_GRU), RECURRENT_ISA_AUTO);
  const recurrent_product_info product = product_info(model, 0, RECURRENT_DIRECTION_FORWARD);
  EXPECT_EQ(product.provider, RECURRENT_GEMM_BUILTIN);
  EXPECT_EQ(product.rows, 0);
  EXPECT_EQ(product.builtin_us, 0);
  EXPECT_EQ(product.mkl_us, 0);
}

TEST(GemmProvider, ProductInfoChecksItsArguments) {
  const ModelHandle lstm = make_model(one_layer(RECURRENT_LAYER_LSTM), RECURRENT_ISA_AUTO);
  const ModelHandle dense = make_model(one_layer(RECURRENT_LAYER_DENSE), RECURRENT_ISA_AUTO);
  recurrent_product_info info{};
  info.struct_size = sizeof(info);
  const auto ask = [&](const ModelHandle& model, int32_t layer, int32_t direction) {
    return recurrent_model_get_product_info(model.get(), layer, direction, &info);
  };
  EXPECT_INVALID(ask(lstm, 1, RECURRENT_DIRECTION_FORWARD), "layer: expected 0, found 1");
  EXPECT_INVALID(ask(lstm, -1, RECURRENT_DIRECTION_FORWARD), "layer");
  EXPECT_INVALID(ask(lstm, 0, RECURRENT_DIRECTION_REVERSE), "direction");
  EXPECT_INVALID(ask(lstm, 0, RECURRENT_DIRECTION_BIDIRECTIONAL), "direction");
  EXPECT_INVALID(ask(dense, 0, RECURRENT_DIRECTION_FORWARD), "Dense");
  EXPECT_INVALID(recurrent_model_get_product_info(nullptr, 0, 0, &info), "model");
  EXPECT_INVALID(recurrent_model_get_product_info(lstm.get(), 0, 0, nullptr), "info");
  info.struct_size = 7;
  EXPECT_INVALID(ask(lstm, 0, RECURRENT_DIRECTION_FORWARD), "struct_size");
}

TEST(GemmProvider, MklThatIsNotThereIsRefusedWithTheReason) {
  if (mkl()) GTEST_SKIP() << "Intel MKL is here";
  const OwnedModel owned = one_layer(RECURRENT_LAYER_LSTM);
  const auto layers = owned.descs();
  recurrent_model_desc desc{};
  desc.struct_size = sizeof(desc);
  desc.layer_count = 1;
  desc.layers = layers.data();
  desc.isa = RECURRENT_ISA_AUTO;
  desc.gemm_provider = RECURRENT_GEMM_MKL;
  recurrent_model* model = nullptr;
  EXPECT_REFUSED(recurrent_model_create(&desc, &model), RECURRENT_STATUS_UNAVAILABLE,
                 "gemm_provider");
}

// Thousands of streams over one copy of the weights: a stream is its states and little else.
TEST(Streams, CostAtMostHalfAKibibyteBesideTheirStates) {
  EXPECT_LE(sizeof(recurrent_session), 512u);
}

TEST(Activate, ChecksItsArguments) {
  float v[4] = {-1, 0, 1, 2};
  EXPECT_INVALID(recurrent_activate(-1, 77, 0, 0, v, v, 4), "activation");
  EXPECT_INVALID(recurrent_activate(-1, RECURRENT_ACTIVATION_CLIP, 1, 0, v, v, 4),
                 "beta: expected at least alpha (1), the lower bound, found 0");
  EXPECT_INVALID(recurrent_activate(-1, 0, 0, 0, v, v + 1, 3), "overlap");
  EXPECT_INVALID(recurrent_activate(-1, 0, 0, 0, v, v, -1), "count");
  EXPECT_INVALID(recurrent_activate(-1, 0, 0, 0, nullptr, v, 1), "x");
  EXPECT_OK(recurrent_activate(-1, RECURRENT_ACTIVATION_RELU, 0, 0, v, v, 4));
  EXPECT_EQ(v[0], 0.0f);
  EXPECT_EQ(v[3], 2.0f);
}

}  // namespace
}  // namespace recurrent::test
