#pragma once

#include <recurrent/recurrent.h>

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace recurrent::test {

// One direction's weights, owned, with the description that points to them.
struct OwnedDirection {
  std::vector<float> input_weights, recurrent_weights, input_bias, recurrent_bias, peephole,
      projection, initial_hidden, initial_cell;
  recurrent_direction_desc desc{};
};

struct OwnedLayer {
  recurrent_layer_desc desc{};
  std::unique_ptr<OwnedDirection> forward, reverse;
};

// A chain of layers with random weights, kept in the caller's form for the naive computation.
struct OwnedModel {
  std::vector<OwnedLayer> layers;

  std::vector<recurrent_layer_desc> descs() const {
    std::vector<recurrent_layer_desc> all;
    for (const OwnedLayer& layer : layers) all.push_back(layer.desc);
    return all;
  }
  bool can_step() const {
    for (const OwnedLayer& layer : layers)
      if (layer.reverse || (layer.desc.kind == RECURRENT_LAYER_CONVOLUTION && layer.desc.pad_after))
        return false;
    return true;
  }
  int64_t input_size() const { return layers.front().desc.input_size; }
  // Adds a layer that takes what the last one puts out.
  void add(OwnedLayer layer) { layers.push_back(std::move(layer)); }
  std::string describe() const;
};

using Random = std::mt19937;

inline int64_t state_size(const recurrent_layer_desc& layer) {
  return layer.projection_size ? layer.projection_size : layer.hidden_size;
}
// Of a convolution: floats of its history.
inline int64_t history_size(const recurrent_layer_desc& layer) {
  const int64_t extent = int64_t{layer.kernel_size - 1} * layer.dilation;
  const bool is_causal = layer.stride == 1 && layer.pad_before == extent && layer.pad_after == 0;
  return is_causal ? extent * layer.input_size : 0;
}
inline int gates_of(int32_t kind) {
  return kind == RECURRENT_LAYER_LSTM                                              ? 4
         : kind == RECURRENT_LAYER_GRU || kind == RECURRENT_LAYER_GRU_RESET_BEFORE ? 3
                                                                                   : 1;
}
inline int64_t output_size(const recurrent_layer_desc& layer) {
  return state_size(layer) * (layer.direction == RECURRENT_DIRECTION_BIDIRECTIONAL ? 2 : 1);
}

int64_t uniform(Random& random, int64_t low, int64_t high);
std::vector<float> random_values(Random& random, int64_t count, float scale);

// Random layer of this kind; `input_size` 0 for a random one. Options (peephole, clip, coupling,
// activations) come at random.
OwnedLayer random_layer(Random& random, int32_t kind, int64_t input_size, int64_t largest,
                        bool may_reverse);
// Of a kind that multiplies no matrix; a residual one adds the input of the layer `span` before.
OwnedLayer pointwise_layer(Random& random, int32_t kind, int64_t size, int32_t span = 0);
// A convolution with a little of everything; `Windows` says which steps it may need.
enum class Windows { kCausal, kKeepSteps, kAny };
OwnedLayer convolution_layer(Random& random, int64_t input_size, int64_t largest, Windows windows);
// `count` rows of an embedding.
OwnedLayer embedding_layer(Random& random, int64_t count, int64_t size);
// Gives the weights of all layers that multiply formats at random, those of inputs and states often
// different ones.
void choose_formats(Random& random, OwnedModel& model);
// The fields of its windows.
std::string describe_windows(const recurrent_layer_desc& layer);
// Up to four layers, the pointwise ones included unless all are to multiply, but no embedding.
OwnedModel random_model(Random& random, int64_t largest, bool may_reverse,
                        bool all_multiply = false);

}  // namespace recurrent::test
