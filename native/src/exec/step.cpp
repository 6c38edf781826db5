#include "exec/step.h"

#include <algorithm>
#include <cfloat>
#include <cmath>

#include "exec/cell_args.h"
#include "exec/pointwise.h"

namespace recurrent {
namespace {

using kernels::CellArgs;
using kernels::StepArgs;

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

struct Step {
  const PackedLayer& layer;
  const PackedDirection& direction;
  const Plan& plan;
  Workspace& workspace;
  float* hidden;
  float* cell;
  const float* x;
  float* y;
  bool backwards;
};

// One row. A cell of a single group, or of two phases, has read all of the previous state before it
// writes the new one, which may then take its place at once.
void run_row(const Step& step) {
  const Phase& first = step.direction.first;
  const Phase& second = step.direction.second;
  StepArgs args{};
  args.cell = &first.constants;
  args.group_end = first.constants.groups;
  args.backwards = step.backwards;
  args.init = first.constants.bias;
  args.x = step.x;
  args.x_size = step.layer.input_size;
  args.h = step.hidden;
  args.h_out = step.hidden;
  args.c = step.cell;
  args.y = step.y;
  if (!second.function) {
    if (first.constants.groups > 1 && step.hidden) {
      float* previous = step.workspace.at(step.plan.hidden[0]);
      std::copy_n(step.hidden, step.layer.hidden_stride(), previous);
      args.h = previous;
    }
    first.step(args);
    return;
  }
  const PhaseScratch scratch = scratch_of(step.plan, step.workspace);
  if (step.layer.projection_size > 0) {
    args.h_out = scratch.unprojected;
    args.y = nullptr;
    first.step(args);
    args.h = scratch.unprojected;
    args.h_out = step.hidden;
    args.y = step.y;
  } else {
    args.reset_state = scratch.reset_state;
    args.update = scratch.update;
    args.candidate = scratch.candidate;
    first.step(args);
  }
  args.cell = &second.constants;
  args.group_end = second.constants.groups;
  args.init = second.constants.bias;
  args.x_size = 0;
  second.step(args);
}

void run_rows(const Step& step) {
  CellArgs args = first_phase_args(step.layer, step.direction, step.plan.batch);
  args.range.backwards = step.backwards;
  args.x = step.x;
  args.x_stride = args.x_size = step.layer.input_size;
  args.y = step.y;
  args.y_stride = step.layer.output_size;
  if (step.hidden) {
    float* previous = step.workspace.at(step.plan.hidden[0]);
    std::copy_n(step.hidden, step.plan.batch * args.h_stride, previous);
    args.h = previous;
    args.h_out = step.hidden;
    args.c = step.cell;
  }
  if (!step.direction.second.function) {
    step.direction.first.function(args);
    return;
  }
  const CellArgs second =
      split_phases(step.layer, step.direction, scratch_of(step.plan, step.workspace), args);
  step.direction.first.function(args);
  step.direction.second.function(second);
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

void run_step(const Model& model, const Plan& plan, Workspace& workspace, const StateRows& states,
              StepInput input, float* y, bool backwards) {
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
    const bool recurs = layer.recurrent();
    const Step step{layer,
                    direction,
                    plan,
                    workspace,
                    recurs ? states.row(direction.hidden, 0) : nullptr,
                    recurs ? states.row(direction.cell, 0) : nullptr,
                    in,
                    out,
                    backwards};
    if (plan.batch == 1)
      run_row(step);
    else
      run_rows(step);
    may_have_denormals = !recurs;
    in = out;
  }
}

}  // namespace recurrent
