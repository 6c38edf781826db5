#include "exec/plan.h"

#include <algorithm>

#include "base/checked.h"
#include "cpu/caches.h"

namespace recurrent {
namespace {

// Steps whose pre-activations fill half of the second-level cache; the rest of it is for weights
// and inputs.
int64_t steps_in_cache(const Model& model, int64_t batch) {
  int64_t columns = 1;
  for (const PackedLayer& layer : model.layers())
    columns = std::max(columns, layer.columns + layer.input_size);
  const int64_t l2 = cpu::caches().l2 > 0 ? cpu::caches().l2 : int64_t{1} << 20;
  const int64_t rows = l2 / 2 / static_cast<int64_t>(sizeof(float)) / columns;
  // At least a few tiles of rows, or the input weights would be read for too little work.
  constexpr int64_t kFewestRows = 24;
  constexpr int64_t kMostRows = 1024;
  return std::max<int64_t>(1, std::clamp(rows, kFewestRows, kMostRows) / batch);
}

class Layout {
 public:
  int64_t take(int64_t rows, int64_t width) {
    const int64_t at = next_;
    next_ = checked_add(next_, round_up(checked_mul(rows, width, "time"), kRowPadding), "time");
    return at;
  }
  int64_t size() const { return next_; }

 private:
  int64_t next_ = 0;
};

struct Widths {
  int64_t input = 0;
  int64_t columns = 0;
  int64_t state = 0;
  int64_t hidden = 0;
  int64_t output = 0;
  bool projection = false;
  bool reset_before = false;
};

Widths widths_of(const Model& model) {
  Widths w;
  for (const PackedLayer& layer : model.layers()) {
    w.input = std::max(w.input, layer.input_size);
    w.output = std::max(w.output, layer.output_size);
    if (!layer.recurrent()) continue;
    w.columns = std::max(w.columns, layer.columns);
    w.state = std::max(w.state, layer.hidden_stride());
    w.hidden = std::max(w.hidden, layer.cell_stride());
    w.projection |= layer.projection_size > 0;
    w.reset_before |= layer.kind == RECURRENT_LAYER_GRU_RESET_BEFORE;
  }
  return w;
}

}  // namespace

Plan make_plan(const Model& model, int64_t batch, int64_t time, bool ragged) {
  Plan plan;
  plan.batch = batch;
  plan.time = time;
  plan.chunk = std::min(time, steps_in_cache(model, batch));
  plan.block = model.can_step() ? plan.chunk : time;

  const Widths w = widths_of(model);
  Layout layout;
  const int64_t chunk_rows = checked_mul(plan.chunk, batch, "time");
  plan.input = layout.take(chunk_rows, w.input);
  if (plan.chunk > 1) plan.product = layout.take(chunk_rows, w.columns);
  for (int64_t& at : plan.hidden) at = layout.take(batch, w.state);
  if (ragged) plan.cell = layout.take(batch, w.hidden);
  if (w.projection) plan.unprojected = layout.take(batch, w.hidden);
  if (w.reset_before)
    for (int64_t* at : {&plan.reset_state, &plan.update, &plan.candidate})
      *at = layout.take(batch, w.hidden);
  if (model.layers().size() > 1 || ragged) {
    const int64_t block_rows = checked_mul(plan.block, batch, "time");
    for (int64_t& at : plan.sequence) at = layout.take(block_rows, w.output);
  }
  plan.floats = layout.size();
  return plan;
}

}  // namespace recurrent
