#pragma once

#include <stdint.h>

#include <recurrent/recurrent.h>

// Includes no header that emits an inline function, as kernel files include it.

namespace recurrent {
namespace kernels {

// What kernels.inc says of an instruction set, see there.
struct InstructionSet {
  int32_t isa;  // recurrent_isa
  const char* name;
  int32_t width;  // V, lanes of a vector
  int32_t accumulators;
  int32_t prefetching_tile;
  double flops_per_ns;
  double ns_per_vector;
};

}  // namespace kernels

// The row of each, in the namespace of its kernels.
#define RECURRENT_KERNELS(ns, isa, name, needs, built, width, accumulators, prefetching, flops, \
                          ns_per_vector)                                                        \
  namespace ns {                                                                                \
  constexpr kernels::InstructionSet kSet{isa,         name,  width,        accumulators,        \
                                         prefetching, flops, ns_per_vector};                    \
  }
#include "kernels/kernels.inc"
#undef RECURRENT_KERNELS

}  // namespace recurrent
