#pragma once

#include <cstdint>
#include <vector>

#include "base/aligned_buffer.h"

namespace recurrent {

// The values of one block of parameters, and those that it had when it was to be kept.
//
// What rewrites the whole block puts the new values into memory of their own, so that the old ones
// are left where they were: nothing is copied. What moves a few rows puts these aside first.
class ParameterBlock {
 public:
  // `memory` holds the values and stays the caller's; `source` is what points to them elsewhere.
  ParameterBlock(float* memory, const float** source, int64_t rows, int64_t columns)
      : rows_(rows), columns_(columns), first_(memory), values_(memory), source_(source) {}

  const float* values() const { return values_; }
  int64_t size() const { return rows_ * columns_; }

  // Keeps the values of now, and gives up those that were kept before.
  void keep();
  // Keeps nothing any more, and frees the memory for it.
  void give_up();
  // Takes the kept values back; whether any were different. They are still kept.
  bool restore();

  // What a call to one of the two below needs; they do not allocate.
  void reserve_whole();
  void reserve_rows(int64_t rows);
  // Rewrites all values: from what they were to what they are to be, which may be the same memory.
  struct Rewriting {
    const float* from;
    float* to;
  };
  Rewriting rewrite();
  // Rewrites a row in place.
  float* rewrite_row(int64_t row);

 private:
  bool has_second() const { return second_.size() > 0; }
  float* spare() { return values_ == first_ ? second_.data() : first_; }
  void take(float* values) { *source_ = values_ = values; }
  void forget();
  void put_rows_back(float* values) const;

  int64_t rows_;
  int64_t columns_;
  float* first_;
  AlignedBuffer<float> second_;  // none before values are kept and the whole block is rewritten
  float* values_;                // in one of the two
  const float** source_;

  bool keeps_ = false;
  bool has_old_whole_ = false;     // in the other memory
  std::vector<int32_t> old_rows_;  // else: what of it is not as it was
  std::vector<float> old_values_;
  std::vector<uint8_t> is_old_row_;
};

}  // namespace recurrent
