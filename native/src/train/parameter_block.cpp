#include "train/parameter_block.h"

#include <algorithm>

namespace recurrent {

void ParameterBlock::keep() {
  forget();
  keeps_ = true;
}

void ParameterBlock::give_up() {
  forget();
  keeps_ = false;
  if (!has_second()) return;
  if (values_ != first_) std::copy_n(values_, size(), first_);
  take(first_);
  second_ = AlignedBuffer<float>();
}

void ParameterBlock::forget() {
  has_old_whole_ = false;
  for (const int32_t row : old_rows_) is_old_row_[static_cast<size_t>(row)] = 0;
  old_rows_.clear();
  old_values_.clear();
}

bool ParameterBlock::restore() {
  const bool differs = has_old_whole_ || !old_rows_.empty();
  if (has_old_whole_)
    take(spare());
  else
    put_rows_back(values_);
  forget();
  return differs;
}

void ParameterBlock::put_rows_back(float* values) const {
  for (size_t i = 0; i < old_rows_.size(); ++i)
    std::copy_n(old_values_.data() + static_cast<int64_t>(i) * columns_, columns_,
                values + old_rows_[i] * columns_);
}

void ParameterBlock::reserve_whole() {
  if (keeps_ && !has_second()) second_ = AlignedBuffer<float>(size());
}

void ParameterBlock::reserve_rows(int64_t rows) {
  if (!keeps_ || has_old_whole_) return;
  is_old_row_.resize(static_cast<size_t>(rows_));
  const size_t most =
      std::min(static_cast<size_t>(rows_), old_rows_.size() + static_cast<size_t>(rows));
  if (old_rows_.capacity() < most) old_rows_.reserve(most);
  const size_t floats = most * static_cast<size_t>(columns_);
  if (old_values_.capacity() < floats) old_values_.reserve(floats);
}

ParameterBlock::Rewriting ParameterBlock::rewrite() {
  if (!keeps_ || has_old_whole_) return {values_, values_};
  has_old_whole_ = true;
  if (!old_rows_.empty()) {
    // The old values are put together in the other memory, and the new ones stay in place.
    std::copy_n(values_, size(), spare());
    put_rows_back(spare());
    return {values_, values_};
  }
  const float* const from = values_;
  take(spare());
  return {from, values_};
}

float* ParameterBlock::rewrite_row(int64_t row) {
  float* const at = values_ + row * columns_;
  if (!keeps_ || has_old_whole_ || is_old_row_[static_cast<size_t>(row)]) return at;
  is_old_row_[static_cast<size_t>(row)] = 1;
  old_rows_.push_back(static_cast<int32_t>(row));
  old_values_.insert(old_values_.end(), at, at + columns_);
  return at;
}

}  // namespace recurrent
