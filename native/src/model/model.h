#pragma once

#include <recurrent/recurrent.h>

#include <cstdint>
#include <vector>

#include "kernels/table.h"
#include "model/packed_layer.h"

namespace recurrent {

// A chain of layers with packed weights. Immutable, so any number of threads may use it.
class Model {
 public:
  // Validates and packs; throws Error.
  explicit Model(const recurrent_model_desc& desc);

  const kernels::KernelTable& kernels() const { return *kernels_; }
  const std::vector<PackedLayer>& layers() const { return layers_; }
  int64_t input_size() const { return layers_.front().input_size; }
  int64_t output_size() const { return layers_.back().output_size; }
  bool can_step() const { return can_step_; }
  bool uses_mkl() const;
  int64_t packed_bytes() const;
  // Floats of a row's states, as the caller sees them and as they are stored.
  int64_t state_size() const { return state_size_; }
  int64_t padded_state_size() const { return padded_state_size_; }

  // For the provider of large products (gemm/), while the model is made: gives a direction the
  // weights in the order that MKL takes, which makes its products go there, and takes them away
  // again.
  void use_mkl(size_t layer, size_t direction);
  void drop_mkl(size_t layer, size_t direction);

 private:
  void place_states(PackedLayer& layer);

  const kernels::KernelTable* kernels_;
  std::vector<PackedLayer> layers_;
  int64_t state_size_ = 0;
  int64_t padded_state_size_ = 0;
  bool can_step_ = true;
};

}  // namespace recurrent
