#include "exec/missing_steps.h"

#include <algorithm>
#include <cmath>

namespace recurrent {
namespace {

// Whether a step says itself that it is missing: all its features are the mask value, or its index
// is.
class ByValue {
 public:
  ByValue(const Model& model, const recurrent_run_args& args)
      : x_(args.x),
        indices_(args.indices),
        width_(model.input_size()),
        value_(model.mask_value()),
        is_nan_(std::isnan(value_)) {}

  // `step` counts steps in the caller's memory.
  bool operator()(int64_t step) const {
    if (indices_) return static_cast<float>(indices_[step]) == value_;
    const float* x = x_ + step * width_;
    return std::all_of(x, x + width_,
                       [this](float v) { return is_nan_ ? std::isnan(v) : v == value_; });
  }

 private:
  const float* x_;
  const int32_t* indices_;
  int64_t width_;
  float value_;
  bool is_nan_;
};

}  // namespace

bool MissingSteps::find(const Model& model, int64_t batch, const recurrent_run_args& args,
                        const StepStrides& strides) {
  const ByValue by_value(model, args);
  time_ = args.time;
  given_lengths_ = args.lengths;
  longest_ = 0;
  times_.resize(static_cast<size_t>(batch * time_));
  present_.resize(static_cast<size_t>(batch));
  bool any = false;
  for (int64_t row = 0; row < batch; ++row) {
    const int64_t length = given_lengths_ ? given_lengths_[row] : time_;
    int32_t* times = times_.data() + row * time_;
    int32_t present = 0;
    for (int64_t t = 0; t < length; ++t) {
      const int64_t step = strides.at(t, row);
      if ((args.present && args.present[step] == 0) || by_value(step)) continue;
      times[present++] = static_cast<int32_t>(t);
    }
    any |= present < length;
    present_[static_cast<size_t>(row)] = present;
    longest_ = std::max<int64_t>(longest_, present);
  }
  return any;
}

Missing MissingSteps::missing() const { return {times_.data(), time_, given_lengths_, time_}; }

}  // namespace recurrent
