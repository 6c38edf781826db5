#pragma once

#include <cstdint>

#include "model/model.h"

namespace recurrent {

// Decides who multiplies the input weights of a chunk of steps, for every direction of a model that
// is being made. `provider` is a recurrent_gemm_provider. Throws Error (UNAVAILABLE) if MKL is
// asked for and not there.
void choose_provider(Model& model, int32_t provider);

// The input product of `rows` rows, columns of the groups [group_begin, group_end): `out[row] =
// bias + W x[row]`.
struct InputProduct {
  const Model& model;
  const PackedLayer& layer;
  const PackedDirection& direction;
  const float* x;  // `[rows][input_size]`
  float* out;      // `[rows][columns]`
  int64_t rows;
};
void multiply(const InputProduct& product, int64_t group_begin, int64_t group_end);

}  // namespace recurrent
