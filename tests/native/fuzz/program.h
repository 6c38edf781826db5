// A random program: operations that follow from a number.
#pragma once

#include <cstdint>
#include <vector>

#include "progress.h"
#include "world.h"

namespace recurrent::fuzz {

struct Program {
  uint64_t seed = 0;
  Limits limits;
  // Operations that are done, by their place; all if it is empty.
  std::vector<uint64_t> kept;
  // The request for memory that is refused, from 1; 0 for none.
  int64_t refusal = 0;
};

// How many operations a program has.
uint64_t operation_count(const Program& program);

// Runs a program; throws a Failure if the library breaks its word.
// Gives whether a request for memory was refused.
bool run_program(const Program& program, Progress& progress);

}  // namespace recurrent::fuzz
