#pragma once

#include <cfloat>
#include <cmath>
#include <cstdint>

#include "kernels/table.h"

namespace recurrent {

// Inputs so few that a call of the kernel would take longer. It stores less than a vector under a
// mask, and the cell's loads would wait for such a store: 15 inputs took longer than 16.
inline constexpr int64_t kFewInputs = 15;

inline void remove_denormals(const kernels::KernelTable& kernels, const float* x, float* clean,
                             int64_t count) {
  if (count > kFewInputs) {
    kernels.flush(x, clean, count);
    return;
  }
  for (int64_t i = 0; i < count; ++i) clean[i] = std::fabs(x[i]) < FLT_MIN ? 0.0f : x[i];
}

}  // namespace recurrent
