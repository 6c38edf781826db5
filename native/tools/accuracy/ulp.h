// Distances between floats, with magnitudes below 2^-126 counting as zero.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

namespace recurrent::accuracy {

inline constexpr float kSmallestNormal = 0x1p-126f;

// Position on the line of floats: 0 for zero and everything that counts as it, 1 for 2^-126, and so
// on to infinity; negative for negative values. Not for NaN.
inline int64_t position(float value) {
  const uint32_t magnitude = std::bit_cast<uint32_t>(value) & 0x7fffffffu;
  const int64_t steps = magnitude < 0x00800000u ? 0 : static_cast<int64_t>(magnitude) - 0x007fffff;
  return std::signbit(value) ? -steps : steps;
}

// How many floats lie between a result and the correctly rounded result (0 if they are the same
// one).
inline int64_t ulp_distance(float result, float correctly_rounded) {
  const int64_t distance = position(result) - position(correctly_rounded);
  return distance < 0 ? -distance : distance;
}

// The real error of a result in units of the last place of the correctly rounded result; 0 where
// either counts as zero or is infinite, which ulp_distance judges alone.
inline double ulp_error(float result, double exact, float correctly_rounded) {
  if (std::fabs(correctly_rounded) < kSmallestNormal || std::fabs(result) < kSmallestNormal ||
      !std::isfinite(correctly_rounded) || !std::isfinite(result))
    return 0.0;
  // 2^-(exponent - 23), assembled from its bits: std::ldexp would take longer than everything else
  // here.
  const uint64_t exponent = (std::bit_cast<uint32_t>(correctly_rounded) >> 23) & 0xffu;
  const double ulps_per_one = std::bit_cast<double>((1023u + 127u + 23u - exponent) << 52);
  return std::fabs(static_cast<double>(result) - exact) * ulps_per_one;
}

}  // namespace recurrent::accuracy
