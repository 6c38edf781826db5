#pragma once

#include "kernels/table.h"
#include "model/model.h"

namespace recurrent {

// The kernel that computes a direction's step, or the first phase of it.
kernels::CellFn cell_function(const kernels::KernelTable& table, const PackedLayer& layer,
                              const PackedDirection& direction);
// The second phase: the candidate of a reset-before GRU. Null where a step has one phase.
kernels::CellFn candidate_function(const kernels::KernelTable& table, const PackedLayer& layer,
                                   const PackedDirection& direction);
// The kernel of a projection.
kernels::CellFn projection_function(const kernels::KernelTable& table);

// What all steps of a direction have in common. Weights, bias and options are set; rows, groups,
// inputs and states are not.
kernels::CellArgs cell_args(const PackedLayer& layer, const PackedDirection& direction);
kernels::CellArgs candidate_args(const kernels::CellArgs& gates, const PackedDirection& direction);
kernels::CellArgs projection_args(const PackedLayer& layer, const PackedDirection& direction);

}  // namespace recurrent
