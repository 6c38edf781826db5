// Kernels of weights of 8 bits for AVX-512 without VNNI. As in kernels_avx512.cpp, nothing that
// emits an inline function is included.
#include "kernels/instruction_set.h"
#include "kernels/table.h"
#include "simd/intrinsics.h"

namespace recurrent::integers_avx512 {

constexpr kernels::InstructionSet kSet = avx512::kSet;

#include "simd/vec_avx512.inl"

#include "simd/rounding_avx512.inl"

#include "simd/dot_avx512.inl"

#include "kernels/cells.inl"

#include "kernels/integers.inl"

}  // namespace recurrent::integers_avx512
