#include "exec/sequence.h"

#include <algorithm>

#include "exec/cell_args.h"
#include "gemm/provider.h"

namespace recurrent {
namespace {

using kernels::CellArgs;

struct Slice {
  int64_t begin;
  int64_t end;
};

// One thread's view of a job. All threads execute the same code and meet at barriers.
class Worker {
 public:
  Worker(const SequenceJob& job, Team& team, int thread)
      : job_(job), plan_(job.plan), kernels_(job.model.kernels()), team_(team), thread_(thread) {}

  void run() {
    for (int64_t first = 0; first < plan_.time; first += plan_.block)
      run_block(first, std::min(plan_.block, plan_.time - first));
  }

 private:
  bool ragged() const { return job_.ragged.order != nullptr; }
  void barrier() { team_.barrier(thread_); }
  Slice slice(int64_t count) const {
    return {count * thread_ / team_.size(), count * (thread_ + 1) / team_.size()};
  }
  float* scratch(int64_t offset) const { return job_.workspace.at(offset); }

  // Valid steps that the row at this place has in the block.
  int64_t length_in_block(int64_t place) const {
    if (!ragged()) return block_steps_;
    return std::clamp<int64_t>(job_.ragged.lengths[place] - block_first_, 0, block_steps_);
  }
  // Rows that have a step `step` in the block: the first ones, because longer rows come first.
  int64_t active_rows(int64_t step) const {
    if (!ragged()) return plan_.batch;
    int64_t rows = plan_.batch;
    while (rows > 0 && length_in_block(rows - 1) <= step) --rows;
    return rows;
  }

  void run_block(int64_t first, int64_t steps) {
    block_first_ = first;
    block_steps_ = steps;
    const auto& layers = job_.model.layers();
    SequenceView<const float> in{job_.x.data + first * job_.x.time_stride, job_.x.time_stride,
                                 job_.x.row_stride};
    for (size_t i = 0; i < layers.size(); ++i) {
      const bool last = i + 1 == layers.size();
      SequenceView<float> out{};
      if (last && !ragged()) {
        out = job_.y;
        if (out.data) out.data += first * out.time_stride;
      } else {
        const int64_t width = layers[i].output_size;
        out = {scratch(plan_.sequence[i % 2]), plan_.batch * width, width};
      }
      run_layer(layers[i], i == 0, in, out);
      in = {out.data, out.time_stride, out.row_stride};
    }
    barrier();
    if (ragged() && job_.y.data) deliver(in, layers.back().output_size);
    barrier();
  }

  // Puts the rows of a ragged batch back in the caller's order, with zeros past their ends.
  void deliver(const SequenceView<const float>& from, int64_t width) {
    const Slice places = slice(plan_.batch);
    for (int64_t place = places.begin; place < places.end; ++place)
      for (int64_t t = 0; t < block_steps_; ++t) {
        float* to = job_.y.at(block_first_ + t, job_.ragged.order[place]);
        if (t < length_in_block(place))
          std::copy_n(from.at(t, place), width, to);
        else
          std::fill_n(to, width, 0.0f);
      }
  }

  void run_layer(const PackedLayer& layer, bool first, const SequenceView<const float>& in,
                 const SequenceView<float>& out) {
    if (!layer.recurrent() && !out.data) return;
    for (size_t d = 0; d < layer.directions.size(); ++d) {
      layer_ = &layer;
      direction_ = &layer.directions[d];
      caller_rows_ = first && ragged();
      in_ = in;
      out_ = out;
      if (out_.data) out_.data += static_cast<int64_t>(d) * layer.state_size;
      if (layer.recurrent())
        run_direction();
      else
        run_dense();
    }
  }

  // The block's step that a direction computes at its own step `step`.
  int64_t time_of(int64_t step, int64_t place) const {
    return direction_->reverse ? length_in_block(place) - 1 - step : step;
  }

  // Copies the inputs of the chunk's steps side by side, denormals removed; `rows[i]` of a step
  // follow those of the one before.
  void gather(int64_t first_step, int64_t steps) {
    const int64_t width = layer_->input_size;
    float* to = scratch(plan_.input);
    for (int64_t s = first_step; s < first_step + steps; ++s) {
      const int64_t rows = active_rows(s);
      const Slice places = slice(rows);
      for (int64_t place = places.begin; place < places.end; ++place) {
        const int64_t row = caller_rows_ ? job_.ragged.order[place] : place;
        kernels_.flush(in_.at(time_of(s, place), row), to + place * width, width);
      }
      to += rows * width;
    }
  }

  void run_dense() {
    for (int64_t first = 0; first < block_steps_; first += plan_.chunk) {
      const int64_t steps = std::min(plan_.chunk, block_steps_ - first);
      barrier();
      gather(first, steps);
      barrier();
      CellArgs args = first_phase_args(*layer_, *direction_, 0);
      args.x = scratch(plan_.input);
      args.x_stride = args.x_size = layer_->input_size;
      args.y_stride = out_.row_stride;
      for (int64_t s = first; s < first + steps; ++s) {
        args.range.rows = active_rows(s);
        args.y = out_.at(s, 0);
        call(direction_->first, args);
        args.x += args.range.rows * args.x_stride;
      }
    }
  }

  void run_direction() {
    int64_t steps = 0;
    for (int64_t place = 0; place < plan_.batch; ++place)
      steps = std::max(steps, length_in_block(place));
    begin_states(steps);
    for (int64_t first = 0; first < steps; first += plan_.chunk) {
      const int64_t count = std::min(plan_.chunk, steps - first);
      barrier();  // the previous chunk, or layer, has been read and written by all
      gather(first, count);
      barrier();
      run_chunk(first, count);
    }
    end_states();
  }

  void run_chunk(int64_t first, int64_t count) {
    // A single step continues from inputs to states in registers; several share one product, put
    // down in between.
    const bool merged = count > 1;
    if (merged) {
      int64_t rows = 0;
      for (int64_t s = first; s < first + count; ++s) rows += active_rows(s);
      const Slice groups = slice(direction_->weights.groups());
      multiply(
          {job_.model, *layer_, *direction_, scratch(plan_.input), scratch(plan_.product), rows},
          groups.begin, groups.end);
    }
    int64_t done = 0;
    for (int64_t s = first; s < first + count; ++s) {
      CellArgs args = first_phase_args(*layer_, *direction_, active_rows(s));
      args.c = cell_;
      args.range.backwards = s % 2;
      if (merged) {
        args.init = scratch(plan_.product) + done * layer_->columns;
        args.init_stride = layer_->columns;
      } else {
        args.x = scratch(plan_.input) + done * layer_->input_size;
        args.x_stride = args.x_size = layer_->input_size;
      }
      step(s, args);
      done += args.range.rows;
    }
  }

  void step(int64_t s, CellArgs& args) {
    const bool scattered = ragged() && direction_->reverse && out_.data;
    float* next = hidden_[(s + 1) % 2];
    args.h = hidden_[s % 2];
    args.h_out = next;
    if (out_.data && !scattered) {
      args.y = out_.at(time_of(s, 0), 0);
      args.y_stride = out_.row_stride;
    }
    if (direction_->second.function) {
      const CellArgs second =
          split_phases(*layer_, *direction_, scratch_of(plan_, job_.workspace), args);
      call(direction_->first, args);
      barrier();
      call(direction_->second, second);
    } else {
      call(direction_->first, args);
    }
    barrier();
    if (scattered) scatter(s, next, args.range.rows);
  }

  // A reverse direction of a ragged batch: every row is at a time of its own.
  void scatter(int64_t s, const float* from, int64_t rows) {
    const Slice places = slice(rows);
    for (int64_t place = places.begin; place < places.end; ++place)
      std::copy_n(from + place * layer_->hidden_stride(), layer_->state_size,
                  out_.at(time_of(s, place), place));
  }

  // The previous and the next state take turns between two buffers. If all rows are full the
  // session's own memory is one of them, the one that is written last.
  void begin_states(int64_t steps) {
    const int64_t width = layer_->hidden_stride();
    float* state = job_.states + plan_.batch * direction_->hidden_offset;
    float* cell = job_.states + plan_.batch * direction_->cell_offset;
    hidden_[0] = scratch(plan_.hidden[0]);
    hidden_[1] = scratch(plan_.hidden[1]);
    cell_ = cell;
    if (!ragged()) {
      hidden_[steps % 2] = state;
      if (steps % 2 == 0) return;
    } else {
      cell_ = scratch(plan_.cell);
    }
    barrier();  // the layer or direction before has done with the scratch memory
    const Slice places = slice(plan_.batch);
    for (int64_t place = places.begin; place < places.end; ++place) {
      const int64_t row = ragged() ? job_.ragged.order[place] : place;
      std::copy_n(state + row * width, width, hidden_[0] + place * width);
      if (ragged() && layer_->has_cell())
        std::copy_n(cell + row * layer_->cell_stride(), layer_->cell_stride(),
                    cell_ + place * layer_->cell_stride());
    }
  }

  void end_states() {
    if (!ragged()) return;
    const int64_t width = layer_->hidden_stride();
    float* state = job_.states + plan_.batch * direction_->hidden_offset;
    float* cell = job_.states + plan_.batch * direction_->cell_offset;
    const Slice places = slice(plan_.batch);
    for (int64_t place = places.begin; place < places.end; ++place) {
      const int64_t row = job_.ragged.order[place];
      std::copy_n(hidden_[length_in_block(place) % 2] + place * width, width, state + row * width);
      if (layer_->has_cell())
        std::copy_n(cell_ + place * layer_->cell_stride(), layer_->cell_stride(),
                    cell + row * layer_->cell_stride());
    }
    barrier();  // the next direction or layer uses the same scratch memory
  }

  // This thread's share of a kernel call whose arguments stand for all groups.
  void call(const Phase& phase, const CellArgs& whole) const {
    CellArgs args = whole;
    const Slice groups = slice(phase.constants.groups);
    args.range.group_begin = groups.begin;
    args.range.group_end = groups.end;
    call_phase(phase, args);
  }

  const SequenceJob& job_;
  const Plan& plan_;
  const kernels::KernelTable& kernels_;
  Team& team_;
  const int thread_;

  int64_t block_first_ = 0;
  int64_t block_steps_ = 0;
  const PackedLayer* layer_ = nullptr;
  const PackedDirection* direction_ = nullptr;
  bool caller_rows_ = false;  // the input is the caller's, its rows in the caller's order
  SequenceView<const float> in_;
  SequenceView<float> out_;
  float* hidden_[2] = {};
  float* cell_ = nullptr;
};

}  // namespace

void run_sequence(const SequenceJob& job, Team& team) {
  team.run(
      [](void* context, int thread, Team& members) noexcept {
        Worker(*static_cast<const SequenceJob*>(context), members, thread).run();
      },
      const_cast<SequenceJob*>(&job));
}

}  // namespace recurrent
