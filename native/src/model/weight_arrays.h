#pragma once

#include <recurrent/recurrent.h>

#include <cstdint>
#include <vector>

namespace recurrent {

// One of the weights that a direction of a layer may have.
struct WeightArray {
  int32_t role;  // recurrent_parameter_role
  const float* recurrent_direction_desc::*field;
  int64_t rows;
  int64_t columns;
};

// The weights of a validated layer, in the order of their roles. All other fields are null.
std::vector<WeightArray> weight_arrays(const recurrent_layer_desc& layer);

}  // namespace recurrent
