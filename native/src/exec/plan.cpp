#include "exec/plan.h"

#include <algorithm>

#include "base/checked.h"
#include "base/ledger.h"
#include "cpu/caches.h"
#include "exec/windows.h"

namespace recurrent {
namespace {

// Steps whose input products are computed at once. Their pre-activations fill half of the
// second-level cache; the rest of it is for weights and inputs. Where the weights do not fit there,
// they are read from farther away for every chunk, and so few rows would make that the limit: then
// the pre-activations may be there too. (LSTM 1024, batch 32: 86 GFLOP/s with 32 rows, 104 with
// 256, 107 with 512.)
int64_t steps_in_cache(const Model& model, int64_t batch) {
  constexpr int64_t kBytes = static_cast<int64_t>(sizeof(float));
  constexpr int64_t kFewestRows = 24;  // a few tiles, also where the third level is small
  constexpr int64_t kMostRows = 1024;
  constexpr int64_t kFarRows = 512;
  int64_t columns = 1;
  int64_t weights = 0;
  for (const PackedLayer& layer : model.layers()) {
    if (layer.is_pointwise()) continue;
    columns = std::max(columns, layer.columns + layer.input_size);
    int64_t of_weight = kBytes;
    for (const PackedDirection& direction : layer.directions)
      of_weight = std::min(of_weight, bytes_of_weight(direction.multiplied().format()));
    weights = std::max(weights, layer.columns * layer.input_size * of_weight);
  }
  const cpu::Caches& caches = cpu::caches();
  int64_t rows = caches.l2_or_default() / 2 / kBytes / columns;
  if (weights > caches.l2_or_default())
    rows = std::max(rows, std::min(kFarRows, caches.l3 / 4 / kBytes / columns));
  return std::max<int64_t>(1, std::clamp(rows, kFewestRows, kMostRows) / batch);
}

struct Widths {
  int64_t input = 0;
  int64_t columns = 0;
  int64_t state = 0;
  int64_t hidden = 0;
  int64_t output = 0;
  int64_t row = 0;
  bool projection = false;
  bool reset_before = false;
};

Widths widths_of(const Model& model) {
  Widths w;
  for (size_t i = 0; model.has_input_rows() && i < model.inputs().size(); ++i)
    if (model.input(i).is_row()) w.row = std::max(w.row, model.input(i).size);
  for (const PackedLayer& layer : model.layers()) {
    int64_t& output = layer.is_row ? w.row : w.output;
    output = std::max(output, layer.output_size);
    // Only products gather their input, and of steps alone.
    if (!layer.is_pointwise() && !layer.has_windows())
      w.input = std::max(w.input, layer.input_size);
    if (!layer.recurrent()) continue;
    w.columns = std::max(w.columns, layer.columns);
    w.state = std::max(w.state, layer.hidden_stride());
    w.hidden = std::max(w.hidden, layer.cell_stride());
    w.projection |= layer.projection_size > 0;
    w.reset_before |= layer.kind == RECURRENT_LAYER_GRU_RESET_BEFORE;
  }
  return w;
}

// Gathered steps are to stay in the second-level cache beside weights: so many floats, or as many
// as there are windows for, but one window at least.
int64_t window_floats_of(const Model& model, int64_t batch, int64_t steps) {
  constexpr int64_t kFloats = int64_t{32} * 1024;
  int64_t floats = 0;
  for (const PackedLayer& layer : model.layers()) {
    if (!layer.has_windows()) continue;
    const int64_t one = window_floats(layer);
    const int64_t all = checked_mul(checked_mul(steps, batch, "time"), one, "time");
    floats = std::max({floats, one, std::min(all, kFloats)});
  }
  constexpr auto kLine = static_cast<int64_t>(kCacheLineBytes / sizeof(float));
  return round_up(floats, kLine);
}

bool has_integers(const PackedMatrix& weights) { return Storage{weights.format()}.has_integers(); }

// Rows of all products of a model that have weights of integers, rounded: so many that weights are
// not read too often, and so few that they stay in the second-level cache beside weights. One row
// at least, however large it is.
int64_t rounded_floats_of(const Model& model, int64_t rows) {
  constexpr int64_t kMostRows = 48;
  constexpr int64_t kMostBytes = int64_t{256} * 1024;
  int64_t bytes = 0;
  for (const PackedLayer& layer : model.layers())
    for (const PackedDirection& d : layer.directions) {
      int64_t row = 0;
      if (has_integers(d.multiplied()) || has_integers(d.weights))
        row =
            kernels::rounded_row_bytes(layer.terms) + kernels::rounded_row_bytes(layer.state_size);
      // A projection sees all units.
      if (has_integers(d.second_weights))
        row = std::max(row, kernels::rounded_row_bytes(layer.hidden_size));
      if (row == 0) continue;
      const int64_t most = std::clamp<int64_t>(kMostBytes / row, 1, kMostRows);
      bytes = std::max(bytes, std::min(rows, most) * row);
    }
  return bytes / static_cast<int64_t>(sizeof(float));
}

// Whether even a single step takes an input product that is put down.
bool is_split(const Model& model) {
  for (const PackedLayer& layer : model.layers())
    for (const PackedDirection& direction : layer.directions)
      if (direction.is_split()) return true;
  return false;
}

}  // namespace

Plan make_plan(const Model& model, int64_t batch, int64_t time, bool ragged, int threads) {
  Plan plan;
  plan.batch = batch;
  plan.time = time;
  // Sequences inside may have more steps than the model is given.
  int64_t longest = time;
  const bool changes_steps = model.graph().first_rebased() >= 0;
  for (size_t i = 0; changes_steps && i < model.layers().size(); ++i)
    if (const PackedLayer& layer = model.layers()[i]; !layer.is_row)
      longest = std::max(longest, model.graph().steps(layer.base, time));
  // A run whose steps are all missing has none; its rows are still computed.
  plan.chunk = std::max<int64_t>(1, std::min(longest, steps_in_cache(model, batch)));
  plan.span = model.can_step() ? plan.chunk : longest;

  const Widths w = widths_of(model);
  Ledger ledger;
  const int64_t chunk_rows = checked_mul(plan.chunk, batch, "time");
  plan.input = ledger.book(chunk_rows, w.input);
  plan.window_floats = window_floats_of(model, batch, plan.span);
  plan.windows = ledger.book(threads, plan.window_floats);
  if (plan.chunk > 1 || is_split(model)) plan.product = ledger.book(chunk_rows, w.columns);
  plan.rounded_floats = rounded_floats_of(model, chunk_rows);
  plan.rounded = ledger.book(threads, plan.rounded_floats);
  for (int64_t& at : plan.hidden) at = ledger.book(batch, w.state);
  if (ragged) plan.cell = ledger.book(batch, w.hidden);
  if (w.projection) plan.unprojected = ledger.book(batch, w.hidden);
  if (w.reset_before)
    for (int64_t* at : {&plan.reset_state, &plan.update, &plan.candidate})
      *at = ledger.book(batch, w.hidden);
  if (model.layers().size() > 1 || ragged) {
    const int64_t span_rows = checked_mul(plan.span, batch, "time");
    plan.values[0] = ledger.size();
    for (int64_t slot = 0; slot < model.slots(); ++slot) ledger.book(span_rows, w.output);
    if (model.slots() > 0) plan.value_stride[0] = (ledger.size() - plan.values[0]) / model.slots();
  }
  if (model.row_slots() > 0) {
    plan.values[1] = ledger.size();
    for (int64_t slot = 0; slot < model.row_slots(); ++slot) ledger.book(batch, w.row);
    plan.value_stride[1] = (ledger.size() - plan.values[1]) / model.row_slots();
  }
  plan.floats = ledger.size();
  return plan;
}

}  // namespace recurrent
