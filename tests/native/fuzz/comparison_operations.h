// What must give the same, computed in two ways.
#pragma once

#include "world.h"

namespace recurrent::fuzz {

// One side whole, the other one in pieces: the same outputs and states.
void run_in_pieces(World& world, Random& random);

// Rows together, and each by itself: the same outputs and states.
void run_rows_apart(World& world, Random& random);

// What a trainer puts out, and what a session of a model with its parameters does.
void compare_with_session(World& world, Random& random);

}  // namespace recurrent::fuzz
