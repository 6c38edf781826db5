#include <algorithm>
#include <span>
#include <vector>

#include "base/checked.h"
#include "exec/run_arguments.h"
#include "exec/session.h"

namespace recurrent {
namespace {

// Puts a value back at the end of a scope.
template <class T>
class Restored {
 public:
  explicit Restored(T& value) : value_(value), kept_(value) {}
  ~Restored() { value_ = kept_; }
  Restored(const Restored&) = delete;
  Restored& operator=(const Restored&) = delete;

 private:
  T& value_;
  const T kept_;
};

// The same for many values.
class RestoredContents {
 public:
  explicit RestoredContents(std::span<float> values)
      : values_(values), kept_(values.begin(), values.end()) {}
  ~RestoredContents() { std::copy(kept_.begin(), kept_.end(), values_.begin()); }
  RestoredContents(const RestoredContents&) = delete;
  RestoredContents& operator=(const RestoredContents&) = delete;

 private:
  const std::span<float> values_;
  const std::vector<float> kept_;
};

}  // namespace

void Session::warm_up(int64_t time) {
  // Refused while another call is running, before anything is kept that it is about to change.
  reset({0, 0});
  expect_time(time, 1);
  if (batch_ == 0) return;
  const int64_t rows = checked_mul(time, batch_, "time");
  const bool takes_indices = model_->vocabulary_size() > 0;
  AlignedBuffer<float> x(takes_indices ? 0 : checked_mul(rows, model_->input_size(), "time"));
  // Where 0 stands for a missing step, zeros would leave nothing to compute.
  const bool is_missing = missing_ && model_->mask_value() == 0;
  std::fill(x.begin(), x.end(), is_missing ? 1.0f : 0.0f);
  const std::vector<int32_t> indices(takes_indices ? static_cast<size_t>(rows) : 0,
                                     is_missing && model_->vocabulary_size() > 1 ? 1 : 0);
  AlignedBuffer<float> y(checked_mul(rows, model_->output_size(), "time"));
  const std::vector<int32_t> full(static_cast<size_t>(batch_), static_cast<int32_t>(time));
  const RestoredContents states(states_.contents());
  const Restored<bool> given(sequence_given_);

  recurrent_run_args args{};
  args.struct_size = sizeof(args);
  args.time = time;
  args.x = x.data();
  args.x_count = x.size();
  args.indices = takes_indices ? indices.data() : nullptr;
  args.indices_count = takes_indices ? rows : 0;
  args.y = y.data();
  args.y_count = y.size();
  sequence_given_ = false;
  run(args);
  // Rows of different length are put in order and take more memory, whatever the lengths are.
  args.lengths = full.data();
  args.lengths_count = batch_;
  sequence_given_ = false;
  run(args);
  if (!missing_) return;
  // So do missing steps.
  const std::vector<uint8_t> none(static_cast<size_t>(rows));
  args.present = none.data();
  args.present_count = rows;
  sequence_given_ = false;
  run(args);
}

}  // namespace recurrent
