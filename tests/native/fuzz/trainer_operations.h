// Trainers: made, asked, given parameters, updated, closed. Their passes stand in
// trainer_passes.h.
#pragma once

#include "world.h"

namespace recurrent::fuzz {

// Adds two trainers of one model; null if memory was refused.
Pupil* open_trainer(World& world, Random& random);

// Asks for trainers that cannot be.
void open_broken_trainer(World& world, Random& random);

void ask_trainer(World& world, Random& random);
void exchange_parameters(World& world, Random& random);
void exchange_moments(World& world, Random& random);
void clear_gradients(World& world, Random& random);
void regularize(World& world, Random& random);
void measure_gradients(World& world, Random& random);
void update(World& world, Random& random);
void keep_parameters(World& world, Random& random);
void go_back_to_parameters(World& world, Random& random);
void close_trainer(World& world, Random& random);

}  // namespace recurrent::fuzz
