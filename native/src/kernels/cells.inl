// The cells over one vector type: what kernels of all formats of weights share.

using kernels::Activation;
using kernels::CellArgs;
using kernels::CellConstants;
using kernels::CellFn;
using kernels::CellKernels;
using kernels::Form;
using kernels::FormKernels;
using kernels::Grouping;
using kernels::ProductArgs;
using kernels::Range;
using kernels::StepArgs;
using kernels::StepFn;
using kernels::WeightBytes;
using kernels::WeightKernels;

static_assert(Vec::kWidth == kSet.width, "kernels.inc says something else than the vector type");

#include "simd/math.inl"

#include "simd/activations.inl"

#include "kernels/chain.inl"
#include "kernels/tiles.inl"

#include "kernels/store.inl"

#include "kernels/product.inl"
#include "kernels/simple.inl"

#include "kernels/gru.inl"
#include "kernels/gru_reset_before.inl"
#include "kernels/lstm.inl"
