#include "random_model.h"

#include <cmath>

namespace recurrent::test {
namespace {

bool one_in(Random& random, int n) { return uniform(random, 1, n) == 1; }

int32_t random_activation(Random& random, int32_t usual, float& alpha, float& beta) {
  alpha = std::uniform_real_distribution<float>(0.1f, 1.0f)(random);
  beta = std::uniform_real_distribution<float>(0.1f, 1.0f)(random);
  if (!one_in(random, 3)) return usual;
  const auto kind =
      static_cast<int32_t>(uniform(random, RECURRENT_ACTIVATION_TANH, RECURRENT_ACTIVATION_CLIP));
  if (kind == RECURRENT_ACTIVATION_CLIP) alpha = -alpha;  // the lower bound
  return kind;
}

std::unique_ptr<OwnedDirection> random_direction(Random& random, const recurrent_layer_desc& layer,
                                                 bool plain) {
  auto owned = std::make_unique<OwnedDirection>();
  const bool dense = layer.kind == RECURRENT_LAYER_DENSE;
  const int64_t rows = gates_of(layer.kind) * static_cast<int64_t>(layer.hidden_size);
  const float scale = 1.0f / std::sqrt(static_cast<float>(layer.hidden_size));
  recurrent_direction_desc& d = owned->desc;
  d.struct_size = sizeof(d);
  d.gate_activation = RECURRENT_ACTIVATION_SIGMOID;
  if (!plain) {
    d.gate_activation =
        random_activation(random, RECURRENT_ACTIVATION_SIGMOID, d.gate_alpha, d.gate_beta);
    d.candidate_activation =
        random_activation(random, RECURRENT_ACTIVATION_TANH, d.candidate_alpha, d.candidate_beta);
    d.output_activation =
        random_activation(random, RECURRENT_ACTIVATION_TANH, d.output_alpha, d.output_beta);
  }
  owned->input_weights = random_values(random, rows * layer.input_size, scale);
  d.input_weights = owned->input_weights.data();
  if (!one_in(random, 5)) {
    owned->input_bias = random_values(random, rows, scale);
    d.input_bias = owned->input_bias.data();
  }
  if (dense) return owned;
  owned->recurrent_weights = random_values(random, rows * state_size(layer), scale);
  d.recurrent_weights = owned->recurrent_weights.data();
  if (!one_in(random, 5)) {
    owned->recurrent_bias = random_values(random, rows, scale);
    d.recurrent_bias = owned->recurrent_bias.data();
  }
  if (layer.kind == RECURRENT_LAYER_LSTM && !plain && one_in(random, 2)) {
    owned->peephole = random_values(random, 3 * static_cast<int64_t>(layer.hidden_size), 1.0f);
    d.peephole = owned->peephole.data();
  }
  if (one_in(random, 3)) {
    owned->initial_hidden = random_values(random, state_size(layer), 1.0f);
    d.initial_hidden = owned->initial_hidden.data();
  }
  if (layer.kind == RECURRENT_LAYER_LSTM && one_in(random, 3)) {
    owned->initial_cell = random_values(random, layer.hidden_size, 1.0f);
    d.initial_cell = owned->initial_cell.data();
  }
  if (layer.projection_size > 0) {
    owned->projection = random_values(
        random, static_cast<int64_t>(layer.projection_size) * layer.hidden_size, scale);
    d.projection = owned->projection.data();
  }
  return owned;
}

}  // namespace

int64_t uniform(Random& random, int64_t low, int64_t high) {
  return std::uniform_int_distribution<int64_t>(low, high)(random);
}

std::vector<float> random_values(Random& random, int64_t count, float scale) {
  std::vector<float> values(static_cast<size_t>(count));
  std::uniform_real_distribution<float> distribution(-scale, scale);
  for (float& value : values) value = distribution(random);
  return values;
}

OwnedLayer random_layer(Random& random, int32_t kind, int64_t input_size, int64_t largest,
                        bool may_reverse) {
  OwnedLayer owned;
  recurrent_layer_desc& layer = owned.desc;
  layer.struct_size = sizeof(layer);
  layer.kind = kind;
  layer.input_size = static_cast<int32_t>(input_size ? input_size : uniform(random, 1, largest));
  layer.hidden_size = static_cast<int32_t>(uniform(random, 1, largest));
  const bool recurrent = kind < RECURRENT_LAYER_DENSE;
  const bool plain = one_in(random, 2);
  if (recurrent && may_reverse)
    layer.direction = static_cast<int32_t>(uniform(random, 0, RECURRENT_DIRECTION_BIDIRECTIONAL));
  if (recurrent && !plain && one_in(random, 2)) layer.clip = 0.4f;
  if (kind == RECURRENT_LAYER_LSTM) {
    if (layer.hidden_size > 1 && one_in(random, 3))
      layer.projection_size = static_cast<int32_t>(uniform(random, 1, layer.hidden_size - 1));
    if (!plain) {
      layer.gate_coupling = static_cast<int32_t>(uniform(random, 0, 2));
      layer.output_peephole = static_cast<int32_t>(uniform(random, 0, 1));
    }
  }
  if (layer.direction != RECURRENT_DIRECTION_REVERSE)
    owned.forward = random_direction(random, layer, plain);
  if (layer.direction != RECURRENT_DIRECTION_FORWARD)
    owned.reverse = random_direction(random, layer, plain);
  layer.forward = owned.forward ? &owned.forward->desc : nullptr;
  layer.reverse = owned.reverse ? &owned.reverse->desc : nullptr;
  return owned;
}

OwnedLayer pointwise_layer(Random& random, int32_t kind, int64_t size, int32_t span) {
  OwnedLayer owned;
  recurrent_layer_desc& layer = owned.desc;
  layer.struct_size = sizeof(layer);
  layer.kind = kind;
  layer.input_size = layer.hidden_size = static_cast<int32_t>(size);
  layer.residual_span = span;
  if (kind == RECURRENT_LAYER_SOFTMAX || kind == RECURRENT_LAYER_RESIDUAL ||
      kind == RECURRENT_LAYER_LOG_SOFTMAX)
    return owned;
  if (kind == RECURRENT_LAYER_LAYER_NORMALIZATION) {
    layer.epsilon = one_in(random, 5) ? 0.25f : 1e-5f;
    if (one_in(random, 4)) return owned;
  }
  owned.forward = std::make_unique<OwnedDirection>();
  recurrent_direction_desc& d = owned.forward->desc;
  d.struct_size = sizeof(d);
  layer.forward = &d;
  if (kind == RECURRENT_LAYER_ACTIVATION) {
    d.candidate_activation =
        random_activation(random, RECURRENT_ACTIVATION_RELU, d.candidate_alpha, d.candidate_beta);
    return owned;
  }
  if (kind == RECURRENT_LAYER_SCALE || !one_in(random, 3)) {
    owned.forward->input_weights = random_values(random, size, 1.5f);
    owned.forward->input_weights[0] = 1e-40f;  // a denormal counts as zero
    d.input_weights = owned.forward->input_weights.data();
  }
  if (one_in(random, 2)) {
    owned.forward->input_bias = random_values(random, size, 1.0f);
    d.input_bias = owned.forward->input_bias.data();
  }
  return owned;
}

OwnedLayer convolution_layer(Random& random, int64_t input_size, int64_t largest, Windows windows) {
  OwnedLayer owned;
  recurrent_layer_desc& layer = owned.desc;
  layer.struct_size = sizeof(layer);
  layer.kind = RECURRENT_LAYER_CONVOLUTION;
  layer.input_size = static_cast<int32_t>(input_size ? input_size : uniform(random, 1, largest));
  layer.hidden_size = static_cast<int32_t>(uniform(random, 1, largest));
  layer.groups = 1;
  // As many groups as inputs, or as many as divide both.
  if (one_in(random, 4))
    layer.hidden_size = layer.input_size * static_cast<int32_t>(uniform(random, 1, 2));
  if (one_in(random, 3))
    for (int32_t groups = 1; groups <= layer.input_size; ++groups)
      if (layer.input_size % groups == 0 && layer.hidden_size % groups == 0 &&
          (layer.groups == 1 || one_in(random, 2)))
        layer.groups = groups;
  layer.kernel_size = static_cast<int32_t>(uniform(random, 1, 5));
  layer.dilation = static_cast<int32_t>(one_in(random, 3) ? uniform(random, 2, 4) : 1);
  layer.stride = 1;
  const int32_t extent = (layer.kernel_size - 1) * layer.dilation;
  layer.pad_before = extent;
  if (windows != Windows::kCausal && one_in(random, 2)) {
    layer.pad_before = static_cast<int32_t>(uniform(random, 0, extent));
    layer.pad_after = extent - layer.pad_before;
  }
  if (windows == Windows::kAny && one_in(random, 2)) {
    layer.stride = static_cast<int32_t>(uniform(random, 1, 3));
    layer.pad_before = static_cast<int32_t>(uniform(random, 0, extent));
    layer.pad_after = static_cast<int32_t>(uniform(random, 0, extent));
  }
  owned.forward = std::make_unique<OwnedDirection>();
  recurrent_direction_desc& d = owned.forward->desc;
  d.struct_size = sizeof(d);
  d.candidate_activation =
      random_activation(random, RECURRENT_ACTIVATION_IDENTITY, d.candidate_alpha, d.candidate_beta);
  const int64_t terms = int64_t{layer.kernel_size} * (layer.input_size / layer.groups);
  const float scale = 1.0f / std::sqrt(static_cast<float>(terms));
  owned.forward->input_weights = random_values(random, layer.hidden_size * terms, scale);
  d.input_weights = owned.forward->input_weights.data();
  if (!one_in(random, 4)) {
    owned.forward->input_bias = random_values(random, layer.hidden_size, scale);
    d.input_bias = owned.forward->input_bias.data();
  }
  const bool is_causal = layer.stride == 1 && layer.pad_before == extent && layer.pad_after == 0;
  if (is_causal && extent > 0 && one_in(random, 3)) {
    owned.forward->initial_hidden = random_values(random, int64_t{extent} * layer.input_size, 1.0f);
    d.initial_hidden = owned.forward->initial_hidden.data();
  }
  layer.forward = &d;
  return owned;
}

OwnedLayer embedding_layer(Random& random, int64_t count, int64_t size) {
  OwnedLayer owned;
  owned.desc.struct_size = sizeof(owned.desc);
  owned.desc.kind = RECURRENT_LAYER_EMBEDDING;
  owned.desc.input_size = static_cast<int32_t>(count);
  owned.desc.hidden_size = static_cast<int32_t>(size);
  owned.forward = std::make_unique<OwnedDirection>();
  owned.forward->input_weights = random_values(random, count * size, 1.0f);
  owned.forward->desc.struct_size = sizeof(owned.forward->desc);
  owned.forward->desc.input_weights = owned.forward->input_weights.data();
  owned.desc.forward = &owned.forward->desc;
  return owned;
}

OwnedModel random_model(Random& random, int64_t largest, bool may_reverse, bool all_multiply) {
  OwnedModel model;
  int64_t input = 0;
  const int64_t count = uniform(random, 1, 4);
  for (int64_t i = 0; i < count; ++i) {
    if (i > 0 && !all_multiply && one_in(random, 3)) {
      const auto span = static_cast<int32_t>(uniform(random, 1, i));
      const bool adds =
          model.layers[static_cast<size_t>(i - span)].desc.input_size >= input && one_in(random, 2);
      const int32_t kinds[] = {RECURRENT_LAYER_ACTIVATION, RECURRENT_LAYER_SOFTMAX,
                               RECURRENT_LAYER_SCALE, RECURRENT_LAYER_LAYER_NORMALIZATION,
                               RECURRENT_LAYER_LOG_SOFTMAX};
      const int32_t kind = adds ? RECURRENT_LAYER_RESIDUAL : kinds[uniform(random, 0, 4)];
      model.add(pointwise_layer(random, kind, input, adds ? span : 0));
      continue;
    }
    const auto kind = static_cast<int32_t>(uniform(random, 0, RECURRENT_LAYER_DENSE + 1));
    OwnedLayer layer = kind > RECURRENT_LAYER_DENSE
                           ? convolution_layer(random, input, largest,
                                               may_reverse ? Windows::kKeepSteps : Windows::kCausal)
                           : random_layer(random, kind, input, largest, may_reverse);
    input = output_size(layer.desc);
    model.add(std::move(layer));
  }
  return model;
}

void choose_formats(Random& random, OwnedModel& model) {
  const auto any = [&] {
    return static_cast<int32_t>(
        uniform(random, RECURRENT_WEIGHT_FORMAT_FLOAT32, RECURRENT_WEIGHT_FORMAT_INT8_8BIT_INPUTS));
  };
  for (OwnedLayer& layer : model.layers) {
    recurrent_layer_desc& d = layer.desc;
    if (d.kind > RECURRENT_LAYER_DENSE && d.kind != RECURRENT_LAYER_CONVOLUTION) continue;
    d.input_weight_format = any();
    if (d.kind < RECURRENT_LAYER_DENSE)
      d.recurrent_weight_format = one_in(random, 2) ? d.input_weight_format : any();
  }
}

std::string describe_windows(const recurrent_layer_desc& d) {
  return "[K=" + std::to_string(d.kernel_size) + " stride=" + std::to_string(d.stride) +
         " dilation=" + std::to_string(d.dilation) + " groups=" + std::to_string(d.groups) +
         " pads=" + std::to_string(d.pad_before) + "," + std::to_string(d.pad_after) + "]";
}

std::string OwnedModel::describe() const {
  static const std::string kNames[] = {"SimpleRNN",  "LSTM",    "GRU",   "GRU-before", "Dense",
                                       "activation", "softmax", "scale", "embedding",  "residual"};
  std::string text;
  for (const OwnedLayer& layer : layers) {
    const recurrent_layer_desc& d = layer.desc;
    text +=
        (d.kind <= RECURRENT_LAYER_RESIDUAL ? kNames[d.kind] : "kind " + std::to_string(d.kind)) +
        (d.kernel_size ? describe_windows(d) : "") + "(I=" + std::to_string(d.input_size) +
        " H=" + std::to_string(d.hidden_size) + " P=" + std::to_string(d.projection_size) +
        " dir=" + std::to_string(d.direction) + " clip=" + std::to_string(d.clip) +
        " coupling=" + std::to_string(d.gate_coupling) +
        " formats=" + std::to_string(d.input_weight_format) + "," +
        std::to_string(d.recurrent_weight_format) +
        (d.residual_span ? " span=" + std::to_string(d.residual_span) : "") + ") ";
  }
  return text;
}

}  // namespace recurrent::test
