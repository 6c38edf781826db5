#include "exec/cell_args.h"

namespace recurrent {

using kernels::CellArgs;

PhaseScratch scratch_of(const Plan& plan, Workspace& workspace) {
  return {workspace.at(plan.unprojected), workspace.at(plan.reset_state), workspace.at(plan.update),
          workspace.at(plan.candidate)};
}

CellArgs split_phases(const PackedLayer& layer, const PackedDirection& direction,
                      const PhaseScratch& scratch, CellArgs& args) {
  if (layer.projection_size > 0) {
    // h' goes to scratch memory, and the projection makes of it what recurs and what is put out.
    CellArgs projection = args;
    projection.x_size = 0;
    projection.init = direction.second.constants.bias;
    projection.init_stride = 0;
    projection.h = scratch.unprojected;
    projection.h_stride = layer.cell_stride();
    args.h_out = scratch.unprojected;
    args.h_out_stride = layer.cell_stride();
    args.y = nullptr;
    projection.cell = &direction.second.constants;
    projection.range.group_end = direction.second.constants.groups;
    return projection;
  }
  args.reset_state = scratch.reset_state;
  args.update = scratch.update;
  args.candidate = scratch.candidate;
  args.scratch_stride = layer.cell_stride();
  CellArgs candidate = args;
  candidate.x_size = 0;
  candidate.cell = &direction.second.constants;
  candidate.range.group_end = direction.second.constants.groups;
  return candidate;
}

}  // namespace recurrent
