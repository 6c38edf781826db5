// Kernels of weights of 8 bits for Advanced SIMD of AArch64. As in kernels_neon.cpp, nothing that
// emits an inline function is included.
#include "kernels/instruction_set.h"
#include "kernels/table.h"
#include "simd/intrinsics.h"

namespace recurrent::integers_neon {

constexpr kernels::InstructionSet kSet = neon::kSet;

#include "simd/vec_neon.inl"

#include "simd/rounding_neon.inl"

#include "simd/dot_neon.inl"

#include "kernels/cells.inl"

#include "kernels/integers.inl"

}  // namespace recurrent::integers_neon
