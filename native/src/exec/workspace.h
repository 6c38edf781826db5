#pragma once

#include <cstdint>

#include "base/aligned_buffer.h"

namespace recurrent {

// Scratch memory that grows with the largest run it has seen and is kept for the next one.
class Workspace {
 public:
  // Throws std::bad_alloc and then still has what it had.
  void reserve(int64_t floats) {
    if (floats > memory_.size()) memory_ = AlignedBuffer<float>(floats);
  }
  int64_t size() const { return memory_.size(); }
  float* at(int64_t offset) { return memory_.data() + offset; }

 private:
  AlignedBuffer<float> memory_;
};

}  // namespace recurrent
