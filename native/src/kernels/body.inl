// All kernels over one vector type, and the table of them. A kernels_*.cpp includes this in the
// namespace of its instruction set after its vector type; `kSet` is that namespace's row of
// kernels.inc.

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
using kernels::LaneArgs;
using kernels::ProductArgs;
using kernels::Range;
using kernels::StepArgs;
using kernels::UpdateArgs;
using kernels::WeightBytes;
using kernels::WeightKernels;

static_assert(Vec::kWidth == kSet.width, "kernels.inc says something else than the vector type");

#include "simd/math.inl"

#include "simd/activations.inl"

#include "simd/math_arrays.inl"

#include "kernels/chain.inl"

#include "simd/weights_float32.inl"

#include "simd/weights_bfloat16.inl"

#include "kernels/tiles.inl"

#include "kernels/store.inl"

#include "kernels/lanes.inl"
#include "kernels/normalize.inl"
#include "kernels/over_time.inl"
#include "kernels/pointwise.inl"
#include "kernels/product.inl"
#include "kernels/simple.inl"

#include "kernels/gru.inl"
#include "kernels/gru_reset_before.inl"
#include "kernels/lstm.inl"

#include "kernels/backward.inl"
#include "kernels/gradient.inl"
#include "kernels/update.inl"

#if defined(RECURRENT_ONE_LANE)
constexpr BlockKernels block_kernels() { return {}; }  // no lanes to fill
#else
#include "kernels/blocks.inl"
#endif

RECURRENT_INLINE void flush_row(const float* x, float* y, int64_t count) {
  int64_t i = 0;
  for (; i + Vec::kWidth <= count; i += Vec::kWidth) Vec::store(y + i, flush(Vec::load(x + i)));
  if (i < count) {
    const int left = static_cast<int>(count - i);
    Vec::store_partial(y + i, flush(Vec::load_partial(x + i, left)), left);
  }
}

void flush_array(const float* x, float* y, int64_t count) { flush_row(x, y, count); }

void flush_rows(const float* x, int64_t x_stride, float* y, int64_t y_stride, int64_t count,
                int64_t rows) {
  if (x_stride == count && y_stride == count) return flush_row(x, y, rows * count);
  for (int64_t row = 0; row < rows; ++row) flush_row(x + row * x_stride, y + row * y_stride, count);
}

template <class W>
constexpr WeightKernels weight_kernels() {
  return {product<W>,
          {
              cell_kernels<SimpleBody<false>, W>(),
              cell_kernels<SimpleBody<true>, W>(),
              cell_kernels<LstmBody, W>(),
              cell_kernels<GruBody, W>(run_gru<W>),
              cell_kernels<GruGatesBody, W>(),
              cell_kernels<GruCandidateBody, W>(),
          }};
}

extern const kernels::KernelTable kTable;
const kernels::KernelTable kTable = {
    kSet,
    exp_array,
    expm1_array,
    log_array,
    log1p_array,
    activation_array,
    flush_array,
    flush_rows,
    scale_array,
    add_array,
    multiply_array,
    softmax_array,
    log_softmax_array,
    normalize_array,
    accumulate_array,
    keep_largest_array,
    exp_below_array,
    accumulate_product_array,
    lanes,
    {
#define RECURRENT_WEIGHTS(format, reader, name, bytes) weight_kernels<reader>(),
#include "kernels/weights.inc"
#undef RECURRENT_WEIGHTS
    },
    {
        backward_kernels<SimpleBackward>(),
        backward_kernels<LstmBackward>(),
        backward_kernels<GruBackward>(),
        backward_kernels<GruCandidateBackward>(),
        backward_kernels<GruResetBackward>(),
    },
    slope_array,
    gradient_tile,
    kGradientRows,
    kGradientVectors* Vec::kWidth,
    block_kernels(),
    update,
};
