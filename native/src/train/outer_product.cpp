#include "train/outer_product.h"

#include <algorithm>
#include <cstring>

#include "base/checked.h"
#include "exec/fetch.h"
#include "exec/slice.h"

namespace recurrent {
namespace {

// Rows that are fetched ahead: they lie far apart, where the processor does not expect them.
constexpr int64_t kAhead = 8;

// `[tile][row][kHeight]` of whole tiles side by side. The compiler knows how long the copies are: a
// call for a few floats would take longer than they do.
template <int kHeight>
void pack_tiles(const RowsView& from, int64_t first, int64_t rows, int64_t column, int64_t tiles,
                int64_t tile_stride, float* to) {
  for (int64_t row = 0; row < rows; ++row, to += kHeight) {
    const float* at = from.at(first + row) + column;
    if (row + kAhead < rows) {
      const float* ahead = from.at(first + row + kAhead) + column;
      fetch(ahead, tiles * kHeight);
    }
    float* tile = to;
    for (int64_t t = 0; t < tiles; ++t, at += kHeight, tile += tile_stride)
      std::memcpy(tile, at, kHeight * sizeof(float));
  }
}

// `[row][height]` of the last tile, zeros where `count` columns end.
void pack_rest(const RowsView& from, int64_t first, int64_t rows, int64_t column, int64_t count,
               int64_t height, float* to) {
  for (int64_t row = 0; row < rows; ++row, to += height) {
    const float* at = from.at(first + row) + column;
    for (int64_t i = 0; i < count; ++i) to[i] = at[i];
    for (int64_t i = count; i < height; ++i) to[i] = 0.0f;
  }
}

void add(const float* from, int64_t count, float* to) {
  for (int64_t i = 0; i < count; ++i) to[i] += from[i];
}

}  // namespace

void OuterProduct::plan(Arena& arena, int64_t columns, int threads) {
  if (mkl_) {
    arena.scratch(right_, columns * kMklDepth);
    return;
  }
  const int64_t width = kernels_.gradient_columns;
  arena.scratch(right_, round_up(columns, width) * kDepth);
  arena.scratch(own_, threads * own_floats());
}

void OuterProduct::add(Participant& participant, int64_t rows, const RowsView& a,
                       std::initializer_list<LeftColumns> left, const RightSides& b) {
  if (mkl_) return add_by_mkl(participant, rows, a, left, b);
  const int64_t tiles = div_up(b.columns(), kernels_.gradient_columns);
  for (int64_t first = 0; first < rows; first += kDepth) {
    const RowRange range{first, std::min(kDepth, rows - first)};
    participant.stage([&](int index) {
      const Slice own = slice_of(tiles, index, participant.size());
      for (int64_t tile = own.begin; tile < own.end; ++tile) pack_right(b, range, tile);
    });
    participant.stage([&](int index) {
      float* scratch = own_.data() + index * own_floats();
      for (const LeftColumns& part : left) {
        const Slice own =
            slice_of(div_up(part.count, kernels_.gradient_rows), index, participant.size());
        for (int64_t tile = own.begin; tile < own.end; tile += kTiles)
          add_tiles(a, part, {tile, std::min(tile + kTiles, own.end)}, b, range, scratch);
      }
    });
  }
}

// MKL takes rows that are evenly spaced.
void OuterProduct::add_by_mkl(Participant& participant, int64_t rows, const RowsView& a,
                              std::initializer_list<LeftColumns> left, const RightSides& b) {
  for (int64_t first = 0; first < rows; first += kMklDepth) {
    const RowRange range{first, std::min(kMklDepth, rows - first)};
    for (int side = 0; side < 2; ++side) {
      const int64_t columns = b.sides[side].columns;
      if (columns == 0) continue;
      const RowsView right = side_by_side(participant, b.sides[side], range);
      participant.stage([&](int index) {
        for (const LeftColumns& part : left) {
          const Slice own = slice_of(part.count, index, participant.size());
          if (own.begin == own.end || !part.to[side]) continue;
          mkl_->add_outer(own.end - own.begin, columns, range.depth,
                          a.at(range.first) + part.first + own.begin, a.stride, right.first,
                          right.stride, part.to[side] + own.begin * columns, columns);
        }
      });
    }
  }
}

RowsView OuterProduct::side_by_side(Participant& participant, const RightSides::Side& side,
                                    RowRange range) {
  if (!side.rows.rows) return {side.rows.at(range.first), side.rows.stride, nullptr};
  participant.stage([&](int index) {
    const Slice own = slice_of(range.depth, index, participant.size());
    for (int64_t row = own.begin; row < own.end; ++row)
      std::copy_n(side.rows.at(range.first + row), side.columns,
                  right_.data() + row * side.columns);
  });
  return {right_.data(), side.columns, nullptr};
}

void OuterProduct::pack_left(const RowsView& a, RowRange range, int64_t column, int64_t count,
                             float* to) const {
  const int64_t height = kernels_.gradient_rows;
  const int64_t stride = height * kDepth;
  const int64_t whole = count / height;
  if (height == 12)
    pack_tiles<12>(a, range.first, range.depth, column, whole, stride, to);
  else if (height == 6)
    pack_tiles<6>(a, range.first, range.depth, column, whole, stride, to);
  else
    for (int64_t tile = 0; tile < whole; ++tile)
      pack_rest(a, range.first, range.depth, column + tile * height, height, height,
                to + tile * stride);
  if (whole * height < count)
    pack_rest(a, range.first, range.depth, column + whole * height, count - whole * height, height,
              to + whole * stride);
}

void OuterProduct::pack_right(const RightSides& b, RowRange range, int64_t tile) const {
  const int64_t width = kernels_.gradient_columns;
  float* const to = const_cast<float*>(right_.data()) + tile * kDepth * width;
  int64_t filled = 0;
  int64_t before = 0;
  for (const RightSides::Side& side : b.sides) {
    const int64_t begin = std::clamp<int64_t>(tile * width - before, 0, side.columns);
    const int64_t end = std::clamp<int64_t>((tile + 1) * width - before, 0, side.columns);
    before += side.columns;
    if (begin == end) continue;
    for (int64_t k = 0; k < range.depth; ++k)
      std::copy_n(side.rows.at(range.first + k) + begin, end - begin, to + k * width + filled);
    filled += end - begin;
  }
  for (int64_t k = 0; filled < width && k < range.depth; ++k)
    std::fill_n(to + k * width + filled, width - filled, 0.0f);
}

// Some neighbouring tiles of rows, times all columns. A tile of columns stays in the first-level
// cache for all of them.
void OuterProduct::add_tiles(const RowsView& a, const LeftColumns& left, Slice tiles,
                             const RightSides& b, RowRange range, float* scratch) const {
  const int64_t height = kernels_.gradient_rows;
  const int64_t width = kernels_.gradient_columns;
  const int64_t packed = height * kDepth;
  const int64_t m = tiles.begin * height;
  pack_left(a, range, left.first + m, std::min(left.count, tiles.end * height) - m, scratch);
  const int64_t begin_of_wanted = left.to[0] ? 0 : b.sides[0].columns / width * width;
  const int64_t end_of_wanted = left.to[1] ? b.columns() : b.sides[0].columns;
  for (int64_t first = begin_of_wanted; first < end_of_wanted; first += width)
    for (int64_t tile = tiles.begin; tile < tiles.end; ++tile)
      add_tile(scratch + (tile - tiles.begin) * packed, right_.data() + first * kDepth, range.depth,
               {tile * height, std::min((tile + 1) * height, left.count)}, first, left, b,
               scratch + kTiles * packed);
}

// One product of two tiles; `edge` is memory for one that is not whole.
void OuterProduct::add_tile(const float* a, const float* b, int64_t depth, Slice rows,
                            int64_t first, const LeftColumns& left, const RightSides& sides,
                            float* edge) const {
  const int64_t width = kernels_.gradient_columns;
  const int64_t count = rows.end - rows.begin;
  const int64_t border = sides.sides[0].columns;
  const int side = first < border ? 0 : 1;
  const int64_t columns = sides.sides[side].columns;
  const int64_t begin = first - (side == 0 ? 0 : border);
  if (count == kernels_.gradient_rows && begin + width <= columns && left.to[side]) {
    float* const to = left.to[side] + rows.begin * columns + begin;
    // On their way while the tile is computed.
    for (int64_t r = 0; r < count; ++r) fetch(to + r * columns, width);
    kernels_.gradient_tile(a, b, depth, to, columns);
    return;
  }
  std::fill_n(edge, kernels_.gradient_rows * width, 0.0f);
  kernels_.gradient_tile(a, b, depth, edge, width);
  for (int s = side; s < 2; ++s) {
    const int64_t all = sides.sides[s].columns;
    const int64_t at = s == side ? begin : 0;
    const int64_t from = s == side ? 0 : border - first;
    const int64_t some = std::min(all - at, width - from);
    for (int64_t r = 0; left.to[s] && some > 0 && r < count; ++r)
      recurrent::add(edge + r * width + from, some, left.to[s] + (rows.begin + r) * all + at);
  }
}

}  // namespace recurrent
