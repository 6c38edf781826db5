#pragma once

#include <recurrent/recurrent.h>

#include <cstdint>
#include <vector>

#include "exec/run_arguments.h"
#include "model/model.h"

namespace recurrent {

// Finds the steps of a run that are missing, of a model with masking. Its memory grows with the
// largest run and is kept.
class MissingSteps {
 public:
  // Looks through a run that has been checked, and tells whether a step is missing.
  bool find(const Model& model, int64_t batch, const Run& run, const StepStrides& strides);
  // Makes room for a run of this size.
  void reserve(int64_t batch, int64_t time) {
    times_.reserve(static_cast<size_t>(batch * time));
    present_.reserve(static_cast<size_t>(batch));
  }

  // What find() has found: where the steps are that are there, and how many they are, `[batch]`.
  // The lengths that the caller gave are borrowed.
  Missing missing() const;
  const int32_t* lengths() const { return present_.data(); }
  int64_t bytes() const {
    return static_cast<int64_t>((times_.capacity() + present_.capacity()) * sizeof(int32_t));
  }
  // Of the row that has most.
  int64_t longest() const { return longest_; }

 private:
  std::vector<int32_t> times_;
  std::vector<int32_t> present_;
  const int32_t* given_lengths_ = nullptr;
  int64_t time_ = 0;
  int64_t longest_ = 0;
};

}  // namespace recurrent
