#include "exec/windows.h"

#include <algorithm>

#include "exec/bind.h"
#include "exec/denormals.h"
#include "model/history.h"

namespace recurrent {

void GatheredSteps::put(const kernels::KernelTable& kernels, const PackedLayer& layer,
                        int64_t place, const float* x) const {
  const int64_t width = layer.convolution.inputs;
  float* to = data + place * width;
  for (int64_t group = 0; group < layer.convolution.groups; ++group, to += steps * width)
    if (x)
      remove_denormals(kernels, x + group * width, to, width);
    else
      std::fill_n(to, width, 0.0f);
}

int64_t parts_of(const PackedLayer& layer) {
  return layer.convolution.groups * layer.directions.front().phases.front().constants.groups;
}

void multiply(const PackedLayer& layer, const WindowProduct& product, Slice parts) {
  const PackedConvolution& c = layer.convolution;
  const PackedDirection& direction = layer.directions.front();
  const Phase& phase = direction.phases.front();
  const int64_t of_group = phase.constants.groups;
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
    remove_denormals(kernels_, x_ + row * slot.width, history.next(), slot.width);
    history.push();
  }
}

const float* WindowStep::window(int64_t row) const {
  const StateSlot& slot = layer_.convolution.history;
  return History(states_.row(slot, row), slot).window();
}

// Taps that follow each other, of rows whose histories have the same place.
bool WindowStep::are_side_by_side(RowRange rows) const {
  const PackedConvolution& c = layer_.convolution;
  if (!layer_.has_history() || c.groups > 1 || c.window.dilation > 1) return false;
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
    return {window(rows.first), c.history.stride, 0, rows.count, nullptr, 0};
  const int64_t taps = c.window.kernel_size;
  return product_of(layer_, {memory_, rows.count * taps}, taps, rows.count);
}

}  // namespace recurrent
