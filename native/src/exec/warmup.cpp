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

// Memory for a call whose inputs are zeros; or ones, where 0 stands for a missing step, which would
// leave nothing to compute.
struct Zeros {
  Zeros(const Model& model, int64_t batch, int64_t time, float mask_value) {
    const bool is_missing = mask_value == 0;
    for (size_t i = 0; i < model.inputs().size(); ++i) {
      const Value& input = model.input(i);
      const int64_t count = elements_of(input, batch, time);
      const void* data = nullptr;
      if (input.kind == RECURRENT_VALUE_INDICES) {
        const int32_t index = is_missing && input.size > 1 ? 1 : 0;
        data = indices.emplace_back(static_cast<size_t>(count), index).data();
      } else {
        AlignedBuffer<float>& x = floats.emplace_back(count);
        std::fill(x.begin(), x.end(), is_missing ? 1.0f : 0.0f);
        data = x.data();
      }
      inputs.push_back({sizeof(recurrent_input_buffer), 0, nullptr, data, count});
    }
    for (const ModelOutput& output : model.outputs()) {
      AlignedBuffer<float>& y = floats.emplace_back(elements_of(model, output, batch, time));
      outputs.push_back({sizeof(recurrent_output_buffer), 0, nullptr, y.data(), y.size()});
    }
  }

  std::vector<AlignedBuffer<float>> floats;
  std::vector<std::vector<int32_t>> indices;
  std::vector<recurrent_input_buffer> inputs;
  std::vector<recurrent_output_buffer> outputs;
};

}  // namespace

void Session::warm_up(int64_t time) {
  // Refused while another call is running, before anything is kept that it is about to change.
  reset({0, 0});
  expect_time(time, 1);
  expect_enough_time(*model_, time);
  if (batch_ == 0) return;
  const int64_t rows = checked_mul(time, batch_, "time");
  Zeros zeros(*model_, batch_, time, missing_ ? model_->mask_value() : 1);
  const std::vector<int32_t> full(static_cast<size_t>(batch_), static_cast<int32_t>(time));
  const RestoredContents states(states_.contents());
  const Restored<bool> given(sequence_given_);

  recurrent_run_args args{};
  args.struct_size = sizeof(args);
  args.time = time;
  args.inputs = zeros.inputs.data();
  args.input_count = static_cast<int32_t>(zeros.inputs.size());
  args.outputs = zeros.outputs.data();
  args.output_count = static_cast<int32_t>(zeros.outputs.size());
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
