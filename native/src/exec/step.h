#pragma once

#include "exec/plan.h"
#include "exec/workspace.h"
#include "model/model.h"
#include "model/states.h"

namespace recurrent {

// A single step on the caller's thread: what run_sequence() gives for one step, without what only
// sequences and threads need. A small step takes less time than that would.
//
// `plan` is that of one step, `states` are the session's; inputs and outputs are memory by number:
// floats `[batch, size]` or indices `[batch]`, `[batch, size]` or null. The model can be stepped.
// `backwards` is to alternate from step to step, see kernels::Range.
void run_step(const Model& model, const Plan& plan, Workspace& workspace, const StateRows& states,
              const void* const* inputs, float* const* outputs, bool backwards);

}  // namespace recurrent
