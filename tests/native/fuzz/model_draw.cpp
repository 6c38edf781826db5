#include "model_draw.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace recurrent::fuzz {
namespace {

int64_t draw_largest(Random& random, const Limits& limits) {
  if (limits.small) return uniform(random, 1, 20);
  const int64_t kind = uniform(random, 1, 20);
  return kind <= 9 ? 9 : kind <= 15 ? 40 : kind <= 19 ? 130 : 280;
}

// Numbers that are hard on arithmetic, among the weights.
void make_weights_hard(Random& random, test::OwnedModel& model) {
  for (test::OwnedLayer& layer : model.layers)
    for (test::OwnedDirection* direction : {layer.forward.get(), layer.reverse.get()}) {
      if (direction == nullptr) continue;
      for (std::vector<float>* weights :
           {&direction->input_weights, &direction->recurrent_weights, &direction->input_bias,
            &direction->initial_hidden, &direction->initial_cell})
        if (!weights->empty() && one_in(random, 3)) {
          // In place: descriptions point there.
          const auto count = static_cast<int64_t>(weights->size());
          const std::vector<float> values = draw_values(random, count, 0.0f);
          std::copy(values.begin(), values.end(), weights->begin());
        }
    }
}

test::OwnedModel draw_layers(Random& random, const Limits& limits) {
  const int64_t largest = draw_largest(random, limits);
  test::OwnedModel model = test::random_model(random, largest, one_in(random, 3));
  if (one_in(random, 5)) {
    test::OwnedModel with_table;
    with_table.add(test::embedding_layer(random, uniform(random, 1, 12), model.input_size()));
    for (test::OwnedLayer& layer : model.layers) with_table.add(std::move(layer));
    model = std::move(with_table);
  }
  if (one_in(random, 6)) make_weights_hard(random, model);
  return model;
}

bool has_states_to_put_out(const std::vector<recurrent_layer_desc>& layers) {
  for (const recurrent_layer_desc& layer : layers)
    if (layer.kind == RECURRENT_LAYER_RESIDUAL) return false;
  // Only layers that compute each step by itself may follow.
  bool recurs = false;
  for (const recurrent_layer_desc& layer : layers)
    if (layer.kind < RECURRENT_LAYER_DENSE || layer.kind == RECURRENT_LAYER_CONVOLUTION)
      recurs = layer.kind < RECURRENT_LAYER_DENSE;
  return recurs;
}

bool are_finite(const test::OwnedModel& model) {
  const auto finite = [](const std::vector<float>& values) {
    return std::all_of(values.begin(), values.end(), [](float x) { return std::isfinite(x); });
  };
  for (const test::OwnedLayer& layer : model.layers)
    for (const test::OwnedDirection* direction : {layer.forward.get(), layer.reverse.get()})
      if (direction && !(finite(direction->input_weights) && finite(direction->recurrent_weights) &&
                         finite(direction->projection)))
        return false;
  return true;
}

}  // namespace

void draw_weight_formats(Random& random, Subject& subject) {
  // They have no value for an infinity.
  if (!one_in(random, 2) || !are_finite(subject.owned)) return;
  const auto draw = [&] {
    return one_of<int32_t>(
        random, {RECURRENT_WEIGHT_FORMAT_FLOAT32, RECURRENT_WEIGHT_FORMAT_BFLOAT16,
                 RECURRENT_WEIGHT_FORMAT_INT8, RECURRENT_WEIGHT_FORMAT_INT8_8BIT_INPUTS});
  };
  for (recurrent_layer_desc& layer : subject.layers) {
    const bool recurs = layer.kind < RECURRENT_LAYER_DENSE;
    if (recurs || layer.kind == RECURRENT_LAYER_DENSE || layer.kind == RECURRENT_LAYER_CONVOLUTION)
      layer.input_weight_format = draw();
    if (recurs) layer.recurrent_weight_format = draw();
  }
}

std::shared_ptr<Subject> draw_model(Random& random, const Limits& limits) {
  auto subject = std::make_shared<Subject>();
  subject->owned = draw_layers(random, limits);
  subject->layers = subject->owned.descs();
  recurrent_model_desc& desc = subject->desc;
  desc.struct_size = sizeof(desc);
  desc.layer_count = static_cast<int32_t>(subject->layers.size());
  desc.layers = subject->layers.data();
  if (one_in(random, 3))
    desc.output =
        has_states_to_put_out(subject->layers)
            ? one_of<int32_t>(random, {RECURRENT_OUTPUT_LAST_STEP, RECURRENT_OUTPUT_FINAL_STATE})
            : RECURRENT_OUTPUT_LAST_STEP;
  if (one_in(random, 4)) {
    desc.masking = one_of<int32_t>(random, {RECURRENT_MASKING_REPEAT, RECURRENT_MASKING_ZERO});
    const float none = std::numeric_limits<float>::quiet_NaN();
    // Of indices it is one of them.
    desc.mask_value = subject->layers.front().kind == RECURRENT_LAYER_EMBEDDING
                          ? one_of(random, {0.0f, none})
                          : one_of(random, {0.0f, 1.0f, -3.5f, none});
  }
  return subject;
}

}  // namespace recurrent::fuzz
