// Graphs of layers with random weights, and what they have to give.
#pragma once

#include <recurrent/recurrent.h>

#include <cstdint>
#include <string>
#include <vector>

#include "random_model.h"

namespace recurrent::test {

// A value of a graph as the test knows it.
struct GraphValue {
  int32_t kind = RECURRENT_VALUE_SEQUENCE;
  int64_t size = 0;
  std::string base = "model";  // how the number of steps is made
  bool is_causal = true;       // whether it can be computed step by step
  bool has_steps = true;       // depends on a sequence
};

struct OwnedGraph {
  std::vector<GraphValue> values;  // inputs, then what each layer puts out
  std::vector<recurrent_input_desc> inputs;
  std::vector<std::string> names;  // of the inputs, then of the outputs
  std::vector<OwnedLayer> layers;
  std::vector<std::vector<int32_t>> reads;
  std::vector<recurrent_output_desc> outputs;
  int32_t masking = RECURRENT_MASKING_NONE;
  float mask_value = 0;

  int32_t input_count() const { return static_cast<int32_t>(inputs.size()); }
  bool can_step() const;
  const GraphValue& output(size_t index) const {
    return values[static_cast<size_t>(outputs[index].value)];
  }
  // Steps of a value of a row that has `length`.
  int64_t steps(const GraphValue& value, int64_t length) const;
  // The fewest steps with which every value has one.
  int64_t least_time() const;
  std::string describe() const;
};

// The descriptions that a model is made of; the graph has to outlive them.
struct GraphDescription {
  explicit GraphDescription(const OwnedGraph& graph, int32_t isa = RECURRENT_ISA_AUTO);

  std::vector<recurrent_layer_desc> layers;
  recurrent_model_desc desc{};
};

OwnedGraph random_graph(Random& random, int64_t largest, int most_layers = 9);

}  // namespace recurrent::test
