// Prefetches of what other threads have written.
#pragma once

#include <cstdint>

#include "kernels/args.h"

namespace recurrent {

// Fetches what other threads have just written, all lines at once: a chain would wait for one after
// the other, 100 ns each.
inline void fetch(const float* values, int64_t count) {
#if defined(__GNUC__)
  constexpr int64_t kLineFloats = 16;
  for (int64_t i = 0; i < count; i += kLineFloats) __builtin_prefetch(values + i);
#endif
}

// The previous states that a slice of a step reads, unless they are more than the first-level cache
// is for.
inline void fetch_states(const kernels::CellArgs& args) {
  constexpr int64_t kMost = 2048;
  const int64_t count = args.range.rows * args.h_stride;
  if (args.h && count <= kMost) fetch(args.h, count);
}

}  // namespace recurrent
