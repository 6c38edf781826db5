// What a caller may give to a session, or to a trainer, of a model. Every function throws Error
// (INVALID_ARGUMENT) naming the argument.
#pragma once

#include <recurrent/recurrent.h>

#include <cstdint>
#include <vector>

#include "base/expect.h"
#include "exec/sequence.h"
#include "model/model.h"
#include "model/states.h"

namespace recurrent {

const recurrent_session_desc& checked(const recurrent_session_desc& desc);

// A call whose arguments have been checked.
struct Run {
  int64_t time = 1;
  int32_t layout = RECURRENT_LAYOUT_TIME_MAJOR;
  const int32_t* lengths = nullptr;     // null if all rows are full
  const uint8_t* present = nullptr;     // null if only values say what is missing
  const void* const* inputs = nullptr;  // by number: floats, or int32_t for indices
  float* const* outputs = nullptr;      // by number; null where an output is not wanted

  const float* features(int32_t input) const { return static_cast<const float*>(inputs[input]); }
  const int32_t* indices(int32_t input) const { return static_cast<const int32_t*>(inputs[input]); }
};

// Memory for what a Run and a SequenceJob point to, as many as a model has.
struct Buffers {
  explicit Buffers(const Model& model);

  std::vector<const void*> inputs;
  std::vector<float*> outputs;
  std::vector<InputView> input_views;
  std::vector<SequenceView<float>> output_views;
  std::vector<uint8_t> given;  // which inputs a caller has named

  // Makes the views of a call whose arrays have `batch` rows.
  void view(const Model& model, const Run& run, int64_t batch);
};

// Elements of an input, and of an output.
int64_t elements_of(const Value& input, int64_t batch, int64_t time);
int64_t elements_of(const Model& model, const ModelOutput& output, int64_t batch, int64_t time);

// What a call of a pool is about: so many streams, and steps of all of them together.
struct StreamExtent {
  int64_t streams;
  int64_t steps;
};
int64_t elements_of(const Value& input, const StreamExtent& extent);
int64_t elements_of(const ModelOutput& output, const StreamExtent& extent);

Run checked_run(const Model& model, int64_t batch, const recurrent_run_args& args,
                Buffers& buffers);
Run checked_step(const Model& model, int64_t batch, const recurrent_input_buffer* inputs,
                 int32_t input_count, const recurrent_output_buffer* outputs, int32_t output_count,
                 Buffers& buffers);
// Arrays that lie stream after stream. Its result does not have `time` and `lengths`.
Run checked_streams(const Model& model, const StreamExtent& extent,
                    const recurrent_pool_run_args& args, Buffers& buffers);
void check_step(const Model& model, int64_t batch, const int32_t* indices, const float* y);
[[noreturn]] void refuse_short_form(const Model& model);

// Parts of them, for a trainer too: that the model takes features, and that there are some;
// that it takes indices, and knows them; valid steps of rows, null if all are full; that it may
// have missing steps, where a caller says which.
[[noreturn]] void refuse_features();
void expect_features(const Model& model, const float* x, int64_t count);
void expect_indices(const Model& model, const int32_t* indices, int64_t count);
void expect_indices(const char* name, int64_t vocabulary, const int32_t* indices, int64_t count);
void expect_lengths(const int32_t* lengths, int64_t rows, int64_t time);
// Of a run that has steps: every flatten is given as many as it takes, in all rows that have any.
void expect_flat_steps(const Model& model, int64_t time, const int32_t* lengths, int64_t rows);
void expect_masking(const Model& model, const uint8_t* present);
void expect_layout(int32_t layout);
void expect_time(int64_t time, int64_t least);
// Of a run that has any: every sequence inside has a step, and not more than can be counted.
void expect_enough_time(const Model& model, int64_t time);

// In the header, because a small step takes hardly longer than a call would.
inline void check_step(const Model& model, int64_t batch, const float* x, const float* y) {
  if (!model.has_one_of_each()) refuse_short_form(model);
  const int64_t inputs = batch * model.input_size();
  if (model.vocabulary_size() > 0) refuse_features();
  if (!x && inputs > 0) refuse_null("x", inputs);
  expect_apart("y", y, batch * model.output_size(), "x", x, inputs);
}

void check_rows(RowRange rows, int64_t batch);
const StateSlot& checked_state(const Model& model, StateId id);

}  // namespace recurrent
