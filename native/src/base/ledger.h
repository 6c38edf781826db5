#pragma once

#include <cstdint>

#include "base/aligned_buffer.h"
#include "base/checked.h"

namespace recurrent {

// Books parts of one piece of memory before there is any: offsets in floats, each part from a cache
// line of its own on. What a run and what a training pass need is counted here alone.
class Ledger {
 public:
  // Where a part of `rows * width` floats begins. Throws Error (INVALID_ARGUMENT) naming
  // `argument`, which made it so large, if it cannot even be counted.
  int64_t book(int64_t rows, int64_t width, const char* argument = "time") {
    constexpr auto kLine = static_cast<int64_t>(kCacheLineBytes / sizeof(float));
    const int64_t at = size_;
    const int64_t floats = checked_add(checked_mul(rows, width, argument), kLine - 1, argument);
    size_ = checked_add(size_, floats / kLine * kLine, argument);
    return at;
  }

  // Of all parts.
  int64_t size() const { return size_; }
  void clear() { size_ = 0; }

 private:
  int64_t size_ = 0;
};

}  // namespace recurrent
