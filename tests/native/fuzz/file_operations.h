// Model files, whole and damaged.
#pragma once

#include "world.h"

namespace recurrent::fuzz {

// A model out of a file, one side from memory and the other by a path: it is used like any other.
void load_model(World& world, Random& random);

// A damaged file, mostly with checksums that are right: refused, or another model.
void load_damaged_model(World& world, Random& random);

// What files say beside their models, of any model.
void ask_file(World& world, Random& random);

}  // namespace recurrent::fuzz
