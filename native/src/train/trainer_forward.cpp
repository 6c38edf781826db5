// From a batch to its outputs, keeping what the way back needs.
#include <algorithm>

#include "base/checked.h"
#include "cpu/fp_control.h"
#include "train/trainer.h"
#include "train/trainer_arguments.h"

namespace recurrent {

void Trainer::forward(const recurrent_forward_args& args) {
  const Run run = checked_forward(*model_, args, *buffers_);
  ran_forward_ = false;
  context_->options = {args.drops != 0, args.seed, args.initial_states != nullptr, false};
  empty_row_zeroes_ = args.empty_row == RECURRENT_EMPTY_ROW_ZEROES_STATE;
  rows_->set(run, args.batch);
  put_out_directly(run);
  plan();
  predict();
  const cpu::ScopedFpControl canonical;
  gather(run);
  start_states(args.initial_states);
  for (LayerPass* pass : order_) pass->begin();
  share(crew_.get(), alone_, [this](Participant& participant) {
    for (LayerPass* pass : order_) pass->run_forward(participant);
  });
  for (size_t i = 0; i < outputs(); ++i) scatter_output(i, run.outputs[i]);
  values_->forget_callers();
  if (args.final_states) scatter_states(args.final_states);
  ran_forward_ = true;
}

// Where the rows of steps are where the caller has them. What a layer without a product has put out
// is read again on the way back.
void Trainer::put_out_directly(const Run& run) {
  values_->forget_callers();
  for (size_t i = 0; i < outputs(); ++i) {
    const ModelOutput& output = model_->outputs()[i];
    const bool is_kept = values_->readers(value_of(i)) > 0 ||
                         model_->layer(output.layer).is_pointwise() || output.location.is_row;
    if (!is_kept && run.outputs[i] && !output.repeated && rows_->is_whole(output.base))
      values_->put_out_to(value_of(i), run.outputs[i]);
  }
}

void Trainer::plan() {
  arena_.begin();
  values_->plan(arena_);
  int64_t wide = 0;
  int64_t aside = 0;
  int64_t row = 1;
  for (LayerPass* pass : order_) {
    pass->plan(arena_);
    wide = std::max(wide, pass->wide());
    aside = std::max(aside, pass->aside());
  }
  for (const Value& value : model_->graph().values())
    if (value.kind != RECURRENT_VALUE_INDICES) row = std::max(row, value.size);
  arena_.keep(context_->wide, wide);
  arena_.keep(context_->aside, aside);
  arena_.keep(context_->row, row);
  arena_.lay_out();
  parameters_.gradients().reserve(rows_->steps().total());
  for (LayerPass* pass : order_) pass->take_places();
}

// How long one thread takes. Rows are counted as if all were as long as the longest.
void Trainer::predict() {
  if (!crew_) return;
  const Workload work{rows_->count(), std::max<int64_t>(rows_->steps().count(), 1), false};
  if (work == predicted_) return;
  std::vector<Candidate> ways;
  find_candidates(*model_, work, 1, ways);
  const std::chrono::duration<double, std::micro> us(ways.front().microseconds);
  alone_ = std::chrono::duration_cast<std::chrono::nanoseconds>(us);
  predicted_ = work;
}

void Trainer::gather(const Run& run) {
  for (size_t i = 0; i < model_->inputs().size(); ++i) {
    const auto input = static_cast<int32_t>(i);
    const Value& value = model_->input(i);
    if (value.kind == RECURRENT_VALUE_INDICES)
      gather_indices(input, run.indices(input));
    else if (value.is_row())
      gather_rows(input, run.features(input));
    else
      gather_input(input, run.features(input));
  }
}

// The rows of each step side by side, denormals removed.
void Trainer::gather_input(int32_t input, const float* x) {
  const kernels::KernelTable& kernels = model_->kernels();
  const Steps& steps = rows_->steps();
  const int64_t width = values_->width(input);
  const int64_t count = steps.total() * width;
  float* const values = values_->at(input);
  if (rows_->is_whole(0)) return kernels.flush(x, values, count);
  // Short rows are copied first: a call for each would take longer.
  const bool is_narrow = width < kernels.width;
  if (is_narrow && count == rows_->time() * rows_->count() * width) {
    const float* from = x;
    for (int64_t row = 0; row < rows_->count(); ++row)
      for (int64_t time = 0; time < rows_->time(); ++time, from += width)
        for (int64_t i = 0; i < width; ++i)
          values[(time * rows_->count() + row) * width + i] = from[i];
    return kernels.flush(values, values, count);
  }
  float* to = values;
  for (int64_t step = 0; step < steps.count(); ++step)
    for (int64_t sorted_row = 0; sorted_row < steps.rows(step); ++sorted_row, to += width) {
      const float* from = x + rows_->caller_offset(0, rows_->caller_time(step, sorted_row),
                                                   rows_->caller_row(sorted_row), width);
      if (is_narrow)
        for (int64_t i = 0; i < width; ++i) to[i] = from[i];
      else
        kernels.flush(from, to, width);
    }
  if (is_narrow) kernels.flush(values, values, count);
}

void Trainer::gather_rows(int32_t input, const float* x) {
  const int64_t width = values_->width(input);
  for (int64_t sorted_row = 0; sorted_row < rows_->with_steps(); ++sorted_row)
    model_->kernels().flush(x + rows_->caller_row(sorted_row) * width,
                            values_->at(input) + sorted_row * width, width);
}

void Trainer::gather_indices(int32_t input, const int32_t* indices) {
  const Steps& steps = rows_->steps();
  std::vector<int32_t>& to = context_->indices[static_cast<size_t>(input)];
  to.resize(static_cast<size_t>(steps.total()));
  for (int64_t step = 0; step < steps.count(); ++step)
    for (int64_t sorted_row = 0; sorted_row < steps.rows(step); ++sorted_row)
      to[static_cast<size_t>(steps.begin(step) + sorted_row)] = indices[rows_->caller_offset(
          0, rows_->caller_time(step, sorted_row), rows_->caller_row(sorted_row), 1)];
}

void Trainer::start_states(const float* states) {
  const kernels::KernelTable& kernels = model_->kernels();
  const StateLayout& layout = model_->states();
  const float* initial = model_->initial_states().data();
  for_each_state([&](const StateSlot& slot, StatePass& pass, const Steps&) {
    for (int64_t sorted_row = 0; sorted_row < rows_->count(); ++sorted_row) {
      float* const to = pass.initial_state(slot.id.kind, sorted_row);
      if (states)
        kernels.flush(states + rows_->caller_row(sorted_row) * layout.size() + slot.saved, to,
                      slot.size);
      else if (initial)
        get_state(slot, initial + slot.offset, to);
      else
        std::fill_n(to, slot.size, 0.0f);
      if (slot.width == 0) std::fill_n(to + slot.size, slot.stride - slot.size, 0.0f);
    }
  });
  for (size_t i = 0; i < outputs(); ++i) {
    const StateSlot* slot = model_->outputs()[i].repeated;
    if (!slot) continue;
    repeated_[i].assign(static_cast<size_t>(rows_->count() * slot->size), 0.0f);
    // The way back asks for no memory.
    repeated_gradient_[i].resize(repeated_[i].size());
    for (int64_t row = 0; states && row < rows_->count(); ++row)
      std::copy_n(states + row * layout.size() + slot->saved, slot->size, repeated(i, row));
  }
}

int64_t Trainer::last_row(size_t output, int64_t sorted_row) const {
  if (values_->is_row(value_of(output))) return sorted_row;
  const Steps& steps = values_->steps(value_of(output));
  return steps.begin(steps.length(sorted_row) - 1) + sorted_row;
}

void Trainer::scatter_output(size_t output, float* y) {
  const bool is_row = values_->is_row(value_of(output));
  const bool is_direct = y && values_->at(value_of(output)) == y;
  const int64_t width = width_of(output);
  const int64_t steps = is_row ? 1 : rows_->caller_steps(model_->outputs()[output].base);
  if (y && !is_direct) std::fill_n(y, steps * rows_->count() * width, 0.0f);
  for (int64_t sorted_row = 0; sorted_row < rows_->count(); ++sorted_row) {
    if (y && !is_direct)
      is_row ? scatter_row(output, sorted_row, y) : scatter_steps(output, sorted_row, y);
    if (model_->outputs()[output].repeated && rows_->steps().length(sorted_row) > 0)
      std::copy_n(values_->at(value_of(output)) + last_row(output, sorted_row) * width, width,
                  repeated(output, rows_->caller_row(sorted_row)));
  }
}

void Trainer::scatter_row(size_t output, int64_t sorted_row, float* y) {
  const int64_t width = width_of(output);
  const int64_t row = rows_->caller_row(sorted_row);
  const float* from = model_->repeats() ? repeated(output, row) : nullptr;
  if (rows_->steps().length(sorted_row) > 0)
    from = values_->at(value_of(output)) + sorted_row * width;
  if (rows_->given(row) > 0 && from) std::copy_n(from, width, y + row * width);
}

void Trainer::scatter_steps(size_t output, int64_t sorted_row, float* y) {
  const int64_t width = width_of(output);
  const int32_t base = model_->outputs()[output].base;
  const Steps& steps = rows_->steps(base);
  const int64_t row = rows_->caller_row(sorted_row);
  const float* const value = values_->at(value_of(output));
  // Missing steps are of the model's own time base.
  const int64_t given = base == 0 ? rows_->given(row) : steps.length(sorted_row);
  const float* last = model_->repeats() ? repeated(output, row) : nullptr;
  for (int64_t time = 0, step = 0; time < given; ++time) {
    const bool is_there =
        step < steps.length(sorted_row) && rows_->caller_time(step, sorted_row) == time;
    const float* from = is_there ? value + (steps.begin(step) + sorted_row) * width : last;
    if (from) std::copy_n(from, width, y + rows_->caller_offset(base, time, row, width));
    if (!is_there) continue;
    ++step;
    if (model_->repeats()) last = from;
  }
}

void Trainer::scatter_states(float* states) {
  const StateLayout& layout = model_->states();
  for_each_state([&](const StateSlot& slot, const StatePass& pass, const Steps& steps) {
    for (int64_t sorted_row = 0; sorted_row < rows_->count(); ++sorted_row)
      pass.get_final_state(slot.id.kind, steps, sorted_row,
                           states + rows_->caller_row(sorted_row) * layout.size() + slot.saved);
  });
  for (size_t i = 0; i < outputs(); ++i) {
    const StateSlot* slot = model_->outputs()[i].repeated;
    for (int64_t row = 0; slot && row < rows_->count(); ++row)
      std::copy_n(repeated(i, row), slot->size, states + row * layout.size() + slot->saved);
  }
  for (int64_t row = 0; row < rows_->count(); ++row)
    if (loses_state(row)) std::fill_n(states + row * layout.size(), layout.size(), 0.0f);
}

}  // namespace recurrent
