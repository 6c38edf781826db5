#pragma once

#include <recurrent/recurrent.h>

#include <cstdint>
#include <vector>

#include "base/aligned_buffer.h"

namespace recurrent {

// The parameters of a model and their gradients, each in one row: layers in order, in each forward
// before reverse, in each by recurrent_parameter_role.
class Parameters {
 public:
  // Validates the model and copies its weights; throws Error.
  explicit Parameters(const recurrent_model_desc& desc);

  // The model, its weights being these parameters.
  const recurrent_model_desc& desc() const { return desc_; }
  const recurrent_layer_desc& layer(size_t index) const { return layers_[index]; }

  const std::vector<recurrent_parameter_block>& blocks() const { return blocks_; }
  int64_t count() const { return values_.size(); }
  float* values() { return values_.data(); }
  const float* values() const { return values_.data(); }
  float* gradients() { return gradients_.data(); }
  const float* gradients() const { return gradients_.data(); }

  // Where the gradients of a block are; null if there is no such block.
  float* gradient(size_t layer, bool reverse, int32_t role);

 private:
  void add(int32_t layer, int32_t direction, int32_t role, const float*& data, int64_t rows,
           int64_t columns);
  void take_values();
  void add_direction(int32_t layer, int32_t direction, recurrent_direction_desc& weights);

  recurrent_model_desc desc_;
  std::vector<recurrent_layer_desc> layers_;
  std::vector<recurrent_direction_desc> directions_;  // `[layer][forward, reverse]`
  std::vector<recurrent_parameter_block> blocks_;
  std::vector<const float**> sources_;  // of each block, until its values are taken
  AlignedBuffer<float> values_;
  AlignedBuffer<float> gradients_;
};

}  // namespace recurrent
