#include "exec/portion.h"

#include <algorithm>

#include "exec/bind.h"
#include "exec/over_time.h"
#include "gemm/provider.h"
#include "model/specification.h"

namespace recurrent {

using kernels::CellArgs;
using kernels::StepArgs;

Portion::Portion(const SequenceJob& job, float* scratch, Slice rows, Participant& participant)
    : job_(job),
      plan_(job.schedule.plan),
      kernels_(job.model.kernels()),
      scratch_(scratch),
      rows_(rows),
      participant_(participant) {}

int64_t Portion::caller_row(int64_t sorted_row) const {
  return ragged() ? job_.ragged.order[rows_.begin + sorted_row] : rows_.begin + sorted_row;
}

// Steps of a sorted row that the layers see.
int64_t Portion::length(int64_t sorted_row) const { return length(sorted_row, base_); }

int64_t Portion::length(int64_t sorted_row, int32_t base) const {
  const int64_t own = ragged() ? job_.ragged.lengths[rows_.begin + sorted_row] : job_.time;
  return base == 0 ? own : job_.model.graph().steps(base, own);
}

// Of these, the ones in the span.
int64_t Portion::length_in_span(int64_t sorted_row) const {
  if (!ragged() || in_rows_) return span_.steps;
  return std::clamp<int64_t>(length(sorted_row) - span_.first, 0, span_.steps);
}

// Rows that have a step `step` in the span: the first ones, because longer rows come first.
int64_t Portion::active_rows(int64_t step) const {
  int64_t active = rows();
  if (!ragged() || in_rows_) return active;
  while (active > 0 && length_in_span(active - 1) <= step) --active;
  return active;
}

// The span's step that a direction computes at its own step `step`.
int64_t Portion::time_of(int64_t step, int64_t sorted_row) const {
  return direction_->reverse ? length_in_span(sorted_row) - 1 - step : step;
}

// When a step of the span is in the caller's row.
int64_t Portion::caller_time(int64_t step, int64_t row) const {
  const int64_t time = span_.first + step;
  return masked() ? times_of(row)[time] : time;
}

// What the layer reads at a step of the span.
const float* Portion::input_at(int64_t time, int64_t sorted_row) const {
  if (!is_input_) return in_.at(time, sorted_row);
  const int64_t row = caller_row(sorted_row);
  return in_.at(caller_time(time, row), row);
}

const float* Portion::read_at(const Location& value, int64_t step, int64_t sorted_row) const {
  if (value.input < 0) return view_of(value).at(step, sorted_row);
  const int64_t row = caller_row(sorted_row);
  return job_.inputs[value.input].x.at(caller_time(step, row), row);
}

SequenceView<float> Portion::view_of(const Location& location) const {
  float* const data = scratch(plan_.at(location));
  return location.is_row ? SequenceView<float>{data, 0, location.size}
                         : SequenceView<float>{data, rows() * location.size, location.size};
}

SequenceView<const float> Portion::steps_of(const Location& value) const {
  if (value.input >= 0) return job_.inputs[value.input].x.from(span_.first, rows_.begin);
  const SequenceView<float> view = view_of(value);
  return {view.data, view.time_stride, view.row_stride};
}

SequenceView<float> Portion::output(size_t index) const {
  return job_.outputs[index].from(span_.first, rows_.begin);
}

// The caller's memory where it has the right order and nobody else reads the steps; nowhere if
// nobody wants them.
SequenceView<float> Portion::output_of(const PackedLayer& layer) const {
  if (layer.is_row || layer.is_read) return view_of(layer.puts);
  if (layer.output < 0) return {};
  const auto index = static_cast<size_t>(layer.output);
  if (!ragged()) return output(index);
  return is_wanted(index) ? view_of(layer.puts) : SequenceView<float>{};
}

void Portion::begin_span(TimeSpan span) { span_ = span; }

void Portion::run() {
  if (job_.model.has_input_rows()) gather_input_rows();
  bool is_any_wanted = false;
  for (size_t i = 0; i < job_.model.outputs().size(); ++i) is_any_wanted |= is_wanted(i);
  const std::vector<Section>& sections = job_.model.graph().sections();
  for (const Section& section : sections)
    if (!section.is_row)
      run_section(section);
    else if (is_any_wanted || &section != &sections.back())
      run_row_section(section);
  for (size_t i = 0; i < job_.model.outputs().size(); ++i) finish(i);
}

bool Portion::is_any_wanted() const {
  for (size_t i = 0; i < job_.model.outputs().size(); ++i)
    if (is_wanted(i)) return true;
  return false;
}

void Portion::run_section(const Section& section) {
  base_ = section.base;
  time_ = job_.model.graph().steps(base_, job_.time);
  for (int64_t first = 0; first < time_; first += plan_.span) {
    begin_span({first, std::min(plan_.span, time_ - first)});
    for (const int32_t node : section.nodes) run_layer(job_.model.layer(node));
    for (const int32_t pick : section.picks) gather_last_steps(job_.model.layer(pick));
    for (const int32_t output : section.outputs) scatter_output(static_cast<size_t>(output));
  }
}

void Portion::run_row_section(const Section& section) {
  in_rows_ = true;
  begin_span({0, 1});
  for (const int32_t node : section.nodes) {
    const PackedLayer& layer = job_.model.layer(node);
    if (is_final_state(layer.kind))
      gather_final_states(layer);
    else if (is_over_time(layer.kind))
      run_over_time(layer);
    else if (layer.kind != RECURRENT_LAYER_LAST_STEP)
      run_layer(layer);
    else if (layer.reads.front().input >= 0)
      gather_last_input(layer);
  }
  in_rows_ = false;
}

void Portion::run_chain(Slice layers, const SequenceView<const float>& in,
                        const SequenceView<float>& out) {
  SequenceView<const float> from = in;
  for (int64_t i = layers.begin; i < layers.end; ++i) {
    const PackedLayer& layer = job_.model.layers()[static_cast<size_t>(i)];
    const SequenceView<float> to = i + 1 == layers.end ? out : view_of(layer.puts);
    run_layer(layer, from, to);
    from = {to.data, to.time_stride, to.row_stride};
  }
}

void Portion::run_layer(const PackedLayer& layer) {
  const Location& value = layer.reads.front();
  SequenceView<const float> in;
  if (value.input < 0) {
    const SequenceView<float> view = view_of(value);
    in = {view.data, view.time_stride, view.row_stride};
  }
  run_layer(layer, in, output_of(layer));
}

void Portion::run_layer(const PackedLayer& layer, const SequenceView<const float>& in,
                        const SequenceView<float>& out) {
  if (layer.is_pointwise()) {
    read(layer, in);
    out_ = out;
    run_pointwise();
    return;
  }
  if (layer.reads_states() && span_.first == 0) start_states(layer);
  const bool is_split = job_.schedule.way.strategy == Strategy::kDirections;
  if (!is_split || layer.directions.size() < 2) {
    for (size_t d = 0; d < layer.directions.size(); ++d) run_direction(layer, d, in, out);
    return;
  }
  // One thread for each direction, the second in scratch memory of its own.
  participant_.stage([&](int direction) {
    Participant alone;
    Portion portion(job_, scratch_ + direction * plan_.floats, rows_, alone);
    portion.base_ = base_;
    portion.time_ = time_;
    portion.begin_span(span_);
    portion.run_direction(layer, static_cast<size_t>(direction), in, out);
  });
}

// Puts the rows that a layer starts from in the place of the session's states, of rows that have a
// step.
void Portion::start_states(const PackedLayer& layer) {
  participant_.stage([&](int index) {
    const Slice sorted_rows = slice(rows(), index);
    for (int64_t sorted_row = sorted_rows.begin; sorted_row < sorted_rows.end; ++sorted_row) {
      if (length(sorted_row, 0) == 0) continue;
      for (size_t i = 1; i < layer.reads.size(); ++i) {
        const bool is_cell = i == 2;
        const float* from = view_of(layer.reads[i]).at(0, sorted_row);
        for (const PackedDirection& direction : layer.directions) {
          const StateSlot& slot = is_cell ? direction.cell : direction.hidden;
          kernels_.flush(from, job_.states.row(slot, caller_row(sorted_row)), slot.size);
          from += slot.size;
        }
      }
    }
  });
}

void Portion::read(const PackedLayer& layer, const SequenceView<const float>& in) {
  const int32_t input = layer.reads.front().input;
  layer_ = &layer;
  is_input_ = input >= 0;
  in_ = is_input_ ? job_.inputs[input].x : in;
}

void Portion::run_direction(const PackedLayer& layer, size_t direction,
                            const SequenceView<const float>& in, const SequenceView<float>& out) {
  // A layer without state whose output nobody wants has nothing to do.
  if (!layer.has_state() && !out.data) return;
  read(layer, in);
  direction_ = &layer.directions[direction];
  out_ = out;
  if (out_.data) out_.data += static_cast<int64_t>(direction) * layer.state_size;
  if (layer.recurrent())
    run_recurrent();
  else if (layer.has_windows())
    run_windows();
  else
    run_dense();
}

// Copies the inputs of the chunk's steps side by side, denormals removed; the rows of a step follow
// those of the one before. A slice is some of the steps.
void Portion::gather(TimeSpan chunk, int index) {
  const Slice steps = slice(chunk.steps, index);
  float* to = scratch(plan_.input);
  if (!ragged() && !direction_->reverse && is_dense(in_, layer_->input_size)) {
    const int64_t step = rows() * layer_->input_size;
    if (steps.end > steps.begin)
      kernels_.flush(input_at(chunk.first + steps.begin, 0), to + steps.begin * step,
                     (steps.end - steps.begin) * step);
    return;
  }
  for (int64_t s = 0; s < steps.end; ++s) {
    const int64_t rows = active_rows(chunk.first + s);
    if (s >= steps.begin) gather_step(chunk.first + s, rows, to);
    to += rows * layer_->input_size;
  }
}

void Portion::gather_step(int64_t step, int64_t rows, float* to) {
  const int64_t width = layer_->input_size;
  for (int64_t sorted_row = 0; sorted_row < rows; ++sorted_row)
    kernels_.flush(input_at(time_of(step, sorted_row), sorted_row), to + sorted_row * width, width);
}

// Steps of a dense layer are independent, so a slice is some of them, or, of a single step, some of
// the units.
void Portion::run_dense() {
  const int64_t width = layer_->input_size;
  for (int64_t first = 0; first < span_.steps; first += plan_.chunk) {
    const TimeSpan chunk{first, std::min(plan_.chunk, span_.steps - first)};
    const bool by_units = chunk.steps < participant_.size();
    if (by_units) participant_.stage([&](int index) { gather(chunk, index); });
    participant_.stage([&](int index) {
      if (!by_units) gather(chunk, index);
      const Slice steps = by_units ? Slice{0, chunk.steps} : slice(chunk.steps, index);
      const Phase& phase = direction_->phases.front();
      StepSlots slots{};
      slots.x = scratch(plan_.input);
      slots.x_stride = slots.x_size = width;
      slots.y_stride = out_.row_stride;
      CellArgs args = bind(*layer_, phase, slots);
      args.rounded = plan_.rounded_rows(scratch_, index);
      if (!by_units && rows() == 1) {
        // Of one row, steps are rows of a product. (A Dense of 192 inputs and 64 units, 2000 steps:
        // 433 us one by one, 227 us so.)
        args.range.rows = std::min(steps.end, length_in_span(0) - chunk.first) - steps.begin;
        args.x += steps.begin * width;
        args.y = out_.at(chunk.first + steps.begin, 0);
        args.y_stride = out_.time_stride;
        if (args.range.rows > 0) call_phase(phase, args);
        return;
      }
      for (int64_t s = 0; s < steps.end; ++s) {
        args.range.rows = active_rows(chunk.first + s);
        args.y = out_.at(chunk.first + s, 0);
        if (s >= steps.begin && by_units) call(phase, args, index);
        if (s >= steps.begin && !by_units) call_phase(phase, args);
        args.x += args.range.rows * width;
      }
    });
  }
}

void Portion::run_recurrent() {
  const int64_t steps = length_in_span(0);
  if (steps == 0) return;
  prepare_states(steps);
  for (int64_t first = 0; first < steps; first += plan_.chunk) {
    const TimeSpan chunk{first, std::min(plan_.chunk, steps - first)};
    participant_.stage([&](int index) {
      if (chunk.first == 0 && copies_states_) gather_states(index);
      gather(chunk, index);
    });
    if (chunk.steps > 1 && is_one_row_alone())
      run_one_row(chunk);
    else
      run_chunk(chunk);
  }
  if (ragged()) give_states_back();
}

// The state alternates between its place in the session and scratch memory, such that the last step
// leaves it in the session. A ragged batch is reordered, so there all of it is copied.
void Portion::prepare_states(int64_t steps) {
  const int64_t first_row = ragged() ? 0 : rows_.begin;
  state_ = job_.states.row(direction_->hidden, first_row);
  cell_state_ = job_.states.row(direction_->cell, first_row);
  hidden_[0] = scratch(plan_.hidden[0]);
  hidden_[1] = scratch(plan_.hidden[1]);
  cell_ = ragged() ? scratch(plan_.cell) : cell_state_;
  if (!ragged()) hidden_[steps % 2] = state_;
  copies_states_ = ragged() || steps % 2 != 0;
}

void Portion::gather_states(int index) {
  const int64_t width = layer_->hidden_stride();
  const int64_t cell_width = layer_->cell_stride();
  const Slice sorted_rows = slice(this->rows(), index);
  for (int64_t sorted_row = sorted_rows.begin; sorted_row < sorted_rows.end; ++sorted_row) {
    const int64_t row = ragged() ? caller_row(sorted_row) : sorted_row;
    std::copy_n(state_ + row * width, width, hidden_[0] + sorted_row * width);
    if (ragged() && layer_->has_cell())
      std::copy_n(cell_state_ + row * cell_width, cell_width, cell_ + sorted_row * cell_width);
  }
}

void Portion::give_states_back() {
  const int64_t width = layer_->hidden_stride();
  const int64_t cell_width = layer_->cell_stride();
  participant_.stage([&](int index) {
    const Slice sorted_rows = slice(this->rows(), index);
    for (int64_t sorted_row = sorted_rows.begin; sorted_row < sorted_rows.end; ++sorted_row) {
      const int64_t row = caller_row(sorted_row);
      std::copy_n(hidden_[length_in_span(sorted_row) % 2] + sorted_row * width, width,
                  state_ + row * width);
      if (layer_->has_cell())
        std::copy_n(cell_ + sorted_row * cell_width, cell_width, cell_state_ + row * cell_width);
    }
  });
}

// A single step continues from inputs to states in registers; several share one product, put down
// in between.
void Portion::run_chunk(TimeSpan chunk) {
  int64_t done = 0;
  for (int64_t s = chunk.first; s < chunk.first + chunk.steps; ++s) done += step(chunk, s, done);
}

bool Portion::is_one_row_alone() const {
  return participant_.size() == 1 && !ragged() && rows() == 1;
}

// What run_chunk() does for one row and one thread, whose steps can be so short that stages and
// arguments for many rows would take longer than the cell. (LSTM sequences of one row, H=20: 1.3x.)
void Portion::run_one_row(TimeSpan chunk) {
  multiply_inputs(chunk, 0);
  RowSlots slots{};
  slots.init = scratch(plan_.product);
  slots.c = cell_;
  slots.take_scratch(scratch_, plan_);
  const Phases& phases = direction_->phases;
  const int count = phases.size();
  float* const hidden[2] = {hidden_[0], hidden_[1]};
  StepArgs args[Phases::kMost];
  for (int i = 0; i < count; ++i) {
    args[i] = bind_row(slots, plan_.rounded_rows(scratch_));
    bind_row(phases[i], slots, args[i]);
  }
  if (count == 1) {
    // Most cells. The loop over phases would be a tenth of a small step.
    StepArgs& step = args[0];
    const kernels::StepFn function = phases.front().step;
    for (int64_t s = chunk.first; s < chunk.first + chunk.steps; ++s) {
      step.backwards = s % 2;
      step.h = hidden[s % 2];
      step.h_out = hidden[(s + 1) % 2];
      step.y = out_.data ? out_.at(time_of(s, 0), 0) : nullptr;
      function(step);
      step.init += layer_->columns;
    }
    return;
  }
  for (int64_t s = chunk.first; s < chunk.first + chunk.steps; ++s) {
    slots.before = hidden[s % 2];
    slots.after = hidden[(s + 1) % 2];
    slots.y = out_.data ? out_.at(time_of(s, 0), 0) : nullptr;
    for (int i = 0; i < count; ++i) {
      args[i].backwards = s % 2;
      bind_state(phases[i], slots, args[i]);
      phases[i].step(args[i]);
    }
    args[0].init += layer_->columns;
  }
}

void Portion::multiply_inputs(TimeSpan chunk, int index) const {
  int64_t rows = 0;
  for (int64_t s = chunk.first; s < chunk.first + chunk.steps; ++s) rows += active_rows(s);
  const Slice groups = slice(direction_->weights.groups(), index);
  multiply({job_.model, *layer_, *direction_, scratch(plan_.input), scratch(plan_.product), rows,
            plan_.rounded_rows(scratch_, index)},
           groups.begin, groups.end);
}

// Step `s` of a chunk, of which `done` rows were computed before; gives the rows that it has. The
// input product of the chunk belongs to the stage of its first step: a slice of units needs the
// products of these units only.
int64_t Portion::step(TimeSpan chunk, int64_t s, int64_t done) {
  const bool merged = chunk.steps > 1 || direction_->is_split();
  const bool scattered = ragged() && direction_->reverse && out_.data;
  const Phases& phases = direction_->phases;
  StepSlots slots{};
  slots.rows = active_rows(s);
  slots.backwards = s % 2;
  slots.before = hidden_[s % 2];
  slots.after = hidden_[(s + 1) % 2];
  slots.c = cell_;
  if (merged) {
    slots.init = scratch(plan_.product) + done * layer_->columns;
    slots.init_stride = layer_->columns;
  } else {
    slots.x = scratch(plan_.input);
    slots.x_stride = slots.x_size = layer_->input_size;
  }
  if (out_.data && !scattered) {
    slots.y = out_.at(time_of(s, 0), 0);
    slots.y_stride = out_.row_stride;
  }
  if (phases.size() > 1) slots.take_scratch(scratch_, plan_);
  for (const Phase& phase : phases) {
    const bool multiplies = merged && s == chunk.first && &phase == &phases.front();
    const bool is_last = &phase == &phases.back();
    const CellArgs args = bind(*layer_, phase, slots);
    participant_.stage([&](int index) {
      if (multiplies) multiply_inputs(chunk, index);
      call(phase, args, index);
      if (scattered && is_last) scatter(phase, s, args, index);
    });
  }
  return slots.rows;
}

// A slice of a kernel call whose arguments stand for all groups.
void Portion::call(const Phase& phase, const CellArgs& whole, int index) const {
  CellArgs args = whole;
  args.rounded = plan_.rounded_rows(scratch_, index);
  if (participant_.size() > 1) fetch_states(args);
  const Slice groups = slice(phase.constants.groups, index);
  args.range.group_begin = groups.begin;
  args.range.group_end = groups.end;
  call_phase(phase, args);
}

// A reverse direction of a ragged batch: every row is at a time of its own. Puts out what call()
// has just computed.
void Portion::scatter(const Phase& phase, int64_t s, const CellArgs& args, int index) const {
  const Slice groups = slice(phase.constants.groups, index);
  const int64_t group_units = phase.constants.grouping.panels_per_group * kernels_.width;
  const int64_t begin = std::min(groups.begin * group_units, layer_->state_size);
  const int64_t end = std::min(groups.end * group_units, layer_->state_size);
  for (int64_t sorted_row = 0; sorted_row < args.range.rows; ++sorted_row)
    std::copy_n(args.h_out + sorted_row * args.h_out_stride + begin, end - begin,
                out_.at(time_of(s, sorted_row), sorted_row) + begin);
}

}  // namespace recurrent
