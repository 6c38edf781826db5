#include "exec/session.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <numeric>
#include <optional>

#include "base/checked.h"
#include "base/error.h"
#include "cpu/fp_control.h"
#include "exec/governor.h"
#include "exec/lane.h"
#include "exec/split_step.h"
#include "exec/step.h"
#include "exec/team.h"
#include "model/specification.h"

namespace recurrent {
namespace {

const recurrent_session_desc& checked(const recurrent_session_desc& desc) {
  if (desc.struct_size != sizeof(desc))
    invalid("struct_size", "expected %zu, found %u; was the caller built for another version?",
            sizeof(desc), desc.struct_size);
  if (desc.threads < 1 || desc.threads > RECURRENT_MAX_THREADS)
    invalid("threads", "expected 1 to %d, found %d", RECURRENT_MAX_THREADS, desc.threads);
  if (desc.batch < 0 || desc.batch > std::numeric_limits<int32_t>::max())
    invalid("batch", "expected 0 to %d rows, found %lld", std::numeric_limits<int32_t>::max(),
            static_cast<long long>(desc.batch));
  if (desc.empty_row != RECURRENT_EMPTY_ROW_KEEPS_STATE &&
      desc.empty_row != RECURRENT_EMPTY_ROW_ZEROES_STATE)
    invalid("empty_row", "expected %d or %d, found %d", RECURRENT_EMPTY_ROW_KEEPS_STATE,
            RECURRENT_EMPTY_ROW_ZEROES_STATE, desc.empty_row);
  if (desc.pin_threads != 0 && desc.pin_threads != 1)
    invalid("pin_threads", "expected 0 or 1, found %d", desc.pin_threads);
  return desc;
}

void check_array(const char* name, const void* data, int64_t count, int64_t expected) {
  if (expected > 0 && !data)
    invalid(name, "expected %lld elements, found null", static_cast<long long>(expected));
  if (count < expected)
    invalid(name, "expected %lld elements, found %lld", static_cast<long long>(expected),
            static_cast<long long>(count));
}

void check_exact(const char* name, const void* data, int64_t count, int64_t expected) {
  check_array(name, data, count, expected);
  if (count != expected)
    invalid(name, "expected exactly %lld elements, found %lld", static_cast<long long>(expected),
            static_cast<long long>(count));
}

void check_apart(const char* name, const float* out, int64_t out_count, const char* other_name,
                 const void* other, int64_t other_bytes) {
  const std::less<const char*> before;
  const char* a = reinterpret_cast<const char*>(out);
  const char* b = static_cast<const char*>(other);
  const bool apart = !before(a, b + other_bytes) ||
                     !before(b, a + out_count * static_cast<int64_t>(sizeof(float)));
  if (!apart) invalid(name, "expected memory that does not overlap %s", other_name);
}

int64_t bytes_of(int64_t floats) { return floats * static_cast<int64_t>(sizeof(float)); }

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

class Session::Use {
 public:
  explicit Use(const Session& session) : session_(session) {
    if (is_taken())
      fail(RECURRENT_STATUS_BUSY,
           "session: expected one caller at a time, found another call running");
  }
  ~Use() { session_.in_use_.store(false, std::memory_order_release); }
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;

 private:
  // Two callers of a team would wait for each other for ever, so there this is sure. Without
  // threads it notices what it can: an exchange would cost more than a small step has.
  bool is_taken() const {
    if (session_.threads_) return session_.in_use_.exchange(true, std::memory_order_acquire);
    if (session_.in_use_.load(std::memory_order_relaxed)) return true;
    session_.in_use_.store(true, std::memory_order_relaxed);
    return false;
  }

  const Session& session_;
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
  const int64_t inputs = batch_ * model_->input_size();
  if (model_->vocabulary_size() > 0)
    invalid("x", "expected indices instead, because the first layer is an embedding");
  if (!x && inputs > 0)
    invalid("x", "expected %lld elements, found null", static_cast<long long>(inputs));
  if (y) check_apart("y", y, batch_ * model_->output_size(), "x", x, bytes_of(inputs));
  step(StepInput{x, nullptr}, y);
}

void Session::step(const int32_t* indices, float* y) {
  const Use use(*this);
  check_indices(indices, batch_);
  if (y)
    check_apart("y", y, batch_ * model_->output_size(), "indices", indices,
                batch_ * static_cast<int64_t>(sizeof(int32_t)));
  step(StepInput{nullptr, indices}, y);
}

void Session::step(StepInput input, float* y) {
  if (!model_->can_step())
    fail(RECURRENT_STATUS_NOT_SUPPORTED,
         "session: this model cannot be stepped, because a layer has a reverse direction, which "
         "starts at the last step "
         "of a sequence; give it whole sequences");
  if (batch_ == 0) return;
  if (missing_) {
    const recurrent_run_args args = step_args(input, y);
    if (masks_step(args)) return;
    advance(input, y);
    keep_outputs(args);
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
bool Session::masks_step(const recurrent_run_args& args) {
  if (!missing_->find(*model_, batch_, args) && (args.y || !model_->repeats())) return false;
  run_model(args, {missing_->longest(), missing_->lengths(), true});
  return true;
}

// The thread may be another one than the one that opened the session, so its memory is reserved at
// every step.
void Session::advance(StepInput input, float* y) {
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
  check_run(args);
  if (batch_ == 0) return;
  if (args.time == 0) {
    if (args.y && model_->puts_out_one_step())
      std::fill_n(args.y, batch_ * model_->output_size(), 0.0f);
    return;
  }
  check_pieces();
  if (missing_) {
    if (!masks_step(args)) {
      run_model(args, {args.time, args.lengths, false});
      keep_outputs(args);
    }
  } else {
    run_model(args, {args.time, args.lengths, false});
  }
  if (args.lengths && empty_row_zeroes_) zero_empty_rows(args);
  sequence_given_ = !model_->can_step();
}

void Session::run_model(const recurrent_run_args& args, const Rows& rows) {
  const Workload work{batch_, args.time, rows.lengths != nullptr};
  if (is_step(*model_, work)) {
    advance({args.x, args.indices}, args.y);
  } else if (threads_) {
    run_with_threads(work, args, rows);
  } else {
    const Schedule schedule = make_schedule(*model_, work, Candidate{});
    workspace_.reserve(schedule.floats);
    run_rows(schedule, args, rows);
  }
}

// Keeps the output that is repeated when a step is missing, after a run that has none missing.
void Session::keep_outputs(const recurrent_run_args& args) {
  const StateSlot* repeated = model_->repeated_output();
  if (!repeated) return;
  const int64_t width = repeated->size;
  const bool one_step = model_->puts_out_one_step();
  const bool time_major = args.layout == RECURRENT_LAYOUT_TIME_MAJOR;
  for (int64_t row = 0; row < batch_; ++row) {
    const int64_t length = args.lengths ? args.lengths[row] : args.time;
    if (length == 0) continue;
    const int64_t last = time_major ? (length - 1) * batch_ + row : row * args.time + length - 1;
    std::copy_n(args.y + (one_step ? row : last) * width, width, states_.row(*repeated, row));
  }
}

void Session::run_with_threads(const Workload& work, const recurrent_run_args& args,
                               const Rows& rows) {
  Ways& ways = threads_->run;
  if (ways.work != work) ways = ways_for(work);
  workspace_.reserve(ways.floats());
  if (const Schedule* together = admitted(ways)) {
    run_rows(*together, args, rows);
    threads_->governor.ran_with(threads_->team);
  } else {
    run_rows(ways.alone, args, rows);
    if (ways.together.way.threads > 1) threads_->governor.ran_alone();
  }
}

void Session::run_rows(const Schedule& schedule, const recurrent_run_args& args, const Rows& rows) {
  const bool by_rows = schedule.way.strategy == Strategy::kRows;
  const Ragged ragged = sort_rows(rows.lengths, by_rows ? schedule.lanes : 1);
  const int64_t in = model_->input_size();
  const int64_t out = model_->output_size();
  const bool time_major = args.layout == RECURRENT_LAYOUT_TIME_MAJOR;
  const bool by_time = time_major || model_->puts_out_one_step();
  const cpu::ScopedFpControl canonical;
  run_sequence({*model_,
                schedule,
                workspace_.at(0),
                states_.rows(),
                batch_,
                rows.time,
                {args.x, time_major ? batch_ * in : in, time_major ? in : args.time * in},
                {args.indices, time_major ? batch_ : 1, time_major ? 1 : args.time},
                {args.y, by_time ? batch_ * out : out, by_time ? out : args.time * out},
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
  if (time < 1 || time > std::numeric_limits<int32_t>::max())
    invalid("time", "expected 1 to %d steps, found %lld", std::numeric_limits<int32_t>::max(),
            static_cast<long long>(time));
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

void Session::check_run(const recurrent_run_args& args) const {
  if (args.struct_size != sizeof(args))
    invalid("struct_size", "expected %zu, found %u; was the caller built for another version?",
            sizeof(args), args.struct_size);
  if (args.layout != RECURRENT_LAYOUT_TIME_MAJOR && args.layout != RECURRENT_LAYOUT_BATCH_MAJOR)
    invalid("layout", "expected %d or %d, found %d", RECURRENT_LAYOUT_TIME_MAJOR,
            RECURRENT_LAYOUT_BATCH_MAJOR, args.layout);
  if (args.time < 0 || args.time > std::numeric_limits<int32_t>::max())
    invalid("time", "expected 0 to %d steps, found %lld", std::numeric_limits<int32_t>::max(),
            static_cast<long long>(args.time));
  const int64_t rows = checked_mul(args.time, batch_, "time");
  const int64_t inputs = checked_mul(rows, model_->input_size(), "time");
  const int64_t outputs =
      checked_mul(model_->puts_out_one_step() ? batch_ : rows, model_->output_size(), "time");
  checked_mul(std::max(inputs, outputs), static_cast<int64_t>(sizeof(float)), "time");
  check_input(args);
  check_present(args, outputs);
  if (!args.y && args.y_count != 0) {
    invalid("y_count", "expected 0, because y is null, found %lld",
            static_cast<long long>(args.y_count));
  }
  if (!args.lengths && args.lengths_count != 0) {
    invalid("lengths_count", "expected 0, because lengths is null, found %lld",
            static_cast<long long>(args.lengths_count));
  }
  if (args.y) {
    check_array("y", args.y, args.y_count, outputs);
    if (args.x) check_apart("y", args.y, outputs, "x", args.x, bytes_of(inputs));
    if (args.indices)
      check_apart("y", args.y, outputs, "indices", args.indices,
                  rows * static_cast<int64_t>(sizeof(int32_t)));
  }
  if (!args.lengths) return;
  check_exact("lengths", args.lengths, args.lengths_count, batch_);
  if (args.y)
    check_apart("y", args.y, outputs, "lengths", args.lengths,
                batch_ * static_cast<int64_t>(sizeof(int32_t)));
  for (int64_t row = 0; row < batch_; ++row)
    if (args.lengths[row] < 0 || args.lengths[row] > args.time)
      invalid("lengths", "expected 0 to %lld valid steps in every row, found %d in row %lld",
              static_cast<long long>(args.time), args.lengths[row], static_cast<long long>(row));
}

// Features or indices, whatever the model takes.
void Session::check_input(const recurrent_run_args& args) const {
  const int64_t rows = args.time * batch_;
  if (model_->vocabulary_size() == 0) {
    if (args.indices || args.indices_count != 0)
      invalid("indices", "expected null, because the model takes features");
    check_array("x", args.x, args.x_count, rows * model_->input_size());
    return;
  }
  if (args.x || args.x_count != 0)
    invalid("x", "expected null and indices instead, because the first layer is an embedding");
  if (args.indices_count < rows) check_array("indices", args.indices, args.indices_count, rows);
  check_indices(args.indices, rows);
}

void Session::check_indices(const int32_t* indices, int64_t count) const {
  const int64_t vocabulary = model_->vocabulary_size();
  if (vocabulary == 0) invalid("indices", "expected null, because the model takes features");
  check_array("indices", indices, count, count);
  for (int64_t i = 0; i < count; ++i)
    if (indices[i] < 0 || indices[i] >= vocabulary)
      invalid("indices", "expected 0 to %lld, found %d at element %lld",
              static_cast<long long>(vocabulary - 1), indices[i], static_cast<long long>(i));
}

void Session::check_present(const recurrent_run_args& args, int64_t outputs) const {
  if (!args.present) {
    if (args.present_count != 0)
      invalid("present_count", "expected 0, because present is null, found %lld",
              static_cast<long long>(args.present_count));
    return;
  }
  if (!missing_) invalid("present", "expected null, because the model has no masking");
  const int64_t steps = args.time * batch_;
  check_array("present", args.present, args.present_count, steps);
  if (args.y) check_apart("y", args.y, outputs, "present", args.present, steps);
}

void Session::check_pieces() const {
  if (sequence_given_)
    fail(RECURRENT_STATUS_NOT_SUPPORTED,
         "session: a layer has a reverse direction, which starts at the last step, so a sequence "
         "cannot be given in "
         "pieces; set or reset the states before the next sequence");
}

// Longest rows first, equal ones in the caller's order; of several lanes each gets every
// so-manieth row, so that all have about the same to do. All rows full is the regular case, which
// needs no order.
Ragged Session::sort_rows(const int32_t* lengths, int lanes) {
  if (!lengths) return {};
  const auto rows = static_cast<size_t>(batch_);
  sorted_rows_.resize(rows);
  row_order_.resize(rows);
  row_lengths_.resize(rows);
  std::iota(sorted_rows_.begin(), sorted_rows_.end(), 0);
  std::sort(sorted_rows_.begin(), sorted_rows_.end(), [&](int32_t a, int32_t b) {
    return lengths[a] != lengths[b] ? lengths[a] > lengths[b] : a < b;
  });
  for (int lane = 0; lane < lanes; ++lane) {
    const Slice places = slice_of(batch_, lane, lanes);
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

const StateSlot& Session::find(StateId id) const {
  const auto& layers = model_->layers();
  if (id.layer < 0 || id.layer >= static_cast<int64_t>(layers.size()))
    invalid("layer", "expected 0 to %zu, found %d", layers.size() - 1, id.layer);
  const PackedLayer& layer = layers[static_cast<size_t>(id.layer)];
  if (!layer.recurrent())
    invalid("layer", "expected a recurrent layer, but layer %d is of kind %s and has no state",
            id.layer, cell_traits(layer.kind).name);
  if (id.kind != RECURRENT_STATE_HIDDEN && (id.kind != RECURRENT_STATE_CELL || !layer.has_cell()))
    invalid("kind",
            layer.has_cell()
                ? "expected a hidden (0) or cell (1) state, found %d"
                : "expected the hidden state (0), the only one of this layer, found %d",
            id.kind);
  const StateSlot* slot = model_->states().find(id);
  if (slot) return *slot;
  invalid("direction", "expected one that layer %d has, found %d", id.layer, id.direction);
}

void Session::check_rows(RowRange rows) const {
  if (rows.first < 0 || rows.first > batch_)
    invalid("first_row", "expected 0 to %lld, found %lld", static_cast<long long>(batch_),
            static_cast<long long>(rows.first));
  if (rows.count < 0 || rows.count > batch_ - rows.first)
    invalid("row_count", "expected 0 to %lld rows from row %lld, found %lld",
            static_cast<long long>(batch_ - rows.first), static_cast<long long>(rows.first),
            static_cast<long long>(rows.count));
}

void Session::zero_empty_rows(const recurrent_run_args& args) {
  for (int64_t row = 0; row < batch_; ++row)
    if (args.lengths[row] == 0) states_.zero({row, 1});
}

void Session::reset(RowRange rows) {
  const Use use(*this);
  check_rows(rows);
  states_.reset(rows, model_->initial_states().data());
  if (rows.count == batch_) sequence_given_ = false;
}

void Session::get_state(StateId id, float* state, int64_t count) const {
  const Use use(*this);
  const StateSlot& from = find(id);
  check_exact("state", state, count, batch_ * from.size);
  for (int64_t row = 0; row < batch_; ++row)
    std::copy_n(states_.row(from, row), from.size, state + row * from.size);
}

void Session::set_state(StateId id, const float* state, int64_t count) {
  const Use use(*this);
  const StateSlot& to = find(id);
  check_exact("state", state, count, batch_ * to.size);
  const cpu::ScopedFpControl canonical;
  for (int64_t row = 0; row < batch_; ++row)
    model_->kernels().flush(state + row * to.size, states_.row(to, row), to.size);
  sequence_given_ = false;
}

void Session::save(RowRange rows, float* states, int64_t count) const {
  const Use use(*this);
  check_rows(rows);
  check_exact("states", states, count, rows.count * model_->states().size());
  states_.save(rows, states);
}

void Session::load(RowRange rows, const float* states, int64_t count) {
  const Use use(*this);
  check_rows(rows);
  check_exact("states", states, count, rows.count * model_->states().size());
  const cpu::ScopedFpControl canonical;
  states_.load(rows, states, model_->kernels());
  if (rows.count == batch_) sequence_given_ = false;
}

}  // namespace recurrent
