#pragma once

#include <cstdint>

#include "exec/plan.h"
#include "exec/strategy.h"
#include "model/model.h"

namespace recurrent {

// A call, divided between threads: the candidate that was chosen, and where every thread's scratch
// memory is, as offsets in floats into one buffer. Depends on the model, the workload and the
// candidate, and on nothing else.
struct Schedule {
  Candidate way;
  Plan plan;         // of a portion, that is of what one thread, or all of them together, compute
  int portions = 1;  // portion i has the scratch memory from `i * plan.floats` on
  int64_t link = 0;  // kLayers: two spans between each portion and the next
  int64_t link_floats = 0;  // of one span
  int64_t next_states = 0;  // a step divided by units: the new states
  int64_t floats = 0;       // all of it
};

// Whether run_step() or run_split_step() does it, which know no chunks and no ragged rows.
bool is_step(const Model& model, const Workload& work);
bool is_split_step(const Model& model, const Workload& work, const Candidate& way);

// Throws Error (INVALID_ARGUMENT) naming `time` if the scratch memory cannot even be counted.
Schedule make_schedule(const Model& model, const Workload& work, const Candidate& way);

}  // namespace recurrent
