// Back along the tape of the last forward pass (Werbos 1990).
#include <algorithm>

#include "base/error.h"
#include "cpu/fp_control.h"
#include "train/trainer.h"
#include "train/trainer_arguments.h"

namespace recurrent {
namespace {

// Multiply-adds of a pass back, for each of the pass before it: a product for the gradient of a
// layer's input, and one for those of its weights.
constexpr int kBackwardFactor = 2;

}  // namespace

void Trainer::backward(const recurrent_backward_args& args) {
  check_backward(*model_, args);
  if (!ran_forward_)
    fail(RECURRENT_STATUS_NOT_SUPPORTED,
         "trainer: expected a forward pass to go back through; there is none, the parameters have "
         "changed since, or it has been used");
  take_backward(*model_, args, rows_->count(), rows_->time(), output_gradients_, input_gradients_);
  ran_forward_ = false;
  const cpu::ScopedFpControl canonical;
  parameters_.gradients().begin();
  context_->options.wants_initial = args.dinitial_states != nullptr;
  take_callers(output_gradients_.data(), input_gradients_.data());
  values_->clear_gradients();
  for_each_state([](const StateSlot& slot, StatePass& pass, const Steps& steps) {
    // Once for all states of a direction.
    if (slot.id.kind != RECURRENT_STATE_CELL) pass.clear_states(steps);
  });
  for (size_t i = 0; i < outputs(); ++i) take_gradients(i, output_gradients_[i]);
  if (args.dfinal_states) take_state_gradients(args.dfinal_states);
  share(crew_.get(), kBackwardFactor * alone_, [this](Participant& participant) {
    for (size_t i = order_.size(); i-- > 0;) order_[i]->run_backward(participant);
  });
  for (size_t i = 0; i < input_gradients_.size(); ++i)
    if (input_gradients_[i]) give_input_gradient(static_cast<int32_t>(i), input_gradients_[i]);
  values_->forget_callers();
  if (!context_->options.given_states) add_initial_states();
  if (args.dinitial_states) give_state_gradients(args.dinitial_states);
}

// The caller's memory where rows of steps are where the caller has them, and who adds to what.
void Trainer::take_callers(const float* const* dy, float* const* dx) {
  const Graph& graph = model_->graph();
  for (size_t i = 0; i < model_->inputs().size(); ++i) {
    const auto input = static_cast<int32_t>(i);
    values_->want_gradient(input, dx[i] != nullptr);
    if (dx[i] && !values_->is_row(input) && rows_->is_whole(0))
      values_->put_gradient_to(input, dx[i]);
  }
  for (size_t i = 0; i < outputs(); ++i) {
    const ModelOutput& output = model_->outputs()[i];
    if (dy[i] && values_->readers(value_of(i)) == 0 && !output.location.is_row &&
        !output.repeated && rows_->is_whole(output.base))
      values_->take_gradient_from(value_of(i), dy[i]);
  }
  for (size_t i = 0; i < graph.values().size(); ++i)
    values_->set_alone(static_cast<int32_t>(i), false);
  for (size_t i = 0; i < passes_.size(); ++i)
    for (const int32_t value : graph.nodes()[i].reads)
      if (values_->readers(value) == 1 && !values_->is_output(value) && passes_[i]->gives_alone())
        values_->set_alone(value, true);
}

// The gradient of a repeated output belongs to the step that is repeated.
void Trainer::take_gradients(size_t output, const float* dy) {
  const int32_t number = value_of(output);
  const int64_t width = width_of(output);
  const bool repeats = model_->repeats();
  if (repeats)
    std::fill(repeated_gradient_[output].begin(), repeated_gradient_[output].end(), 0.0f);
  if (!dy || values_->output_gradient(number) == dy) return;
  const int32_t base = model_->outputs()[output].base;
  const bool is_row = values_->is_row(number);
  const Steps& steps = rows_->steps(base);
  float* const gradient = values_->gradient(number);
  const auto add = [&](const float* from, float* to) {
    for (int64_t i = 0; i < width; ++i) to[i] += from[i];
  };
  for (int64_t sorted_row = 0; sorted_row < rows_->count(); ++sorted_row) {
    const int64_t row = rows_->caller_row(sorted_row);
    float* last = repeats ? repeated_gradient(output, row) : nullptr;
    if (is_row) {
      if (rows_->steps().length(sorted_row) > 0) last = gradient + sorted_row * width;
      if (rows_->given(row) > 0 && last) add(dy + row * width, last);
      continue;
    }
    const int64_t given = base == 0 ? rows_->given(row) : steps.length(sorted_row);
    for (int64_t time = 0, step = 0; time < given; ++time) {
      const bool is_there =
          step < steps.length(sorted_row) && rows_->caller_time(step, sorted_row) == time;
      float* to = is_there ? gradient + (steps.begin(step) + sorted_row) * width : last;
      if (to) add(dy + rows_->caller_offset(base, time, row, width), to);
      if (!is_there) continue;
      ++step;
      if (repeats) last = to;
    }
  }
}

void Trainer::take_state_gradients(const float* states) {
  const StateLayout& layout = model_->states();
  for_each_state([&](const StateSlot& slot, StatePass& pass, const Steps&) {
    for (int64_t sorted_row = 0; sorted_row < rows_->count(); ++sorted_row)
      if (const int64_t row = rows_->caller_row(sorted_row); !loses_state(row))
        std::copy_n(states + row * layout.size() + slot.saved, slot.size,
                    pass.state_gradient(slot.id.kind, sorted_row));
  });
  for (size_t i = 0; i < outputs(); ++i) {
    const StateSlot* slot = model_->outputs()[i].repeated;
    for (int64_t sorted_row = 0; slot && sorted_row < rows_->count(); ++sorted_row) {
      const int64_t row = rows_->caller_row(sorted_row);
      if (loses_state(row)) continue;
      float* const to = rows_->steps().length(sorted_row) > 0
                            ? values_->gradient(value_of(i)) + last_row(i, sorted_row) * slot->size
                            : repeated_gradient(i, row);
      for (int64_t j = 0; j < slot->size; ++j)
        to[j] += states[row * layout.size() + slot->saved + j];
    }
  }
}

void Trainer::give_input_gradient(int32_t input, float* dx) {
  const bool is_row = values_->is_row(input);
  const int64_t width = values_->width(input);
  const float* const gradient = values_->gradient(input);
  if (gradient == dx) return;
  std::fill_n(dx, (is_row ? 1 : rows_->time()) * rows_->count() * width, 0.0f);
  if (is_row) {
    for (int64_t sorted_row = 0; sorted_row < rows_->with_steps(); ++sorted_row)
      std::copy_n(gradient + sorted_row * width, width, dx + rows_->caller_row(sorted_row) * width);
    return;
  }
  const Steps& steps = rows_->steps();
  for (int64_t step = 0; step < steps.count(); ++step)
    for (int64_t sorted_row = 0; sorted_row < steps.rows(step); ++sorted_row)
      std::copy_n(gradient + (steps.begin(step) + sorted_row) * width, width,
                  dx + rows_->caller_offset(0, rows_->caller_time(step, sorted_row),
                                            rows_->caller_row(sorted_row), width));
}

// All rows have started from the same states, if these are parameters.
void Trainer::add_initial_states() {
  for_each_state([&](const StateSlot& slot, StatePass& pass, const Steps&) {
    const int32_t role = slot.id.kind == RECURRENT_STATE_CELL ? RECURRENT_PARAMETER_INITIAL_CELL
                                                              : RECURRENT_PARAMETER_INITIAL_HIDDEN;
    float* to = parameters_.gradient(static_cast<size_t>(slot.id.layer), pass.is_reverse(), role);
    for (int64_t sorted_row = 0; to && sorted_row < rows_->count(); ++sorted_row)
      for (int64_t j = 0; j < slot.size; ++j)
        to[j] += pass.initial_gradient(slot.id.kind, sorted_row, j);
  });
}

void Trainer::give_state_gradients(float* states) {
  const StateLayout& layout = model_->states();
  for_each_state([&](const StateSlot& slot, StatePass& pass, const Steps&) {
    for (int64_t sorted_row = 0; sorted_row < rows_->count(); ++sorted_row) {
      float* to = states + rows_->caller_row(sorted_row) * layout.size() + slot.saved;
      for (int64_t j = 0; j < slot.size; ++j)
        to[j] = pass.initial_gradient(slot.id.kind, sorted_row, j);
    }
  });
  for (size_t i = 0; i < outputs(); ++i) {
    const StateSlot* slot = model_->outputs()[i].repeated;
    for (int64_t row = 0; slot && row < rows_->count(); ++row)
      std::copy_n(repeated_gradient(i, row), slot->size,
                  states + row * layout.size() + slot->saved);
  }
}

}  // namespace recurrent
