// Back along the tape of the last forward pass (Werbos 1990).
#include <algorithm>

#include "base/checked.h"
#include "base/error.h"
#include "cpu/fp_control.h"
#include "exec/lane.h"
#include "train/pointwise_pass.h"
#include "train/trainer.h"
#include "train/trainer_arguments.h"

namespace recurrent {
namespace {

// Multiply-adds of a pass back, for each of the pass before it: a product for the gradient of a
// layer's input, and one for those of its weights.
constexpr int kBackwardFactor = 2;

}  // namespace

float* Trainer::gradient_at(size_t boundary) {
  if (boundary == 0 && direct_dx_) return direct_dx_;
  return boundary == layers() ? output_gradient_.data() : layers_[boundary].gradient.data();
}

const float* Trainer::output_gradient_of(size_t layer) {
  if (layer + 1 == layers() && direct_dy_) return direct_dy_;
  return is_last_of_head(layer) ? head_gradient_.data() : gradient_at(layer + 1);
}

void Trainer::backward(const recurrent_backward_args& args) {
  check_backward(*model_, args);
  if (!ran_forward_)
    fail(RECURRENT_STATUS_NOT_SUPPORTED,
         "trainer: expected a forward pass to go back through; there is none, the parameters have "
         "changed since, or it has been used");
  ran_forward_ = false;
  const cpu::ScopedFpControl canonical;
  direct_dy_ = gives_rows_as_they_are() ? args.dy : nullptr;
  direct_dx_ = batch_.whole ? args.dx : nullptr;
  parameters_.gradients().begin();
  clear_gradients(args.dx != nullptr);
  if (args.dy && !direct_dy_) take_gradients(args.dy);
  if (args.final_states) take_state_gradients(args.final_states);
  const Wanted wanted{args.dx != nullptr, args.initial_states != nullptr};
  share(crew_.get(), kBackwardFactor * alone_,
        [this, wanted](Shift& shift) { backward_layers(shift, wanted); });
  if (args.dx && !direct_dx_) give_input_gradients(args.dx);
  if (!batch_.given_states) add_initial_states();
  if (args.initial_states) give_state_gradients(args.initial_states);
}

bool Trainer::adds_up(size_t boundary) const {
  const PackedLayer& layer = packed(boundary);
  if (layer.is_pointwise() || layer.directions.size() > 1 || layer.directions.front().reverse ||
      drops(boundary, Drop::kElements) || drops(boundary, Drop::kInput))
    return true;
  for (size_t i = boundary + 1; i < layers(); ++i)
    if (packed(i).pointwise.residual_source == static_cast<int64_t>(boundary)) return true;
  return false;
}

void Trainer::clear_gradients(bool of_input) {
  for (size_t b = of_input ? 0 : 1; b < layers(); ++b)
    if (adds_up(b)) std::fill_n(gradient_at(b), rows_at(b) * width_at(b), 0.0f);
  if (!direct_dy_) output_gradient_.zeroed(rows_at(layers()) * model_->output_size());
  if (is_one_step() && !model_->puts_out_final_state())
    head_gradient_.zeroed(steps_.total() * packed(head_end() - 1).output_size);
  for (Layer& layer : layers_)
    for (RecurrentPass& pass : layer.directions) pass.clear_states(steps_);
  if (model_->repeats())
    repeated_gradient_.assign(static_cast<size_t>(batch_.rows * model_->output_size()), 0.0f);
}

// The gradient of a repeated output belongs to the step that is repeated.
void Trainer::take_gradients(const float* dy) {
  const int64_t width = model_->output_size();
  const auto add = [&](const float* from, float* to) {
    for (int64_t i = 0; i < width; ++i) to[i] += from[i];
  };
  for (int64_t place = 0; place < batch_.rows; ++place) {
    const int64_t row = caller_row(place);
    const int64_t length = steps_.length(place);
    const int64_t given = given_[static_cast<size_t>(row)];
    float* last = model_->repeats() ? repeated_gradient_.data() + row * width : nullptr;
    if (is_one_step()) {
      if (length > 0) last = output_gradient_.data() + place * width;
      if (given > 0 && last) add(dy + row * width, last);
      continue;
    }
    for (int64_t time = 0, step = 0; time < given; ++time) {
      const bool is_there = step < length && caller_time(step, place) == time;
      float* to = is_there ? output_gradient_.data() + (steps_.begin(step) + place) * width : last;
      if (to) add(dy + caller_offset(time, row, width), to);
      if (!is_there) continue;
      ++step;
      if (model_->repeats()) last = to;
    }
  }
}

void Trainer::take_state_gradients(const float* states) {
  const StateLayout& layout = model_->states();
  for_each_state([&](const StateSlot& slot, RecurrentPass& pass) {
    for (int64_t place = 0; place < batch_.rows; ++place)
      if (const int64_t row = caller_row(place); !loses_state(row))
        std::copy_n(states + row * layout.size() + slot.saved, slot.size,
                    pass.state_gradient(slot.id.kind, place));
  });
  const StateSlot* repeated = model_->repeated_output();
  if (!repeated) return;
  const int64_t width = repeated->size;
  for (int64_t place = 0; place < batch_.rows; ++place) {
    const int64_t row = caller_row(place);
    if (loses_state(row)) continue;
    const int64_t length = steps_.length(place);
    float* to = repeated_gradient_.data() + row * width;
    if (length > 0)
      to = output_gradient_.data() +
           (is_one_step() ? place : steps_.begin(length - 1) + place) * width;
    for (int64_t i = 0; i < width; ++i) to[i] += states[row * layout.size() + repeated->saved + i];
  }
}

void Trainer::backward_layers(Shift& shift, Wanted wanted) {
  for (size_t i = layers(); i-- > 0;) {
    if (is_last_of_head(i))
      shift.stage([&](int index) {
        if (index == 0) unpick();
      });
    backward_layer(shift, i, {i > 0 || wanted.input, wanted.states});
  }
}

// The gradient of the one step that is put out, where that step is.
void Trainer::unpick() {
  const size_t last = head_end() - 1;
  const int64_t width = packed(last).output_size;
  const float* from = gradient_at(head_end());
  for (int64_t place = 0; place < rows_at(head_end()); ++place, from += width) {
    if (!model_->puts_out_final_state()) {
      const int64_t row = steps_.begin(steps_.length(place) - 1) + place;
      std::copy_n(from, width, head_gradient_.data() + row * width);
      continue;
    }
    const float* state = from;
    for (RecurrentPass& pass : layers_[last].directions) {
      float* to = pass.state_gradient(RECURRENT_STATE_HIDDEN, place);
      for (int64_t i = 0; i < pass.state_size(); ++i) to[i] += state[i];
      state += pass.state_size();
    }
  }
}

void Trainer::backward_layer(Shift& shift, size_t index, Wanted wanted) {
  Layer& layer = layers_[index];
  const bool of_input = wanted.input;
  const bool drops_input =
      of_input && (drops(index, Drop::kElements) || drops(index, Drop::kInput));
  if (drops_input)
    shift.stage([&](int slice) {
      if (slice == 0) set_aside(index);
    });
  if (layer.dense) {
    float* const dx = of_input ? input_gradient_of(index) : nullptr;
    layer.dense->backward(shift, read_by(index), rows_at(index), output_gradient_of(index), dx,
                          padded_width_at(index));
    if (of_input) give_to_input(shift, index, false);
  }
  for (size_t d = 0; d < layer.directions.size(); ++d)
    backward_direction(shift, index, layer.directions[d], d, wanted);
  shift.stage([&](int slice) {
    if (slice != 0) return;
    if (packed(index).is_pointwise()) backward_pointwise(index, of_input);
    if (drops_input) take_back(index);
  });
}

// What a residual connection around the layer has brought is not behind the layer's dropout.
void Trainer::set_aside(size_t index) {
  float* gradient = gradient_at(index);
  const int64_t count = rows_at(index) * width_at(index);
  std::copy_n(gradient, count, aside_.data());
  std::fill_n(gradient, count, 0.0f);
}

void Trainer::take_back(size_t index) {
  float* gradient = gradient_at(index);
  const int64_t count = rows_at(index) * width_at(index);
  drop_rows(index, gradient);
  for (int64_t i = 0; i < count; ++i) gradient[i] += aside_.data()[i];
}

void Trainer::backward_direction(Shift& shift, size_t index, RecurrentPass& pass, size_t direction,
                                 Wanted wanted) {
  Layer& layer = layers_[index];
  const int64_t size = pass.state_size();
  const int64_t outputs = packed(index).output_size;
  const float* dy =
      is_read(index) ? output_gradient_of(index) + static_cast<int64_t>(direction) * size : nullptr;
  int64_t dy_stride = outputs;
  const float* x = pass.is_reverse() ? layer.reversed.data() : read_by(index);
  if (pass.is_reverse() && dy) {
    shift.stage([&](int slice) {
      if (slice != 0) return;
      for (int64_t step = 0; step < steps_.count(); ++step)
        for (int64_t place = 0; place < steps_.rows(step); ++place)
          std::copy_n(dy + steps_.row_of(step, place, true) * outputs, size,
                      layer.reversed_output.data() + (steps_.begin(step) + place) * size);
    });
    dy = layer.reversed_output.data();
    dy_stride = size;
  }
  const auto learns = [&](int32_t role) {
    return parameters_.gradient(index, pass.is_reverse(), role) != nullptr;
  };
  const bool of_start =
      wanted.states || (!batch_.given_states && (learns(RECURRENT_PARAMETER_INITIAL_HIDDEN) ||
                                                 learns(RECURRENT_PARAMETER_INITIAL_CELL)));
  float* const dx = wanted.input ? input_gradient_of(index) : nullptr;
  pass.backward(shift, steps_, dy, dy_stride, dx, padded_width_at(index), of_start);
  pass.add_gradients(shift, steps_, x);
  if (wanted.input) give_to_input(shift, index, pass.is_reverse());
}

// Rows are put down in whole vectors: there, if nobody adds to them, or beside.
float* Trainer::input_gradient_of(size_t index) {
  const bool fits = width_at(index) == padded_width_at(index);
  return fits && !adds_up(index) ? gradient_at(index) : wide_.data();
}

void Trainer::give_to_input(Shift& shift, size_t index, bool reverse) {
  if (input_gradient_of(index) == gradient_at(index)) return;
  const int64_t width = width_at(index);
  const int64_t stride = padded_width_at(index);
  const bool adds = adds_up(index);
  shift.stage([&](int slice) {
    const float* const from = wide_.data();
    float* const gradient = gradient_at(index);
    const auto give = [&](const float* row, float* to) {
      for (int64_t i = 0; i < width; ++i) to[i] = adds ? to[i] + row[i] : row[i];
    };
    if (!reverse) {
      const Slice own = slice_of(rows_at(index), slice, shift.size());
      for (int64_t row = own.begin; row < own.end; ++row)
        give(from + row * stride, gradient + row * width);
      return;
    }
    const Slice own = slice_of(steps_.count(), slice, shift.size());
    for (int64_t step = own.begin; step < own.end; ++step)
      for (int64_t place = 0; place < steps_.rows(step); ++place)
        give(from + (steps_.begin(step) + place) * stride,
             gradient + steps_.row_of(step, place, true) * width);
  });
}

void Trainer::backward_pointwise(size_t index, bool of_input) {
  const PackedLayer& layer = packed(index);
  const int64_t source = layer.pointwise.residual_source;
  PointwiseBackward args{};
  args.rows = rows_at(index);
  args.y = output_of(index);
  args.dy = output_gradient_of(index);
  if (layer.kind == RECURRENT_LAYER_EMBEDDING) {
    args.indices = indices_.data();
  } else {
    args.x = read_by(index);
    // Where the model's own input needs no gradient, there is room for it all the same.
    args.dx = gradient_at(index);
  }
  if (source > 0 || (source == 0 && of_input)) {
    args.source = gradient_at(static_cast<size_t>(source));
    args.source_stride = width_at(static_cast<size_t>(source));
  }
  pointwise_backward(model_->kernels(), layer, index, parameters_, args, scratch_.data());
}

void Trainer::give_input_gradients(float* dx) const {
  const int64_t width = width_at(0);
  std::fill_n(dx, batch_.time * batch_.rows * width, 0.0f);
  for (int64_t step = 0; step < steps_.count(); ++step)
    for (int64_t place = 0; place < steps_.rows(step); ++place)
      std::copy_n(layers_[0].gradient.data() + (steps_.begin(step) + place) * width, width,
                  dx + caller_offset(caller_time(step, place), caller_row(place), width));
}

// All rows have started from the same states, if these are parameters.
void Trainer::add_initial_states() {
  for_each_state([&](const StateSlot& slot, RecurrentPass& pass) {
    const int32_t role = slot.id.kind == RECURRENT_STATE_CELL ? RECURRENT_PARAMETER_INITIAL_CELL
                                                              : RECURRENT_PARAMETER_INITIAL_HIDDEN;
    float* to = parameters_.gradient(static_cast<size_t>(slot.id.layer), pass.is_reverse(), role);
    for (int64_t place = 0; to && place < batch_.rows; ++place)
      for (int64_t j = 0; j < slot.size; ++j)
        to[j] += pass.initial_gradient(slot.id.kind, place, j);
  });
}

void Trainer::give_state_gradients(float* states) {
  const StateLayout& layout = model_->states();
  for_each_state([&](const StateSlot& slot, RecurrentPass& pass) {
    for (int64_t place = 0; place < batch_.rows; ++place) {
      float* to = states + caller_row(place) * layout.size() + slot.saved;
      for (int64_t j = 0; j < slot.size; ++j) to[j] = pass.initial_gradient(slot.id.kind, place, j);
    }
  });
  const StateSlot* repeated = model_->repeated_output();
  for (int64_t row = 0; repeated && row < batch_.rows; ++row)
    std::copy_n(repeated_gradient_.data() + row * repeated->size, repeated->size,
                states + row * layout.size() + repeated->saved);
}

}  // namespace recurrent
