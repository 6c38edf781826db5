// Sequences that begin where a sequence begins: nothing is carried on.
#include <algorithm>

#include "base/expect.h"
#include "exec/run_arguments.h"
#include "exec/session_use.h"

namespace recurrent {
namespace {

// Rows that are computed at once. From here on a row takes about as long as in any larger batch,
// and in some models less, because their steps stay in the caches; scratch memory grows with it.
// (us for a row of 48 steps with 1, 4, 8, 16, 32, 64 rows: LSTM 20 7.0, 6.8, 6.6, 6.2, 6.0, 5.5;
// LSTM 128 123, 62, 64, 61, 58, 58; LSTM 512 7988, 1820, 1103, 1017, 1035, 995; two GRU 256 803,
// 403, 404, 408, 537, 471.)
constexpr int64_t kRows = 16;

template <class T>
T* moved(T* data, int64_t by) {
  return data ? data + by : nullptr;
}

// The rows of a call from `first` on, of all inputs and outputs.
void move_to(int64_t first, const Model& model, const Run& run, int64_t batch, Buffers& part) {
  const int64_t step = strides_of(run.layout, run.time, batch).at(0, first);
  for (size_t i = 0; i < model.inputs().size(); ++i) {
    const Value& input = model.input(i);
    const auto number = static_cast<int32_t>(i);
    if (input.kind == RECURRENT_VALUE_INDICES)
      part.inputs[i] = moved(run.indices(number), step);
    else
      part.inputs[i] = moved(run.features(number), (input.is_row() ? first : step) * input.size);
  }
  for (size_t i = 0; i < model.outputs().size(); ++i) {
    const ModelOutput& output = model.outputs()[i];
    const int64_t steps = model.graph().steps(output.base, run.time);
    const int64_t at =
        output.location.is_row ? first : strides_of(run.layout, steps, batch).at(0, first);
    part.outputs[i] = moved(run.outputs[i], at * output.location.size);
  }
}

}  // namespace

void Session::predict(const recurrent_run_args& args, int64_t batch) {
  const Use use(*this);
  expect_range("batch", batch, 0, kMostSteps, "rows");
  const Run run = checked_run(*model_, batch, args, buffers());
  expect_outputs(run, batch);
  if (batch == 0) return;
  if (run.time == 0) return zero_rows(*model_, run, batch);
  const int64_t capacity = std::min(batch, kRows);
  if (!prediction_states_ || prediction_states_->capacity() < capacity)
    prediction_states_ = std::make_unique<States>(model_->states(), capacity);
  if (!prediction_buffers_) prediction_buffers_ = std::make_unique<Buffers>(*model_);
  // Before the first of several parts puts anything out, and for steps that are missing another
  // time. A single one takes its own memory before it begins.
  if (batch > kRows || missing_) {
    reserve_part(run, capacity);
    reserve_part(run, batch % kRows);
  }
  const StepStrides strides = strides_of(run.layout, run.time, batch);
  for (int64_t first = 0; first < batch; first += kRows) {
    move_to(first, *model_, run, batch, *prediction_buffers_);
    Run part = run;
    part.inputs = prediction_buffers_->inputs.data();
    part.outputs = prediction_buffers_->outputs.data();
    part.present = moved(run.present, strides.at(0, first));
    part.lengths = moved(run.lengths, first);
    predict_part(part, std::min(kRows, batch - first), batch);
  }
}

// Of a prediction some output has to be wanted: no state is left behind.
void Session::expect_outputs(const Run& run, int64_t batch) const {
  int64_t all = 0;
  for (size_t i = 0; i < model_->outputs().size(); ++i) {
    if (run.outputs[i]) return;
    all += elements_of(*model_, model_->outputs()[i], batch, run.time);
  }
  if (all > 0) refuse_null(model_->has_one_of_each() ? "y" : "outputs", all);
}

// Memory for a part of the batch, whether steps will turn out to be missing or not.
void Session::reserve_part(const Run& run, int64_t rows) {
  if (rows == 0) return;
  const bool ragged = run.lengths || missing_;
  workspace_.reserve(make_schedule(*model_, {rows, run.time, ragged}, Candidate{}).floats);
  if (ragged) reserve_order(rows);
}

// On the caller's thread alone. Arrays have `batch` rows, of which these are some.
void Session::predict_part(const Run& run, int64_t rows, int64_t batch) {
  Rows part{rows, run.time, run.lengths, false};
  if (missing_ && missing_->find(*model_, rows, run, strides_of(run.layout, run.time, batch)))
    part = {rows, missing_->longest(), missing_->lengths(), true};
  const Workload work{rows, part.time, part.lengths != nullptr};
  const Schedule schedule = make_schedule(*model_, work, Candidate{});
  workspace_.reserve(schedule.floats);
  prediction_states_->reset({0, rows}, model_->initial_states().data());
  prediction_buffers_->view(*model_, run, batch);
  run_schedule(schedule, part, prediction_states_->rows(), *prediction_buffers_);
}

int64_t Session::bytes() const {
  const int64_t rows =
      states_.capacity() + (prediction_states_ ? prediction_states_->capacity() : 0);
  const int64_t floats = rows * model_->states().stride() + workspace_.size();
  const int64_t order = static_cast<int64_t>(sorted_rows_.capacity()) * 3;
  return floats * static_cast<int64_t>(sizeof(float)) +
         order * static_cast<int64_t>(sizeof(int32_t)) + (missing_ ? missing_->bytes() : 0);
}

}  // namespace recurrent
