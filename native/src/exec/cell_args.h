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

// Divides a step of two phases, whose arguments are those of a step of one: gives the second, and
// makes `args` the first.
kernels::CellArgs split_phases(const PackedLayer& layer, const PackedDirection& direction,
                               const PhaseScratch& scratch, kernels::CellArgs& args);

}  // namespace recurrent
