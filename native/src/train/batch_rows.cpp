#include "train/batch_rows.h"

#include <algorithm>
#include <numeric>

namespace recurrent {

BatchRows::BatchRows(const Model& model) : model_(model), masks_(model.masks()) {
  int32_t last = 0;
  for (const Value& value : model.graph().values()) last = std::max(last, value.base);
  steps_.resize(static_cast<size_t>(last) + 1);
}

// Longest rows first, equal ones in the caller's order, as sessions have them.
void BatchRows::set(const Run& run, int64_t rows) {
  count_ = rows;
  time_ = run.time;
  time_major_ = run.layout == RECURRENT_LAYOUT_TIME_MAJOR;
  const auto size = static_cast<size_t>(rows);
  given_.assign(size, static_cast<int32_t>(run.time));
  if (run.lengths) given_.assign(run.lengths, run.lengths + rows);
  std::vector<int32_t> seen = given_;
  if (masks_) {
    Run masked = run;
    masked.lengths = given_.data();
    missing_.find(model_, rows, masked, strides_of(run.layout, run.time, rows));
    seen.assign(missing_.lengths(), missing_.lengths() + rows);
  }
  order_.resize(size);
  std::iota(order_.begin(), order_.end(), 0);
  std::stable_sort(order_.begin(), order_.end(), [&](int32_t a, int32_t b) {
    return seen[static_cast<size_t>(a)] > seen[static_cast<size_t>(b)];
  });
  in_order_ = std::is_sorted(order_.begin(), order_.end());
  lengths_.resize(size);
  for (size_t base = 0; base < steps_.size(); ++base) {
    for (size_t sorted_row = 0; sorted_row < size; ++sorted_row)
      lengths_[sorted_row] = static_cast<int32_t>(model_.graph().steps(
          static_cast<int32_t>(base), seen[static_cast<size_t>(order_[sorted_row])]));
    steps_[base].set(lengths_);
  }
}

}  // namespace recurrent
