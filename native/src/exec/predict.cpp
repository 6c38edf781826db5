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

}  // namespace

void Session::predict(const recurrent_run_args& args, int64_t batch) {
  const Use use(*this);
  expect_range("batch", batch, 0, kMostSteps, "rows");
  check_run(*model_, batch, args);
  const bool one_step = model_->puts_out_one_step();
  const int64_t width = model_->output_size();
  const int64_t outputs = batch * (one_step ? 1 : args.time) * width;
  if (outputs == 0) return;
  if (!args.y) refuse_null("y", outputs);
  if (args.time == 0) {
    std::fill_n(args.y, outputs, 0.0f);
    return;
  }
  const int64_t capacity = std::min(batch, kRows);
  if (!prediction_states_ || prediction_states_->capacity() < capacity)
    prediction_states_ = std::make_unique<States>(model_->states(), capacity);
  // Before the first of several blocks puts anything out, and for steps that are missing another
  // time. A single one takes its own memory before it begins.
  if (batch > kRows || missing_) {
    reserve_block(args, capacity);
    reserve_block(args, batch % kRows);
  }
  const StepStrides strides = strides_of(args, batch);
  for (int64_t first = 0; first < batch; first += kRows) {
    const int64_t step = strides.at(0, first);
    recurrent_run_args block = args;
    block.x = moved(args.x, step * model_->input_size());
    block.indices = moved(args.indices, step);
    block.present = moved(args.present, step);
    block.lengths = moved(args.lengths, first);
    block.y = args.y + (one_step ? first : step) * width;
    predict_block(block, std::min(kRows, batch - first), strides);
  }
}

// Memory for a block, whether steps will turn out to be missing or not.
void Session::reserve_block(const recurrent_run_args& args, int64_t rows) {
  if (rows == 0) return;
  const bool ragged = args.lengths || missing_;
  workspace_.reserve(make_schedule(*model_, {rows, args.time, ragged}, Candidate{}).floats);
  if (ragged) reserve_order(rows);
}

// On the caller's thread alone.
void Session::predict_block(const recurrent_run_args& args, int64_t rows,
                            const StepStrides& strides) {
  Rows block{rows, args.time, args.lengths, false, strides};
  if (missing_ && missing_->find(*model_, rows, args, strides))
    block = {rows, missing_->longest(), missing_->lengths(), true, strides};
  const Workload work{rows, block.time, block.lengths != nullptr};
  const Schedule schedule = make_schedule(*model_, work, Candidate{});
  workspace_.reserve(schedule.floats);
  prediction_states_->reset({0, rows}, model_->initial_states().data());
  run_rows(schedule, args, block, prediction_states_->rows());
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
