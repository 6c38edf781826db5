#pragma once

#include <cstdint>

#include "base/aligned_buffer.h"

namespace updates {

// A pass over as much memory as a dense update of Adam reads and writes, that computes next to
// nothing: parameters to new ones beside them, two moments in place, gradients that are only read.
class MemoryPass {
 public:
  explicit MemoryPass(int64_t floats);

  // Microseconds of one.
  double run();

  int64_t bytes() const { return 7 * gradients_.size() * static_cast<int64_t>(sizeof(float)); }

 private:
  recurrent::AlignedBuffer<float> parameters_, moved_, mean_, square_, gradients_;
};

}  // namespace updates
