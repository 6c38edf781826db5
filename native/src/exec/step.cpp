#include "exec/step.h"

#include <algorithm>

#include "exec/cell_args.h"

namespace recurrent {

void run_step(const Model& model, const Plan& plan, Workspace& workspace, float* states,
              const float* x, float* y) {
  const float* in = x;
  bool may_have_denormals = true;
  for (size_t i = 0; i < model.layers().size(); ++i) {
    const PackedLayer& layer = model.layers()[i];
    const PackedDirection& direction = layer.directions.front();
    const bool last = i + 1 == model.layers().size();
    float* out = last ? y : workspace.at(plan.sequence[i % 2]);
    // A dense layer whose output nobody wants has nothing to do.
    if (!layer.recurrent() && !out) return;
    if (may_have_denormals) {
      float* clean = workspace.at(plan.input);
      model.kernels().flush(in, clean, plan.batch * layer.input_size);
      in = clean;
    }
    kernels::CellArgs args = first_phase_args(layer, direction, plan.batch);
    args.x = in;
    args.x_stride = args.x_size = layer.input_size;
    args.y = out;
    args.y_stride = layer.output_size;
    if (layer.recurrent()) {
      float* hidden = states + plan.batch * direction.hidden_offset;
      float* previous = workspace.at(plan.hidden[0]);
      std::copy_n(hidden, plan.batch * args.h_stride, previous);
      args.h = previous;
      args.h_out = hidden;
      args.c = states + plan.batch * direction.cell_offset;
    }
    if (direction.second.function) {
      const kernels::CellArgs second =
          split_phases(layer, direction, scratch_of(plan, workspace), args);
      direction.first.function(args);
      direction.second.function(second);
    } else {
      direction.first.function(args);
    }
    may_have_denormals = !layer.recurrent();
    in = out;
  }
}

}  // namespace recurrent
