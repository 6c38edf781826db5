#include "model_faults.h"

#include <limits>

namespace recurrent::fuzz {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr float kSome[4] = {1, 2, 3, 4};

int32_t bad_size(Random& random) {
  return one_of(random, {0, -1, RECURRENT_MAX_SIZE + 1, std::numeric_limits<int32_t>::max(),
                         std::numeric_limits<int32_t>::min()});
}

// Whether weights are left to the caller's choice.
bool may_do_without(const recurrent_layer_desc& layer) {
  return layer.kind == RECURRENT_LAYER_LAYER_NORMALIZATION;
}

// A fault of the model as a whole.
Statuses break_model(Random& random, recurrent_model_desc& desc) {
  switch (uniform(random, 0, 7)) {
    case 0:
      desc.struct_size = wrong_size(random, sizeof(desc));
      break;
    case 1:
      desc.layer_count = one_of(random, {0, -1, RECURRENT_MAX_LAYERS + 1, 1 << 30});
      break;
    case 2:
      desc.layers = nullptr;
      break;
    case 3:
      desc.isa = one_of(random, {-2, 3, 77, std::numeric_limits<int32_t>::min()});
      return kInvalid | kUnavailable;
    case 4:
      desc.gemm_provider = no_value(random, RECURRENT_GEMM_AUTO);
      break;
    case 5:
      desc.output = no_value(random, RECURRENT_OUTPUT_FINAL_STATE);
      break;
    case 6:
      desc.masking = no_value(random, RECURRENT_MASKING_ZERO);
      break;
    default:
      desc.reserved = one_of(random, {1u, 1u << 31});
      break;
  }
  return kInvalid;
}

// A fault of a window's fields; false if the layer has none.
bool break_window(Random& random, recurrent_layer_desc& layer) {
  int32_t* const fields[] = {&layer.kernel_size, &layer.stride,     &layer.dilation,
                             &layer.groups,      &layer.pad_before, &layer.pad_after};
  const int64_t index = uniform(random, 0, 5);
  if (layer.kind != RECURRENT_LAYER_CONVOLUTION) return false;
  const int32_t extent = (layer.kernel_size - 1) * layer.dilation;
  const int32_t bad[] = {(1 << 20) + 1, 0, 0, layer.input_size + 1, extent + 1, extent + 1};
  *fields[index] = one_of(random, {bad[index], -1, std::numeric_limits<int32_t>::min()});
  return true;
}

// A fault of a layer's own fields; false if this layer cannot have it.
bool break_layer(Random& random, recurrent_layer_desc& layer) {
  const bool lstm = layer.kind == RECURRENT_LAYER_LSTM;
  const bool recurrent = layer.kind < RECURRENT_LAYER_DENSE;
  // Of layers that these models do not have.
  int32_t* const others[] = {&layer.first,      &layer.steps,     &layer.kernel_size,
                             &layer.stride,     &layer.dilation,  &layer.groups,
                             &layer.pad_before, &layer.pad_after, &layer.counts_padding};
  switch (uniform(random, 0, 13)) {
    case 13:
      return break_window(random, layer);
    case 0:
      layer.struct_size = wrong_size(random, sizeof(layer));
      return true;
    case 1:
      layer.kind = no_value(random, RECURRENT_LAYER_FINAL_CELL_STATE);
      return true;
    case 2:
      layer.direction = no_value(random, RECURRENT_DIRECTION_BIDIRECTIONAL);
      return true;
    case 3:
      layer.input_size = bad_size(random);
      return true;
    case 4:
      layer.hidden_size = bad_size(random);
      return true;
    case 5:
      layer.projection_size =
          lstm ? one_of(random, {-1, layer.hidden_size, layer.hidden_size + 1}) : 1;
      return true;
    case 6:
      layer.gate_coupling =
          lstm ? no_value(random, RECURRENT_GATE_COUPLING_INPUT_FROM_FORGET) : number(random, 1, 2);
      return true;
    case 7:
      layer.output_peephole = lstm ? no_value(random, RECURRENT_OUTPUT_PEEPHOLE_PREVIOUS_CELL) : 1;
      return true;
    case 8:
      layer.clip = recurrent ? one_of(random, {-1.0f, kNaN, kInfinity, -kInfinity}) : 0.5f;
      return true;
    case 10:
      layer.epsilon = layer.kind == RECURRENT_LAYER_LAYER_NORMALIZATION
                          ? one_of(random, {-1e-9f, kNaN, kInfinity})
                          : 1e-5f;
      return true;
    case 11:
      if (layer.kind == RECURRENT_LAYER_CONVOLUTION) return false;
      *others[uniform(random, 0, 8)] = one_of(random, {1, -1, 1 << 30});
      return true;
    case 9:
      if (layer.kind == RECURRENT_LAYER_RESIDUAL)
        layer.residual_span = one_of(random, {0, -1, RECURRENT_MAX_LAYERS + 1, 1 << 30});
      else
        layer.residual_span = one_of(random, {1, -1});
      return true;
    default:
      if (recurrent) return false;
      layer.direction = number(random, 1, 2);
      return true;
  }
}

// A fault of how layers go together; false if this layer cannot have it.
bool break_place(Random& random, Description& description, int64_t index) {
  recurrent_layer_desc& layer = description.layers[static_cast<size_t>(index)];
  switch (uniform(random, 0, 4)) {
    case 0:
      if (index == 0) return false;
      layer.input_size += one_of(random, {1, 2, 100});
      if (layer.kind > RECURRENT_LAYER_DENSE && layer.kind != RECURRENT_LAYER_CONVOLUTION)
        layer.hidden_size = layer.input_size;
      return true;
    case 1:
      if (index == 0) return false;
      layer.kind = RECURRENT_LAYER_EMBEDDING;
      return true;
    case 2:
      if (layer.forward == nullptr || may_do_without(layer)) return false;
      layer.forward = nullptr;
      return true;
    case 3:
      if (layer.reverse != nullptr || layer.forward == nullptr) return false;
      layer.reverse = layer.forward;
      return true;
    default:
      if (layer.kind != RECURRENT_LAYER_RESIDUAL) return false;
      layer.residual_span = static_cast<int32_t>(index) + 1;
      return true;
  }
}

// A fault of weights and activations; false if this layer cannot have it.
bool break_direction(Random& random, const recurrent_layer_desc& layer,
                     recurrent_direction_desc& direction) {
  const bool lstm = layer.kind == RECURRENT_LAYER_LSTM;
  const bool recurrent = layer.kind < RECURRENT_LAYER_DENSE;
  const auto refuse = [](const float*& pointer, bool required) {
    pointer = required ? nullptr : kSome;
  };
  float* const parameters[] = {&direction.gate_alpha,      &direction.gate_beta,
                               &direction.candidate_alpha, &direction.candidate_beta,
                               &direction.output_alpha,    &direction.output_beta};
  int32_t* const activations[] = {&direction.gate_activation, &direction.candidate_activation,
                                  &direction.output_activation};
  switch (uniform(random, 0, 7)) {
    case 0:
      direction.struct_size = wrong_size(random, sizeof(direction));
      return true;
    case 1:
      *activations[uniform(random, 0, 2)] = no_value(random, RECURRENT_ACTIVATION_CLIP);
      return true;
    case 2:
      *parameters[uniform(random, 0, 5)] = one_of(random, {kNaN, kInfinity, -kInfinity});
      return true;
    case 3:
      if (may_do_without(layer)) return false;
      refuse(direction.input_weights, layer.kind != RECURRENT_LAYER_ACTIVATION);
      return true;
    case 4:
      refuse(direction.recurrent_weights, recurrent);
      return true;
    case 5:
      refuse(direction.projection, layer.projection_size > 0);
      return true;
    case 6:
      if (recurrent || test::history_size(layer) > 0) return false;
      (one_in(random, 2) ? direction.recurrent_bias : direction.initial_hidden) = kSome;
      return true;
    default:
      if (lstm) return false;
      (one_in(random, 2) ? direction.peephole : direction.initial_cell) = kSome;
      return true;
  }
}

}  // namespace

Description::Description(const Subject& subject) : layers(subject.layers), desc(subject.desc) {
  desc.layers = layers.data();
  for (recurrent_layer_desc& layer : layers) {
    if (layer.forward) layer.forward = &directions.emplace_back(*layer.forward);
    if (layer.reverse) layer.reverse = &directions.emplace_back(*layer.reverse);
  }
}

Statuses break_description(Random& random, Description& description) {
  if (one_in(random, 4)) return break_model(random, description.desc);
  for (;;) {
    const int64_t index = uniform(random, 0, static_cast<int64_t>(description.layers.size()) - 1);
    recurrent_layer_desc& layer = description.layers[static_cast<size_t>(index)];
    if (one_in(random, 3)) {
      if (break_layer(random, layer)) return kInvalid;
    } else if (one_in(random, 2)) {
      if (break_place(random, description, index)) return kInvalid;
    } else {
      const bool forward = layer.forward && (!layer.reverse || one_in(random, 2));
      const recurrent_direction_desc* direction = forward ? layer.forward : layer.reverse;
      if (direction &&
          break_direction(random, layer, const_cast<recurrent_direction_desc&>(*direction)))
        return kInvalid;
    }
  }
}

}  // namespace recurrent::fuzz
