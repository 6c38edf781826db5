#include "train/outer_product.h"

#include <algorithm>

#include "base/checked.h"
#include "exec/lane.h"

namespace recurrent {
namespace {

// A copy whose length the compiler knows: a call for a few floats would take longer than they do.
template <int kCount>
void copy_rows(const RowsView& from, int64_t first, int64_t rows, int64_t column, float* to) {
  for (int64_t row = 0; row < rows; ++row, to += kCount) {
    const float* at = from.at(first + row) + column;
    for (int i = 0; i < kCount; ++i) to[i] = at[i];
  }
}

// `[row][height]`, zeros where `count` columns end.
void pack_columns(const RowsView& from, int64_t first, int64_t rows, int64_t column, int64_t count,
                  int64_t height, float* to) {
  if (count == height && height == 12) return copy_rows<12>(from, first, rows, column, to);
  if (count == height && height == 6) return copy_rows<6>(from, first, rows, column, to);
  for (int64_t row = 0; row < rows; ++row, to += height) {
    const float* at = from.at(first + row) + column;
    for (int64_t i = 0; i < height; ++i) to[i] = i < count ? at[i] : 0.0f;
  }
}

void add(const float* from, int64_t count, float* to) {
  for (int64_t i = 0; i < count; ++i) to[i] += from[i];
}

}  // namespace

void OuterProduct::reserve(int64_t columns, int threads) {
  if (mkl_) {
    right_.need(columns * kMklDepth);
    return;
  }
  const int64_t width = kernels_.gradient_columns;
  right_.need(round_up(columns, width) * kDepth);
  own_.need(threads * kernels_.gradient_rows * (kDepth + width));
}

void OuterProduct::add(Shift& shift, int64_t rows, const RowsView& a,
                       std::initializer_list<LeftColumns> left, const RightSides& b) {
  if (mkl_) return add_by_mkl(shift, rows, a, left, b);
  const int64_t tiles = div_up(b.columns(), kernels_.gradient_columns);
  for (int64_t first = 0; first < rows; first += kDepth) {
    const Block block{first, std::min(kDepth, rows - first)};
    shift.stage([&](int index) {
      const Slice own = slice_of(tiles, index, shift.size());
      for (int64_t tile = own.begin; tile < own.end; ++tile) pack_right(b, block, tile);
    });
    shift.stage([&](int index) {
      float* scratch =
          own_.data() + index * kernels_.gradient_rows * (kDepth + kernels_.gradient_columns);
      for (const LeftColumns& part : left) {
        const int64_t height = kernels_.gradient_rows;
        const Slice own = slice_of(div_up(part.count, height), index, shift.size());
        for (int64_t tile = own.begin; tile < own.end; ++tile)
          add_rows(a, part, tile * height, b, block, scratch);
      }
    });
  }
}

// MKL takes rows that are evenly spaced.
void OuterProduct::add_by_mkl(Shift& shift, int64_t rows, const RowsView& a,
                              std::initializer_list<LeftColumns> left, const RightSides& b) {
  for (int64_t first = 0; first < rows; first += kMklDepth) {
    const Block block{first, std::min(kMklDepth, rows - first)};
    for (int side = 0; side < 2; ++side) {
      const int64_t columns = b.sides[side].columns;
      if (columns == 0) continue;
      const RowsView right = side_by_side(shift, b.sides[side], block);
      shift.stage([&](int index) {
        for (const LeftColumns& part : left) {
          const Slice own = slice_of(part.count, index, shift.size());
          if (own.begin == own.end || !part.to[side]) continue;
          mkl_->add_outer(own.end - own.begin, columns, block.depth,
                          a.at(block.first) + part.first + own.begin, a.stride, right.first,
                          right.stride, part.to[side] + own.begin * columns, columns);
        }
      });
    }
  }
}

RowsView OuterProduct::side_by_side(Shift& shift, const RightSides::Side& side, Block block) {
  if (!side.rows.rows) return {side.rows.at(block.first), side.rows.stride, nullptr};
  shift.stage([&](int index) {
    const Slice own = slice_of(block.depth, index, shift.size());
    for (int64_t row = own.begin; row < own.end; ++row)
      std::copy_n(side.rows.at(block.first + row), side.columns,
                  right_.data() + row * side.columns);
  });
  return {right_.data(), side.columns, nullptr};
}

void OuterProduct::pack_right(const RightSides& b, Block block, int64_t tile) const {
  const int64_t width = kernels_.gradient_columns;
  float* const to = const_cast<float*>(right_.data()) + tile * kDepth * width;
  int64_t filled = 0;
  int64_t before = 0;
  for (const RightSides::Side& side : b.sides) {
    const int64_t begin = std::clamp<int64_t>(tile * width - before, 0, side.columns);
    const int64_t end = std::clamp<int64_t>((tile + 1) * width - before, 0, side.columns);
    before += side.columns;
    if (begin == end) continue;
    for (int64_t k = 0; k < block.depth; ++k)
      std::copy_n(side.rows.at(block.first + k) + begin, end - begin, to + k * width + filled);
    filled += end - begin;
  }
  for (int64_t k = 0; filled < width && k < block.depth; ++k)
    std::fill_n(to + k * width + filled, width - filled, 0.0f);
}

// The rows from `m` on that a tile has, times all columns.
void OuterProduct::add_rows(const RowsView& a, const LeftColumns& left, int64_t m,
                            const RightSides& b, Block block, float* scratch) const {
  const int64_t height = kernels_.gradient_rows;
  const int64_t width = kernels_.gradient_columns;
  const int64_t rows = std::min(height, left.count - m);
  pack_columns(a, block.first, block.depth, left.first + m, rows, height, scratch);
  float* const tile = scratch + height * kDepth;
  const int64_t begin_of_wanted = left.to[0] ? 0 : b.sides[0].columns / width * width;
  const int64_t end_of_wanted = left.to[1] ? b.columns() : b.sides[0].columns;
  for (int64_t first = begin_of_wanted; first < end_of_wanted; first += width) {
    kernels_.gradient_tile(scratch, right_.data() + first * kDepth, block.depth, tile);
    int64_t before = 0;
    int64_t done = 0;
    for (int side = 0; side < 2; ++side) {
      const int64_t columns = b.sides[side].columns;
      const int64_t begin = std::clamp<int64_t>(first - before, 0, columns);
      const int64_t end = std::clamp<int64_t>(first + width - before, 0, columns);
      before += columns;
      for (int64_t r = 0; left.to[side] && begin < end && r < rows; ++r)
        recurrent::add(tile + r * width + done, end - begin,
                       left.to[side] + (m + r) * columns + begin);
      done += end - begin;
    }
  }
}

}  // namespace recurrent
