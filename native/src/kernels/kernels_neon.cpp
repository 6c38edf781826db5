// The kernels of one instruction set. Only intrinsics and plain structs are included from outside:
// an inline function of a standard header would be compiled here with this file's flags, and a
// linker might keep that copy for everybody.
#include "kernels/instruction_set.h"
#include "kernels/table.h"
#include "simd/intrinsics.h"

namespace recurrent::neon {

#include "simd/vec_neon.inl"

#include "kernels/body.inl"

}  // namespace recurrent::neon
