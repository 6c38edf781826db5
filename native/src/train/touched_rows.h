#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace recurrent {

// Rows of a table that have a gradient: those that batches have read. All others are 0.
class TouchedRows {
 public:
  explicit TouchedRows(int64_t rows) : is_touched_(static_cast<size_t>(rows)) {}

  // Makes room for so many more; the only member that allocates.
  void reserve(int64_t more) {
    const size_t most = std::min(is_touched_.size(), rows_.size() + static_cast<size_t>(more));
    if (rows_.capacity() < most) rows_.reserve(most);
  }
  void add(int32_t row) {
    uint8_t& is_touched = is_touched_[static_cast<size_t>(row)];
    if (is_touched) return;
    is_touched = 1;
    rows_.push_back(row);
    is_sorted_ = false;
  }
  // A penalty has a gradient everywhere.
  void add_all() { all_ = true; }
  bool all() const { return all_; }
  void clear() {
    for (const int32_t row : rows_) is_touched_[static_cast<size_t>(row)] = 0;
    rows_.clear();
    all_ = false;
  }

  // In their order in the table, unless all are.
  const std::vector<int32_t>& rows() const {
    if (!is_sorted_) std::sort(rows_.begin(), rows_.end());
    is_sorted_ = true;
    return rows_;
  }

 private:
  std::vector<uint8_t> is_touched_;
  mutable std::vector<int32_t> rows_;
  mutable bool is_sorted_ = true;
  bool all_ = false;
};

}  // namespace recurrent
