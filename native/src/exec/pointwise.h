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

// A layer whose every number comes of the numbers at the same place of what it reads, so that rows
// that lie behind each other are one row.
inline bool is_elementwise(int32_t kind) {
  return kind == RECURRENT_LAYER_ACTIVATION || kind == RECURRENT_LAYER_RESIDUAL ||
         kind == RECURRENT_LAYER_SUM || kind == RECURRENT_LAYER_PRODUCT;
}

// So many numbers of such a layer. `from(i)` is where those of its value `i` are.
template <class From>
void apply_elementwise(const kernels::KernelTable& kernels, const PackedLayer& layer, From from,
                       float* y, int64_t count) {
  switch (layer.kind) {
    case RECURRENT_LAYER_ACTIVATION: {
      const kernels::Activation& activation = layer.pointwise.activation;
      kernels.flush(from(0), y, count);
      kernels.activation(activation.kind, activation.alpha, activation.beta, y, y, count);
      break;
    }
    case RECURRENT_LAYER_PRODUCT:
      kernels.multiply(from(0), from(1), y, count);
      break;
    default:
      kernels.add(from(0), from(1), y, count);
      for (size_t i = 2; i < layer.reads.size(); ++i) add_to(from(i), y, count);
      break;
  }
}

// The same of any layer without a product: `row_of(i)` is the row of what it reads as its value
// `i`.
template <class RowOf>
void apply_pointwise(const kernels::KernelTable& kernels, const PackedLayer& layer, RowOf row_of,
                     float* y) {
  if (is_elementwise(layer.kind))
    return apply_elementwise(kernels, layer, row_of, y, layer.output_size);
  if (layer.kind != RECURRENT_LAYER_CONCATENATION)
    return apply_pointwise(kernels, layer, row_of(0), y);
  for (size_t i = 0; i < layer.reads.size(); ++i) {
    kernels.flush(row_of(i), y, layer.reads[i].size);
    y += layer.reads[i].size;
  }
}

// The row of an embedding's table that stands for an index.
const float* embedded(const PackedLayer& layer, int32_t index);

}  // namespace recurrent
