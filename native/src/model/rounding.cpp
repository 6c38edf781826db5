#include "model/rounding.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "model/packing.h"

namespace recurrent {
namespace {

// The least that a row's largest weight counts for, so that its scale is far from denormals.
constexpr float kLeastWeight = 0x1p-40f;

bool are_multiples(const float* weights, int64_t count, float inverse) {
  return std::all_of(
      weights, weights + count,
      [inverse](float weight) {
        const float integer = flushed(weight) * inverse;
        return integer == std::nearbyint(integer) && integer >= -128 && integer <= 127;
      });
}

}  // namespace

uint16_t to_bfloat16(float weight) {
  const auto bits = std::bit_cast<uint32_t>(flushed(weight));
  // The carry of a NaN's payload could make it an infinity.
  if (std::isnan(weight)) return static_cast<uint16_t>(bits >> 16 | 0x40u);
  const uint32_t half = 0x7fffu + (bits >> 16 & 1u);
  return static_cast<uint16_t>((bits + half) >> 16);
}

float from_bfloat16(uint16_t half) { return std::bit_cast<float>(uint32_t{half} << 16); }

float integer_scale(const float* weights, int64_t count) {
  float largest = kLeastWeight;
  for (int64_t k = 0; k < count; ++k) largest = std::max(largest, std::fabs(weights[k]));
  int exponent = 0;
  std::frexp(largest, &exponent);
  for (const int power : {exponent - 8, exponent - 7})
    if (are_multiples(weights, count, std::ldexp(1.0f, -power))) return std::ldexp(1.0f, power);
  // Upwards, so that products with an integer are exact and packing what was rounded changes
  // nothing.
  return std::bit_cast<float>((std::bit_cast<uint32_t>(largest / 127.0f) + 0xffu) & ~0xffu);
}

void round_to_integers(const float* weights, int64_t count, float scale, int8_t* integers) {
  for (int64_t k = 0; k < count; ++k)
    integers[k] = static_cast<int8_t>(std::nearbyint(flushed(weights[k]) / scale));
}

}  // namespace recurrent
