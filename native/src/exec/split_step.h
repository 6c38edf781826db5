#pragma once

#include "exec/schedule.h"
#include "exec/team.h"
#include "model/model.h"
#include "model/states.h"

namespace recurrent {

// What run_step() does, on the threads of a team: each computes its slice of the units of every
// layer. One stage a phase, so a step of a single layer is calling the workers and waiting for them
// once.
//
// `schedule` is one for which is_split_step() holds, `scratch` `[schedule.floats]`; the rest is as
// for run_step().
void run_split_step(const Model& model, const Schedule& schedule, float* scratch, StateRows states,
                    int64_t batch, const float* x, float* y, bool backwards, Team& team);

}  // namespace recurrent
