#pragma once

#include <cstdint>

#include "kernels/weight_format.h"

namespace recurrent {

int64_t bytes_of_weight(kernels::WeightFormat format);

// Packed weights, vectors of `width` floats one after the other, in another format than floats.
void convert_weights(kernels::WeightFormat format, const float* from, int64_t count, int width,
                     unsigned char* to);

}  // namespace recurrent
