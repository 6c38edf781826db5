#include "train/transposed.h"

#include "base/checked.h"
#include "exec/lane.h"

namespace recurrent {
namespace {

constexpr int64_t kPanels = 4;  // side by side, as in every product with one vector a panel

}  // namespace

Transposed::Transposed(const float* matrix, const std::vector<Rows>& rows, int64_t columns,
                       const kernels::KernelTable& kernels)
    : kernels_(&kernels), zeros_(round_up(columns, kernels.width)) {
  for (const Rows& part : rows) terms_ += part.count;
  AlignedBuffer<float> turned(checked_mul(columns, terms_, "hidden_size"));
  int64_t term = 0;
  for (const Rows& part : rows)
    for (int64_t i = 0; i < part.count; ++i, ++term)
      for (int64_t j = 0; j < columns; ++j)
        turned[j * terms_ + term] = matrix[(part.first + i) * columns + j];
  const WeightBlock block{turned.data(), terms_, 0, 1};
  weights_ = PackedMatrix(columns, kernels.width, kPanels, &block, 1);
}

void Transposed::multiply(Shift& shift, const float* x, int64_t x_stride, int64_t rows, float* out,
                          int64_t out_stride) const {
  shift.stage([&](int index) {
    const Slice groups = slice_of(weights_.groups(), index, shift.size());
    kernels_->product({{rows, groups.begin, groups.end, 0},
                       weights_.grouping(),
                       weights_.data(),
                       weights_.panel_stride(),
                       1,
                       zeros_.data(),
                       x,
                       x_stride,
                       terms_,
                       out,
                       out_stride});
  });
}

}  // namespace recurrent
