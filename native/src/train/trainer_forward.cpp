// From a batch to its outputs, keeping what the way back needs.
#include <algorithm>
#include <numeric>

#include "base/checked.h"
#include "cpu/fp_control.h"
#include "exec/pointwise.h"
#include "train/trainer.h"
#include "train/trainer_arguments.h"

namespace recurrent {

size_t Trainer::head_end() const {
  return is_one_step() ? static_cast<size_t>(model_->tail_begin()) : layers();
}

int64_t Trainer::width_at(size_t boundary) const {
  return boundary == layers() ? model_->output_size() : packed(boundary).input_size;
}

int64_t Trainer::rows_at(size_t boundary) const {
  if (is_one_step() && boundary >= head_end()) return steps_.count() > 0 ? steps_.rows(0) : 0;
  return steps_.total();
}

float* Trainer::value_at(size_t boundary) {
  if (boundary == layers() && direct_y_) return direct_y_;
  return boundary == layers() ? output_.data() : layers_[boundary].value.data();
}

float* Trainer::output_of(size_t layer) {
  return is_last_of_head(layer) ? head_output_.data() : value_at(layer + 1);
}

bool Trainer::drops(size_t layer, Drop what) const {
  return batch_.drops && layers_[layer].rates[static_cast<size_t>(what)] != 0;
}

const float* Trainer::read_by(size_t layer) {
  const bool dropped = drops(layer, Drop::kElements) || drops(layer, Drop::kInput);
  return dropped ? layers_[layer].dropped.data() : layers_[layer].value.data();
}

int64_t Trainer::caller_time(int64_t step, int64_t place) const {
  if (!batch_.masked) return step;
  const Missing missing = missing_.missing();
  return missing.times[caller_row(place) * missing.stride + step];
}

int64_t Trainer::caller_offset(int64_t time, int64_t row, int64_t width) const {
  return (batch_.time_major ? time * batch_.rows + row : row * batch_.time + time) * width;
}

void Trainer::forward(const recurrent_forward_args& args) {
  check_forward(*model_, args);
  ran_forward_ = false;
  batch_ = {args.time,
            args.batch,
            args.layout == RECURRENT_LAYOUT_TIME_MAJOR,
            model_->masks(),
            args.drops != 0,
            args.initial_states != nullptr,
            args.empty_row == RECURRENT_EMPTY_ROW_ZEROES_STATE,
            args.seed};
  order_rows(args);
  batch_.whole = batch_.time_major && steps_.total() == batch_.time * batch_.rows;
  // What a layer without a product has put out is read again on the way back.
  direct_y_ = gives_rows_as_they_are() && !packed(layers() - 1).is_pointwise() ? args.y : nullptr;
  plan();
  predict();
  const cpu::ScopedFpControl canonical;
  gather(args);
  start_states(args.initial_states);
  choose_dropped_states();
  share(crew_.get(), alone_, [this](Shift& shift) { forward_layers(shift); });
  if (!direct_y_) deliver(args.y);
  direct_y_ = nullptr;
  if (args.final_states) deliver_states(args.final_states);
  ran_forward_ = true;
}

// Longest rows first, equal ones in the caller's order, as sessions have them.
void Trainer::order_rows(const recurrent_forward_args& args) {
  const auto rows = static_cast<size_t>(args.batch);
  given_.assign(rows, static_cast<int32_t>(args.time));
  if (args.lengths) given_.assign(args.lengths, args.lengths + rows);
  std::vector<int32_t> seen = given_;
  if (batch_.masked) {
    const void* const input = args.x ? static_cast<const void*>(args.x) : args.indices;
    const Run run{args.time, args.layout, given_.data(), args.present, &input, nullptr};
    missing_.find(*model_, args.batch, run, strides_of(args.layout, args.time, args.batch));
    seen.assign(missing_.lengths(), missing_.lengths() + rows);
  }
  order_.resize(rows);
  std::iota(order_.begin(), order_.end(), 0);
  std::stable_sort(order_.begin(), order_.end(), [&](int32_t a, int32_t b) {
    return seen[static_cast<size_t>(a)] > seen[static_cast<size_t>(b)];
  });
  std::vector<int32_t> lengths(rows);
  for (size_t place = 0; place < rows; ++place)
    lengths[place] = seen[static_cast<size_t>(order_[place])];
  steps_.set(lengths);
}

void Trainer::plan() {
  arena_.begin();
  const int threads = crew_ ? crew_->size() : 1;
  const auto of = [](int64_t rows, int64_t width) { return checked_mul(rows, width, "time"); };
  int64_t widest = 1;
  int64_t aside = 0;
  for (size_t i = 0; i < layers(); ++i) {
    Layer& layer = layers_[i];
    const int64_t rows = rows_at(i);
    const int64_t width = width_at(i);
    if (packed(i).kind != RECURRENT_LAYER_EMBEDDING) {
      widest = std::max(widest, round_up(width, kRowPadding));
      arena_.keep(layer.value, of(rows, width));
      arena_.keep(layer.gradient, of(rows, width));
      if (drops(i, Drop::kElements) || drops(i, Drop::kInput)) {
        arena_.keep(layer.dropped, of(rows, width));
        aside = std::max(aside, of(rows, width));
      }
    }
    for (RecurrentPass& pass : layer.directions) {
      arena_.begin_section();
      pass.plan(arena_, steps_, threads, drops(i, Drop::kState));
      if (pass.is_reverse()) {
        arena_.keep(layer.reversed, of(rows, width));
        arena_.keep(layer.reversed_output, of(rows, pass.state_size()));
      }
    }
    arena_.begin_section();
    if (layer.dense) layer.dense->plan(arena_, rows, threads);
  }
  if (!direct_y_) arena_.keep(output_, of(rows_at(layers()), model_->output_size()));
  arena_.keep(output_gradient_, of(rows_at(layers()), model_->output_size()));
  if (is_one_step() && !model_->puts_out_final_state()) {
    const int64_t width = packed(head_end() - 1).output_size;
    arena_.keep(head_output_, of(steps_.total(), width));
    arena_.keep(head_gradient_, of(steps_.total(), width));
    widest = std::max(widest, width);
  }
  arena_.keep(aside_, aside);
  arena_.keep(wide_, of(steps_.total(), widest));
  arena_.keep(scratch_, std::max(widest, model_->output_size()));
  arena_.lay_out();
  parameters_.gradients().reserve(steps_.total());
  for (Layer& layer : layers_)
    for (RecurrentPass& pass : layer.directions) pass.take_places();
}

// How long one thread takes. Rows are counted as if all were as long as the longest.
void Trainer::predict() {
  if (!crew_) return;
  const Workload work{batch_.rows, std::max<int64_t>(steps_.count(), 1), false};
  if (work == predicted_) return;
  std::vector<Candidate> ways;
  find_candidates(*model_, work, 1, ways);
  const std::chrono::duration<double, std::micro> us(ways.front().microseconds);
  alone_ = std::chrono::duration_cast<std::chrono::nanoseconds>(us);
  predicted_ = work;
}

// The rows of each step side by side, denormals removed.
void Trainer::gather(const recurrent_forward_args& args) {
  const kernels::KernelTable& kernels = model_->kernels();
  const int64_t width = width_at(0);
  const int64_t count = steps_.total() * width;
  if (args.indices) indices_.resize(static_cast<size_t>(steps_.total()));
  float* const values = layers_[0].value.data();
  if (args.x && batch_.whole) return kernels.flush(args.x, values, count);
  // Short rows are copied first: a call for each would take longer.
  const bool is_narrow = width < kernels.width;
  if (args.x && is_narrow && count == batch_.time * batch_.rows * width) {
    const float* from = args.x;
    for (int64_t row = 0; row < batch_.rows; ++row)
      for (int64_t time = 0; time < batch_.time; ++time, from += width)
        for (int64_t i = 0; i < width; ++i)
          values[(time * batch_.rows + row) * width + i] = from[i];
    return kernels.flush(values, values, count);
  }
  float* to = values;
  for (int64_t step = 0; step < steps_.count(); ++step)
    for (int64_t place = 0; place < steps_.rows(step); ++place) {
      const int64_t time = caller_time(step, place);
      const int64_t row = caller_row(place);
      if (args.indices) {
        indices_[static_cast<size_t>(steps_.begin(step) + place)] =
            args.indices[caller_offset(time, row, 1)];
        continue;
      }
      const float* from = args.x + caller_offset(time, row, width);
      if (is_narrow)
        for (int64_t i = 0; i < width; ++i) to[i] = from[i];
      else
        kernels.flush(from, to, width);
      to += width;
    }
  if (args.x && is_narrow) kernels.flush(values, values, count);
}

void Trainer::start_states(const float* states) {
  const kernels::KernelTable& kernels = model_->kernels();
  const StateLayout& layout = model_->states();
  const float* initial = model_->initial_states().data();
  for_each_state([&](const StateSlot& slot, RecurrentPass& pass) {
    float* to = pass.initial_state(slot.id.kind);
    for (int64_t place = 0; place < batch_.rows; ++place, to += slot.stride) {
      if (states)
        kernels.flush(states + caller_row(place) * layout.size() + slot.saved, to, slot.size);
      else if (initial)
        std::copy_n(initial + slot.offset, slot.size, to);
      else
        std::fill_n(to, slot.size, 0.0f);
      std::fill_n(to + slot.size, slot.stride - slot.size, 0.0f);
    }
  });
  const StateSlot* repeated = model_->repeated_output();
  if (!repeated) return;
  repeated_.assign(static_cast<size_t>(batch_.rows * repeated->size), 0.0f);
  for (int64_t row = 0; states && row < batch_.rows; ++row)
    std::copy_n(states + row * layout.size() + repeated->saved, repeated->size,
                repeated_.data() + row * repeated->size);
}

// Before the threads begin: which stages there are depends on it, also for a thread that skips
// some.
void Trainer::choose_dropped_states() {
  for (size_t i = 0; i < layers(); ++i)
    for (RecurrentPass& pass : layers_[i].directions)
      if (drops(i, Drop::kState))
        pass.drop(Dropout(batch_.seed, static_cast<int64_t>(i), Drop::kState, pass.is_reverse(),
                          layers_[i].rates[2]),
                  &order_);
      else
        pass.drop({}, nullptr);
}

void Trainer::forward_layers(Shift& shift) {
  for (size_t i = 0; i < layers(); ++i) {
    forward_layer(shift, i);
    // What the next layer reads is flushed; what the model puts out is not.
    shift.stage([&](int index) {
      if (index != 0) return;
      if (is_last_of_head(i)) pick();
      if (i + 1 == layers() || packed(i).recurrent()) return;
      float* next = value_at(i + 1);
      model_->kernels().flush(next, next, rows_at(i + 1) * width_at(i + 1));
    });
  }
}

void Trainer::forward_layer(Shift& shift, size_t index) {
  Layer& layer = layers_[index];
  if (drops(index, Drop::kElements) || drops(index, Drop::kInput))
    shift.stage([&](int slice) {
      if (slice == 0) drop_input(index);
    });
  if (layer.dense) {
    layer.dense->forward(shift, read_by(index), rows_at(index), output_of(index));
    return;
  }
  for (size_t d = 0; d < layer.directions.size(); ++d)
    forward_direction(shift, index, layer.directions[d], d);
  if (layer.directions.empty())
    shift.stage([&](int slice) {
      if (slice == 0) forward_pointwise(index);
    });
}

void Trainer::drop_input(size_t index) {
  Layer& layer = layers_[index];
  const int64_t width = width_at(index);
  std::copy_n(layer.value.data(), rows_at(index) * width, layer.dropped.data());
  drop_rows(index, layer.dropped.data());
}

// Multiplies values or gradients at the boundary in front of a layer by what is dropped there.
void Trainer::drop_rows(size_t index, float* values) {
  const int64_t width = width_at(index);
  const bool in_tail = is_one_step() && index >= head_end();
  const int64_t steps = in_tail ? std::min<int64_t>(1, steps_.count()) : steps_.count();
  for (const Drop what : {Drop::kElements, Drop::kInput}) {
    if (!drops(index, what)) continue;
    const Dropout dropout(batch_.seed, static_cast<int64_t>(index), what, false,
                          layers_[index].rates[static_cast<size_t>(what)]);
    for (int64_t step = 0; step < steps; ++step)
      for (int64_t place = 0; place < steps_.rows(step); ++place) {
        const int64_t time =
            what == Drop::kInput || in_tail ? 0 : caller_time(step, place) * batch_.rows;
        dropout.apply(values + (steps_.begin(step) + place) * width, width,
                      static_cast<uint64_t>((time + caller_row(place)) * width));
      }
  }
}

void Trainer::forward_direction(Shift& shift, size_t index, RecurrentPass& pass, size_t direction) {
  Layer& layer = layers_[index];
  const int64_t inputs = width_at(index);
  const int64_t outputs = packed(index).output_size;
  const int64_t size = pass.state_size();
  float* to = is_read(index) ? output_of(index) + static_cast<int64_t>(direction) * size : nullptr;
  if (pass.is_reverse())
    shift.stage([&](int slice) {
      if (slice != 0) return;
      for (int64_t step = 0; step < steps_.count(); ++step)
        for (int64_t place = 0; place < steps_.rows(step); ++place)
          std::copy_n(read_by(index) + steps_.row_of(step, place, true) * inputs, inputs,
                      layer.reversed.data() + (steps_.begin(step) + place) * inputs);
    });
  if (!pass.is_reverse()) {
    pass.forward(shift, steps_, read_by(index), to, outputs);
    return;
  }
  pass.forward(shift, steps_, layer.reversed.data(), to ? layer.reversed_output.data() : nullptr,
               size);
  if (!to) return;
  shift.stage([&](int slice) {
    if (slice != 0) return;
    for (int64_t step = 0; step < steps_.count(); ++step)
      for (int64_t place = 0; place < steps_.rows(step); ++place)
        std::copy_n(layer.reversed_output.data() + (steps_.begin(step) + place) * size, size,
                    to + steps_.row_of(step, place, true) * outputs);
  });
}

void Trainer::forward_pointwise(size_t index) {
  const PackedLayer& layer = packed(index);
  const int64_t source = layer.pointwise.residual_source;
  const float* from = source >= 0 ? value_at(static_cast<size_t>(source)) : nullptr;
  const int64_t from_width = source >= 0 ? width_at(static_cast<size_t>(source)) : 0;
  const float* const table =
      parameters_.layer(index).forward ? parameters_.layer(index).forward->input_weights : nullptr;
  float* to = output_of(index);
  for (int64_t row = 0; row < rows_at(index); ++row, to += layer.output_size) {
    if (layer.kind == RECURRENT_LAYER_EMBEDDING)
      model_->kernels().flush(
          table + int64_t{indices_[static_cast<size_t>(row)]} * layer.output_size, to,
          layer.output_size);
    else
      apply_pointwise(
          model_->kernels(), layer,
          [&](size_t i) {
            return i == 0 ? read_by(index) + row * layer.input_size : from + row * from_width;
          },
          to);
  }
}

// The one step that is put out, or what the final states are.
void Trainer::pick() {
  const size_t last = head_end() - 1;
  const int64_t width = packed(last).output_size;
  float* to = value_at(head_end());
  for (int64_t place = 0; place < rows_at(head_end()); ++place, to += width) {
    if (!model_->puts_out_final_state()) {
      const int64_t row = steps_.begin(steps_.length(place) - 1) + place;
      std::copy_n(head_output_.data() + row * width, width, to);
      continue;
    }
    float* state = to;
    for (const RecurrentPass& pass : layers_[last].directions)
      state = std::copy_n(pass.final_state(RECURRENT_STATE_HIDDEN, steps_, place),
                          pass.state_size(), state);
  }
}

void Trainer::deliver(float* y) {
  const int64_t width = model_->output_size();
  const int64_t count = is_one_step() ? batch_.rows : batch_.time * batch_.rows;
  std::fill_n(y, count * width, 0.0f);
  for (int64_t place = 0; place < batch_.rows; ++place) {
    const int64_t row = caller_row(place);
    const int64_t length = steps_.length(place);
    const int64_t given = given_[static_cast<size_t>(row)];
    const float* last = model_->repeats() ? repeated_.data() + row * width : nullptr;
    if (is_one_step()) {
      if (length > 0) last = output_.data() + place * width;
      if (given > 0 && last) std::copy_n(last, width, y + row * width);
    } else {
      for (int64_t time = 0, step = 0; time < given; ++time) {
        const bool is_there = step < length && caller_time(step, place) == time;
        const float* from = is_there ? output_.data() + (steps_.begin(step) + place) * width : last;
        if (from) std::copy_n(from, width, y + caller_offset(time, row, width));
        if (!is_there) continue;
        ++step;
        if (model_->repeats()) last = from;
      }
    }
    if (model_->repeats() && length > 0) {
      const float* kept = is_one_step()
                              ? output_.data() + place * width
                              : output_.data() + (steps_.begin(length - 1) + place) * width;
      std::copy_n(kept, width, repeated_.data() + row * width);
    }
  }
}

void Trainer::deliver_states(float* states) {
  const StateLayout& layout = model_->states();
  for_each_state([&](const StateSlot& slot, RecurrentPass& pass) {
    for (int64_t place = 0; place < batch_.rows; ++place)
      std::copy_n(pass.final_state(slot.id.kind, steps_, place), slot.size,
                  states + caller_row(place) * layout.size() + slot.saved);
  });
  const StateSlot* repeated = model_->repeated_output();
  for (int64_t row = 0; repeated && row < batch_.rows; ++row)
    std::copy_n(repeated_.data() + row * repeated->size, repeated->size,
                states + row * layout.size() + repeated->saved);
  for (int64_t row = 0; row < batch_.rows; ++row)
    if (loses_state(row)) std::fill_n(states + row * layout.size(), layout.size(), 0.0f);
}

}  // namespace recurrent
