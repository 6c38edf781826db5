// Pools: streams that come, advance together and go.
#pragma once

#include "world.h"

namespace recurrent::fuzz {

void pool_streams(World& world, Random& random);

}  // namespace recurrent::fuzz
