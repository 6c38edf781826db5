// Sequences that begin anew.
#pragma once

#include "world.h"

namespace recurrent::fuzz {

void predict(World& world, Random& random);
void predict_wrongly(World& world, Random& random);

}  // namespace recurrent::fuzz
