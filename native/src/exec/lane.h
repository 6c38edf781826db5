#pragma once

#include <cstdint>

#include "exec/sequence.h"

namespace recurrent {

struct Slice {
  int64_t begin;
  int64_t end;
};

// Part `index` of `count` things cut into `parts`. The first parts are the larger ones: part 0 is
// the caller's, for whom the others then need not wait.
constexpr Slice slice_of(int64_t count, int64_t index, int64_t parts) {
  const int64_t least = count / parts;
  const int64_t larger = count % parts;
  const int64_t begin = index * least + (index < larger ? index : larger);
  return {begin, begin + least + (index < larger ? 1 : 0)};
}

// Fetches what other threads have just written, all lines at once: a chain would wait for one after
// the other, 100 ns each.
inline void fetch(const float* values, int64_t count) {
#if defined(__GNUC__)
  constexpr int64_t kLineFloats = 16;
  for (int64_t i = 0; i < count; i += kLineFloats) __builtin_prefetch(values + i);
#endif
}

// The previous states that a slice of a step reads, unless they are more than the first-level cache
// is for.
inline void fetch_states(const kernels::CellArgs& args) {
  constexpr int64_t kMost = 2048;
  const int64_t count = args.range.rows * args.h_stride;
  if (args.h && count <= kMost) fetch(args.h, count);
}

// Consecutive steps.
struct TimeSpan {
  int64_t first;
  int64_t steps;
};

// Computes layers for some rows of a job, in scratch memory of its own. With a shift of several
// threads every thread has a lane object of its own for the same scratch memory, calls the same
// functions, and computes its slice of the hidden units.
class Lane {
 public:
  // Rows [rows.begin, rows.end) of the batch, in their order of length if the batch is ragged.
  Lane(const SequenceJob& job, float* scratch, Slice rows, Shift& shift);

  // All layers, block after block, from the job's input to its output.
  void run();

  // What run() consists of: for every block the layers before head_end(), from the job's input to
  // block_output(), then end_block() with what they put out; after the last block finish().
  int64_t head_end() const;
  SequenceView<float> block_output() const;
  void end_block(const SequenceView<const float>& from);
  void finish();

  // The layers [first, end) for one block. `in` and `out` begin at the block's first step; `in` is
  // the job's input for the first layer, whose rows are the caller's.
  void run_layers(TimeSpan block, Slice layers, const SequenceView<const float>& in,
                  const SequenceView<float>& out);

  // One layer, or one direction of it.
  void begin_block(TimeSpan block);
  void run_layer(const PackedLayer& layer, const SequenceView<const float>& in,
                 const SequenceView<float>& out);
  void run_direction(const PackedLayer& layer, size_t direction,
                     const SequenceView<const float>& in, const SequenceView<float>& out);

  // Where the layer with this index puts its output, if it is not the last one.
  SequenceView<float> between(size_t layer) const;
  // The job's output from the block's first step on, for a batch that is not ragged.
  SequenceView<float> output() const;

 private:
  bool masked() const { return job_.missing.times != nullptr; }
  const int32_t* times_of(int64_t row) const {
    return job_.missing.times + row * job_.missing.stride;
  }
  float* repeated(int64_t row) const {
    return job_.repeated ? job_.states.row(*job_.repeated, row) : nullptr;
  }
  int64_t rows() const { return rows_.end - rows_.begin; }
  int64_t length(int64_t place) const;
  int64_t given_length(int64_t row) const;
  SequenceView<float> picked(int64_t width) const;

  // Puts the rows of a ragged batch back in the caller's order, with zeros past their ends.
  void deliver(const SequenceView<const float>& from, int64_t width);
  void deliver_present(int64_t place, const SequenceView<const float>& from, int64_t width);
  void fill_missing(int64_t row, int64_t begin, int64_t end, const float* previous);
  void finish_missing(int64_t place);
  void pick(const SequenceView<const float>& from, int64_t width);
  void pick_final_states();
  void deliver_step(const SequenceView<const float>& from);
  void run_tail();

  bool ragged() const { return job_.ragged.order != nullptr; }
  Slice slice(int64_t count, int index) const { return slice_of(count, index, shift_.size()); }
  float* scratch(int64_t offset) const { return scratch_ + offset; }
  int64_t caller_row(int64_t place) const;
  int64_t length_in_block(int64_t place) const;
  int64_t active_rows(int64_t step) const;
  int64_t time_of(int64_t step, int64_t place) const;

  void read(const PackedLayer& layer, const SequenceView<const float>& in);
  void run_pointwise();
  const float* input_at(int64_t time, int64_t place) const;
  const float* residual_at(int64_t step, int64_t place) const;
  int32_t index_at(int64_t step, int64_t place) const;
  int64_t caller_time(int64_t step, int64_t row) const;
  void run_dense();
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
  Shift& shift_;

  TimeSpan block_{0, 0};
  bool in_tail_ = false;  // of the one step that is put out, which all rows have
  const PackedLayer* layer_ = nullptr;
  const PackedDirection* direction_ = nullptr;
  bool is_input_ = false;  // the layer reads the job's input, whose rows are the caller's
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
