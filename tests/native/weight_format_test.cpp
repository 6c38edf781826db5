// Formats of weights: what bfloat16 gives, which weights and layers are refused, what is saved.
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include "api/handles.h"
#include "naive_matrix.h"
#include "native_session.h"
#include "native_trainer.h"

namespace recurrent::test {
namespace {

class WeightFormats : public EveryIsa {};
INSTANTIATE_ON_EVERY_ISA(WeightFormats);

void set_formats(OwnedModel& model, int32_t format) {
  for (OwnedLayer& layer : model.layers) {
    recurrent_layer_desc& d = layer.desc;
    if (d.kind > RECURRENT_LAYER_DENSE && d.kind != RECURRENT_LAYER_CONVOLUTION) continue;
    d.input_weight_format = format;
    if (d.kind < RECURRENT_LAYER_DENSE) d.recurrent_weight_format = format;
  }
}

// Rounds all weights of layers that multiply to what they are worth in bfloat16.
void round_weights(OwnedModel& model) {
  for (OwnedLayer& layer : model.layers) {
    if (layer.desc.kind > RECURRENT_LAYER_DENSE && layer.desc.kind != RECURRENT_LAYER_CONVOLUTION)
      continue;
    for (OwnedDirection* direction : {layer.forward.get(), layer.reverse.get()})
      if (direction)
        for (std::vector<float>* weights :
             {&direction->input_weights, &direction->recurrent_weights, &direction->projection})
          std::copy_n(
              NaiveMatrix(weights->data(), 1, weights->size(), RECURRENT_WEIGHT_FORMAT_BFLOAT16)
                  .values()
                  .begin(),
              weights->size(), weights->begin());
  }
}

// A model of weights in bfloat16 is a float32 model of the rounded weights, bit for bit.
TEST_P(WeightFormats, BFloat16IsFloat32OfTheRoundedWeights) {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    Random random(seed);
    OwnedModel owned = random_model(random, seed % 4 == 0 ? 70 : 24, seed % 2 == 0);
    const int64_t time = uniform(random, 1, 9);
    const int64_t batch = uniform(random, 1, 17);
    const std::vector<float> x = random_values(random, time * batch * owned.input_size(), 2.0f);
    set_formats(owned, RECURRENT_WEIGHT_FORMAT_BFLOAT16);
    const ModelHandle rounded = make_model(owned, GetParam());
    round_weights(owned);
    set_formats(owned, RECURRENT_WEIGHT_FORMAT_FLOAT32);
    const ModelHandle floats = make_model(owned, GetParam());
    const auto size = static_cast<size_t>(time * batch * output_size(owned.layers.back().desc));
    for (const int32_t threads : {1, 3}) {
      std::vector<float> want(size);
      std::vector<float> got(size, -7.0f);
      recurrent_run_args args = run_args(x, want, time);
      ASSERT_OK(recurrent_session_run(open_session(floats, batch, threads).get(), &args));
      args = run_args(x, got, time);
      ASSERT_OK(recurrent_session_run(open_session(rounded, batch, threads).get(), &args));
      ASSERT_EQ(first_difference(want.data(), got.data(), static_cast<int64_t>(size)), -1)
          << "seed " << seed << ": " << owned.describe() << " threads " << threads;
      std::fill(got.begin(), got.end(), -7.0f);
      args = run_args(x, got, time);
      ASSERT_OK(recurrent_session_predict(open_session(rounded, 1, threads).get(), batch, &args));
      ASSERT_EQ(first_difference(want.data(), got.data(), static_cast<int64_t>(size)), -1)
          << "predicted, seed " << seed << ": " << owned.describe();
    }
  }
}

OwnedModel lstm(int32_t size, int32_t format) {
  Random random(7);
  OwnedModel owned;
  OwnedLayer layer = random_layer(random, RECURRENT_LAYER_LSTM, size, 2, false);
  layer.desc.hidden_size = size;
  layer.desc.projection_size = 0;
  OwnedDirection& d = *layer.forward;
  d.input_weights = random_values(random, int64_t{4} * size * size, 0.1f);
  d.recurrent_weights = random_values(random, int64_t{4} * size * size, 0.1f);
  d.input_bias = d.recurrent_bias = random_values(random, int64_t{4} * size, 0.1f);
  d.desc.input_weights = d.input_weights.data();
  d.desc.recurrent_weights = d.recurrent_weights.data();
  d.desc.input_bias = d.desc.recurrent_bias = d.input_bias.data();
  d.desc.peephole = d.desc.initial_hidden = d.desc.initial_cell = d.desc.projection = nullptr;
  layer.desc.input_weight_format = layer.desc.recurrent_weight_format = format;
  owned.add(std::move(layer));
  return owned;
}

TEST_P(WeightFormats, TakeLessMemory) {
  for (const int32_t size : {64, 128, 256}) {
    const auto bytes = [&](int32_t format) {
      recurrent_model_info info{};
      info.struct_size = sizeof(info);
      EXPECT_OK(recurrent_model_get_info(make_model(lstm(size, format), GetParam()).get(), &info));
      return static_cast<double>(info.packed_bytes);
    };
    const double floats = bytes(RECURRENT_WEIGHT_FORMAT_FLOAT32);
    EXPECT_LE(bytes(RECURRENT_WEIGHT_FORMAT_BFLOAT16) / floats, 0.53) << size;
    for (const int32_t format :
         {RECURRENT_WEIGHT_FORMAT_INT8, RECURRENT_WEIGHT_FORMAT_INT8_8BIT_INPUTS})
      EXPECT_LE(bytes(format) / floats, size < 128 ? 0.30 : 0.27) << size;
  }
}

recurrent_status create(const OwnedModel& owned, int32_t provider = RECURRENT_GEMM_BUILTIN) {
  const std::vector<recurrent_layer_desc> layers = owned.descs();
  recurrent_model_desc desc = describe(layers, RECURRENT_ISA_AUTO);
  desc.gemm_provider = provider;
  recurrent_model* model = nullptr;
  const recurrent_status status = recurrent_model_create(&desc, &model);
  recurrent_model_destroy(model);
  return status;
}

TEST(WeightFormatChecks, RefuseWeightsThatCannotBeRounded) {
  for (const int32_t format : {RECURRENT_WEIGHT_FORMAT_BFLOAT16, RECURRENT_WEIGHT_FORMAT_INT8,
                               RECURRENT_WEIGHT_FORMAT_INT8_8BIT_INPUTS}) {
    const bool halves = format == RECURRENT_WEIGHT_FORMAT_BFLOAT16;
    for (const float bad :
         {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
          std::numeric_limits<float>::max()}) {
      OwnedModel owned = lstm(5, format);
      owned.layers[0].forward->recurrent_weights[13] = bad;
      if (halves && std::isnan(bad)) {
        EXPECT_EQ(create(owned), RECURRENT_STATUS_OK) << recurrent_last_error();
        continue;
      }
      EXPECT_INVALID(create(owned), "layers[0].forward.recurrent_weights: expected");
      EXPECT_INVALID(create(owned), "in row 2, column 3");
    }
    OwnedModel largest = lstm(5, format);
    largest.layers[0].forward->input_weights[0] =
        halves ? std::bit_cast<float>(0x7f7f7fffu) : 3.3e38f;
    EXPECT_EQ(create(largest), RECURRENT_STATUS_OK) << recurrent_last_error();
  }
}

TEST(WeightFormatChecks, RefuseLayersThatMultiplyNothing) {
  Random random(1);
  OwnedModel owned = lstm(4, RECURRENT_WEIGHT_FORMAT_FLOAT32);
  owned.add(pointwise_layer(random, RECURRENT_LAYER_SOFTMAX, 4));
  owned.layers[1].desc.input_weight_format = RECURRENT_WEIGHT_FORMAT_INT8;
  EXPECT_INVALID(create(owned),
                 "layers[1].input_weight_format: expected none, because only a "
                 "recurrent layer, a Dense layer or a convolution has it");
  owned.layers[1] = random_layer(random, RECURRENT_LAYER_DENSE, 4, 9, false);
  owned.layers[1].desc.recurrent_weight_format = RECURRENT_WEIGHT_FORMAT_INT8;
  EXPECT_INVALID(create(owned), "layers[1].recurrent_weight_format: expected none");
  owned.layers[1].desc.recurrent_weight_format = 4;
  EXPECT_INVALID(create(owned),
                 "layers[1].recurrent_weight_format: expected a value from 0 to 3, found 4");
}

TEST(WeightFormatChecks, AreForModelsAndTheBuiltInProductAlone) {
  const OwnedModel owned = lstm(4, RECURRENT_WEIGHT_FORMAT_BFLOAT16);
  EXPECT_REFUSED(create(owned, RECURRENT_GEMM_MKL), RECURRENT_STATUS_NOT_SUPPORTED,
                 "layers[0].input_weight_format: expected float32 (0), the only format that "
                 "gemm_provider MKL takes, found bfloat16 (1)");
  EXPECT_EQ(create(owned, RECURRENT_GEMM_AUTO), RECURRENT_STATUS_OK) << recurrent_last_error();
  const std::vector<recurrent_layer_desc> layers = owned.descs();
  const recurrent_model_desc desc = describe(layers, RECURRENT_ISA_AUTO);
  recurrent_trainer_desc training{};
  training.struct_size = sizeof(training);
  training.threads = 1;
  recurrent_trainer* trainer = nullptr;
  EXPECT_REFUSED(recurrent_trainer_create(&desc, &training, &trainer),
                 RECURRENT_STATUS_NOT_SUPPORTED,
                 "layers[0].input_weight_format: expected float32 (0), the only format that a "
                 "trainer takes, found bfloat16 (1)");
}

}  // namespace
}  // namespace recurrent::test
