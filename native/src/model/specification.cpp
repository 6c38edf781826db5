#include "model/specification.h"

#include <cmath>
#include <cstddef>
#include <string>

#include "base/checked.h"
#include "base/error.h"

namespace recurrent {
namespace {

constexpr CellTraits kTraits[] = {
    {"SimpleRNN", 1, 1, true, false}, {"LSTM", 4, 4, true, true},
    {"GRU", 3, 3, true, false},       {"reset-before GRU", 3, 2, true, false},
    {"Dense", 1, 0, false, false},
};

// Checks of one layer; field names come out as `layers[3].clip`.
class LayerValidator {
 public:
  LayerValidator(const recurrent_layer_desc& layer, int32_t index)
      : layer_(layer), path_("layers[" + std::to_string(index) + "].") {}

  void run() const {
    expect_struct_size(path_, layer_.struct_size, sizeof(layer_));
    expect_value("kind", layer_.kind, RECURRENT_LAYER_SIMPLE_RNN, RECURRENT_LAYER_DENSE);
    expect_value("direction", layer_.direction, RECURRENT_DIRECTION_FORWARD,
                 RECURRENT_DIRECTION_BIDIRECTIONAL);
    expect_value("residual_span", layer_.residual_span, 0, 0);
    sizes();
    options();
    directions();
  }

  static void expect_struct_size(const std::string& path, uint32_t found, size_t expected) {
    if (found != expected)
      invalid((path + "struct_size").c_str(),
              "expected %zu, found %u; was the caller built for another version?", expected, found);
  }

 private:
  const CellTraits& traits() const { return cell_traits(layer_.kind); }
  bool lstm() const { return layer_.kind == RECURRENT_LAYER_LSTM; }
  std::string field(const char* name) const { return path_ + name; }

  void expect_value(const char* name, int32_t found, int32_t low, int32_t high) const {
    if (found < low || found > high)
      invalid(field(name).c_str(), "expected a value from %d to %d, found %d", low, high, found);
  }

  void expect_only(bool allowed, bool used, const char* name, const char* owner) const {
    if (used && !allowed)
      invalid(field(name).c_str(), "expected none, because only %s has it and this layer is a %s",
              owner, traits().name);
  }

  void sizes() const {
    expect_value("input_size", layer_.input_size, 1, RECURRENT_MAX_SIZE);
    expect_value("hidden_size", layer_.hidden_size, 1, RECURRENT_MAX_SIZE);
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
    expect_only(traits().recurrent, layer_.direction != RECURRENT_DIRECTION_FORWARD, "direction",
                "a recurrent layer");
  }

  void directions() const {
    direction("forward", layer_.forward, layer_.direction != RECURRENT_DIRECTION_REVERSE);
    direction("reverse", layer_.reverse, layer_.direction != RECURRENT_DIRECTION_FORWARD);
  }

  void direction(const char* name, const recurrent_direction_desc* desc, bool expected) const {
    if (!expected) {
      if (desc)
        invalid(field(name).c_str(),
                "expected null, because the layer does not have this direction");
      return;
    }
    if (!desc) invalid(field(name).c_str(), "expected the weights of this direction, found null");
    const std::string path = field(name) + ".";
    expect_struct_size(path, desc->struct_size, sizeof(*desc));
    pointer(path, "input_weights", desc->input_weights, true, true);
    pointer(path, "recurrent_weights", desc->recurrent_weights, traits().recurrent,
            traits().recurrent);
    pointer(path, "recurrent_bias", desc->recurrent_bias, false, traits().recurrent);
    pointer(path, "peephole", desc->peephole, false, lstm());
    pointer(path, "projection", desc->projection, layer_.projection_size > 0,
            layer_.projection_size > 0);
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
    if (kind < RECURRENT_ACTIVATION_TANH || kind > RECURRENT_ACTIVATION_SOFTPLUS)
      invalid((path + "_activation").c_str(), "expected a value from %d to %d, found %d",
              RECURRENT_ACTIVATION_TANH, RECURRENT_ACTIVATION_SOFTPLUS, kind);
    if (!std::isfinite(alpha))
      invalid((path + "_alpha").c_str(), "expected a finite value, found %g",
              static_cast<double>(alpha));
    if (!std::isfinite(beta))
      invalid((path + "_beta").c_str(), "expected a finite value, found %g",
              static_cast<double>(beta));
  }

  const recurrent_layer_desc& layer_;
  std::string path_;
};

int64_t output_size(const recurrent_layer_desc& layer) {
  const int64_t state = layer.projection_size ? layer.projection_size : layer.hidden_size;
  return layer.direction == RECURRENT_DIRECTION_BIDIRECTIONAL ? 2 * state : state;
}

}  // namespace

const CellTraits& cell_traits(int32_t kind) { return kTraits[kind]; }

void validate(const recurrent_model_desc& desc) {
  LayerValidator::expect_struct_size("", desc.struct_size, sizeof(desc));
  if (desc.layer_count < 1 || desc.layer_count > RECURRENT_MAX_LAYERS)
    invalid("layer_count", "expected 1 to %d layers, found %d", RECURRENT_MAX_LAYERS,
            desc.layer_count);
  if (!desc.layers) invalid("layers", "expected %d layers, found null", desc.layer_count);
  if (desc.gemm_provider < RECURRENT_GEMM_BUILTIN || desc.gemm_provider > RECURRENT_GEMM_AUTO)
    invalid("gemm_provider", "expected a value from %d to %d, found %d", RECURRENT_GEMM_BUILTIN,
            RECURRENT_GEMM_AUTO, desc.gemm_provider);
  for (int32_t i = 0; i < desc.layer_count; ++i) {
    LayerValidator(desc.layers[i], i).run();
    if (i > 0 && desc.layers[i].input_size != output_size(desc.layers[i - 1]))
      invalid(("layers[" + std::to_string(i) + "].input_size").c_str(),
              "expected the output size of the layer before (%lld), found %d",
              static_cast<long long>(output_size(desc.layers[i - 1])), desc.layers[i].input_size);
  }
}

}  // namespace recurrent
