#pragma once

#include <recurrent/recurrent.h>

#include <cstdint>
#include <vector>

#include "base/aligned_buffer.h"
#include "model/graph.h"
#include "train/gradients.h"
#include "train/parameter_block.h"

namespace recurrent {

// The parameters of a model and their gradients: layers in order, in each forward before reverse,
// in each by recurrent_parameter_role.
class Parameters {
 public:
  // Validates the model and copies its weights; throws Error.
  explicit Parameters(const recurrent_model_desc& desc);

  // The model, its weights being these parameters.
  const recurrent_model_desc& desc() const { return desc_; }
  const recurrent_layer_desc& layer(size_t index) const { return layers_[index]; }

  // How its layers go together.
  const Graph& graph() const { return graph_; }

  const std::vector<recurrent_parameter_block>& blocks() const { return blocks_; }
  int64_t count() const { return memory_.size(); }
  ParameterBlock& values(size_t block) { return values_[block]; }
  void get(float* values) const;
  void set(const float* values);

  // Keeps the parameters of now, to go back to them; or nothing any more.
  void keep(bool keeps);
  bool keeps() const { return keeps_; }

  Gradients& gradients() { return gradients_; }
  const Gradients& gradients() const { return gradients_; }
  // Where the gradients of a block are; null if there is no such block.
  float* gradient(size_t layer, bool reverse, int32_t role);
  // Rows with a gradient of an embedding's table.
  TouchedRows& touched(size_t layer);

 private:
  void add(int32_t layer, int32_t direction, int32_t role, const float*& data, int64_t rows,
           int64_t columns);
  void take_values();
  void add_direction(int32_t layer, int32_t direction, recurrent_direction_desc& weights);
  int64_t find(size_t layer, int32_t direction, int32_t role) const;

  recurrent_model_desc desc_;
  const Graph graph_;
  std::vector<recurrent_layer_desc> layers_;
  std::vector<recurrent_direction_desc> directions_;  // `[layer][forward, reverse]`
  std::vector<recurrent_parameter_block> blocks_;
  std::vector<const float**> sources_;  // of each block, until its values are taken
  AlignedBuffer<float> memory_;         // of all blocks, at their offsets
  std::vector<ParameterBlock> values_;
  Gradients gradients_;
  bool keeps_ = false;
};

}  // namespace recurrent
