// Models that are graphs: drawn, computed in two ways and given up at once.
#pragma once

#include "world.h"

namespace recurrent::fuzz {

// A run on one side, a run or a prediction on the other: the same outputs.
void run_graph(World& world, Random& random);

// Single steps with buffers, in any order and of any size.
void step_graph(World& world, Random& random);

// Two trainers of a graph, with different numbers of threads, go forward and back.
void train_graph(World& world, Random& random);

// A description with faults anywhere.
void create_broken_graph(World& world, Random& random);

}  // namespace recurrent::fuzz
