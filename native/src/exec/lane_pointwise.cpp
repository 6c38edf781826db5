// The layers of a lane that have no product.
#include <algorithm>

#include "exec/lane.h"
#include "exec/pointwise.h"

namespace recurrent {

int32_t Lane::index_at(int64_t step, int64_t place) const {
  const int64_t row = caller_row(place);
  return *job_.indices.at(caller_time(step, row), row);
}

// What a residual layer adds: what the layer at which its connection begins has read.
const float* Lane::residual_at(int64_t step, int64_t place) const {
  const int64_t source = layer_->pointwise.residual_source;
  if (source < 0) return nullptr;
  if (in_tail_ && source == head_end()) {
    // May be wider than what this layer adds of it.
    const int64_t width = job_.model.layers()[static_cast<size_t>(source)].input_size;
    return picked(width).at(step, place);
  }
  if (source > 0) return between(static_cast<size_t>(source - 1)).at(step, place);
  const int64_t row = caller_row(place);
  return job_.x.at(caller_time(step, row), row);
}

// Steps are independent, so a slice is some of them.
void Lane::run_pointwise() {
  if (!out_.data) return;
  shift_.stage([&](int index) {
    const Slice steps = slice(block_.steps, index);
    for (int64_t step = steps.begin; step < steps.end; ++step) {
      const int64_t active = active_rows(step);
      for (int64_t place = 0; place < active; ++place) {
        float* to = out_.at(step, place);
        if (layer_->kind == RECURRENT_LAYER_EMBEDDING)
          std::copy_n(embedded(*layer_, index_at(step, place)), layer_->output_size, to);
        else
          apply_pointwise(kernels_, *layer_, input_at(step, place), residual_at(step, place), to);
      }
    }
  });
}

}  // namespace recurrent
