#include "exec/session.h"

#include <algorithm>
#include <numeric>
#include <optional>

#include "base/error.h"
#include "base/stack.h"
#include "cpu/fp_control.h"
#include "exec/governor.h"
#include "exec/lane.h"
#include "exec/run_arguments.h"
#include "exec/session_use.h"
#include "exec/split_step.h"
#include "exec/step.h"
#include "exec/team.h"

namespace recurrent {
namespace {

// Scratch memory for single steps of single rows. All sessions that a thread steps share it, so
// that thousands of streams cost their states and little more.
Workspace& thread_workspace() {
  thread_local Workspace workspace;
  return workspace;
}

}  // namespace

struct Session::Threads {
  Threads(int threads, bool pinned) : team(threads, pinned) {}

  Team team;
  Governor governor;
  Ways step;
  Ways run;  // the last run's, which the next one usually is like
  std::vector<Candidate> candidates;
  std::optional<Candidate> forced;
};

Session::Session(std::shared_ptr<const Model> model, const recurrent_session_desc& desc)
    : model_(std::move(model)),
      batch_(checked(desc).batch),
      empty_row_zeroes_(desc.empty_row == RECURRENT_EMPTY_ROW_ZEROES_STATE),
      step_plan_(batch_ > 0 ? make_plan(*model_, batch_, 1, false) : Plan{}),
      states_(model_->states(), batch_),
      missing_(model_->masks() ? std::make_unique<MissingSteps>() : nullptr),
      threads_(desc.threads > 1 ? std::make_unique<Threads>(desc.threads, desc.pin_threads != 0)
                                : nullptr) {
  if (batch_ == 0) return;
  states_.reset({0, batch_}, model_->initial_states().data());
  const Workload step{batch_, 1, false};
  int64_t floats = step_plan_.floats;
  if (threads_) {
    threads_->step = ways_for(step);
    floats = threads_->step.floats();
  }
  workspace_for(step).reserve(floats);
}

Session::~Session() = default;

void Session::step(const float* x, float* y) {
  const Use use(*this);
  check_step(*model_, batch_, x, y);
  step(StepInput{x, nullptr}, y);
}

void Session::step(const int32_t* indices, float* y) {
  const Use use(*this);
  check_step(*model_, batch_, indices, y);
  step(StepInput{nullptr, indices}, y);
}

RECURRENT_NO_CANARY void Session::step(StepInput input, float* y) {
  if (!model_->can_step())
    fail(RECURRENT_STATUS_NOT_SUPPORTED,
         "session: this model cannot be stepped, because a layer has a reverse direction, which "
         "starts at the last step "
         "of a sequence; give it whole sequences");
  if (batch_ == 0) return;
  if (missing_) {
    const recurrent_run_args args = step_args(input, y);
    const StepStrides strides = strides_of(args, batch_);
    if (masks_step(args, strides)) return;
    advance(input, y);
    keep_outputs(args, strides);
    return;
  }
  advance(input, y);
}

// A step as a run of one step.
recurrent_run_args Session::step_args(StepInput input, float* y) const {
  recurrent_run_args args{};
  args.struct_size = sizeof(args);
  args.time = 1;
  args.x = input.x;
  args.indices = input.indices;
  args.y = y;
  return args;
}

// Computes a run that has a missing step, or of which the output has to be kept and is not put out;
// false if it has none and nothing has been done.
bool Session::masks_step(const recurrent_run_args& args, const StepStrides& strides) {
  if (!missing_->find(*model_, batch_, args, strides) && (args.y || !model_->repeats()))
    return false;
  run_model(args, {batch_, missing_->longest(), missing_->lengths(), true, strides});
  return true;
}

// The thread may be another one than the one that opened the session, so its memory is reserved at
// every step.
RECURRENT_NO_CANARY void Session::advance(StepInput input, float* y) {
  Workspace& workspace = workspace_for({batch_, 1, false});
  const cpu::ScopedFpControl canonical;
  backwards_ = !backwards_;
  if (threads_) {
    workspace.reserve(threads_->step.floats());
    if (const Schedule* together = admitted(threads_->step)) {
      advance_together(*together, input, y);
      return;
    }
  } else {
    workspace.reserve(step_plan_.floats);
  }
  run_step(*model_, step_plan_, workspace, states_.rows(), input, y, backwards_);
  if (threads_ && threads_->step.together.way.threads > 1) threads_->governor.ran_alone();
}

void Session::advance_together(const Schedule& schedule, StepInput input, float* y) {
  const Workload& work = threads_->step.work;
  float* scratch = workspace_for(work).at(0);
  if (is_split_step(*model_, work, schedule.way)) {
    run_split_step(*model_, schedule, scratch, states_.rows(), batch_, input.x, y, backwards_,
                   threads_->team);
  } else {
    const int64_t in = model_->input_size();
    const int64_t out = model_->output_size();
    run_sequence({*model_,
                  schedule,
                  scratch,
                  states_.rows(),
                  batch_,
                  1,
                  {input.x, batch_ * in, in},
                  {input.indices, batch_, 1},
                  {y, batch_ * out, out},
                  {},
                  {},
                  nullptr},
                 &threads_->team);
  }
  threads_->governor.ran_with(threads_->team);
}

void Session::run(const recurrent_run_args& args) {
  const Use use(*this);
  check_run(*model_, batch_, args);
  if (batch_ == 0) return;
  if (args.time == 0) {
    if (args.y && model_->puts_out_one_step())
      std::fill_n(args.y, batch_ * model_->output_size(), 0.0f);
    return;
  }
  check_pieces();
  const StepStrides strides = strides_of(args, batch_);
  const Rows whole{batch_, args.time, args.lengths, false, strides};
  if (!missing_) {
    run_model(args, whole);
  } else if (!masks_step(args, strides)) {
    run_model(args, whole);
    keep_outputs(args, strides);
  }
  if (args.lengths && empty_row_zeroes_) zero_empty_rows(args);
  sequence_given_ = !model_->can_step();
}

void Session::run_model(const recurrent_run_args& args, const Rows& rows) {
  const Workload work{rows.count, args.time, rows.lengths != nullptr};
  if (is_step(*model_, work)) {
    advance({args.x, args.indices}, args.y);
  } else if (threads_) {
    run_with_threads(work, args, rows);
  } else {
    const Schedule schedule = make_schedule(*model_, work, Candidate{});
    workspace_.reserve(schedule.floats);
    run_rows(schedule, args, rows, states_.rows());
  }
}

// Keeps the output that is repeated when a step is missing, after a run that has none missing.
void Session::keep_outputs(const recurrent_run_args& args, const StepStrides& strides) {
  const StateSlot* repeated = model_->repeated_output();
  if (!repeated) return;
  const int64_t width = repeated->size;
  const bool one_step = model_->puts_out_one_step();
  for (int64_t row = 0; row < batch_; ++row) {
    const int64_t length = args.lengths ? args.lengths[row] : args.time;
    if (length == 0) continue;
    const int64_t last = one_step ? row : strides.at(length - 1, row);
    std::copy_n(args.y + last * width, width, states_.row(*repeated, row));
  }
}

void Session::run_with_threads(const Workload& work, const recurrent_run_args& args,
                               const Rows& rows) {
  Ways& ways = threads_->run;
  if (ways.work != work) ways = ways_for(work);
  workspace_.reserve(ways.floats());
  if (const Schedule* together = admitted(ways)) {
    run_rows(*together, args, rows, states_.rows());
    threads_->governor.ran_with(threads_->team);
  } else {
    run_rows(ways.alone, args, rows, states_.rows());
    if (ways.together.way.threads > 1) threads_->governor.ran_alone();
  }
}

void Session::run_rows(const Schedule& schedule, const recurrent_run_args& args, const Rows& rows,
                       const StateRows& states) {
  const bool by_rows = schedule.way.strategy == Strategy::kRows;
  const Ragged ragged = sort_rows(rows.lengths, rows.count, by_rows ? schedule.lanes : 1);
  const int64_t in = model_->input_size();
  const int64_t out = model_->output_size();
  const StepStrides& steps = rows.strides;
  const StepStrides outputs = model_->puts_out_one_step() ? StepStrides{rows.count, 1} : steps;
  const cpu::ScopedFpControl canonical;
  run_sequence({*model_,
                schedule,
                workspace_.at(0),
                states,
                rows.count,
                rows.time,
                {args.x, steps.time * in, steps.row * in},
                {args.indices, steps.time, steps.row},
                {args.y, outputs.time * out, outputs.row * out},
                ragged,
                rows.masked ? missing_->missing() : Missing{},
                rows.masked ? model_->repeated_output() : nullptr},
               threads_ ? &threads_->team : nullptr);
}

Session::Ways Session::ways_for(const Workload& work) {
  std::vector<Candidate>& all = threads_->candidates;
  find_candidates(*model_, work, threads_->team.size(), all);
  Candidate way = all[choose(all)];
  const std::optional<Candidate>& forced = threads_->forced;
  if (forced && is_possible(forced->strategy, *model_, work, forced->threads)) way = *forced;
  const std::chrono::duration<double, std::micro> saving(all.front().microseconds -
                                                         way.microseconds);
  return {work, make_schedule(*model_, work, Candidate{}), make_schedule(*model_, work, way),
          std::chrono::duration_cast<std::chrono::nanoseconds>(saving)};
}

// The schedule for the team, if it is to be used now.
const Schedule* Session::admitted(const Ways& ways) {
  const int threads = ways.together.way.threads;
  if (threads == 1) return nullptr;
  const bool admits =
      threads_->forced || threads_->governor.admits(threads_->team, threads, ways.saving);
  return admits ? &ways.together : nullptr;
}

std::vector<Candidate> Session::explain(int64_t time, size_t& chosen) const {
  expect_time(time, 1);
  const Use use(*this);
  std::vector<Candidate> all;
  find_candidates(*model_, {std::max<int64_t>(batch_, 1), time, false},
                  threads_ ? threads_->team.size() : 1, all);
  chosen = choose(all);
  return all;
}

void Session::force(const Candidate& way) {
  const Use use(*this);
  if (!threads_) return;
  threads_->forced = way;
  threads_->run = Ways{};
  if (batch_ > 0) threads_->step = ways_for(threads_->step.work);
}

void Session::check_pieces() const {
  if (sequence_given_)
    fail(RECURRENT_STATUS_NOT_SUPPORTED,
         "session: a layer has a reverse direction, which starts at the last step, so a sequence "
         "cannot be given in "
         "pieces; set or reset the states before the next sequence");
}

void Session::reserve_order(int64_t rows) {
  for (std::vector<int32_t>* order : {&sorted_rows_, &row_order_, &row_lengths_})
    order->reserve(static_cast<size_t>(rows));
}

// Longest rows first, equal ones in the caller's order; of several lanes each gets every
// so-manieth row, so that all have about the same to do. All rows full is the regular case, which
// needs no order.
Ragged Session::sort_rows(const int32_t* lengths, int64_t count, int lanes) {
  if (!lengths) return {};
  const auto rows = static_cast<size_t>(count);
  sorted_rows_.resize(rows);
  row_order_.resize(rows);
  row_lengths_.resize(rows);
  std::iota(sorted_rows_.begin(), sorted_rows_.end(), 0);
  std::sort(sorted_rows_.begin(), sorted_rows_.end(), [&](int32_t a, int32_t b) {
    return lengths[a] != lengths[b] ? lengths[a] > lengths[b] : a < b;
  });
  for (int lane = 0; lane < lanes; ++lane) {
    const Slice places = slice_of(count, lane, lanes);
    for (int64_t place = places.begin; place < places.end; ++place)
      row_order_[static_cast<size_t>(place)] =
          sorted_rows_[static_cast<size_t>((place - places.begin) * lanes + lane)];
  }
  for (size_t i = 0; i < rows; ++i) row_lengths_[i] = lengths[row_order_[i]];
  return {row_order_.data(), row_lengths_.data()};
}

// Single steps of single rows use what the thread has.
Workspace& Session::workspace_for(const Workload& work) {
  return work.batch == 1 && work.time == 1 ? thread_workspace() : workspace_;
}

void Session::zero_empty_rows(const recurrent_run_args& args) {
  for (int64_t row = 0; row < batch_; ++row)
    if (args.lengths[row] == 0) states_.zero({row, 1});
}

void Session::reset(RowRange rows) {
  const Use use(*this);
  check_rows(rows, batch_);
  states_.reset(rows, model_->initial_states().data());
  if (rows.count == batch_) sequence_given_ = false;
}

void Session::get_state(StateId id, float* state, int64_t count) const {
  const Use use(*this);
  const StateSlot& from = checked_state(*model_, id);
  expect_exactly("state", state, count, batch_ * from.size);
  for (int64_t row = 0; row < batch_; ++row)
    std::copy_n(states_.row(from, row), from.size, state + row * from.size);
}

void Session::set_state(StateId id, const float* state, int64_t count) {
  const Use use(*this);
  const StateSlot& to = checked_state(*model_, id);
  expect_exactly("state", state, count, batch_ * to.size);
  const cpu::ScopedFpControl canonical;
  for (int64_t row = 0; row < batch_; ++row)
    model_->kernels().flush(state + row * to.size, states_.row(to, row), to.size);
  sequence_given_ = false;
}

void Session::save(RowRange rows, float* states, int64_t count) const {
  const Use use(*this);
  check_rows(rows, batch_);
  expect_exactly("states", states, count, rows.count * model_->states().size());
  states_.save(rows, states);
}

void Session::load(RowRange rows, const float* states, int64_t count) {
  const Use use(*this);
  check_rows(rows, batch_);
  expect_exactly("states", states, count, rows.count * model_->states().size());
  const cpu::ScopedFpControl canonical;
  states_.load(rows, states, model_->kernels());
  if (rows.count == batch_) sequence_given_ = false;
}

}  // namespace recurrent
