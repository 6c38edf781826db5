#pragma once

#include <algorithm>
#include <limits>

#include "model/model.h"

namespace recurrent {

inline bool is_pooling(int32_t kind) {
  return kind == RECURRENT_LAYER_MAX_POOLING || kind == RECURRENT_LAYER_AVERAGE_POOLING;
}

// Calls `visit(step)` for the taps of a window that are no padding, of a row of `steps` steps.
template <class Visitor>
void for_taps(const Window& window, int64_t at, int64_t steps, Visitor visit) {
  for (int64_t tap = 0; tap < window.kernel_size; ++tap) {
    const int64_t step = window.step_of(at, tap);
    if (step >= 0 && step < steps) visit(step);
  }
}

// What the sum of a window's `taps` taps is divided by.
inline float pooling_divisor(const PackedPointwise& pooling, int64_t taps) {
  return static_cast<float>(pooling.counts_padding ? pooling.window.kernel_size : taps);
}

// One window of a pooling layer, of a row of `steps` steps, `row_of(t)` being step t of what it
// reads. Without a tap that is no padding a mean is 0, and a maximum that of nothing: -infinity.
template <class RowOf>
void pool(const kernels::KernelTable& kernels, const PackedLayer& layer, int64_t at, int64_t steps,
          RowOf row_of, float* y) {
  const PackedPointwise& p = layer.pointwise;
  const int64_t width = layer.input_size;
  const bool is_mean = layer.kind == RECURRENT_LAYER_AVERAGE_POOLING;
  int64_t taps = 0;
  std::fill_n(y, width, is_mean ? 0.0f : -std::numeric_limits<float>::infinity());
  for_taps(p.window, at, steps, [&](int64_t step) {
    const float* const x = row_of(step);
    if (is_mean)
      kernels.accumulate(x, y, width);
    else if (taps == 0)
      kernels.flush(x, y, width);
    else
      kernels.keep_largest(x, y, width);
    ++taps;
  });
  if (!is_mean || taps == 0) return;
  const float divisor = pooling_divisor(p, taps);
  for (int64_t i = 0; i < width; ++i) y[i] /= divisor;
}

}  // namespace recurrent
