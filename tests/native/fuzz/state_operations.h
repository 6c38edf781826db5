// States: reset, taken out, put in, carried from one session to another.
#pragma once

#include "world.h"

namespace recurrent::fuzz {

void reset(World& world, Random& random);
void save(World& world, Random& random);
void load(World& world, Random& random);
void get_state(World& world, Random& random);
void set_state(World& world, Random& random);

// Rows of one session go on in another one of the same model.
void move_rows(World& world, Random& random);

}  // namespace recurrent::fuzz
