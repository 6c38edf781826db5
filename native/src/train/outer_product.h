#pragma once

#include <cstdint>
#include <vector>

#include "exec/team.h"
#include "kernels/table.h"
#include "train/floats.h"

namespace recurrent {

// Rows of a matrix in memory: evenly spaced, or, where `rows` is not null, each where it says.
struct RowsView {
  const float* first = nullptr;
  int64_t stride = 0;
  const float* const* rows = nullptr;

  const float* at(int64_t row) const { return rows ? rows[row] : first + row * stride; }
};

// Some columns of the left matrix, and where the products with them are added: `[count][columns]`.
struct LeftColumns {
  int64_t first;
  int64_t count;
  float* to;
};

// Gradients of weights: `to[m][n] += sum over rows k of a[k][m] * b[k][n]`, in blocks of rows. The
// sums do not depend on the number of threads.
class OuterProduct {
 public:
  explicit OuterProduct(const kernels::KernelTable& kernels) : kernels_(kernels) {}

  // Grows scratch memory for products with at most so many columns of `b`; throws std::bad_alloc.
  void reserve(int64_t columns, int threads);

  // All threads of the shift call it.
  void add(Shift& shift, int64_t rows, const RowsView& a, const std::vector<LeftColumns>& left,
           const RowsView& b, int64_t columns);

 private:
  static constexpr int64_t kDepth = 192;  // rows of a block: a tile's operands fit the first level

  void pack_right(const RowsView& b, int64_t columns, int64_t first, int64_t depth,
                  int64_t block) const;
  void add_rows(const RowsView& a, const LeftColumns& left, int64_t m, int64_t columns,
                int64_t first, int64_t depth, float* scratch) const;

  const kernels::KernelTable& kernels_;
  Floats right_;  // `[block of columns][depth][gradient_columns]`
  Floats own_;    // of each thread: packed rows of `a`, and a tile
};

}  // namespace recurrent
