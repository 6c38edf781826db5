#include "exec/session.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <string>

#include "base/error.h"
#include "base/stack.h"
#include "cpu/fp_control.h"
#include "exec/governor.h"
#include "exec/portion.h"
#include "exec/run_arguments.h"
#include "exec/session_use.h"
#include "exec/split_step.h"
#include "exec/step.h"
#include "exec/team.h"
#include "exec/thread_workspace.h"
#include "model/specification.h"

namespace recurrent {
namespace {

// Why a model needs whole sequences.
std::string why_whole(const Model& model) {
  const int32_t index = model.graph().first_acausal();
  const PackedLayer& layer = model.layer(index);
  if (layer.reads_states())
    return "layer " + std::to_string(index) + " starts from states that it reads";
  if (layer.recurrent()) return "a layer has a reverse direction, which starts at the last step";
  return "layer " + std::to_string(index) + " of kind " + cell_traits(layer.kind).name +
         " needs all steps";
}

}  // namespace

void refuse_step(const Model& model) {
  fail(RECURRENT_STATUS_NOT_SUPPORTED,
       "session: this model cannot be stepped, because %s; give it whole sequences",
       why_whole(model).c_str());
}

void zero_rows(const Model& model, const Run& run, int64_t batch) {
  for (size_t i = 0; i < model.outputs().size(); ++i)
    if (run.outputs[i] && model.outputs()[i].location.is_row)
      std::fill_n(run.outputs[i], batch * model.outputs()[i].location.size, 0.0f);
}

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
    buffers();
    floats = threads_->step.floats();
  }
  workspace_for(step).reserve(floats);
}

Session::~Session() = default;

RECURRENT_NO_CANARY void Session::step(const float* x, float* y) {
  const Use use(*this);
  check_step(*model_, batch_, x, y);
  const void* const input = x;
  step(&input, &y);
}

RECURRENT_NO_CANARY void Session::step(const int32_t* indices, float* y) {
  const Use use(*this);
  check_step(*model_, batch_, indices, y);
  const void* const input = indices;
  step(&input, &y);
}

void Session::step(const recurrent_input_buffer* inputs, int32_t input_count,
                   const recurrent_output_buffer* outputs, int32_t output_count) {
  const Use use(*this);
  const Run run =
      checked_step(*model_, batch_, inputs, input_count, outputs, output_count, buffers());
  step(run.inputs, run.outputs);
}

RECURRENT_NO_CANARY void Session::step(const void* const* inputs, float* const* outputs) {
  if (!model_->can_step()) refuse_step(*model_);
  if (batch_ == 0) return;
  if (missing_)
    step_masked({1, RECURRENT_LAYOUT_TIME_MAJOR, nullptr, nullptr, inputs, outputs},
                states_.rows());
  else
    advance(inputs, outputs, states_.rows());
}

void Session::step_masked(const Run& run, const StateRows& states) {
  const StepStrides strides = strides_of(run.layout, 1, batch_);
  if (run_masked(run, strides, states)) return;
  advance(run.inputs, run.outputs, states);
  keep_repeated(run, strides, states);
}

// Whether an output has to be kept for missing steps and is not put out.
bool Session::misses_output(const Run& run) const {
  return model_->repeats() && std::find(run.outputs, run.outputs + model_->outputs().size(),
                                        nullptr) != run.outputs + model_->outputs().size();
}

// Computes a run that has a missing step, or of which an output has to be kept and is not put out;
// false if it has none and nothing has been done.
bool Session::run_masked(const Run& run, const StepStrides& strides, const StateRows& states) {
  if (!missing_->find(*model_, batch_, run, strides) && !misses_output(run)) return false;
  run_model(run, {batch_, missing_->longest(), missing_->lengths(), true}, states);
  return true;
}

// The thread may be another one than the one that opened the session, so its memory is reserved at
// every step.
RECURRENT_NO_CANARY void Session::advance(const void* const* inputs, float* const* outputs,
                                          const StateRows& states) {
  Workspace& workspace = workspace_for({batch_, 1, false});
  const cpu::ScopedFpControl canonical;
  backwards_ = !backwards_;
  if (threads_) {
    workspace.reserve(threads_->step.floats());
    if (const Schedule* together = admitted(threads_->step)) {
      advance_together(*together,
                       {1, RECURRENT_LAYOUT_TIME_MAJOR, nullptr, nullptr, inputs, outputs});
      return;
    }
  } else {
    workspace.reserve(step_plan_.floats);
  }
  run_step(*model_, step_plan_, workspace, states, inputs, outputs, backwards_);
  if (threads_ && threads_->step.together.way.threads > 1) threads_->governor.ran_alone();
}

void Session::advance_together(const Schedule& schedule, const Run& run) {
  const Workload& work = threads_->step.work;
  float* scratch = workspace_for(work).at(0);
  if (is_split_step(*model_, work, schedule.way)) {
    run_split_step(*model_, schedule, scratch, states_.rows(), batch_, run.features(0),
                   run.outputs[0], backwards_, threads_->team);
  } else {
    buffers().view(*model_, run, batch_);
    run_sequence({*model_,
                  schedule,
                  scratch,
                  states_.rows(),
                  batch_,
                  1,
                  buffers().input_views.data(),
                  buffers().output_views.data(),
                  {},
                  {}},
                 &threads_->team);
  }
  threads_->governor.ran_with(threads_->team);
}

void Session::run(const recurrent_run_args& args) {
  const Use use(*this);
  const Run run = checked_run(*model_, batch_, args, buffers());
  if (batch_ == 0) return;
  if (run.time == 0) return zero_rows(*model_, run, batch_);
  check_pieces();
  run_whole(run, states_.rows());
  if (run.lengths && empty_row_zeroes_) zero_empty_rows(run.lengths);
  sequence_given_ = !model_->can_step();
}

void Session::run_whole(const Run& run, const StateRows& states) {
  const Rows whole{batch_, run.time, run.lengths, false};
  const StepStrides strides = strides_of(run.layout, run.time, batch_);
  if (!missing_) {
    run_model(run, whole, states);
  } else if (!run_masked(run, strides, states)) {
    run_model(run, whole, states);
    keep_repeated(run, strides, states);
  }
}

void Session::run_rows(const Run& run, int64_t rows, const StateRows& states) {
  batch_ = step_plan_.batch = rows;
  run_whole(run, states);
}

void Session::reserve_rows(int64_t rows, int64_t time, bool ragged) {
  batch_ = step_plan_.batch = rows;
  const Workload work{rows, time, ragged};
  if (time == 1) workspace_for(work).reserve(step_plan_.floats);
  if (time > 1 || ragged || missing_)
    workspace_.reserve(
        make_schedule(*model_, {rows, time, ragged || missing_ != nullptr}, Candidate{}).floats);
  if (ragged || missing_) reserve_order(rows);
  if (missing_) missing_->reserve(rows, time);
  buffers();
}

void Session::run_model(const Run& run, const Rows& rows, const StateRows& states) {
  const Workload work{rows.count, rows.time, rows.lengths != nullptr};
  if (is_step(*model_, work)) return advance(run.inputs, run.outputs, states);
  buffers().view(*model_, run, rows.count);
  if (threads_) {
    run_with_threads(work, rows);
  } else {
    const Schedule schedule = make_schedule(*model_, work, Candidate{});
    workspace_.reserve(schedule.floats);
    run_schedule(schedule, rows, states, buffers());
  }
}

// Keeps what is repeated when a step is missing, after a run that has none missing.
void Session::keep_repeated(const Run& run, const StepStrides& strides, const StateRows& states) {
  for (size_t i = 0; i < model_->outputs().size(); ++i) {
    const ModelOutput& output = model_->outputs()[i];
    if (!output.repeated) continue;
    const int64_t width = output.location.size;
    for (int64_t row = 0; row < batch_; ++row) {
      const int64_t length = run.lengths ? run.lengths[row] : run.time;
      if (length == 0) continue;
      const int64_t last = output.location.is_row ? row : strides.at(length - 1, row);
      std::copy_n(run.outputs[i] + last * width, width, states.row(*output.repeated, row));
    }
  }
}

void Session::run_with_threads(const Workload& work, const Rows& rows) {
  Ways& ways = threads_->run;
  if (ways.work != work) ways = ways_for(work);
  workspace_.reserve(ways.floats());
  if (const Schedule* together = admitted(ways)) {
    run_schedule(*together, rows, states_.rows(), buffers());
    threads_->governor.ran_with(threads_->team);
  } else {
    run_schedule(ways.alone, rows, states_.rows(), buffers());
    if (ways.together.way.threads > 1) threads_->governor.ran_alone();
  }
}

void Session::run_schedule(const Schedule& schedule, const Rows& rows, const StateRows& states,
                           const Buffers& buffers) {
  const bool by_rows = schedule.way.strategy == Strategy::kRows;
  const Ragged ragged = sort_rows(rows.lengths, rows.count, by_rows ? schedule.portions : 1);
  const cpu::ScopedFpControl canonical;
  run_sequence({*model_, schedule, workspace_.at(0), states, rows.count, rows.time,
                buffers.input_views.data(), buffers.output_views.data(), ragged,
                rows.masked ? missing_->missing() : Missing{}},
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
  expect_enough_time(*model_, time);
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

// Opening a session that is only stepped does not take the time to make them.
Buffers& Session::buffers() {
  if (!buffers_) buffers_ = std::make_unique<Buffers>(*model_);
  return *buffers_;
}

void Session::check_pieces() const {
  if (sequence_given_)
    fail(RECURRENT_STATUS_NOT_SUPPORTED,
         "session: %s, so a sequence cannot be given in pieces; set or reset the states before the "
         "next sequence",
         why_whole(*model_).c_str());
}

void Session::reserve_order(int64_t rows) {
  for (std::vector<int32_t>* order : {&sorted_rows_, &row_order_, &row_lengths_})
    order->reserve(static_cast<size_t>(rows));
}

// Longest rows first, equal ones in the caller's order; of several portions each gets every
// so-manieth row, so that all have about the same to do. All rows full is the regular case, which
// needs no order.
Ragged Session::sort_rows(const int32_t* lengths, int64_t count, int portions) {
  if (!lengths) return {};
  const auto rows = static_cast<size_t>(count);
  sorted_rows_.resize(rows);
  row_order_.resize(rows);
  row_lengths_.resize(rows);
  std::iota(sorted_rows_.begin(), sorted_rows_.end(), 0);
  std::sort(sorted_rows_.begin(), sorted_rows_.end(), [&](int32_t a, int32_t b) {
    return lengths[a] != lengths[b] ? lengths[a] > lengths[b] : a < b;
  });
  for (int portion = 0; portion < portions; ++portion) {
    const Slice places = slice_of(count, portion, portions);
    for (int64_t place = places.begin; place < places.end; ++place)
      row_order_[static_cast<size_t>(place)] =
          sorted_rows_[static_cast<size_t>((place - places.begin) * portions + portion)];
  }
  for (size_t i = 0; i < rows; ++i) row_lengths_[i] = lengths[row_order_[i]];
  return {row_order_.data(), row_lengths_.data()};
}

// Single steps of single rows use what the thread has.
Workspace& Session::workspace_for(const Workload& work) {
  return work.batch == 1 && work.time == 1 ? thread_workspace() : workspace_;
}

void Session::zero_empty_rows(const int32_t* lengths) {
  for (int64_t row = 0; row < batch_; ++row)
    if (lengths[row] == 0) states_.zero({row, 1});
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
    recurrent::get_state(from, states_.row(from, row), state + row * from.size);
}

void Session::set_state(StateId id, const float* state, int64_t count) {
  const Use use(*this);
  const StateSlot& to = checked_state(*model_, id);
  expect_exactly("state", state, count, batch_ * to.size);
  const cpu::ScopedFpControl canonical;
  for (int64_t row = 0; row < batch_; ++row)
    put_state(to, state + row * to.size, states_.row(to, row), model_->kernels());
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
