// Kernels of weights of 8 bits for plain C++. As in kernels_scalar.cpp, nothing that emits an
// inline function is included.
#include "kernels/instruction_set.h"
#include "kernels/table.h"
#include "simd/intrinsics.h"

namespace recurrent::integers_scalar {

constexpr kernels::InstructionSet kSet = scalar::kSet;

#include "simd/vec_scalar.inl"

#include "simd/rounding_scalar.inl"

#include "simd/dot_scalar.inl"

#include "kernels/cells.inl"

#include "kernels/integers.inl"

}  // namespace recurrent::integers_scalar
