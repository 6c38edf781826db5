// The layers of a lane that have no product.
#include <algorithm>

#include "exec/lane.h"
#include "exec/pointwise.h"

namespace recurrent {

int32_t Lane::index_at(int64_t step, int64_t place) const {
  const int64_t row = caller_row(place);
  return *job_.inputs[layer_->reads.front().input].indices.at(caller_time(step, row), row);
}

// Which step of what it reads a layer puts out at a step of the block. Layers that take another
// than the same one have the whole sequence in one block.
int64_t Lane::step_read(int64_t step, int64_t place) const {
  switch (layer_->kind) {
    case RECURRENT_LAYER_REVERSE:
      return length(place) - 1 - step;
    case RECURRENT_LAYER_LAST_STEPS: {
      const int32_t from = job_.model.graph().parent(base_);
      return length(place, from) - length(place) + step;
    }
    default:
      return step;
  }
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
        if (layer_->kind == RECURRENT_LAYER_EMBEDDING) {
          std::copy_n(embedded(*layer_, index_at(step, place)), layer_->output_size, to);
          continue;
        }
        const int64_t from = step_read(step, place);
        apply_pointwise(
            kernels_, *layer_, [&](size_t i) { return read_at(layer_->reads[i], from, place); },
            to);
      }
    }
  });
}

}  // namespace recurrent
