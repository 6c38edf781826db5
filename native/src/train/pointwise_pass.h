#pragma once

#include <cstdint>

#include "model/packed_layer.h"
#include "train/parameters.h"

namespace recurrent {

// What the backward pass of a layer without a product is given, for some rows.
struct PointwiseBackward {
  const float* x;          // what it has read, `[rows, input_size]`
  const int32_t* indices;  // an embedding has read these instead
  const float* y;          // what it has put out
  const float* dy;
  float* dx;      // added to; null for an embedding
  float* source;  // a residual layer: of what it adds, added to; null if it is not wanted
  int64_t source_stride;
  int64_t rows;
};

// Adds the gradients of a layer's parameters and of what it has read.
void pointwise_backward(const kernels::KernelTable& kernels, const PackedLayer& layer, size_t index,
                        Parameters& parameters, const PointwiseBackward& args, float* scratch);

}  // namespace recurrent
