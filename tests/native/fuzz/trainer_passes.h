// Passes of trainers, forward and back.
#pragma once

#include "world.h"

namespace recurrent::fuzz {

void go_forward(World& world, Random& random);
void go_forward_wrongly(World& world, Random& random);
void go_back(World& world, Random& random);

}  // namespace recurrent::fuzz
