#include "exec/windows.h"

#include <algorithm>
#include <cfloat>
#include <cmath>

#include "exec/bind.h"
#include "exec/denormals.h"
#include "model/history.h"

namespace recurrent {

namespace {

float clean(float value) { return std::fabs(value) < FLT_MIN ? 0.0f : value; }

void multiply_lanes(const kernels::KernelTable& kernels, const PackedLayer& layer,
                    const WindowProduct& product, Slice vectors) {
  const PackedConvolution& c = layer.convolution;
  const PackedDirection& direction = layer.directions.front();
  kernels.lanes({product.rows, vectors.begin, vectors.end, layer.output_size, layer.terms,
                 c.lanes.data(), c.lane_stride, direction.bias.data(), product.x, product.x_stride,
                 product.term_stride, direction.phases.front().constants.activation, product.y,
                 product.y_stride, product.tape, product.tape_stride});
}

}  // namespace

void GatheredSteps::put(const kernels::KernelTable& kernels, const PackedLayer& layer,
                        int64_t place, const float* x) const {
  const PackedConvolution& c = layer.convolution;
  if (c.is_by_lanes()) {
    float* to = data + place * step_floats(layer);
    if (!x) {
      std::fill_n(to, step_floats(layer), 0.0f);
    } else if (c.is_depthwise()) {
      remove_denormals(kernels, x, to, layer.input_size);
    } else {
      for (int64_t input = 0; input < c.inputs; ++input)
        for (int64_t group = 0; group < c.groups; ++group, to += c.outputs)
          std::fill_n(to, c.outputs, clean(x[group * c.inputs + input]));
    }
    return;
  }
  float* to = data + place * c.inputs;
  for (int64_t group = 0; group < c.groups; ++group, to += steps * c.inputs)
    if (x)
      remove_denormals(kernels, x + group * c.inputs, to, c.inputs);
    else
      std::fill_n(to, c.inputs, 0.0f);
}

WindowProduct product_of(const PackedLayer& layer, const GatheredSteps& gathered,
                         int64_t steps_between, int64_t windows) {
  const PackedConvolution& c = layer.convolution;
  const int64_t step = c.is_by_lanes() ? step_floats(layer) : c.inputs;
  return {gathered.data,
          steps_between * step,
          gathered.steps * step,
          layer.output_size,
          windows,
          nullptr,
          0};
}

int64_t parts_of(const PackedLayer& layer) {
  const PackedConvolution& c = layer.convolution;
  if (c.is_by_lanes()) return c.lane_vectors;
  return c.groups * layer.directions.front().phases.front().constants.groups;
}

void multiply(const kernels::KernelTable& kernels, const PackedLayer& layer,
              const WindowProduct& product, Slice parts) {
  const PackedConvolution& c = layer.convolution;
  if (c.is_by_lanes()) return multiply_lanes(kernels, layer, product, parts);
  const PackedDirection& direction = layer.directions.front();
  const Phase& phase = direction.phases.front();
  const int64_t of_group = phase.constants.groups;
  // One row of one group of features, most of a stream: nothing of the cell changes.
  if (c.groups == 1 && product.rows == 1 && !product.tape) {
    kernels::StepArgs args{};
    args.cell = &phase.constants;
    args.group_begin = parts.begin;
    args.group_end = parts.end;
    args.backwards = product.backwards;
    args.init = phase.constants.bias;
    args.x = product.x;
    args.x_size = layer.terms;
    args.y = product.y;
    args.rounded = product.rounded.at;
    return phase.step(args);
  }
  kernels::CellConstants cell = phase.constants;
  if (product.tape) cell.finish = phase.record;
  kernels::CellArgs args{};
  args.cell = &cell;
  args.x_size = layer.terms;
  args.x_stride = product.x_stride;
  args.y_stride = product.y_stride;
  args.tape_stride = product.tape_stride;
  args.range.rows = product.rows;
  args.range.backwards = product.backwards;
  args.rounded = product.rounded;
  const int64_t bias_stride = layer.columns / c.groups;
  for (int64_t group = parts.begin / of_group; group * of_group < parts.end; ++group) {
    args.range.group_begin = std::max<int64_t>(parts.begin - group * of_group, 0);
    args.range.group_end = std::min(parts.end - group * of_group, of_group);
    cell.weights = phase.constants.weights + group * direction.weights.matrix_stride();
    args.init = cell.bias = phase.constants.bias + group * bias_stride;
    args.x = product.x + group * product.group_stride;
    args.y = product.y + group * c.outputs;
    if (product.tape) args.tape = product.tape + group * c.outputs;
    // A single row has a kernel of its own, which fills no tape.
    if (product.tape)
      phase.function(args);
    else
      call_phase(phase, args);
  }
}

void WindowStep::remember(int64_t rows) const {
  if (!layer_.has_history()) return;
  const StateSlot& slot = layer_.convolution.history;
  for (int64_t row = 0; row < rows; ++row) {
    const History history(states_.row(slot, row), slot);
    history.push(1, [&](float* to, int64_t, int64_t) {
      remove_denormals(kernels_, x_ + row * slot.width, to, slot.width);
    });
  }
}

const float* WindowStep::window(int64_t row) const {
  const StateSlot& slot = layer_.convolution.history;
  return History(states_.row(slot, row), slot).window();
}

// Taps that follow each other, or are vectors of their own, of rows whose histories have the same
// place.
bool WindowStep::are_side_by_side(RowRange rows) const {
  const PackedConvolution& c = layer_.convolution;
  const bool are_taps = c.is_depthwise() || (c.groups == 1 && c.window.dilation == 1);
  if (!layer_.has_history() || !are_taps) return false;
  const float* const first = window(rows.first);
  for (int64_t i = 1; i < rows.count; ++i)
    if (window(rows.first + i) != first + i * c.history.stride) return false;
  return true;
}

void WindowStep::gather(RowRange rows) const {
  const PackedConvolution& c = layer_.convolution;
  if (are_side_by_side(rows)) return;
  const int64_t taps = c.window.kernel_size;
  const GatheredSteps gathered{memory_, rows.count * taps};
  for (int64_t i = 0; i < rows.count; ++i) {
    const int64_t row = rows.first + i;
    const float* from = layer_.has_history() ? window(row) : x_ + row * layer_.input_size;
    for (int64_t tap = 0; tap < taps; ++tap, from += c.window.dilation * layer_.input_size)
      gathered.put(kernels_, layer_, i * taps + tap, from);
  }
}

WindowProduct WindowStep::product(RowRange rows) const {
  const PackedConvolution& c = layer_.convolution;
  if (are_side_by_side(rows))
    return {window(rows.first), c.history.stride, 0, c.window.dilation * layer_.input_size,
            rows.count,         nullptr,          0};
  const int64_t taps = c.window.kernel_size;
  return product_of(layer_, {memory_, rows.count * taps}, taps, rows.count);
}

}  // namespace recurrent
