// Weights that have been packed before, on a machine like this one.
#pragma once

#include <cstdint>
#include <memory>

#include "base/aligned_buffer.h"
#include "kernels/args.h"
#include "model/weight_format.h"

namespace recurrent {

// How packed weights lie. Besides what is packed and for which kernels, it depends on the caches of
// the machine and on how its kernels of integers read. Two that are equal, of the same layer and
// for the same instruction set, are of the same bytes.
struct MatrixShape {
  Storage storage{};  // without a layout of integers where there are none
  int64_t matrices = 1;
  kernels::Grouping grouping{};
  int64_t panel_bytes = 0;

  int64_t matrix_bytes() const { return grouping.panels * panel_bytes; }
  // Far below what 64 bits count, where matrices have been laid out.
  int64_t bytes() const { return matrices * matrix_bytes(); }
};

bool operator==(const MatrixShape& a, const MatrixShape& b);

// Hands out what has been packed, one buffer after the other in the order of packed_shapes().
class PackedSource {
 public:
  virtual ~PackedSource() = default;
  // The next buffer's bytes, aligned to a cache line, which stay for as long as the model; null if
  // they have to be read.
  virtual const void* borrow(int64_t bytes) = 0;
  virtual void read(void* to, int64_t bytes) = 0;
  // What keeps borrowed bytes; null if there are none.
  virtual std::shared_ptr<const void> keeper() const { return nullptr; }

  template <class T>
  AlignedBuffer<T> take(int64_t count) {
    const int64_t bytes = count * static_cast<int64_t>(sizeof(T));
    if (const void* at = borrow(bytes))
      return AlignedBuffer<T>::borrowed(static_cast<const T*>(at), count);
    AlignedBuffer<T> buffer(count);
    read(buffer.data(), bytes);
    return buffer;
  }
};

}  // namespace recurrent
