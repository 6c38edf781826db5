#pragma once

#include <cstdint>
#include <vector>

#include "model/model.h"

namespace recurrent {

// What products of a shape took, in microseconds; zeros if nothing was measured.
struct ProductTimes {
  int64_t rows = 0;
  double builtin_us = 0;
  double mkl_us = 0;

  bool mkl_is_faster() const { return mkl_us < builtin_us; }
};

// What the choice for every layer and direction of a model was based on; a layer that is not
// recurrent has none.
using ProductChoices = std::vector<std::vector<ProductTimes>>;

// Decides who multiplies the input weights of a chunk of steps, for every direction of a model that
// is being made. `provider` is a recurrent_gemm_provider. Throws Error (UNAVAILABLE) if MKL is
// asked for and not there.
ProductChoices choose_provider(Model& model, int32_t provider);

// The input product of `rows` rows, columns of the groups [group_begin, group_end): `out[row] =
// bias + W x[row]`.
struct InputProduct {
  const Model& model;
  const PackedLayer& layer;
  const PackedDirection& direction;
  const float* x;  // `[rows][input_size]`
  float* out;      // `[rows][columns]`
  int64_t rows;
  kernels::RowMemory rounded{};  // where weights are integers
};
void multiply(const InputProduct& product, int64_t group_begin, int64_t group_end);

}  // namespace recurrent
