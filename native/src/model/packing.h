#pragma once

#include <cstdint>

#include "base/aligned_buffer.h"
#include "kernels/args.h"
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

// Weights in the order of kernels/args.h and in some format: for each group the terms of one source
// after those of the other. A weight that is denormal becomes +0.
class PackedMatrix {
 public:
  // Packs; memory of the right size is used again, and of floats no other memory is needed.
  void pack(int64_t units, int width, int64_t panels_per_group, const WeightSource* sources,
            int source_count, const Storage& storage = {});

  // Packs `count` matrices of their own, `[count * units, terms]`, one after the other, so that no
  // group has units of two of them: the grouping is that of each.
  void pack_each(int64_t count, int64_t units, int width, int64_t panels_per_group,
                 const float* data, int64_t terms, const Storage& storage);

  // Packs for products with the transpose of a row-major matrix of `units` columns: its rows, those
  // of one range after those of the other, are the terms.
  struct RowRange {
    int64_t first;
    int64_t count;
  };
  void pack_transposed(const float* matrix, int64_t units, int width, int64_t panels_per_group,
                       const RowRange* ranges, int range_count);

  kernels::WeightBytes data() const { return bytes_.data(); }
  const kernels::Grouping& grouping() const { return grouping_; }
  int64_t groups() const;  // of each matrix
  kernels::WeightFormat format() const { return storage_.format; }
  // Of a matrix of floats.
  const float* floats() const { return reinterpret_cast<const float*>(bytes_.data()); }
  // Weights of a panel, and of all.
  int64_t panel_elements() const { return panel_elements_; }
  int64_t elements() const { return matrices_ * grouping_.panels * panel_elements_; }
  // Bytes of a panel, of a matrix, and of all.
  int64_t panel_stride() const { return panel_bytes_; }
  int64_t matrix_stride() const { return grouping_.panels * panel_bytes_; }
  int64_t bytes() const { return bytes_.size(); }

 private:
  void lay_out(int64_t units, int width, int64_t panels_per_group, const WeightSource* sources,
               int source_count, const Storage& storage, int64_t matrices = 1);
  unsigned char* pack_matrix(int64_t units, int width, const WeightSource* sources,
                             int source_count, unsigned char* out) const;

  AlignedBuffer<unsigned char> bytes_;
  kernels::Grouping grouping_{};
  int64_t panel_elements_ = 0;
  int64_t panel_bytes_ = 0;
  int64_t matrices_ = 1;
  Storage storage_;
};

// Vectors a unit and gate has one value of, as `[panel][gate][V]`; a null source gives +0. `second`
// is added to `first` in one addition for those gates whose bit is set in `add_mask`.
// Memory of the right size is used again.
void pack_vectors(AlignedBuffer<float>& packed, int64_t units, int width, int gates,
                  const float* first, const float* second, unsigned add_mask);

// `value`, or +0 if it is denormal.
float flushed(float value);

}  // namespace recurrent
