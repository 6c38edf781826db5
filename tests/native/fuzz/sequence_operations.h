// Runs.
#pragma once

#include "sequence.h"
#include "world.h"

namespace recurrent::fuzz {

void run(World& world, Random& random);
void run_wrongly(World& world, Random& random);

// A model with a reverse direction takes the next sequence only after a reset.
void begin_sequence(const Stream& stream);

// Runs one side as it is; `y` is null if no output is wanted.
recurrent_status run_side(const Stream& stream, int side, const Sequence& input, Guarded<float>* y);

}  // namespace recurrent::fuzz
