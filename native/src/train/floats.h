#pragma once

#include <algorithm>
#include <cstdint>

#include "base/aligned_buffer.h"

namespace recurrent {

// Memory that grows with the largest pass it has seen and is kept for the next one. What it held is
// lost when it grows.
class Floats {
 public:
  // Throws std::bad_alloc and then still has what it had.
  float* need(int64_t count) {
    if (count > memory_.size()) memory_ = AlignedBuffer<float>(count);
    return memory_.data();
  }
  float* zeroed(int64_t count) {
    float* data = need(count);
    std::fill_n(data, count, 0.0f);
    return data;
  }
  float* data() { return memory_.data(); }
  const float* data() const { return memory_.data(); }
  int64_t bytes() const { return memory_.size() * static_cast<int64_t>(sizeof(float)); }

 private:
  AlignedBuffer<float> memory_;
};

}  // namespace recurrent
