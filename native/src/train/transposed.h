#pragma once

#include <cstdint>
#include <initializer_list>

#include "exec/team.h"
#include "kernels/table.h"
#include "model/packing.h"

namespace recurrent {

// A matrix packed for products with its transpose: `out[row][j] = sum over i of x[row][i] *
// m[i][j]`, which takes gradients of outputs to those of inputs.
class Transposed {
 public:
  // Some rows of a row-major matrix of `columns` columns, in the order in which they are named.
  // Memory is used again.
  void set(const float* matrix, std::initializer_list<PackedMatrix::RowRange> rows, int64_t columns,
           const kernels::KernelTable& kernels);

  // For all threads of the participant; `out` has whole vectors of columns.
  void multiply(Participant& participant, const float* x, int64_t x_stride, int64_t rows,
                float* out, int64_t out_stride) const;

 private:
  const kernels::KernelTable* kernels_ = nullptr;
  PackedMatrix weights_;
  AlignedBuffer<float> zeros_;
  int64_t terms_ = 0;
};

}  // namespace recurrent
