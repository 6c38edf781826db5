// What a caller may give to a session, or to a trainer, of a model. Every function throws Error
// (INVALID_ARGUMENT) naming the argument.
#pragma once

#include <recurrent/recurrent.h>

#include <cstdint>
#include <limits>

#include "base/expect.h"
#include "model/model.h"
#include "model/states.h"

namespace recurrent {

// Of steps and of rows: they are counted in int32_t.
inline constexpr int64_t kMostSteps = std::numeric_limits<int32_t>::max();

const recurrent_session_desc& checked(const recurrent_session_desc& desc);

void check_run(const Model& model, int64_t batch, const recurrent_run_args& args);
void check_step(const Model& model, int64_t batch, const int32_t* indices, const float* y);

// Parts of them, for a trainer too: that the model takes features, and that there are some;
// that it takes indices, and knows them; valid steps of rows, null if all are full; that it may
// have missing steps, where a caller says which.
[[noreturn]] void refuse_features();
void expect_features(const Model& model, const float* x, int64_t count);
void expect_indices(const Model& model, const int32_t* indices, int64_t count);
void expect_lengths(const int32_t* lengths, int64_t rows, int64_t time);
void expect_masking(const Model& model, const uint8_t* present);
void expect_layout(int32_t layout);
void expect_time(int64_t time, int64_t least);

// In the header, because a small step takes hardly longer than a call would.
inline void check_step(const Model& model, int64_t batch, const float* x, const float* y) {
  const int64_t inputs = batch * model.input_size();
  if (model.vocabulary_size() > 0) refuse_features();
  if (!x && inputs > 0) refuse_null("x", inputs);
  expect_apart("y", y, batch * model.output_size(), "x", x, inputs);
}

void check_rows(RowRange rows, int64_t batch);
const StateSlot& checked_state(const Model& model, StateId id);

}  // namespace recurrent
