// Several callers at the same time.
#pragma once

#include "world.h"

namespace recurrent::fuzz {

// Threads with a session each, of one model that is given up meanwhile: all compute the same.
void run_side_by_side(World& world, Random& random);

// Threads that call one session: each is served or refused with BUSY.
void call_one_session_at_once(World& world, Random& random);

}  // namespace recurrent::fuzz
