// A batch for a trainer, with memory for what comes of it on both sides.
#pragma once

#include "sequence.h"
#include "world.h"

namespace recurrent::fuzz {

struct TrainingBatch {
  TrainingBatch(Random& random, const Pupil& pupil, const Limits& limits);

  recurrent_forward_args args(int side);
  // What holds around a forward pass.
  Watched watch(const Pupil& pupil, Statuses expected);

  int64_t rows;
  Sequence input;
  int64_t output_elements;
  int64_t state_elements;
  bool gives_states = false;
  int32_t empty_row;
  Guarded<float> initial;
  Guarded<float> y[kSides];
  Guarded<float> final_states[kSides];
};

// So that neither side has a pass to go back through: parameters that are set end it.
void lose_pass(Pupil& pupil);

}  // namespace recurrent::fuzz
