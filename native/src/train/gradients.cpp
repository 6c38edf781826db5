#include "train/gradients.h"

#include <algorithm>
#include <cmath>

namespace recurrent {

void Gradients::lay_out(const std::vector<recurrent_parameter_block>& blocks) {
  blocks_ = &blocks;
  int64_t count = 0;
  for (const recurrent_parameter_block& block : blocks) {
    count += block.rows * block.columns;
    touched_.push_back(block.role == RECURRENT_PARAMETER_TABLE
                           ? std::make_unique<TouchedRows>(block.rows)
                           : nullptr);
  }
  values_ = AlignedBuffer<float>(count);
}

void Gradients::reserve(int64_t rows) {
  for (const std::unique_ptr<TouchedRows>& table : touched_)
    if (table) table->reserve(rows);
}

void Gradients::begin() {
  if (is_over_) zero();
  has_any_ = true;
}

void Gradients::zero() {
  is_over_ = false;
  if (!has_any_) return;
  has_any_ = false;
  for (size_t i = 0; i < blocks_->size(); ++i) {
    const recurrent_parameter_block& b = (*blocks_)[i];
    TouchedRows* const table = touched(i);
    if (!table || table->all())
      std::fill_n(block(i), b.rows * b.columns, 0.0f);
    else
      for (const int32_t row : table->rows())
        std::fill_n(block(i) + row * b.columns, b.columns, 0.0f);
    if (table) table->clear();
  }
}

double Gradients::norm(int32_t block) const {
  // Four sums in turn, so that one addition need not wait for the other. A row that has no gradient
  // would add 0.
  double sums[4] = {0, 0, 0, 0};
  const int64_t first = block < 0 ? 0 : (*blocks_)[static_cast<size_t>(block)].offset;
  const auto add = [&](int64_t begin, int64_t count) {
    const float* g = values_.data();
    for (int64_t i = begin; i < begin + count; ++i)
      sums[(i - first) % 4] += static_cast<double>(g[i]) * static_cast<double>(g[i]);
  };
  for (size_t i = 0; i < blocks_->size(); ++i) {
    if (block >= 0 && static_cast<size_t>(block) != i) continue;
    const recurrent_parameter_block& b = (*blocks_)[i];
    const TouchedRows* const table = touched_[i].get();
    if (!table || table->all())
      add(b.offset, b.rows * b.columns);
    else
      for (const int32_t row : table->rows()) add(b.offset + row * b.columns, b.columns);
  }
  return std::sqrt(sums[0] + sums[1] + (sums[2] + sums[3]));
}

}  // namespace recurrent
