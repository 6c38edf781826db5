// The kernels of one instruction set. Only intrinsics and plain structs are included from outside:
// an inline function of a standard header would be compiled here with this file's flags, and a
// linker might keep that copy for everybody.
#include <recurrent/recurrent.h>

#include "simd/intrinsics.h"

#include "kernels/table.h"

#define RECURRENT_KERNELS_ISA 1
#define RECURRENT_KERNELS_NAME "avx2"

namespace recurrent::avx2 {

using kernels::Activation;
using kernels::BackwardArgs;
using kernels::BackwardKernels;
using kernels::BlockBackArgs;
using kernels::BlockGradientArgs;
using kernels::BlockKernels;
using kernels::BlockProductArgs;
using kernels::BlockStepArgs;
using kernels::CellArgs;
using kernels::CellConstants;
using kernels::CellFn;
using kernels::CellKernels;
using kernels::Form;
using kernels::FormKernels;
using kernels::Grouping;
using kernels::kBlockRows;
using kernels::ProductArgs;
using kernels::Range;
using kernels::StepArgs;
using kernels::UpdateArgs;

#include "simd/vec_avx2.inl"

#include "simd/math.inl"

#include "simd/activations.inl"

#include "simd/math_arrays.inl"

#include "kernels/body.inl"

}  // namespace recurrent::avx2
