#include "exec/step.h"

#include <algorithm>
#include <cfloat>
#include <cmath>

#include "base/stack.h"
#include "exec/bind.h"
#include "exec/pointwise.h"

namespace recurrent {
namespace {

// Inputs so few that a call of the kernel would take longer. It stores less than a vector under a
// mask, and the cell's loads would wait for such a store: 15 inputs took longer than 16.
constexpr int64_t kFewInputs = 15;

void remove_denormals(const kernels::KernelTable& kernels, const float* x, float* clean,
                      int64_t count) {
  if (count > kFewInputs) {
    kernels.flush(x, clean, count);
    return;
  }
  for (int64_t i = 0; i < count; ++i) clean[i] = std::fabs(x[i]) < FLT_MIN ? 0.0f : x[i];
}

// What both of the following begin with. The state is renewed in its place; where it has to be read
// after that, from a copy.
struct Step {
  const PackedLayer& layer;
  const PackedDirection& direction;
  const Plan& plan;
  Workspace& workspace;
  const StateRows& states;
  const float* x;
  float* y;
  bool backwards;

  // Made where it is used: a copy of its fields would be a good part of a small step.
  RowSlots slots() const {
    const bool recurs = layer.recurrent();
    float* const state = recurs ? states.row(direction.hidden, 0) : nullptr;
    float* const cell = recurs ? states.row(direction.cell, 0) : nullptr;
    return {backwards, nullptr, x,       layer.input_size, state,   state,
            cell,      y,       nullptr, nullptr,          nullptr, nullptr};
  }
  const float* copy_of(const float* state, int64_t rows) const {
    float* previous = workspace.at(plan.hidden[0]);
    std::copy_n(state, rows * layer.hidden_stride(), previous);
    return previous;
  }
};

// One row of a cell of two phases, which have read all of the previous state before the last one
// writes the new one in its place. A loop over them would take registers that a small step needs:
// 60 instructions more.
void run_two_phases(const Step& step) {
  RowSlots slots = step.slots();
  slots.take_scratch(step.workspace.at(0), step.plan);
  kernels::StepArgs args = bind_row(slots);
  bind_row(step.direction.phases.front(), slots, args);
  step.direction.phases.front().step(args);
  bind_row(step.direction.phases.back(), slots, args);
  step.direction.phases.back().step(args);
}

// One row. A single group has read the previous state, too, before it writes the new one.
void run_row(const Step& step) {
  const Phases& phases = step.direction.phases;
  if (phases.size() > 1) return run_two_phases(step);
  RowSlots slots = step.slots();
  if (phases.front().constants.groups > 1 && slots.after)
    slots.before = step.copy_of(slots.after, 1);
  kernels::StepArgs args = bind_row(slots);
  bind_row(phases.front(), slots, args);
  phases.front().step(args);
}

void run_rows(const Step& step) {
  const Phases& phases = step.direction.phases;
  const int64_t rows = step.plan.batch;
  StepSlots slots{step.slots(), rows, 0, step.layer.input_size, step.layer.output_size, nullptr, 0};
  if (slots.after) slots.before = step.copy_of(slots.after, rows);
  if (phases.size() > 1) slots.take_scratch(step.workspace.at(0), step.plan);
  for (const Phase& phase : phases) phase.function(bind(step.layer, phase, slots));
}

// What a residual layer adds: the input of the layer that it begins at.
const float* source_of(const Model& model, const Plan& plan, Workspace& workspace,
                       const PackedLayer& layer, const float* x) {
  const int64_t source = layer.pointwise.residual_source;
  if (source < 0) return nullptr;
  if (source == 0) return x;
  return workspace.at(plan.between(model.layers()[static_cast<size_t>(source - 1)]));
}

void run_pointwise(const Model& model, const PackedLayer& layer, int64_t batch,
                   const StepInput& input, const float* source, int64_t source_stride, float* y) {
  for (int64_t row = 0; row < batch; ++row, y += layer.output_size) {
    if (layer.kind == RECURRENT_LAYER_EMBEDDING)
      std::copy_n(embedded(layer, input.indices[row]), layer.output_size, y);
    else
      apply_pointwise(model.kernels(), layer, input.x + row * layer.input_size,
                      source ? source + row * source_stride : nullptr, y);
  }
}

}  // namespace

RECURRENT_NO_CANARY void run_step(const Model& model, const Plan& plan, Workspace& workspace,
                                  const StateRows& states, StepInput input, float* y,
                                  bool backwards) {
  const float* in = input.x;
  bool may_have_denormals = true;
  const size_t layers = model.layers().size();
  for (size_t i = 0; i < layers; ++i) {
    const PackedLayer& layer = model.layers()[i];
    float* out = i + 1 == layers ? y : workspace.at(plan.between(layer));
    // A layer without state whose output nobody wants has nothing to do.
    if (!layer.recurrent() && !out) return;
    if (layer.is_pointwise()) {
      const int64_t source = std::max<int64_t>(layer.pointwise.residual_source, 0);
      run_pointwise(model, layer, plan.batch, {in, input.indices},
                    source_of(model, plan, workspace, layer, input.x),
                    model.layers()[static_cast<size_t>(source)].input_size, out);
      may_have_denormals = true;
      in = out;
      continue;
    }
    const PackedDirection& direction = layer.directions.front();
    if (may_have_denormals) {
      float* clean = workspace.at(plan.input);
      remove_denormals(model.kernels(), in, clean, plan.batch * layer.input_size);
      in = clean;
    }
    const Step step{layer, direction, plan, workspace, states, in, out, backwards};
    if (plan.batch == 1)
      run_row(step);
    else
      run_rows(step);
    may_have_denormals = !layer.recurrent();
    in = out;
  }
}

}  // namespace recurrent
