#include "train/outer_product.h"

#include <algorithm>

#include "base/checked.h"
#include "exec/lane.h"

namespace recurrent {

void OuterProduct::reserve(int64_t columns, int threads) {
  const int64_t width = kernels_.gradient_columns;
  right_.need(round_up(columns, width) * kDepth);
  own_.need(threads * kernels_.gradient_rows * (kDepth + width));
}

void OuterProduct::add(Shift& shift, int64_t rows, const RowsView& a,
                       const std::vector<LeftColumns>& left, const RowsView& b, int64_t columns) {
  const int64_t blocks = div_up(columns, kernels_.gradient_columns);
  for (int64_t first = 0; first < rows; first += kDepth) {
    const int64_t depth = std::min(kDepth, rows - first);
    shift.stage([&](int index) {
      const Slice own = slice_of(blocks, index, shift.size());
      for (int64_t block = own.begin; block < own.end; ++block)
        pack_right(b, columns, first, depth, block);
    });
    shift.stage([&](int index) {
      float* scratch =
          own_.data() + index * kernels_.gradient_rows * (kDepth + kernels_.gradient_columns);
      for (const LeftColumns& part : left) {
        const int64_t tiles = div_up(part.count, kernels_.gradient_rows);
        const Slice own = slice_of(tiles, index, shift.size());
        for (int64_t tile = own.begin; tile < own.end; ++tile)
          add_rows(a, part, tile * kernels_.gradient_rows, columns, first, depth, scratch);
      }
    });
  }
}

void OuterProduct::pack_right(const RowsView& b, int64_t columns, int64_t first, int64_t depth,
                              int64_t block) const {
  const int64_t width = kernels_.gradient_columns;
  const int64_t begin = block * width;
  const int64_t count = std::min(width, columns - begin);
  float* to = const_cast<float*>(right_.data()) + block * kDepth * width;
  for (int64_t k = 0; k < depth; ++k, to += width) {
    std::copy_n(b.at(first + k) + begin, count, to);
    std::fill_n(to + count, width - count, 0.0f);
  }
}

// The rows from `m` on that a tile has, times all columns.
void OuterProduct::add_rows(const RowsView& a, const LeftColumns& left, int64_t m, int64_t columns,
                            int64_t first, int64_t depth, float* scratch) const {
  const int64_t height = kernels_.gradient_rows;
  const int64_t width = kernels_.gradient_columns;
  const int64_t rows = std::min(height, left.count - m);
  float* to = scratch;
  for (int64_t k = 0; k < depth; ++k, to += height) {
    std::copy_n(a.at(first + k) + left.first + m, rows, to);
    std::fill_n(to + rows, height - rows, 0.0f);
  }
  float* tile = scratch + height * kDepth;
  for (int64_t begin = 0; begin < columns; begin += width) {
    kernels_.gradient_tile(scratch, right_.data() + begin * kDepth, depth, tile);
    const int64_t count = std::min(width, columns - begin);
    for (int64_t r = 0; r < rows; ++r) {
      float* sum = left.to + (m + r) * columns + begin;
      const float* part = tile + r * width;
      for (int64_t j = 0; j < count; ++j) sum[j] += part[j];
    }
  }
}

}  // namespace recurrent
