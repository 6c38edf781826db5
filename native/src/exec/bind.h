#pragma once

#include "exec/plan.h"
#include "kernels/args.h"
#include "model/packed_layer.h"

namespace recurrent {

// The memory of what the phases of a step of one row read and write.
struct RowSlots {
  int64_t backwards;
  const float* init;  // an input product, where chains start; null for the bias
  const float* x;     // unused where `init` has the x terms and x_size is 0
  int64_t x_size;
  const float* before;  // the state
  float* after;
  float* c;
  float* y;  // null if nobody wants it
  // What a phase leaves for the next one.
  float* unprojected;
  float* reset_state;
  float* update;
  float* candidate;

  void take_scratch(float* scratch, const Plan& plan) {
    unprojected = scratch + plan.unprojected;
    reset_state = scratch + plan.reset_state;
    update = scratch + plan.update;
    candidate = scratch + plan.candidate;
  }
  const float* read_by(const Phase& phase) const {
    return phase.reads == Slot::kState ? before : unprojected;
  }
  float* written_by(const Phase& phase) const {
    return phase.writes == Slot::kState ? after : unprojected;
  }
  float* output_of(const Phase& phase) const { return phase.puts_out ? y : nullptr; }
};

// The same of some rows. Other strides are those of a layer.
struct StepSlots : RowSlots {
  int64_t rows;
  int64_t init_stride;
  int64_t x_stride;
  int64_t y_stride;
  float* tape;
  int64_t tape_stride;
};

// What changes from step to step of a sequence.
template <class Args>
void bind_state(const Phase& phase, const RowSlots& slots, Args& args) {
  if (phase.is_whole) {
    args.h = slots.before;
    args.h_out = slots.after;
    args.y = slots.y;
    return;
  }
  args.h = slots.read_by(phase);
  args.h_out = slots.written_by(phase);
  args.y = slots.output_of(phase);
}

// What all phases of a step have in common, in the fields of both structs of arguments.
template <class Args>
void bind_step(const RowSlots& slots, Args& args) {
  args.x = slots.x;
  args.c = slots.c;
  args.reset_state = slots.reset_state;
  args.update = slots.update;
  args.candidate = slots.candidate;
}

template <class Args>
void bind_phase(const Phase& phase, const RowSlots& slots, Args& args) {
  args.cell = &phase.constants;
  args.init = slots.init && phase.takes_input ? slots.init : phase.constants.bias;
  args.x_size = phase.takes_input ? slots.x_size : 0;
  bind_state(phase, slots, args);
}

// What a phase's kernel is given for all groups.
inline kernels::CellArgs bind(const PackedLayer& layer, const Phase& phase,
                              const StepSlots& slots) {
  kernels::CellArgs args;
  args.range = {slots.rows, 0, phase.constants.groups, slots.backwards};
  bind_step(slots, args);
  bind_phase(phase, slots, args);
  args.init_stride = slots.init && phase.takes_input ? slots.init_stride : 0;
  args.x_stride = slots.x_stride;
  const int64_t hidden = layer.hidden_stride();
  const int64_t cell = layer.cell_stride();
  args.h_stride = phase.reads == Slot::kState ? hidden : cell;
  args.h_out_stride = phase.writes == Slot::kState ? hidden : cell;
  args.y_stride = slots.y_stride;
  args.c_stride = args.scratch_stride = cell;
  args.tape = phase.records ? slots.tape : nullptr;
  args.tape_stride = slots.tape_stride;
  args.rounded = {};
  return args;
}

// The same for a single row, which has a kernel of its own: `args` once for a step, and again what
// a phase changes of them.
inline kernels::StepArgs bind_row(const RowSlots& slots, kernels::RowMemory rounded) {
  kernels::StepArgs args;
  args.group_begin = 0;
  args.backwards = slots.backwards;
  args.rounded = rounded.at;
  bind_step(slots, args);
  return args;
}
inline void bind_row(const Phase& phase, const RowSlots& slots, kernels::StepArgs& args) {
  args.group_end = phase.constants.groups;
  bind_phase(phase, slots, args);
}

// Calls a phase: a single row has a kernel of its own.
inline void call_phase(const Phase& phase, const kernels::CellArgs& args) {
  if (args.range.rows != 1) {
    phase.function(args);
    return;
  }
  phase.step({args.cell, args.range.group_begin, args.range.group_end, args.range.backwards,
              args.init, args.x, args.x_size, args.h, args.h_out, args.y, args.c, args.reset_state,
              args.update, args.candidate, args.rounded.at});
}

}  // namespace recurrent
