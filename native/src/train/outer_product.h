#pragma once

#include <cstdint>
#include <initializer_list>

#include "exec/slice.h"
#include "exec/team.h"
#include "gemm/mkl.h"
#include "kernels/table.h"
#include "train/arena.h"

namespace recurrent {

// Rows of a matrix in memory: evenly spaced, or, where `rows` is not null, each where it says.
struct RowsView {
  const float* first = nullptr;
  int64_t stride = 0;
  const float* const* rows = nullptr;

  const float* at(int64_t row) const { return rows ? rows[row] : first + row * stride; }
};

// One or two right matrices side by side: the inputs of a layer and its states.
struct RightSides {
  struct Side {
    RowsView rows;
    int64_t columns = 0;
  };
  Side sides[2];

  int64_t columns() const { return sides[0].columns + sides[1].columns; }
};

// Some columns of the left matrix, and where the products with them are added: `[count][columns]`
// for each right side, null where the product is not wanted.
struct LeftColumns {
  int64_t first;
  int64_t count;
  float* to[2];
};

// Gradients of weights: `to[m][n] += sum over rows k of a[k][m] * b[k][n]`, some rows at a time.
// The sums do not depend on the number of threads.
class OuterProduct {
 public:
  explicit OuterProduct(const kernels::KernelTable& kernels) : kernels_(kernels) {}

  // Hands the products to MKL; null for the built-in ones.
  void use(const Mkl* mkl) { mkl_ = mkl; }

  // Scratch for products with at most so many columns.
  void plan(Arena& arena, int64_t columns, int threads);

  // All threads of the participant call it.
  void add(Participant& participant, int64_t rows, const RowsView& a,
           std::initializer_list<LeftColumns> left, const RightSides& b);

 private:
  // Rows of a range: the operands of a tile come from the second-level cache, and the result, which
  // is larger than it, is read and written the less often.
  static constexpr int64_t kDepth = 384;
  static constexpr int64_t kTiles = 4;  // packed at once: their rows are whole cache lines
  static constexpr int64_t kMklDepth = 2048;

  // Rows [first, first + depth) of the matrices.
  struct RowRange {
    int64_t first;
    int64_t depth;
  };
  void add_by_mkl(Participant& participant, int64_t rows, const RowsView& a,
                  std::initializer_list<LeftColumns> left, const RightSides& b);
  RowsView side_by_side(Participant& participant, const RightSides::Side& side, RowRange range);
  void pack_right(const RightSides& b, RowRange range, int64_t tile) const;
  void pack_left(const RowsView& a, RowRange range, int64_t column, int64_t count, float* to) const;
  void add_tiles(const RowsView& a, const LeftColumns& left, Slice tiles, const RightSides& b,
                 RowRange range, float* scratch) const;
  void add_tile(const float* a, const float* b, int64_t depth, Slice rows, int64_t first,
                const LeftColumns& left, const RightSides& sides, float* edge) const;
  int64_t own_floats() const {
    return kernels_.gradient_rows * (kTiles * kDepth + kernels_.gradient_columns);
  }

  const kernels::KernelTable& kernels_;
  const Mkl* mkl_ = nullptr;
  Floats right_;  // `[tile of columns][depth][gradient_columns]`; for MKL, rows side by side
  Floats own_;    // of each thread: packed tiles of `a`, and one of the result
};

}  // namespace recurrent
