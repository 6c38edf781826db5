// Denormals are removed where they would persist (docs/numerics.md, section 1, 6): each place with
// numbers that would otherwise grow into sight.
#include <cfloat>

#include "native_session.h"

namespace recurrent::test {
namespace {

constexpr float kDenormal = 1e-39f;
constexpr float kHuge = 1e20f;  // kDenormal * kHuge is far from zero

// One unit, one input, identity everywhere.
struct OneUnit {
  explicit OneUnit(int32_t kind) {
    direction.struct_size = sizeof(direction);
    direction.gate_activation = RECURRENT_ACTIVATION_IDENTITY;
    direction.candidate_activation = RECURRENT_ACTIVATION_IDENTITY;
    direction.output_activation = RECURRENT_ACTIVATION_IDENTITY;
    direction.input_weights = w;
    direction.input_bias = b;
    if (kind != RECURRENT_LAYER_DENSE) direction.recurrent_weights = r;
    layer.desc.struct_size = sizeof(layer.desc);
    layer.desc.kind = kind;
    layer.desc.input_size = 1;
    layer.desc.hidden_size = 1;
    layer.desc.forward = &direction;
  }

  float step(int isa, float x) {
    OwnedModel owned;
    owned.layers.push_back(std::move(layer));
    float y = -1;
    const ModelHandle model = make_model(owned, isa);
    EXPECT_OK(recurrent_session_step(open_session(model, 1).get(), &x, &y));
    layer = std::move(owned.layers[0]);
    return y;
  }

  float w[4] = {};
  float r[4] = {};
  float b[4] = {};
  recurrent_direction_desc direction{};
  OwnedLayer layer;
};

class Denormals : public EveryIsa {};
INSTANTIATE_ON_EVERY_ISA(Denormals);

TEST_P(Denormals, InInputsCountAsZero) {
  for (int32_t kind : {RECURRENT_LAYER_SIMPLE_RNN, RECURRENT_LAYER_DENSE}) {
    OneUnit unit(kind);
    unit.w[0] = kHuge;
    EXPECT_EQ(unit.step(GetParam(), kDenormal), 0.0f);
    EXPECT_EQ(unit.step(GetParam(), FLT_MIN), FLT_MIN * kHuge);
  }
}

TEST_P(Denormals, InWeightsCountAsZero) {
  OneUnit unit(RECURRENT_LAYER_SIMPLE_RNN);
  unit.w[0] = -kDenormal;
  EXPECT_EQ(unit.step(GetParam(), kHuge), 0.0f);
}

TEST_P(Denormals, InBiasesCountAsZeroOnceTheyAreSummed) {
  OneUnit unit(RECURRENT_LAYER_DENSE);
  unit.b[0] = kDenormal;
  EXPECT_EQ(unit.step(GetParam(), 0.0f), 0.0f);
  OneUnit sum(RECURRENT_LAYER_SIMPLE_RNN);
  const float second = FLT_MIN;
  sum.b[0] = kDenormal;
  sum.direction.recurrent_bias = &second;
  EXPECT_EQ(sum.step(GetParam(), 0.0f), FLT_MIN + kDenormal);
}

TEST_P(Denormals, OfDenseOutputsStayUntilTheyAreRead) {
  OneUnit unit(RECURRENT_LAYER_DENSE);
  unit.w[0] = 1e-30f;
  EXPECT_EQ(unit.step(GetParam(), 1e-10f), 1e-30f * 1e-10f);
}

// c' = i * g is denormal; o * c' would be far from zero if it were kept.
TEST_P(Denormals, InCellStatesCountAsZero) {
  OneUnit unit(RECURRENT_LAYER_LSTM);
  unit.b[0] = 1e-20f;
  unit.b[2] = 1e-19f;
  unit.b[3] = kHuge;
  EXPECT_EQ(unit.step(GetParam(), 0.0f), 0.0f);
}

TEST_P(Denormals, InNewStatesCountAsZero) {
  OneUnit unit(RECURRENT_LAYER_SIMPLE_RNN);
  unit.w[0] = 1e-30f;
  EXPECT_EQ(unit.step(GetParam(), 1e-10f), 0.0f);
  OneUnit gru(RECURRENT_LAYER_GRU);
  gru.w[2] = 1e-30f;
  EXPECT_EQ(gru.step(GetParam(), 1e-10f), 0.0f);
}

}  // namespace
}  // namespace recurrent::test
