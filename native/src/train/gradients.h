#pragma once

#include <recurrent/recurrent.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "base/aligned_buffer.h"
#include "train/touched_rows.h"

namespace recurrent {

// The gradients of parameters, laid out as these are. Of the table of an embedding only the rows
// that have a gradient are ever zeroed, summed or looked at.
class Gradients {
 public:
  // `blocks` are kept by the caller.
  void lay_out(const std::vector<recurrent_parameter_block>& blocks);

  const float* data() const { return values_.data(); }
  float* block(size_t index) { return values_.data() + (*blocks_)[index].offset; }
  // Rows of a block that have a gradient; null if it is not a table.
  TouchedRows* touched(size_t index) { return touched_[index].get(); }

  // Makes room for the rows of tables that a pass reads; the only member that allocates.
  void reserve(int64_t rows);
  // To be called before anything is added: zeroes what has been renewed.
  void begin();
  // They have served: whoever adds to them next begins with zeros.
  void renew() { is_over_ = true; }
  void zero();
  // Of one block, or of all for -1.
  double norm(int32_t block) const;

 private:
  const std::vector<recurrent_parameter_block>* blocks_ = nullptr;
  std::vector<std::unique_ptr<TouchedRows>> touched_;
  AlignedBuffer<float> values_;
  bool is_over_ = false;
  bool has_any_ = false;
};

}  // namespace recurrent
