// Models: made, refused, asked about, given up.
#pragma once

#include "world.h"

namespace recurrent::fuzz {

// Adds a model and its twin; null if memory was refused.
std::shared_ptr<Subject> create_model(World& world, Random& random);

// Describes a model with one fault, to a model and to a trainer.
void create_broken_model(World& world, Random& random);

// Asks a model what it is.
void ask_model(World& world, Random& random);

// Gives a model up. Its sessions go on.
void give_model_up(World& world, Random& random);

}  // namespace recurrent::fuzz
