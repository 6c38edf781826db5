#pragma once

#include <cstdint>

#include "exec/fetch.h"
#include "exec/sequence.h"
#include "exec/slice.h"
#include "exec/windows.h"

namespace recurrent {

// Consecutive steps.
struct TimeSpan {
  int64_t first;
  int64_t steps;
};

// Computes layers for some rows of a job, in scratch memory of its own. With a participant of
// several threads every thread has a portion object of its own for the same scratch memory, calls
// the same functions, and computes its slice of the hidden units.
class Portion {
 public:
  // Rows [rows.begin, rows.end) of the batch, in their order of length if the batch is ragged.
  Portion(const SequenceJob& job, float* scratch, Slice rows, Participant& participant);

  // All layers, section after section and span after span.
  void run();

  // Layers [first, end) of a chain for one span. `in` and `out` begin at the span's first step;
  // the rows of `in` are the caller's if it is the job's.
  void begin_span(TimeSpan span);
  void run_chain(Slice layers, const SequenceView<const float>& in, const SequenceView<float>& out);

  // An output of the job from the span's first step on, for a batch that is not ragged.
  SequenceView<float> output(size_t index) const;

 private:
  bool masked() const { return job_.missing.times != nullptr; }
  const int32_t* times_of(int64_t row) const {
    return job_.missing.times + row * job_.missing.stride;
  }
  int64_t rows() const { return rows_.end - rows_.begin; }
  int64_t given_length(int64_t row) const;

  // What is computed.
  void run_section(const Section& section);
  void run_row_section(const Section& section);
  void run_layer(const PackedLayer& layer);
  void run_layer(const PackedLayer& layer, const SequenceView<const float>& in,
                 const SequenceView<float>& out);
  void run_direction(const PackedLayer& layer, size_t direction,
                     const SequenceView<const float>& in, const SequenceView<float>& out);
  void start_states(const PackedLayer& layer);
  void gather_input_rows();
  void gather_last_steps(const PackedLayer& pick);
  void gather_last_input(const PackedLayer& pick);
  void gather_final_states(const PackedLayer& pick);

  // What becomes of it: puts rows of a ragged batch back in the caller's order, with zeros past
  // their ends.
  const ModelOutput& model_output(size_t index) const { return job_.model.outputs()[index]; }
  float* repeated(const ModelOutput& output, int64_t row) const {
    return output.repeated ? job_.states.row(*output.repeated, row) : nullptr;
  }
  bool is_wanted(size_t output) const {
    return job_.outputs[output].data || (masked() && model_output(output).repeated);
  }
  bool is_any_wanted() const;
  void scatter_output(size_t output);
  void scatter_present(size_t output, int64_t sorted_row);
  void fill_missing(size_t output, int64_t row, int64_t begin, int64_t end, const float* previous);
  void finish(size_t output);
  void finish_missing(size_t output, int64_t sorted_row);
  void scatter_row(size_t output);

  // Where values are.
  SequenceView<float> view_of(const Location& location) const;
  SequenceView<float> output_of(const PackedLayer& layer) const;

  // From the span's first step on, for a batch that is not ragged.
  SequenceView<const float> steps_of(const Location& value) const;
  // Whether steps of so many features lie behind each other, and rows in them.
  bool is_dense(const SequenceView<const float>& steps, int64_t size) const {
    return steps.time_stride == rows() * size && (rows() == 1 || steps.row_stride == size);
  }

  bool ragged() const { return job_.ragged.order != nullptr; }
  Slice slice(int64_t count, int index) const {
    return slice_of(count, index, participant_.size());
  }
  float* scratch(int64_t offset) const { return scratch_ + offset; }
  int64_t caller_row(int64_t sorted_row) const;
  int64_t length(int64_t sorted_row) const;
  int64_t length(int64_t sorted_row, int32_t base) const;
  int64_t length_in_span(int64_t sorted_row) const;
  int64_t active_rows(int64_t step) const;
  int64_t time_of(int64_t step, int64_t sorted_row) const;

  void read(const PackedLayer& layer, const SequenceView<const float>& in);
  void run_pointwise();
  bool is_one_array() const;
  void run_array();
  void pool_step(int64_t step, int64_t sorted_row, float* y) const;
  void run_over_time(const PackedLayer& layer);
  const float* input_at(int64_t time, int64_t sorted_row) const;
  const float* read_at(const Location& value, int64_t step, int64_t sorted_row) const;
  int64_t step_read(int64_t step, int64_t sorted_row) const;
  int64_t first_feature(int64_t step) const;
  int32_t index_at(int64_t step, int64_t sorted_row) const;
  int64_t caller_time(int64_t step, int64_t row) const;
  void run_dense();
  struct WindowUnits;
  struct WindowUnit;
  struct StepRun;
  void run_windows();
  void remember_windows();
  WindowUnits window_units() const;
  WindowUnit window_unit(const WindowUnits& units, int64_t index) const;
  GatheredSteps steps_of_unit(const WindowUnits& units, const WindowUnit& unit,
                              float* memory) const;
  void gather_unit(const WindowUnits& units, const WindowUnit& unit,
                   const GatheredSteps& gathered) const;
  WindowProduct product_of_unit(const WindowUnits& units, const WindowUnit& unit,
                                const GatheredSteps& gathered) const;
  void gather_steps(const GatheredSteps& gathered, int64_t row, const StepRun& run) const;
  const float* tap(int64_t step, int64_t sorted_row) const;
  int64_t length_read(int64_t sorted_row) const;
  void run_recurrent();
  void prepare_states(int64_t steps);
  void gather_states(int index);
  void give_states_back();
  void gather(TimeSpan chunk, int index);
  void gather_step(int64_t step, int64_t rows, float* to);
  void run_chunk(TimeSpan chunk);
  bool is_one_row_alone() const;
  void run_one_row(TimeSpan chunk);
  void multiply_inputs(TimeSpan chunk, int index) const;
  int64_t step(TimeSpan chunk, int64_t s, int64_t done);
  void call(const Phase& phase, const kernels::CellArgs& whole, int index) const;
  void scatter(const Phase& phase, int64_t s, const kernels::CellArgs& args, int index) const;

  const SequenceJob& job_;
  const Plan& plan_;
  const kernels::KernelTable& kernels_;
  float* const scratch_;
  const Slice rows_;
  Participant& participant_;

  int32_t base_ = 0;      // the time base of the steps that are computed
  int64_t time_ = 0;      // and how many there are
  bool in_rows_ = false;  // rows are computed, as one step that all of them have
  TimeSpan span_{0, 0};
  const PackedLayer* layer_ = nullptr;
  const PackedDirection* direction_ = nullptr;
  bool is_input_ = false;  // the layer reads an input of the job, whose rows are the caller's
  SequenceView<const float> in_;
  SequenceView<float> out_;
  // What recurs, `[rows, state]`, before even and odd steps.
  float* hidden_[2] = {};
  float* cell_ = nullptr;
  float* state_ = nullptr;  // the session's, of the first row
  float* cell_state_ = nullptr;
  bool copies_states_ = false;
};

}  // namespace recurrent
