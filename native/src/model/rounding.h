// Weights in fewer bits: how they are rounded (docs/numerics.md, section 5), and which cannot be.
#pragma once

#include <cstdint>

namespace recurrent {

// A weight as the upper half of a float, rounded to nearest, ties to even, after a denormal has
// become +0. A NaN stays one; what is too large becomes infinite.
uint16_t to_bfloat16(float weight);
// What the half stands for.
float from_bfloat16(uint16_t half);

// The scale of a row of finite weights in 8 bits, denormals being zeros: a power of two that loses
// nothing if there is one, else the largest weight's 127th part, rounded up to 16 significant bits.
float integer_scale(const float* weights, int64_t count);
// The row's integers.
void round_to_integers(const float* weights, int64_t count, float scale, int8_t* integers);

}  // namespace recurrent
