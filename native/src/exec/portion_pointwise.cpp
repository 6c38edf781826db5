// The layers of a portion that have no product.
#include <algorithm>

#include "exec/over_time.h"
#include "exec/pointwise.h"
#include "exec/pooling.h"
#include "exec/portion.h"

namespace recurrent {

int32_t Portion::index_at(int64_t step, int64_t sorted_row) const {
  const int64_t row = caller_row(sorted_row);
  return *job_.inputs[layer_->reads.front().input].indices.at(caller_time(step, row), row);
}

// The step of its input that a layer outputs at `step` of the span. A layer for which the two
// differ has the whole sequence in one span.
int64_t Portion::step_read(int64_t step, int64_t sorted_row) const {
  switch (layer_->kind) {
    case RECURRENT_LAYER_REVERSE:
      return length(sorted_row) - 1 - step;
    case RECURRENT_LAYER_LAST_STEPS: {
      const int32_t from = job_.model.graph().parent(base_);
      return length(sorted_row, from) - length(sorted_row) + step;
    }
    default:
      return step;
  }
}

// Of the row that an unflatten cuts into steps, which of its features a step begins with.
int64_t Portion::first_feature(int64_t step) const {
  if (layer_->kind != RECURRENT_LAYER_UNFLATTEN) return 0;
  return (span_.first + step) * layer_->output_size;
}

// Whether the layer reads and outputs arrays without gaps, and may take all steps at once: each
// number depends on those at its place alone, or values are put side by side.
bool Portion::is_one_array() const {
  const bool joins = layer_->kind == RECURRENT_LAYER_CONCATENATION;
  const int64_t size = layer_->output_size;
  if (ragged() || !(joins || is_elementwise(layer_->kind))) return false;
  if (!is_dense({out_.data, out_.time_stride, out_.row_stride}, size)) return false;
  return std::all_of(layer_->reads.begin(), layer_->reads.end(), [&](const Location& value) {
    return (joins || value.size == size) && is_dense(steps_of(value), value.size);
  });
}

// A call for each step of few features would take longer than what it computes.
void Portion::run_array() {
  participant_.stage([&](int index) {
    const Slice steps = slice(span_.steps, index);
    const int64_t count = (steps.end - steps.begin) * rows();
    const int64_t size = layer_->output_size;
    const auto from = [&](size_t i) { return steps_of(layer_->reads[i]).at(steps.begin, 0); };
    float* to = out_.at(steps.begin, 0);
    if (layer_->kind != RECURRENT_LAYER_CONCATENATION)
      return apply_elementwise(kernels_, *layer_, from, to, count * size);
    for (size_t i = 0; i < layer_->reads.size(); ++i) {
      const int64_t part = layer_->reads[i].size;
      kernels_.flush_rows(from(i), part, to, size, part, count);
      to += part;
    }
  });
}

// Steps are independent, so a slice is some of them.
void Portion::run_pointwise() {
  if (!out_.data) return;
  if (is_one_array()) return run_array();
  participant_.stage([&](int index) {
    const Slice steps = slice(span_.steps, index);
    for (int64_t step = steps.begin; step < steps.end; ++step) {
      const int64_t active = active_rows(step);
      for (int64_t sorted_row = 0; sorted_row < active; ++sorted_row) {
        float* to = out_.at(step, sorted_row);
        if (layer_->kind == RECURRENT_LAYER_EMBEDDING) {
          std::copy_n(embedded(*layer_, index_at(step, sorted_row)), layer_->output_size, to);
          continue;
        }
        if (is_pooling(layer_->kind)) {
          pool_step(step, sorted_row, to);
          continue;
        }
        const int64_t from = step_read(step, sorted_row);
        const int64_t first = first_feature(step);
        apply_pointwise(
            kernels_, *layer_,
            [&](size_t i) { return read_at(layer_->reads[i], from, sorted_row) + first; }, to);
      }
    }
  });
}

// The span has the whole sequence.
void Portion::pool_step(int64_t step, int64_t sorted_row, float* y) const {
  const bool keeps_steps = layer_->pointwise.window.keeps_steps();
  const int32_t from = keeps_steps ? base_ : job_.model.graph().parent(base_);
  pool(
      kernels_, *layer_, step, length(sorted_row, from),
      [&](int64_t t) { return read_at(layer_->reads.front(), t, sorted_row); }, y);
}

// Layers over time need whole sequences, so all steps are there.
void Portion::run_over_time(const PackedLayer& layer) {
  participant_.stage([&](int index) {
    const Slice sorted_rows = slice(rows(), index);
    for (int64_t sorted_row = sorted_rows.begin; sorted_row < sorted_rows.end; ++sorted_row)
      compute_over_time(
          kernels_, layer, length(sorted_row, layer.base),
          [&](size_t i, int64_t step) { return read_at(layer.reads[i], step, sorted_row); },
          view_of(layer.puts).at(0, sorted_row));
  });
}

}  // namespace recurrent
