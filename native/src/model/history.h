#pragma once

#include <algorithm>
#include <cstdint>

#include "model/state_layout.h"

namespace recurrent {

// The last `steps` steps of a row, `width` floats each, as a state stores them: a ring of one step
// more, which lies there twice. So the last steps are side by side wherever the ring begins, and so
// is a window that ends with the step just pushed, and no step is ever moved. In front of them is
// the place of the next one, a whole number that a float holds exactly.
//
// A row of zeros is a history of zeros.
template <class Float>
class HistoryRow {
 public:
  HistoryRow(Float* row, int64_t steps, int64_t width)
      : row_(row), ring_(steps + 1), width_(width) {}
  HistoryRow(Float* row, const StateSlot& slot)
      : HistoryRow(row, slot.size / slot.width, slot.width) {}

  // Takes some steps in: `fill(to, first, count)` puts `count` of them side by side, from the one
  // of number `first` on.
  template <class Fill>
  void push(int64_t steps, const Fill& fill) const {
    int64_t next = place();
    for (int64_t done = 0; done < steps;) {
      const int64_t count = std::min(steps - done, ring_ - next);
      fill(at(next), done, count);
      std::copy_n(at(next), count * width_, at(next + ring_));
      done += count;
      next = next + count == ring_ ? 0 : next + count;
    }
    set_place(next);
  }

  // All steps, the oldest first, and one more in front of them: the one that the last push has
  // pushed out, where a window begins that ends with what was pushed.
  const Float* window() const { return at(place() == 0 ? ring_ : place()); }
  // The `index`-th oldest step.
  const Float* step(int64_t index) const { return window() + (index + 1) * width_; }

  // `[steps][width]`, the oldest first.
  void get(float* steps) const { std::copy_n(step(0), (ring_ - 1) * width_, steps); }
  // The same the other way: the caller fills what refill() gives, then complete() makes it the
  // history.
  Float* refill() const {
    set_place(0);
    return at(1);
  }
  void complete() const { std::copy_n(at(1), (ring_ - 1) * width_, at(1 + ring_)); }

 private:
  int64_t place() const { return static_cast<int64_t>(row_[0]); }
  void set_place(int64_t place) const { row_[0] = static_cast<float>(place); }
  Float* at(int64_t step) const { return row_ + kRowPadding + step * width_; }

  Float* row_;
  int64_t ring_;
  int64_t width_;
};

using History = HistoryRow<float>;
using ConstHistory = HistoryRow<const float>;

}  // namespace recurrent
