// Sessions: opened, stepped, warmed up, asked, closed. What they do with sequences stands in
// sequence_operations.h, their states in state_operations.h.
#pragma once

#include "world.h"

namespace recurrent::fuzz {

// Adds a session and its twin; null if memory was refused.
Stream* open_session(World& world, Random& random);

// Asks for sessions that cannot be.
void open_broken_session(World& world, Random& random);

void step(World& world, Random& random);
void step_wrongly(World& world, Random& random);
void warm_up(World& world, Random& random);
void explain(World& world, Random& random);
void close_session(World& world, Random& random);

}  // namespace recurrent::fuzz
