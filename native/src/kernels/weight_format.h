#pragma once

#include <stdint.h>

// Includes no header that emits an inline function, as kernel files include it.

namespace recurrent::kernels {

// How a weight lies in memory, see weights.inc.
#define RECURRENT_WEIGHTS(format, reader, name, bytes) format,
enum class WeightFormat : int32_t {
#include "kernels/weights.inc"
};
#undef RECURRENT_WEIGHTS

#define RECURRENT_WEIGHTS(format, reader, name, bytes) +1
inline constexpr int32_t kWeightFormatCount = 0
#include "kernels/weights.inc"
    ;
#undef RECURRENT_WEIGHTS

// What packed weights point to: bytes, whatever their format.
using WeightBytes = const unsigned char*;

}  // namespace recurrent::kernels
