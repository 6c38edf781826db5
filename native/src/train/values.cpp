#include "train/values.h"

#include <algorithm>

#include "base/checked.h"
#include "model/specification.h"

namespace recurrent {

Values::Values(const Model& model, const BatchRows& rows)
    : model_(model), rows_(rows), items_(model.graph().values().size()) {
  const Graph& graph = model.graph();
  for (const Port& output : graph.outputs()) item(output.value).is_output = true;
  for (size_t i = 0; i < graph.nodes().size(); ++i) {
    const Node& node = graph.nodes()[i];
    // Final states are no steps of a value.
    if (is_final_state(node.kind)) continue;
    for (const int32_t value : node.reads) {
      ++item(value).readers;
      // The output of a chain is what its last layer puts out.
      if (!graph.is_implied(static_cast<int32_t>(i))) item(value).is_flushed = true;
    }
  }
  for (size_t i = 0; i < graph.nodes().size(); ++i) {
    Item& made = item(graph.nodes()[i].value);
    made.is_recurrent = model.layers()[i].recurrent();
    // States have no denormals.
    if (made.is_recurrent) made.is_flushed = false;
    made.has_both = made.is_flushed && made.is_output;
  }
}

void Values::forget_callers() {
  for (Item& i : items_) {
    i.callers_value = i.callers_gradient = nullptr;
    i.callers_output = nullptr;
  }
}

void Values::plan(Arena& arena) {
  for (size_t i = 0; i < items_.size(); ++i) {
    Item& value = items_[i];
    const auto number = static_cast<int32_t>(i);
    const bool is_indices = model_.graph().value(number).kind == RECURRENT_VALUE_INDICES;
    if (is_indices || !is_seen(number)) continue;
    const int64_t floats = checked_mul(rows(number), width(number), "time");
    if (!value.callers_value) arena.keep(value.value, floats);
    if (value.has_both) arena.keep(value.flushed, floats);
    arena.keep(value.gradient, floats);
  }
}

void Values::flush(int32_t value) {
  const Item& i = item(value);
  if (!i.is_flushed) return;
  float* const to = i.has_both ? item(value).flushed.data() : at(value);
  model_.kernels().flush(at(value), to, count(value));
}

void Values::clear_gradients() {
  for (size_t i = 0; i < items_.size(); ++i) {
    const auto number = static_cast<int32_t>(i);
    const Item& value = items_[i];
    if (value.is_alone || value.callers_output || !value.is_wanted || !is_seen(number)) continue;
    if (model_.graph().value(number).kind == RECURRENT_VALUE_INDICES) continue;
    std::fill_n(gradient(number), count(number), 0.0f);
  }
}

int64_t Values::bytes() const {
  int64_t bytes = 0;
  for (const Item& i : items_) bytes += i.value.bytes() + i.flushed.bytes();
  return bytes;
}

}  // namespace recurrent
