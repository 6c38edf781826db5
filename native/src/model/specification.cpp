#include "model/specification.h"

#include <cmath>
#include <cstddef>
#include <string>
#include <tuple>
#include <utility>

#include "base/checked.h"
#include "base/error.h"
#include "base/expect.h"
#include "model/weight_format.h"
#include "model/window.h"

namespace recurrent {
namespace {

constexpr CellTraits kTraits[] = {
    {"SimpleRNN", 1, 1, true, false, false, 1, 2, true},
    {"LSTM", 4, 4, true, true, false, 1, 3, true},
    {"GRU", 3, 3, true, false, false, 1, 2, true},
    {"reset-before GRU", 3, 2, true, false, false, 1, 2, true},
    {"Dense", 1, 0, false, false, false},
    {"activation", 1, 0, false, false, true},
    {"softmax", 1, 0, false, false, true},
    {"scale", 1, 0, false, false, true},
    {"embedding", 1, 0, false, false, true},
    {"residual", 1, 0, false, false, true},
    {"concatenation", 1, 0, false, false, true, 1, RECURRENT_MAX_INPUTS},
    {"sum", 1, 0, false, false, true, 2, RECURRENT_MAX_INPUTS},
    {"product", 1, 0, false, false, true, 2, 2},
    {"slice", 1, 0, false, false, true},
    {"last step", 1, 0, false, false, true, 1, 1, true},
    {"final state", 1, 0, false, false, true, 1, 1, true},
    {"repeat", 1, 0, false, false, true},
    {"reverse", 1, 0, false, false, true, 1, 1, true},
    {"last steps", 1, 0, false, false, true, 1, 1, true},
    {"convolution", 1, 0, false, false, false, 1, 1, true, true},
    {"max pooling", 1, 0, false, false, true, 1, 1, true, true},
    {"average pooling", 1, 0, false, false, true, 1, 1, true, true},
    {"layer normalization", 1, 0, false, false, true},
    {"log softmax", 1, 0, false, false, true},
    {"mean over time", 1, 0, false, false, true, 1, 1, true},
    {"max over time", 1, 0, false, false, true, 1, 1, true},
    {"softmax over time", 1, 0, false, false, true, 2, 2, true},
    {"flatten", 1, 0, false, false, true, 1, 1, true},
    {"unflatten", 1, 0, false, false, true},
    {"final cell state", 1, 0, false, false, true, 1, 1, true},
};

// The last kind that there is.
constexpr int32_t kLastKind = RECURRENT_LAYER_FINAL_CELL_STATE;

// Of what a convolution multiplies for an output, and of a row of its history.
constexpr int64_t kMostTerms = int64_t{1} << 24;
constexpr int64_t kMostHistory = int64_t{1} << 28;

// Checks of one layer; field names come out as `layers[3].clip`.
class LayerValidator {
 public:
  LayerValidator(const recurrent_layer_desc& layer, int32_t index)
      : layer_(layer), path_("layers[" + std::to_string(index) + "].") {}

  void run() const {
    expect_struct_size(path_, layer_.struct_size, sizeof(layer_));
    expect_value("kind", layer_.kind, RECURRENT_LAYER_SIMPLE_RNN, kLastKind);
    expect_value("direction", layer_.direction, RECURRENT_DIRECTION_FORWARD,
                 RECURRENT_DIRECTION_BIDIRECTIONAL);
    sizes();
    options();
    directions();
  }

 private:
  const CellTraits& traits() const { return cell_traits(layer_.kind); }
  bool lstm() const { return layer_.kind == RECURRENT_LAYER_LSTM; }
  bool is(int32_t kind) const { return layer_.kind == kind; }
  bool has_weights() const {
    return (!is(RECURRENT_LAYER_SOFTMAX) && layer_.kind < RECURRENT_LAYER_RESIDUAL) ||
           is(RECURRENT_LAYER_CONVOLUTION) || is(RECURRENT_LAYER_LAYER_NORMALIZATION);
  }
  // Factors and offsets of a layer normalization are options, and so are both together.
  bool may_do_without() const { return is(RECURRENT_LAYER_LAYER_NORMALIZATION); }
  bool changes_size() const {
    return is(RECURRENT_LAYER_EMBEDDING) || is(RECURRENT_LAYER_SLICE) ||
           is(RECURRENT_LAYER_FLATTEN) || is(RECURRENT_LAYER_UNFLATTEN) ||
           is(RECURRENT_LAYER_FINAL_CELL_STATE);
  }
  std::string field(const char* name) const { return path_ + name; }

  void expect_value(const char* name, int64_t found, int64_t low, int64_t high) const {
    recurrent::expect_value(field(name).c_str(), found, low, high);
  }

  void expect_only(bool allowed, bool used, const char* name, const char* owner) const {
    if (used && !allowed)
      invalid(field(name).c_str(), "expected none, because only %s has it and this layer is a %s",
              owner, traits().name);
  }

  // Layers that multiply no matrix have floats alone.
  void weight_formats() const {
    for (const auto& [name, format, allowed, owner] :
         {std::tuple{"input_weight_format", layer_.input_weight_format, !traits().pointwise,
                     "a recurrent layer, a Dense layer or a convolution"},
          std::tuple{"recurrent_weight_format", layer_.recurrent_weight_format, traits().recurrent,
                     "a recurrent layer"}}) {
      expect_value(name, format, RECURRENT_WEIGHT_FORMAT_FLOAT32,
                   RECURRENT_WEIGHT_FORMAT_INT8_8BIT_INPUTS);
      expect_only(allowed, format != RECURRENT_WEIGHT_FORMAT_FLOAT32, name, owner);
    }
  }

  void sizes() const {
    expect_value("input_size", layer_.input_size, 1, RECURRENT_MAX_SIZE);
    expect_value("hidden_size", layer_.hidden_size, 1, RECURRENT_MAX_SIZE);
    if (traits().pointwise && !changes_size() && layer_.hidden_size != layer_.input_size)
      invalid(field("hidden_size").c_str(),
              "expected input_size (%d) in a layer of kind %s, found %d", layer_.input_size,
              traits().name, layer_.hidden_size);
    expect_only(lstm(), layer_.projection_size != 0, "projection_size", "an LSTM");
    if (layer_.projection_size < 0 || layer_.projection_size >= layer_.hidden_size)
      invalid(field("projection_size").c_str(),
              "expected 0 or a size below hidden_size (%d), found %d", layer_.hidden_size,
              layer_.projection_size);
    const int64_t state = layer_.projection_size ? layer_.projection_size : layer_.hidden_size;
    const std::string name = field("hidden_size");
    const int64_t row = checked_mul(layer_.hidden_size, traits().gates, name.c_str());
    // The packed weights have this many floats and a little padding; their bytes have to be
    // countable.
    checked_mul(checked_mul(row, checked_add(layer_.input_size, state, name.c_str()), name.c_str()),
                64, name.c_str());
  }

  void options() const {
    expect_value("gate_coupling", layer_.gate_coupling, RECURRENT_GATE_COUPLING_NONE,
                 RECURRENT_GATE_COUPLING_INPUT_FROM_FORGET);
    expect_only(lstm(), layer_.gate_coupling != RECURRENT_GATE_COUPLING_NONE, "gate_coupling",
                "an LSTM");
    expect_value("output_peephole", layer_.output_peephole, RECURRENT_OUTPUT_PEEPHOLE_NEW_CELL,
                 RECURRENT_OUTPUT_PEEPHOLE_PREVIOUS_CELL);
    expect_only(lstm(), layer_.output_peephole != RECURRENT_OUTPUT_PEEPHOLE_NEW_CELL,
                "output_peephole", "an LSTM");
    if (!(layer_.clip >= 0) || !std::isfinite(layer_.clip))
      invalid(field("clip").c_str(), "expected 0 (no clip) or a positive finite bound, found %g",
              static_cast<double>(layer_.clip));
    expect_only(traits().recurrent, layer_.clip != 0, "clip", "a recurrent layer");
    expect_only(is(RECURRENT_LAYER_RESIDUAL), layer_.residual_span != 0, "residual_span",
                "a residual layer");
    expect_only(traits().recurrent, layer_.direction != RECURRENT_DIRECTION_FORWARD, "direction",
                "a recurrent layer");
    weight_formats();
    expect_value("reserved", layer_.reserved, 0, 0);
    expect_only(is(RECURRENT_LAYER_SLICE), layer_.first != 0, "first", "a slice");
    if (is(RECURRENT_LAYER_SLICE) && layer_.hidden_size > layer_.input_size)
      invalid(field("hidden_size").c_str(), "expected at most input_size (%d) in a slice, found %d",
              layer_.input_size, layer_.hidden_size);
    if (is(RECURRENT_LAYER_SLICE))
      expect_value("first", layer_.first, 0, int64_t{layer_.input_size} - layer_.hidden_size);
    steps();
    windows();
    expect_only(is(RECURRENT_LAYER_LAYER_NORMALIZATION), layer_.epsilon != 0, "epsilon",
                "a layer normalization");
    if (!(layer_.epsilon >= 0) || !std::isfinite(layer_.epsilon))
      invalid(field("epsilon").c_str(), "expected 0 or a positive finite number, found %g",
              static_cast<double>(layer_.epsilon));
  }

  void steps() const {
    const bool flattens = is(RECURRENT_LAYER_FLATTEN);
    const bool unflattens = is(RECURRENT_LAYER_UNFLATTEN);
    const bool takes_steps =
        is(RECURRENT_LAYER_REPEAT) || is(RECURRENT_LAYER_LAST_STEPS) || flattens || unflattens;
    expect_only(takes_steps, layer_.steps != 0, "steps",
                "a repeat, last steps, a flatten or an unflatten");
    if (takes_steps)
      expect_value("steps", layer_.steps, is(RECURRENT_LAYER_REPEAT) ? 0 : 1, RECURRENT_MAX_SIZE);
    if (!flattens && !unflattens) return;
    const int64_t row = flattens ? layer_.hidden_size : layer_.input_size;
    const int64_t step = flattens ? layer_.input_size : layer_.hidden_size;
    const int64_t all = layer_.steps * step;
    if (row == all) return;
    if (flattens)
      invalid(field("hidden_size").c_str(),
              "expected steps * input_size (%lld) in a flatten, found %d",
              static_cast<long long>(all), layer_.hidden_size);
    invalid(field("input_size").c_str(),
            "expected steps * hidden_size (%lld) in an unflatten, found %d",
            static_cast<long long>(all), layer_.input_size);
  }

  void windows() const {
    const bool allowed = traits().has_windows;
    const char* const owner = "a convolution or a pooling layer";
    expect_only(allowed, layer_.kernel_size != 0, "kernel_size", owner);
    expect_only(allowed, layer_.stride != 0, "stride", owner);
    expect_only(allowed, layer_.dilation != 0, "dilation", owner);
    expect_only(allowed, layer_.pad_before != 0, "pad_before", owner);
    expect_only(allowed, layer_.pad_after != 0, "pad_after", owner);
    expect_only(is(RECURRENT_LAYER_CONVOLUTION), layer_.groups != 0, "groups", "a convolution");
    expect_only(is(RECURRENT_LAYER_AVERAGE_POOLING), layer_.counts_padding != 0, "counts_padding",
                "average pooling");
    if (!allowed) return;
    expect_value("kernel_size", layer_.kernel_size, 1, kMostWindowSteps);
    expect_value("stride", layer_.stride, 1, kMostWindowSteps);
    expect_value("dilation", layer_.dilation, 1, kMostWindowSteps);
    const int64_t extent = window_of(layer_).extent();
    if (extent > kMostWindowSteps)
      invalid(field("dilation").c_str(),
              "expected at most %lld steps from a window's first tap to its last, found %lld "
              "(%d taps)",
              static_cast<long long>(kMostWindowSteps), static_cast<long long>(extent),
              layer_.kernel_size);
    expect_value("pad_before", layer_.pad_before, 0, extent);
    expect_value("pad_after", layer_.pad_after, 0, extent);
    if (is(RECURRENT_LAYER_AVERAGE_POOLING))
      expect_value("counts_padding", layer_.counts_padding, 0, 1);
    if (is(RECURRENT_LAYER_CONVOLUTION)) convolution();
  }

  void convolution() const {
    const int32_t groups = layer_.groups;
    if (groups < 1 || layer_.input_size % groups != 0 || layer_.hidden_size % groups != 0)
      invalid(field("groups").c_str(),
              "expected a divisor of input_size (%d) and hidden_size (%d), found %d",
              layer_.input_size, layer_.hidden_size, groups);
    const int64_t terms = int64_t{layer_.kernel_size} * (layer_.input_size / groups);
    if (terms > kMostTerms)
      invalid(field("kernel_size").c_str(),
              "expected at most %lld weights for an output, found %lld (%d inputs of a group)",
              static_cast<long long>(kMostTerms), static_cast<long long>(terms),
              layer_.input_size / groups);
    if (history_size(layer_) > kMostHistory)
      invalid(field("kernel_size").c_str(),
              "expected a history of at most %lld values, found %lld (%d inputs)",
              static_cast<long long>(kMostHistory), static_cast<long long>(history_size(layer_)),
              layer_.input_size);
    checked_mul(checked_mul(layer_.hidden_size, terms, "hidden_size"), 64, "hidden_size");
  }

  void directions() const {
    direction("forward", layer_.forward,
              has_weights() && layer_.direction != RECURRENT_DIRECTION_REVERSE);
    direction("reverse", layer_.reverse, layer_.direction != RECURRENT_DIRECTION_FORWARD);
  }

  void direction(const char* name, const recurrent_direction_desc* desc, bool expected) const {
    if (!expected) {
      if (desc)
        invalid(field(name).c_str(),
                has_weights() ? "expected null, because the layer does not have this direction"
                              : "expected null, because such a layer has no weights");
      return;
    }
    if (!desc && may_do_without()) return;
    if (!desc) invalid(field(name).c_str(), "expected the weights of this direction, found null");
    const std::string path = field(name) + ".";
    expect_struct_size(path, desc->struct_size, sizeof(*desc));
    const bool has_inputs = !is(RECURRENT_LAYER_ACTIVATION);
    pointer(path, "input_weights", desc->input_weights, has_inputs && !may_do_without(),
            has_inputs);
    pointer(path, "input_bias", desc->input_bias, false,
            has_inputs && !is(RECURRENT_LAYER_EMBEDDING));
    pointer(path, "recurrent_weights", desc->recurrent_weights, traits().recurrent,
            traits().recurrent);
    pointer(path, "recurrent_bias", desc->recurrent_bias, false, traits().recurrent);
    pointer(path, "peephole", desc->peephole, false, lstm());
    pointer(path, "projection", desc->projection, layer_.projection_size > 0,
            layer_.projection_size > 0);
    pointer(path, "initial_hidden", desc->initial_hidden, false,
            traits().recurrent || history_size(layer_) > 0);
    pointer(path, "initial_cell", desc->initial_cell, false, lstm());
    activation(path + "gate", desc->gate_activation, desc->gate_alpha, desc->gate_beta);
    activation(path + "candidate", desc->candidate_activation, desc->candidate_alpha,
               desc->candidate_beta);
    activation(path + "output", desc->output_activation, desc->output_alpha, desc->output_beta);
  }

  void pointer(const std::string& path, const char* name, const float* found, bool required,
               bool allowed) const {
    if (required && !found) invalid((path + name).c_str(), "expected weights, found null");
    if (!allowed && found)
      invalid((path + name).c_str(), "expected null, because this %s layer has no such weights",
              traits().name);
  }

  static void activation(const std::string& path, int32_t kind, float alpha, float beta) {
    recurrent::expect_value((path + "_activation").c_str(), kind, RECURRENT_ACTIVATION_TANH,
                            RECURRENT_ACTIVATION_CLIP);
    if (!std::isfinite(alpha))
      invalid((path + "_alpha").c_str(), "expected a finite value, found %g",
              static_cast<double>(alpha));
    if (!std::isfinite(beta))
      invalid((path + "_beta").c_str(), "expected a finite value, found %g",
              static_cast<double>(beta));
    if (kind == RECURRENT_ACTIVATION_CLIP && alpha > beta)
      invalid((path + "_beta").c_str(), "expected at least alpha (%g), the lower bound, found %g",
              static_cast<double>(alpha), static_cast<double>(beta));
  }

  const recurrent_layer_desc& layer_;
  std::string path_;
};

// Whether a layer without a state computes each step from that step alone.
bool computes_steps(int32_t kind) {
  switch (kind) {
    case RECURRENT_LAYER_EMBEDDING:
    case RECURRENT_LAYER_REPEAT:
    case RECURRENT_LAYER_UNFLATTEN:
      return false;
    default:
      return !cell_traits(kind).recurrent && !cell_traits(kind).needs_steps;
  }
}

void validate_options(const recurrent_model_desc& desc) {
  expect_value("gemm_provider", desc.gemm_provider, RECURRENT_GEMM_BUILTIN, RECURRENT_GEMM_AUTO);
  expect_value("output", desc.output, RECURRENT_OUTPUT_EVERY_STEP, RECURRENT_OUTPUT_FINAL_STATE);
  expect_value("masking", desc.masking, RECURRENT_MASKING_NONE, RECURRENT_MASKING_ZERO);
  expect_range("reserved", desc.reserved, 0, 0);
}

}  // namespace

int64_t output_size(const recurrent_layer_desc& layer) {
  const int64_t state = layer.projection_size ? layer.projection_size : layer.hidden_size;
  return layer.direction == RECURRENT_DIRECTION_BIDIRECTIONAL ? 2 * state : state;
}

int64_t history_size(const recurrent_layer_desc& layer) {
  const Window window = window_of(layer);
  if (layer.kind != RECURRENT_LAYER_CONVOLUTION || !window.is_causal()) return 0;
  return window.extent() * layer.input_size;
}

int32_t tail_begin(const recurrent_model_desc& desc) {
  int32_t begin = 0;
  for (int32_t i = 0; i < desc.layer_count; ++i)
    if (!computes_steps(desc.layers[i].kind)) begin = i + 1;
  for (int32_t i = begin; i < desc.layer_count; ++i)
    if (desc.layers[i].kind == RECURRENT_LAYER_RESIDUAL && i - desc.layers[i].residual_span < begin)
      begin = i + 1;
  return begin;
}

const CellTraits& cell_traits(int32_t kind) { return kTraits[kind]; }

bool is_final_state(int32_t kind) {
  return kind == RECURRENT_LAYER_FINAL_STATE || kind == RECURRENT_LAYER_FINAL_CELL_STATE;
}

void expect_floats(const recurrent_model_desc& desc, const char* who) {
  for (int32_t i = 0; i < desc.layer_count; ++i) {
    const recurrent_layer_desc& layer = desc.layers[i];
    for (const auto& [name, format] :
         {std::pair{"input_weight_format", layer.input_weight_format},
          std::pair{"recurrent_weight_format", layer.recurrent_weight_format}})
      if (format != RECURRENT_WEIGHT_FORMAT_FLOAT32)
        fail(RECURRENT_STATUS_NOT_SUPPORTED,
             "layers[%d].%s: expected float32 (0), the only format that %s takes, found %s (%d)", i,
             name, who, name_of_format(format), format);
  }
}

void validate(const recurrent_model_desc& desc) {
  expect_struct_size(desc);
  expect_range("layer_count", desc.layer_count, 1, RECURRENT_MAX_LAYERS, "layers");
  if (!desc.layers) invalid("layers", "expected %d layers, found null", desc.layer_count);
  validate_options(desc);
  for (int32_t i = 0; i < desc.layer_count; ++i) LayerValidator(desc.layers[i], i).run();
  if (desc.gemm_provider == RECURRENT_GEMM_MKL) expect_floats(desc, "gemm_provider MKL");
}

}  // namespace recurrent
