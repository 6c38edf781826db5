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

// The products of weights of 8 bits, summed in 32: with the instruction that a kernel would use.
struct IntegerProbe {
  const char* name;
  // Multiply-adds in `rounds` rounds of independent accumulators, and a number that depends on all
  // of them.
  int (*multiply_add)(long rounds);
  // Operations of a round with inputs of 8 bits; a multiply-add counts as two.
  long operations_per_round;
  // Rounds for an input of 16 bits where one of 8 bits takes one.
  int rounds_for_16_bits;
};

const Probe& avx2_probe();
const Probe& avx512_probe();

const IntegerProbe& avx2_integer_probe();
const IntegerProbe& avx512_integer_probe();
const IntegerProbe& avx512_vnni_integer_probe();

}  // namespace limits
