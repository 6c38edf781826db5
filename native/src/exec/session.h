#pragma once

#include <recurrent/recurrent.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/aligned_buffer.h"
#include "exec/missing_steps.h"
#include "exec/run_arguments.h"
#include "exec/schedule.h"
#include "exec/sequence.h"
#include "exec/step.h"
#include "exec/workspace.h"
#include "model/model.h"
#include "model/states.h"

namespace recurrent {

// Throws NOT_SUPPORTED, naming the layer that needs the whole sequence.
[[noreturn]] void refuse_step(const Model& model);

// What a call without steps puts out.
void zero_rows(const Model& model, const Run& run, int64_t batch);

// The mutable side of a model: states, scratch memory, threads. One caller at a time; a second one
// is refused when it is noticed, which is not always. Every operation throws Error before it
// changes anything.
class Session {
 public:
  Session(std::shared_ptr<const Model> model, const recurrent_session_desc& desc);
  ~Session();

  void step(const float* x, float* y);
  void step(const int32_t* indices, float* y);
  void step(const recurrent_input_buffer* inputs, int32_t input_count,
            const recurrent_output_buffer* outputs, int32_t output_count);
  void run(const recurrent_run_args& args);
  // For a pool, which has the states and has checked the arguments: what run() does for as many
  // rows, at most the session's, with states that are somewhere else. The session has one thread.
  // reserve_rows() makes sure that such a call needs no more memory.
  void run_rows(const Run& run, int64_t rows, const StateRows& states);
  void reserve_rows(int64_t rows, int64_t time, bool ragged);
  // Sequences of their own, `batch` of them, which neither read nor change the session's states.
  void predict(const recurrent_run_args& args, int64_t batch);
  void warm_up(int64_t time);
  void reset(RowRange rows);
  void get_state(StateId id, float* state, int64_t count) const;
  void set_state(StateId id, const float* state, int64_t count);
  void save(RowRange rows, float* states, int64_t count) const;
  void load(RowRange rows, const float* states, int64_t count);

  // What is held in states and in scratch memory that grows with the calls.
  int64_t bytes() const;

  // The ways to compute a run of `time` steps whose rows are full, and the index of the one taken.
  std::vector<Candidate> explain(int64_t time, size_t& chosen) const;

  // For tests, which compare all ways: a session with threads takes this one wherever it is
  // possible, whatever the machine is doing.
  void force(const Candidate& way);

 private:
  // Marks the session as in use for a scope.
  class Use;

  Buffers& buffers();
  void check_pieces() const;
  void reserve_order(int64_t rows);
  Ragged sort_rows(const int32_t* lengths, int64_t count, int portions);
  // How a run is told apart from others: what its rows are, and which of their steps are missing.
  struct Rows {
    int64_t count;
    int64_t time;
    const int32_t* lengths;  // null if all are full
    bool masked;
  };
  // How much predict() computes at once.
  void expect_outputs(const Run& run, int64_t batch) const;
  void reserve_part(const Run& run, int64_t rows);
  void predict_part(const Run& run, int64_t rows, int64_t batch);
  void run_model(const Run& run, const Rows& rows, const StateRows& states);
  void run_whole(const Run& run, const StateRows& states);
  void keep_repeated(const Run& run, const StepStrides& strides, const StateRows& states);
  bool misses_output(const Run& run) const;
  bool run_masked(const Run& run, const StepStrides& strides, const StateRows& states);
  void zero_empty_rows(const int32_t* lengths);
  // What a session with threads has beside; one without is to be small.
  struct Threads;
  // How a workload is computed on the caller's thread, and how with the team.
  struct Ways {
    Workload work;
    Schedule alone;
    Schedule together;  // of one thread too, if threads are not worth it
    std::chrono::nanoseconds saving{0};

    int64_t floats() const { return std::max(alone.floats, together.floats); }
  };
  Ways ways_for(const Workload& work);
  const Schedule* admitted(const Ways& ways);
  Workspace& workspace_for(const Workload& work);
  // By number, as in Run: a small step is too short to fill one in.
  void step(const void* const* inputs, float* const* outputs);
  void advance(const void* const* inputs, float* const* outputs, const StateRows& states);
  void step_masked(const Run& run, const StateRows& states);
  void advance_together(const Schedule& schedule, const Run& run);
  void run_schedule(const Schedule& schedule, const Rows& rows, const StateRows& states,
                    const Buffers& buffers);
  void run_with_threads(const Workload& work, const Rows& rows);

  std::shared_ptr<const Model> model_;
  int64_t batch_;
  bool empty_row_zeroes_;
  // A model with a reverse direction has been given its whole sequence and is to be reset before
  // the next one.
  bool sequence_given_ = false;
  bool backwards_ = false;  // how the last single step walked the weights
  Plan step_plan_;
  States states_;
  std::unique_ptr<Buffers> buffers_;  // null before the first call that needs it
  // Of the rows that predict() computes at once; null before the first time.
  std::unique_ptr<States> prediction_states_;
  std::unique_ptr<Buffers> prediction_buffers_;
  // Rows of ragged batches in falling order of length, the same for each portion, and those
  // lengths;
  // `[batch]` each once one was seen.
  std::vector<int32_t> sorted_rows_;
  std::vector<int32_t> row_order_;
  std::vector<int32_t> row_lengths_;
  std::unique_ptr<MissingSteps> missing_;  // null for a model without masking
  Workspace workspace_;
  std::unique_ptr<Threads> threads_;  // null for a single one
  mutable std::atomic<bool> in_use_{false};
};

}  // namespace recurrent
