#pragma once

#include "model/model.h"

namespace recurrent {

// One row of a layer without a product that reads one value: y `[output_size]` from x
// `[input_size]`, both apart. What such layers do with the order of steps is not seen here: for
// them it is a copy. Not for an embedding.
void apply_pointwise(const kernels::KernelTable& kernels, const PackedLayer& layer, const float* x,
                     float* y);

// `y[i] += x[i]`, x without its denormals.
void add_to(const float* x, float* y, int64_t count);

// The same of any layer without a product: `row_of(i)` is the row of what it reads as its value
// `i`.
template <class RowOf>
void apply_pointwise(const kernels::KernelTable& kernels, const PackedLayer& layer, RowOf row_of,
                     float* y) {
  const size_t count = layer.reads.size();
  switch (layer.kind) {
    case RECURRENT_LAYER_RESIDUAL:
    case RECURRENT_LAYER_SUM:
      kernels.add(row_of(0), row_of(1), y, layer.output_size);
      for (size_t i = 2; i < count; ++i) add_to(row_of(i), y, layer.output_size);
      break;
    case RECURRENT_LAYER_PRODUCT:
      kernels.multiply(row_of(0), row_of(1), y, layer.output_size);
      break;
    case RECURRENT_LAYER_CONCATENATION:
      for (size_t i = 0; i < count; ++i) {
        kernels.flush(row_of(i), y, layer.reads[i].size);
        y += layer.reads[i].size;
      }
      break;
    default:
      apply_pointwise(kernels, layer, row_of(0), y);
      break;
  }
}

// The row of an embedding's table that stands for an index.
const float* embedded(const PackedLayer& layer, int32_t index);

}  // namespace recurrent
