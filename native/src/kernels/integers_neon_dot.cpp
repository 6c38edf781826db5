// Kernels of weights of 8 bits for AArch64 with its products of bytes (FEAT_DotProd). As in
// kernels_neon.cpp, nothing that emits an inline function is included.
#include "kernels/instruction_set.h"
#include "kernels/table.h"
#include "simd/intrinsics.h"

namespace recurrent::integers_neon_dot {

constexpr kernels::InstructionSet kSet = neon::kSet;

#include "simd/vec_neon.inl"

#include "simd/rounding_neon.inl"

#include "simd/dot_neon_sdot.inl"

#include "kernels/cells.inl"

#include "kernels/integers.inl"

}  // namespace recurrent::integers_neon_dot
