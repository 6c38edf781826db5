#include "exec/step.h"

#include <algorithm>

#include "base/stack.h"
#include "exec/bind.h"
#include "exec/denormals.h"
#include "exec/pointwise.h"
#include "exec/windows.h"
#include "gemm/provider.h"

namespace recurrent {
namespace {

// What both of the following begin with. The state is renewed in its place; where it has to be read
// after that, from a copy.
struct Step {
  const Model& model;
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
  // Formats of inputs and states differ: their chains are two products.
  void multiply_inputs(RowSlots& slots) const {
    float* const product = workspace.at(plan.product);
    const InputProduct inputs{model, layer, direction, x, product, plan.batch, rounded()};
    multiply(inputs, 0, direction.weights.groups());
    slots.init = product;
    slots.x_size = 0;
  }
  kernels::RowMemory rounded() const { return plan.rounded_rows(workspace.at(0)); }
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
  if (step.direction.is_split()) step.multiply_inputs(slots);
  slots.take_scratch(step.workspace.at(0), step.plan);
  kernels::StepArgs args = bind_row(slots, step.rounded());
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
  if (step.direction.is_split()) step.multiply_inputs(slots);
  kernels::StepArgs args = bind_row(slots, step.rounded());
  bind_row(phases.front(), slots, args);
  phases.front().step(args);
}

void run_rows(const Step& step) {
  const Phases& phases = step.direction.phases;
  const int64_t rows = step.plan.batch;
  StepSlots slots{step.slots(), rows, 0, step.layer.input_size, step.layer.output_size, nullptr, 0};
  if (slots.after) slots.before = step.copy_of(slots.after, rows);
  if (phases.size() > 1) slots.take_scratch(step.workspace.at(0), step.plan);
  if (step.direction.is_split()) {
    step.multiply_inputs(slots);
    slots.init_stride = step.layer.columns;
  }
  for (const Phase& phase : phases) {
    kernels::CellArgs args = bind(step.layer, phase, slots);
    args.rounded = step.rounded();
    phase.function(args);
  }
}

// What a layer reads, of all rows.
const float* read(const Location& value, const Plan& plan, Workspace& workspace,
                  const void* const* inputs) {
  if (value.input >= 0) return static_cast<const float*>(inputs[value.input]);
  return workspace.at(plan.at(value));
}

void run_windows(const Model& model, const PackedLayer& layer, const Plan& plan,
                 Workspace& workspace, const StateRows& states, const float* x, float* y,
                 bool backwards) {
  const WindowStep step(model.kernels(), layer, states, x, workspace.at(plan.windows),
                        plan.window_floats);
  step.remember(plan.batch);
  for (int64_t row = 0; y && row < plan.batch; row += step.most()) {
    const RowRange rows{row, std::min(step.most(), plan.batch - row)};
    step.gather(rows);
    WindowProduct product = step.product(rows);
    product.y = y + row * layer.output_size;
    product.y_stride = layer.output_size;
    product.backwards = backwards;
    product.rounded = plan.rounded_rows(workspace.at(0));
    multiply(model.kernels(), layer, product, {0, parts_of(layer)});
  }
}

void run_pointwise(const Model& model, const PackedLayer& layer, const Plan& plan,
                   Workspace& workspace, const void* const* inputs, float* y) {
  for (int64_t row = 0; row < plan.batch; ++row, y += layer.output_size) {
    if (layer.kind == RECURRENT_LAYER_EMBEDDING) {
      const auto* indices = static_cast<const int32_t*>(inputs[layer.step_read.input]);
      std::copy_n(embedded(layer, indices[row]), layer.output_size, y);
      continue;
    }
    apply_pointwise(
        model.kernels(), layer,
        [&](size_t i) {
          const Location& value = layer.step_reads[i];
          return read(value, plan, workspace, inputs) + row * value.size;
        },
        y);
  }
}

}  // namespace

RECURRENT_NO_CANARY void run_step(const Model& model, const Plan& plan, Workspace& workspace,
                                  const StateRows& states, const void* const* inputs,
                                  float* const* outputs, bool backwards) {
  for (const PackedLayer* const next : model.step_order()) {
    const PackedLayer& layer = *next;
    float* const output = layer.step_output >= 0 ? outputs[layer.step_output] : nullptr;
    float* const out = layer.is_read_in_step ? workspace.at(plan.at(layer.puts)) : output;
    // A layer without state whose output nobody wants has nothing to do.
    if (!out && !layer.has_state()) continue;
    if (layer.is_pointwise()) {
      run_pointwise(model, layer, plan, workspace, inputs, out);
    } else if (layer.has_windows()) {
      run_windows(model, layer, plan, workspace, states,
                  read(layer.step_read, plan, workspace, inputs), out, backwards);
    } else {
      const float* in = read(layer.step_read, plan, workspace, inputs);
      if (!layer.reads_state) {
        float* clean = workspace.at(plan.input);
        remove_denormals(model.kernels(), in, clean, plan.batch * layer.input_size);
        in = clean;
      }
      const PackedDirection& direction = layer.directions.front();
      const Step step{model, layer, direction, plan, workspace, states, in, out, backwards};
      if (plan.batch == 1)
        run_row(step);
      else
        run_rows(step);
    }
    if (output && output != out) std::copy_n(out, plan.batch * layer.output_size, output);
  }
}

}  // namespace recurrent
