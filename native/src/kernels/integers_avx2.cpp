// Kernels of weights of 8 bits for AVX2. As in kernels_avx2.cpp, nothing that emits an inline
// function is included.
#include "kernels/instruction_set.h"
#include "kernels/table.h"
#include "simd/intrinsics.h"

namespace recurrent::integers_avx2 {

constexpr kernels::InstructionSet kSet = avx2::kSet;

#include "simd/vec_avx2.inl"

#include "simd/rounding_avx2.inl"

#include "simd/dot_avx2.inl"

#include "kernels/cells.inl"

#include "kernels/integers.inl"

}  // namespace recurrent::integers_avx2
