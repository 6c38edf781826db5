#pragma once

#include <cstdint>

#include "base/aligned_buffer.h"
#include "kernels/args.h"
#include "model/packed_shape.h"
#include "model/weight_format.h"

namespace recurrent {

// Row-major weights as a caller has them: `[gates * units, terms]`, of which the rows of some gates
// are packed.
struct WeightSource {
  const float* data;
  int64_t terms;
  int first_gate;
  int gates;
};

// What is packed, and how.
struct MatrixPlan {
  int64_t units;
  int width;
  int64_t panels_per_group;
  WeightSource sources[2];
  int source_count;
  Storage storage{};
  // Matrices of their own, `[matrices * units, terms]` of one source, one after the other, so that
  // no group has units of two of them: the grouping is that of each.
  int64_t matrices = 1;
};

// Weights in the order of kernels/args.h and in some format: for each group the terms of one source
// after those of the other. A weight that is denormal becomes +0.
class PackedMatrix {
 public:
  // How such weights will lie. They are not looked at.
  static MatrixShape shape_of(const MatrixPlan& plan);

  // Packs; memory of the right size is used again, and of floats no other memory is needed.
  void pack(const MatrixPlan& plan);

  // Takes what has been packed so; the weights of the plan are not looked at.
  void take(const MatrixPlan& plan, PackedSource& packed);

  // Packs for products with the transpose of a row-major matrix of `units` columns: its rows, those
  // of one range after those of the other, are the terms.
  struct RowRange {
    int64_t first;
    int64_t count;
  };
  void pack_transposed(const float* matrix, int64_t units, int width, int64_t panels_per_group,
                       const RowRange* ranges, int range_count);

  kernels::WeightBytes data() const { return bytes_.data(); }
  const MatrixShape& shape() const { return shape_; }
  const kernels::Grouping& grouping() const { return shape_.grouping; }
  int64_t groups() const;  // of each matrix
  kernels::WeightFormat format() const { return shape_.storage.format; }
  // Of a matrix of floats.
  const float* floats() const { return reinterpret_cast<const float*>(bytes_.data()); }
  // Weights of a panel, and of all.
  int64_t panel_elements() const { return panel_elements_; }
  int64_t elements() const { return shape_.matrices * grouping().panels * panel_elements_; }
  // Bytes of a panel, of a matrix, and of all.
  int64_t panel_stride() const { return shape_.panel_bytes; }
  int64_t matrix_stride() const { return shape_.matrix_bytes(); }
  int64_t bytes() const { return bytes_.size(); }

 private:
  void lay_out(const MatrixPlan& plan);
  unsigned char* pack_matrix(const MatrixPlan& plan, unsigned char* out) const;

  AlignedBuffer<unsigned char> bytes_;
  MatrixShape shape_;
  int64_t panel_elements_ = 0;
};

// Vectors a unit and gate has one value of, as `[panel][gate][V]`; a null source gives +0. `second`
// is added to `first` in one addition for those gates whose bit is set in `add_mask`.
// Memory of the right size is used again.
void pack_vectors(AlignedBuffer<float>& packed, int64_t units, int width, int gates,
                  const float* first, const float* second, unsigned add_mask);

// `value`, or +0 if it is denormal.
float flushed(float value);

}  // namespace recurrent
