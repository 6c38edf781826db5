#include "train/transposed.h"

#include "base/checked.h"
#include "exec/slice.h"

namespace recurrent {
namespace {

constexpr int64_t kPanels = 4;  // side by side, as in every product with one vector a panel

}  // namespace

void Transposed::set(const float* matrix, std::initializer_list<PackedMatrix::RowRange> rows,
                     int64_t columns, const kernels::KernelTable& kernels) {
  kernels_ = &kernels;
  const int64_t padded = round_up(columns, kernels.width);
  if (zeros_.size() != padded) zeros_ = AlignedBuffer<float>(padded);
  terms_ = 0;
  for (const PackedMatrix::RowRange& range : rows) terms_ += range.count;
  weights_.pack_transposed(matrix, columns, kernels.width, kPanels, rows.begin(),
                           static_cast<int>(rows.size()));
}

void Transposed::multiply(Participant& participant, const float* x, int64_t x_stride, int64_t rows,
                          float* out, int64_t out_stride) const {
  const bool shares_rows = weights_.groups() < participant.size();
  participant.stage([&](int index) {
    const Slice own = slice_of(shares_rows ? rows : weights_.groups(), index, participant.size());
    if (own.begin == own.end) return;
    const Slice part = shares_rows ? own : Slice{0, rows};
    const Slice groups = shares_rows ? Slice{0, weights_.groups()} : own;
    kernels_->reading(weights_.format())
        .product({{part.end - part.begin, groups.begin, groups.end, 0},
                  weights_.grouping(),
                  weights_.data(),
                  weights_.panel_stride(),
                  1,
                  zeros_.data(),
                  x + part.begin * x_stride,
                  x_stride,
                  terms_,
                  out + part.begin * out_stride,
                  out_stride,
                  {}});
  });
}

}  // namespace recurrent
