#pragma once

#include "exec/plan.h"
#include "exec/workspace.h"
#include "model/model.h"
#include "model/states.h"

namespace recurrent {

// What a step is given: one of the two, the other is null.
struct StepInput {
  const float* x;
  const int32_t* indices;
};

// A single step on the caller's thread: what run_sequence() gives for one step, without what only
// sequences and threads need. A small step takes less time than that would.
//
// `plan` is that of one step, `states` are the session's; the input is x `[batch, input_size]`, or
// indices `[batch]` for a model that takes them; y `[batch, output_size]` or null. The model can be
// stepped. `backwards` is to alternate from step to step, see kernels::Range.
void run_step(const Model& model, const Plan& plan, Workspace& workspace, const StateRows& states,
              StepInput input, float* y, bool backwards);

}  // namespace recurrent
