#pragma once

#include <stdint.h>

// Includes no header that emits an inline function, as kernel files include it.

namespace recurrent::kernels {

// How a weight lies in memory, a recurrent_weight_format: those of weights.inc, which stand for
// floats, and integers of 8 bits, whose kernels are those of integers.inc.
#define RECURRENT_WEIGHTS(format, reader, name, bytes) format,
enum class WeightFormat : int32_t {
#include "kernels/weights.inc"
  kInt8,
  kInt8With8BitInputs
};
#undef RECURRENT_WEIGHTS

#define RECURRENT_WEIGHTS(format, reader, name, bytes) +1
inline constexpr int32_t kFloatFormatCount = 0
#include "kernels/weights.inc"
    ;
#undef RECURRENT_WEIGHTS

// What packed weights point to: bytes, whatever their format.
using WeightBytes = const unsigned char*;

}  // namespace recurrent::kernels
