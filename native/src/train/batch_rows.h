#pragma once

#include <cstdint>
#include <vector>

#include "exec/missing_steps.h"
#include "exec/run_arguments.h"
#include "model/model.h"
#include "train/steps.h"

namespace recurrent {

// The rows of a batch sorted, longest first, and the steps that they have: those of the model,
// and those of every other time base, which come in the same order of length.
class BatchRows {
 public:
  explicit BatchRows(const Model& model);

  // Takes a run whose arguments have been checked.
  void set(const Run& run, int64_t rows);

  int64_t count() const { return count_; }
  int64_t time() const { return time_; }
  // Places that have a step: what has no steps is computed for those.
  int64_t with_steps() const { return steps().count() > 0 ? steps().rows(0) : 0; }
  const Steps& steps(int32_t base = 0) const { return steps_[static_cast<size_t>(base)]; }
  // Steps of the caller's arrays in a time base.
  int64_t caller_steps(int32_t base) const { return model_.graph().steps(base, time_); }
  // Whether the rows of all steps are where the caller has them. Rows of different lengths, which
  // are sorted, may all have the same steps in another time base.
  bool is_whole(int32_t base) const {
    return time_major_ && in_order_ && steps(base).total() == caller_steps(base) * count_;
  }
  bool is_time_major() const { return time_major_; }

  int64_t caller_row(int64_t sorted_row) const { return order_[static_cast<size_t>(sorted_row)]; }
  const std::vector<int32_t>& order() const { return order_; }
  // When the caller has a step; only the model's own steps may be missing.
  int64_t caller_time(int64_t step, int64_t sorted_row) const {
    if (!masks_) return step;
    const Missing missing = missing_.missing();
    return missing.times[caller_row(sorted_row) * missing.stride + step];
  }
  // Elements in front of a step of the caller's row, of so many features each.
  int64_t caller_offset(int32_t base, int64_t time, int64_t row, int64_t width) const {
    return (time_major_ ? time * count_ + row : row * caller_steps(base) + time) * width;
  }
  // Steps of the caller's row, missing ones included.
  int64_t given(int64_t row) const { return given_[static_cast<size_t>(row)]; }

 private:
  const Model& model_;
  const bool masks_;
  int64_t count_ = 0;
  int64_t time_ = 0;
  bool time_major_ = true;
  bool in_order_ = true;  // every row is at the place of its number
  MissingSteps missing_;
  std::vector<Steps> steps_;    // by time base
  std::vector<int32_t> order_;  // the caller's row of each sorted row
  std::vector<int32_t> given_;
  std::vector<int32_t> lengths_;  // by sorted row
};

}  // namespace recurrent
