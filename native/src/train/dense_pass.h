#pragma once

#include <cstdint>

#include "exec/team.h"
#include "model/packed_layer.h"
#include "train/arena.h"
#include "train/outer_product.h"
#include "train/parameters.h"
#include "train/transposed.h"

namespace recurrent {

// A dense layer, forward with a tape and back along it, for any number of rows.
class DensePass {
 public:
  DensePass(const kernels::KernelTable& kernels, Parameters& parameters, size_t layer)
      : kernels_(kernels), parameters_(parameters), index_(layer), outer_(kernels) {}

  // Takes the weights after they have changed. What is packed belongs to the caller.
  void set_weights(const PackedLayer& layer);
  void plan(Arena& arena, int64_t rows, int threads);

  // x `[rows, input_size]`, y `[rows, output_size]`; both are kept by the caller until backward().
  void forward(Participant& participant, const float* x, int64_t rows, float* y);
  // Adds the gradients of the parameters; dx `[rows, dx_stride]` receives that of the input, if it
  // is not null: whole vectors of columns.
  void backward(Participant& participant, const float* x, int64_t rows, const float* dy, float* dx,
                int64_t dx_stride);

  int64_t tape_bytes() const { return tape_.bytes(); }

 private:
  bool is_linear() const;

  const kernels::KernelTable& kernels_;
  Parameters& parameters_;
  const size_t index_;
  const PackedLayer* layer_ = nullptr;
  kernels::CellConstants cell_{};
  Transposed weights_;
  Floats tape_;  // `[rows][output_size]` pre-activations, then their gradients
  OuterProduct outer_;
};

}  // namespace recurrent
