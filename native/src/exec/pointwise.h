#pragma once

#include "model/model.h"

namespace recurrent {

// One row of a layer without a product: y `[output_size]` from x `[input_size]`, both apart.
// `source` is the row that a residual layer adds, null for others. Not for an embedding.
void apply_pointwise(const kernels::KernelTable& kernels, const PackedLayer& layer, const float* x,
                     const float* source, float* y);

// The row of an embedding's table that stands for an index.
const float* embedded(const PackedLayer& layer, int32_t index);

}  // namespace recurrent
