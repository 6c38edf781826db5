#pragma once

#include <recurrent/recurrent.h>

#include <cstdint>

#include "exec/schedule.h"
#include "exec/team.h"
#include "exec/workspace.h"
#include "model/model.h"
#include "model/states.h"

namespace recurrent {

// A sequence in memory: features of step t and row b begin at `data + t * time_stride + b *
// row_stride`.
template <class T>
struct SequenceView {
  T* data = nullptr;
  int64_t time_stride = 0;
  int64_t row_stride = 0;

  T* at(int64_t t, int64_t row) const { return data + t * time_stride + row * row_stride; }
  SequenceView from(int64_t t, int64_t row) const {
    return {data ? at(t, row) : nullptr, time_stride, row_stride};
  }
};

// Where a step is in the arrays of a run, counted in steps.
struct StepStrides {
  int64_t time = 0;
  int64_t row = 0;

  int64_t at(int64_t t, int64_t b) const { return t * time + b * row; }
};

// Of arrays of `batch` rows, in a recurrent_layout.
inline StepStrides strides_of(int32_t layout, int64_t time, int64_t batch) {
  if (layout == RECURRENT_LAYOUT_TIME_MAJOR) return {batch, 1};
  return {1, time};
}

// An input of the model in memory: features, also of rows, whose time stride is 0; or indices.
struct InputView {
  SequenceView<const float> x;
  SequenceView<const int32_t> indices;
};

// Valid steps of rows of different length. The rows of each portion (see Schedule) are computed in
// the order of falling length, so that those which still run are the first ones at every step.
struct Ragged {
  const int32_t* order =
      nullptr;  // `[batch]`, the caller's row of each sorted row; null if all are full
  const int32_t* lengths = nullptr;  // `[batch]`, by sorted row
};

// Steps that are missing. What the layers see are the steps that are there, one after the other: a
// ragged batch, whose lengths count those. Null where no step is missing.
struct Missing {
  const int32_t* times = nullptr;  // `[batch, stride]`: when the steps of the caller's row are
  int64_t stride = 0;
  const int32_t* lengths = nullptr;  // `[batch]`, as the caller gave them; null if all are full
  int64_t time = 0;                  // steps that the caller gave
};

// Everything that a run reads and writes. Checked and reserved before; nothing can fail from here
// on.
struct SequenceJob {
  const Model& model;
  const Schedule& schedule;
  float* scratch;  // `[schedule.floats]`
  StateRows states;
  int64_t batch;
  int64_t time;                        // steps that layers see
  const InputView* inputs;             // by number
  const SequenceView<float>* outputs;  // by number; data is null where an output is not wanted
  Ragged ragged;
  Missing missing;
};

// Runs the job as its schedule says. `team` may be null for a schedule of one thread.
void run_sequence(const SequenceJob& job, Team* team);

}  // namespace recurrent
