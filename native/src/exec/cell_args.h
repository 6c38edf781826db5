#pragma once

#include "exec/plan.h"
#include "exec/workspace.h"
#include "kernels/args.h"
#include "model/packed_layer.h"

namespace recurrent {

// Scratch memory between the phases of a step.
struct PhaseScratch {
  float* unprojected;
  float* reset_state;
  float* update;
  float* candidate;
};
PhaseScratch scratch_of(const Plan& plan, Workspace& workspace);

// A step's first phase for all groups, starting from the bias. Inputs, states and outputs are for
// the caller to fill in.
inline kernels::CellArgs first_phase_args(const PackedLayer& layer,
                                          const PackedDirection& direction, int64_t rows) {
  kernels::CellArgs args{};
  args.range = {rows, 0, direction.first.constants.groups, 0};
  args.cell = &direction.first.constants;
  args.init = direction.first.constants.bias;
  args.h_stride = layer.hidden_stride();
  args.h_out_stride = layer.hidden_stride();
  args.c_stride = layer.cell_stride();
  return args;
}

// Calls a phase: one row has a kernel of its own.
inline void call_phase(const Phase& phase, const kernels::CellArgs& args) {
  if (args.range.rows != 1) {
    phase.function(args);
    return;
  }
  phase.step({args.cell, args.range.group_begin, args.range.group_end, args.range.backwards,
              args.init, args.x, args.x_size, args.h, args.h_out, args.y, args.c, args.reset_state,
              args.update, args.candidate});
}

// Divides a step of two phases, whose arguments are those of a step of one: gives the second, and
// makes `args` the first.
kernels::CellArgs split_phases(const PackedLayer& layer, const PackedDirection& direction,
                               const PhaseScratch& scratch, kernels::CellArgs& args);

}  // namespace recurrent
