#include "exec/missing_steps.h"

#include <algorithm>
#include <cmath>

namespace recurrent {
namespace {

// Whether a step says itself that it is missing: in one of the inputs all its features are the mask
// value, or its index is.
class ByValue {
 public:
  ByValue(const Model& model, const Run& run)
      : model_(model), run_(run), value_(model.mask_value()), is_nan_(std::isnan(value_)) {}

  // `step` counts steps in the caller's memory.
  bool operator()(int64_t step) const {
    for (size_t i = 0; i < model_.inputs().size(); ++i)
      if (is_missing(model_.input(i), static_cast<int32_t>(i), step)) return true;
    return false;
  }

 private:
  bool is_missing(const Value& input, int32_t index, int64_t step) const {
    if (input.is_row()) return false;
    if (input.kind == RECURRENT_VALUE_INDICES)
      return static_cast<float>(run_.indices(index)[step]) == value_;
    const float* x = run_.features(index) + step * input.size;
    return std::all_of(x, x + input.size,
                       [this](float v) { return is_nan_ ? std::isnan(v) : v == value_; });
  }

  const Model& model_;
  const Run& run_;
  const float value_;
  const bool is_nan_;
};

}  // namespace

bool MissingSteps::find(const Model& model, int64_t batch, const Run& run,
                        const StepStrides& strides) {
  const ByValue by_value(model, run);
  time_ = run.time;
  given_lengths_ = run.lengths;
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
      if ((run.present && run.present[step] == 0) || by_value(step)) continue;
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
