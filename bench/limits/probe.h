#pragma once

#include <cstddef>

namespace limits {

// What one instruction set offers to the measurements. Each file that fills one in is compiled for
// its instruction set and has nothing but the two loops in it.
struct Probe {
  const char* name;
  // Multiply-adds in `rounds` rounds of independent accumulators, and a number that depends on all
  // of them.
  float (*multiply_add)(long rounds);
  // Floating-point operations of a round; a multiply-add counts as two.
  long operations_per_round;
  // Reads `bytes` (a multiple of 1024) `passes` times with vector loads, and a number that depends
  // on them.
  float (*read)(const void* data, size_t bytes, int passes);
};

const Probe& avx2_probe();
const Probe& avx512_probe();

}  // namespace limits
