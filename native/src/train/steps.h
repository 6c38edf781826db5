#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace recurrent {

// The steps of a batch whose rows may be of different length, without gaps: rows come in the order
// of falling length, as *sorted rows*, so that those which have a step are the first
// ones, and the rows of a step follow those of the step before.
class Steps {
 public:
  // `lengths` by sorted row, falling.
  void set(const std::vector<int32_t>& lengths) {
    begin_.assign(1, 0);
    lengths_ = lengths;
    size_t active = lengths.size();
    for (int32_t t = 0; !lengths.empty() && t < lengths.front(); ++t) {
      while (lengths[active - 1] <= t) --active;
      begin_.push_back(begin_.back() + static_cast<int64_t>(active));
    }
  }

  int64_t count() const { return static_cast<int64_t>(begin_.size()) - 1; }
  int64_t total() const { return begin_.back(); }
  int64_t sorted_rows() const { return static_cast<int64_t>(lengths_.size()); }
  int64_t begin(int64_t step) const { return begin_[static_cast<size_t>(step)]; }
  int64_t rows(int64_t step) const { return begin(step + 1) - begin(step); }
  int64_t length(int64_t sorted_row) const { return lengths_[static_cast<size_t>(sorted_row)]; }
  // The step that a row of a value belongs to.
  int64_t step_at(int64_t row) const {
    return std::upper_bound(begin_.begin(), begin_.end(), row) - begin_.begin() - 1;
  }
  // The row of a direction's own step, where time runs the other way in a reverse one.
  int64_t row_of(int64_t step, int64_t sorted_row, bool reverse) const {
    return begin(reverse ? length(sorted_row) - 1 - step : step) + sorted_row;
  }

 private:
  std::vector<int64_t> begin_{0};
  std::vector<int32_t> lengths_;
};

}  // namespace recurrent
