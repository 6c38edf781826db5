// The product of a convolution: what windows of steps see is gathered, or lies side by side in a
// history, and then is what a dense layer reads.
#pragma once

#include <cstdint>

#include "exec/slice.h"
#include "kernels/table.h"
#include "model/packed_layer.h"
#include "model/states.h"

namespace recurrent {

// Floats of a step where it is gathered, and of a window of its own.
inline int64_t step_floats(const PackedLayer& layer) {
  const PackedConvolution& c = layer.convolution;
  return c.is_by_lanes() ? c.inputs * layer.output_size : layer.input_size;
}
inline int64_t window_floats(const PackedLayer& layer) {
  return layer.convolution.window.kernel_size * step_floats(layer);
}

// Steps that are gathered, `[group][steps][inputs of a group]`; for lanes `[steps][inputs of a
// group][outputs]`, each output having those of its group. A window is as many of them as it has
// taps, one behind the other, so windows may overlap.
struct GatheredSteps {
  float* data;
  int64_t steps;

  // Puts a step `[input_size]` at a place, denormals removed; null for zeros.
  void put(const kernels::KernelTable& kernels, const PackedLayer& layer, int64_t place,
           const float* x) const;
};

// Windows that are multiplied, and where the outputs of each go.
struct WindowProduct {
  const float* x;  // the first step of the first window
  int64_t x_stride;
  int64_t group_stride;  // from the steps of a group to those of the next one
  int64_t term_stride;   // for lanes, from an input of all outputs to the next one
  int64_t rows;          // windows
  float* y;
  int64_t y_stride;
  bool backwards = false;
  kernels::RowMemory rounded{};  // where weights are integers
  // Training: where pre-activations go, `[rows][tape_stride]`, if the layer is not linear.
  float* tape = nullptr;
  int64_t tape_stride = 0;
};
WindowProduct product_of(const PackedLayer& layer, const GatheredSteps& gathered,
                         int64_t steps_between, int64_t windows);

// What threads can share of a product: groups of panels, of all groups of features; of lanes,
// vectors.
int64_t parts_of(const PackedLayer& layer);
void multiply(const kernels::KernelTable& kernels, const PackedLayer& layer,
              const WindowProduct& product, Slice parts);

// A single step of some rows of a convolution that can be stepped.
class WindowStep {
 public:
  // x `[rows][input_size]`; `memory` is for at least one window.
  WindowStep(const kernels::KernelTable& kernels, const PackedLayer& layer, const StateRows& states,
             const float* x, float* memory, int64_t floats)
      : kernels_(kernels),
        layer_(layer),
        states_(states),
        x_(x),
        memory_(memory),
        most_(floats / window_floats(layer)) {}

  // Takes the step into the histories of all rows.
  void remember(int64_t rows) const;
  // What some rows see then, at most so many, which is gathered first if it does not lie side by
  // side.
  int64_t most() const { return most_; }
  void gather(RowRange rows) const;
  WindowProduct product(RowRange rows) const;

 private:
  bool are_side_by_side(RowRange rows) const;
  const float* window(int64_t row) const;

  const kernels::KernelTable& kernels_;
  const PackedLayer& layer_;
  const StateRows& states_;
  const float* x_;
  float* memory_;
  int64_t most_;
};

}  // namespace recurrent
