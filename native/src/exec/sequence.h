#pragma once

#include <cstdint>

#include "exec/schedule.h"
#include "exec/team.h"
#include "exec/workspace.h"
#include "model/model.h"

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

// Valid steps of rows of different length. The rows of each lane (see Schedule) are computed in the
// order of falling length, so that those which still run are the first ones at every step.
struct Ragged {
  const int32_t* order =
      nullptr;  // `[batch]`, the caller's row at each place; null if all rows are full
  const int32_t* lengths = nullptr;  // `[batch]`, by place
};

// Everything that a run reads and writes. Checked and reserved before; nothing can fail from here
// on.
struct SequenceJob {
  const Model& model;
  const Schedule& schedule;
  float* scratch;  // `[schedule.floats]`
  float* states;   // see Session
  int64_t batch;
  int64_t time;
  SequenceView<const float> x;
  SequenceView<float> y;  // data is null if only the final state matters
  Ragged ragged;
};

// Runs the job as its schedule says. `team` may be null for a schedule of one thread.
void run_sequence(const SequenceJob& job, Team* team);

}  // namespace recurrent
