// What needs no object.
#pragma once

#include "world.h"

namespace recurrent::fuzz {

void activate(World& world, Random& random);
void ask_machine(World& world, Random& random);

// Every function without an object, or without a place for what it gives.
void give_nothing(World& world, Random& random);

}  // namespace recurrent::fuzz
