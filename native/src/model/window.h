#pragma once

#include <recurrent/recurrent.h>

#include <cstdint>

namespace recurrent {

// Most steps between the first and the last tap of a window, and most elements of its fields.
inline constexpr int64_t kMostWindowSteps = int64_t{1} << 20;

// How a layer's windows lie on the steps that it reads: window `t` has its tap `k` at the step that
// step_of() says. Steps before the first and behind the last valid one are padding.
struct Window {
  int64_t kernel_size = 1;
  int64_t stride = 1;
  int64_t dilation = 1;
  int64_t before = 0;
  int64_t after = 0;

  // Steps from the first tap to the last.
  int64_t extent() const { return (kernel_size - 1) * dilation; }
  // Steps of a window that padding does not give: below 0 if it gives more.
  int64_t missing() const { return extent() - before - after; }
  // Needs no step but its own and those before.
  bool is_causal() const { return stride == 1 && before == extent() && after == 0; }
  // As many windows as steps, whatever their number.
  bool keeps_steps() const { return stride == 1 && missing() == 0; }
  int64_t step_of(int64_t window, int64_t tap) const {
    return window * stride + tap * dilation - before;
  }
};

inline Window window_of(const recurrent_layer_desc& layer) {
  return {layer.kernel_size, layer.stride, layer.dilation, layer.pad_before, layer.pad_after};
}

}  // namespace recurrent
