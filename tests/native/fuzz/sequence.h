// Inputs of a step, a run or a forward pass.
#pragma once

#include "world.h"

namespace recurrent::fuzz {

// Steps of a sequence, so that the work of a call stays within what a fuzzer can afford.
int64_t draw_time(Random& random, const Subject& subject, int64_t batch, const Limits& limits);

struct Sequence {
  // Features or indices, and steps that are missing, if the model masks.
  Sequence(Random& random, const Subject& subject, int64_t batch, int64_t time);

  // Lengths of rows, some of them 0.
  void draw_lengths(Random& random);

  // What a run is given, its output aside.
  recurrent_run_args run_args() const;
  // Some of the steps, for all rows: another sequence. Lengths are counted from its beginning.
  Sequence steps(Random& random, int64_t begin, int64_t count) const;
  // One row.
  Sequence row(Random& random, int64_t index) const;

  std::vector<const Guards*> guards() const { return {&x, &indices, &lengths, &present}; }

  int64_t time = 0;
  int64_t batch = 0;
  int64_t features = 0;
  int32_t layout = RECURRENT_LAYOUT_TIME_MAJOR;
  Guarded<float> x;
  Guarded<int32_t> indices;
  Guarded<int32_t> lengths;
  Guarded<uint8_t> present;

 private:
  Sequence() = default;
  // Index of a step of a row among all steps.
  int64_t at(int64_t step, int64_t row_index) const {
    return layout == RECURRENT_LAYOUT_TIME_MAJOR ? step * batch + row_index
                                                 : row_index * time + step;
  }
  Sequence cut(Random& random, int64_t first_step, int64_t steps, int64_t first_row,
               int64_t rows) const;
};

// Elements that a run puts out.
int64_t output_count(const Subject& subject, int64_t batch, int64_t time);

}  // namespace recurrent::fuzz
