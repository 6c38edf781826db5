#pragma once

#include <stdint.h>

// Includes no header that emits an inline function, as kernel files include it.

namespace recurrent::kernels {

// How weights of 8 bits lie in memory. A chain of a group, which has `vectors` of them side by side
// (panels times gates), is
//
//   scales      `[vectors][V]` floats
//   for every kIntegerBlock terms
//     sums      `[vectors][V]` 32-bit integers, -128 times the sum of the block's weights, if
//               the kernels begin with them
//     weights   for every `depth` terms `[vectors][V][depth]`, or `[vectors][depth][V]` if a
//               vector's weights are by term; zeros where there are no more terms
//
// and has nothing without terms.
struct IntegerLayout {
  int32_t depth;
  bool is_by_term;
  bool has_sums;
};

// Terms whose sum is exact in 32 bits: 512 * 128 * 32767 < 2^31.
inline constexpr int64_t kIntegerBlock = 512;

// Bytes of a chain for each of its vectors: whole words, as the next chain begins with floats.
static constexpr int64_t integer_chain_bytes(const IntegerLayout& layout, int64_t width,
                                             int64_t terms) {
  if (terms == 0) return 0;
  const int64_t floats = 1 + (layout.has_sums ? (terms + kIntegerBlock - 1) / kIntegerBlock : 0);
  const int64_t records = (terms + layout.depth - 1) / layout.depth;
  return (width * (floats * 4 + records * layout.depth) + 3) / 4 * 4;
}

// Rounded inputs of a row: its scale in a line of its own, then integers of 16 bits, or their lower
// bytes and then the upper ones.
inline constexpr int64_t kRoundedScaleBytes = 64;
static constexpr int64_t rounded_plane_bytes(int64_t terms) { return (terms + 63) / 64 * 64; }
static constexpr int64_t rounded_row_bytes(int64_t terms) {
  return terms == 0 ? 0 : kRoundedScaleBytes + 2 * rounded_plane_bytes(terms);
}

}  // namespace recurrent::kernels
