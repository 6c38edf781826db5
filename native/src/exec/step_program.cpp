#include "exec/step_program.h"

#include <algorithm>

#include "exec/cell_call.h"

namespace recurrent {

StepProgram::StepProgram(const Model& model, const Plan& plan, float* states)
    : kernels_(model.kernels()), plan_(plan) {
  stages_.reserve(model.layers().size());
  bool may_have_denormals = true;
  for (const PackedLayer& layer : model.layers()) {
    stages_.push_back(make_stage(layer, states));
    stages_.back().flush_input = may_have_denormals;
    may_have_denormals = !layer.recurrent();
  }
}

StepProgram::Stage StepProgram::make_stage(const PackedLayer& layer, float* states) const {
  const PackedDirection& direction = layer.directions.front();
  Stage stage;
  stage.cell = cell_function(kernels_, layer, direction);
  stage.args = cell_args(layer, direction);
  stage.args.range.rows = plan_.batch;
  stage.args.x_stride = stage.args.x_size = layer.input_size;
  stage.args.y_stride = layer.output_size;
  if (!layer.recurrent()) return stage;

  stage.hidden = states + plan_.batch * direction.hidden_offset;
  stage.hidden_floats = plan_.batch * layer.hidden_stride();
  stage.args.h_out = stage.hidden;
  if (layer.has_cell()) stage.args.c = states + plan_.batch * direction.cell_offset;
  if (layer.projection_size > 0) {
    stage.projected = true;
    stage.second = projection_function(kernels_);
    stage.second_args = projection_args(layer, direction);
    stage.second_args.range.rows = plan_.batch;
    stage.second_args.h_out = stage.hidden;
    stage.second_args.y_stride = layer.output_size;
    stage.args.h_out_stride = layer.cell_stride();
  } else if (kernels::CellFn candidate = candidate_function(kernels_, layer, direction)) {
    stage.second = candidate;
    stage.second_args = candidate_args(stage.args, direction);
  }
  return stage;
}

// Scratch memory belongs to the thread, so its address is known only now.
void StepProgram::connect(Stage& stage, Workspace& workspace) const {
  kernels::CellArgs& args = stage.args;
  args.h = workspace.at(plan_.hidden[0]);
  if (!stage.second) return;
  kernels::CellArgs& second = stage.second_args;
  if (stage.projected) {
    args.h_out = workspace.at(plan_.unprojected);
    second.h = args.h_out;
  } else {
    args.reset_state = second.reset_state = workspace.at(plan_.reset_state);
    args.update = second.update = workspace.at(plan_.update);
    args.candidate = second.candidate = workspace.at(plan_.candidate);
    second.h = args.h;
  }
}

void StepProgram::run(Workspace& workspace, const float* x, float* y) {
  const float* in = x;
  for (size_t i = 0; i < stages_.size(); ++i) {
    Stage& stage = stages_[i];
    const bool last = i + 1 == stages_.size();
    float* out = last ? y : workspace.at(plan_.sequence[i % 2]);
    connect(stage, workspace);
    kernels::CellArgs& args = stage.args;
    args.x = in;
    if (stage.flush_input) {
      float* clean = workspace.at(plan_.input);
      kernels_.flush(in, clean, plan_.batch * args.x_size);
      args.x = clean;
    }
    if (stage.hidden) std::copy_n(stage.hidden, stage.hidden_floats, workspace.at(plan_.hidden[0]));
    (stage.second ? stage.second_args : args).y = out;
    // A dense layer whose output nobody wants has nothing to do.
    if (stage.hidden || out) stage.cell(args);
    if (stage.second) stage.second(stage.second_args);
    in = out;
  }
}

}  // namespace recurrent
