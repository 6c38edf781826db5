#include "train/recurrent_layer_pass.h"

#include <algorithm>

#include "base/checked.h"

namespace recurrent {

RecurrentLayerPass::RecurrentLayerPass(PassContext& context, int32_t node)
    : LayerPass(context, node) {
  for (const PackedDirection& direction : layer().directions)
    directions_.emplace_back(context.model, context.parameters, static_cast<size_t>(node),
                             direction.reverse);
  context.recurrent[static_cast<size_t>(node)] = this;
}

void RecurrentLayerPass::set_weights() {
  for (size_t d = 0; d < directions_.size(); ++d)
    directions_[d].set_weights(layer(), layer().directions[d]);
}

bool RecurrentLayerPass::puts_down() const {
  return directions_.size() == 1 && !directions_.front().is_reverse();
}

void RecurrentLayerPass::plan(Arena& arena) {
  LayerPass::plan(arena);
  for (RecurrentPass& pass : directions_) {
    arena.begin_section();
    pass.plan(arena, steps(), context().threads, drops(Drop::kState));
    if (!pass.is_reverse()) continue;
    arena.keep(reversed_, checked_mul(steps().total(), layer().input_size, "time"));
    arena.keep(reversed_output_, checked_mul(steps().total(), pass.state_size(), "time"));
  }
}

void RecurrentLayerPass::take_places() {
  for (RecurrentPass& pass : directions_) pass.take_places();
}

// Which stages there are depends on it, also for a thread that skips some.
void RecurrentLayerPass::begin() {
  for (RecurrentPass& pass : directions_)
    if (drops(Drop::kState))
      pass.drop(dropout(Drop::kState, pass.is_reverse()), &rows().order());
    else
      pass.drop({}, nullptr);
}

int64_t RecurrentLayerPass::tape_bytes() const {
  int64_t bytes = LayerPass::tape_bytes() + reversed_.bytes();
  for (const RecurrentPass& pass : directions_) bytes += pass.tape_bytes();
  return bytes;
}

// Rows in the place of the states that the batch has started from.
void RecurrentLayerPass::start_states(Participant& participant) {
  for_rows(
      participant, rows().with_steps(),
      [&](int64_t sorted_row) {
        for (size_t i = 1; i < node().reads.size(); ++i) {
          const float* from = input(i) + sorted_row * values().width(reads(i));
          for (RecurrentPass& pass : directions_) {
            std::copy_n(from, pass.size_of(state_read(i)),
                        pass.initial_state(state_read(i), sorted_row));
            from += pass.size_of(state_read(i));
          }
        }
      });
}

// What reaches these states goes to the rows and not to the states of the batch.
void RecurrentLayerPass::give_states(Participant& participant) {
  for_rows(
      participant, rows().with_steps(),
      [&](int64_t sorted_row) {
        for (size_t i = 1; i < node().reads.size(); ++i) {
          const int32_t kind = state_read(i);
          const bool adds = values().adds_up(reads(i));
          float* to = input_gradient(i);
          if (to) to += sorted_row * values().width(reads(i));
          for (RecurrentPass& pass : directions_) {
            for (int64_t j = 0; to && j < pass.size_of(kind); ++j, ++to)
              *to = (adds ? *to : 0.0f) + pass.initial_gradient(kind, sorted_row, j);
            pass.clear_initial_gradient(kind, sorted_row);
          }
        }
      });
}

void RecurrentLayerPass::forward(Participant& participant) {
  if (reads_states()) start_states(participant);
  int64_t feature = 0;
  for (RecurrentPass& pass : directions_) {
    forward_direction(participant, pass, feature);
    feature += pass.state_size();
  }
}

void RecurrentLayerPass::forward_direction(Participant& participant, RecurrentPass& pass,
                                           int64_t first_feature) {
  const int64_t inputs = layer().input_size;
  const int64_t outputs = layer().output_size;
  const int64_t size = pass.state_size();
  float* const to = values().is_seen(puts()) ? output() + first_feature : nullptr;
  if (!pass.is_reverse()) return pass.forward(participant, steps(), input(), to, outputs);
  participant.stage([&](int slice) {
    if (slice != 0) return;
    for (int64_t step = 0; step < steps().count(); ++step)
      for (int64_t sorted_row = 0; sorted_row < steps().rows(step); ++sorted_row)
        std::copy_n(input() + steps().row_of(step, sorted_row, true) * inputs, inputs,
                    reversed_.data() + (steps().begin(step) + sorted_row) * inputs);
  });
  pass.forward(participant, steps(), reversed_.data(), to ? reversed_output_.data() : nullptr,
               size);
  if (!to) return;
  participant.stage([&](int slice) {
    if (slice != 0) return;
    for (int64_t step = 0; step < steps().count(); ++step)
      for (int64_t sorted_row = 0; sorted_row < steps().rows(step); ++sorted_row)
        std::copy_n(reversed_output_.data() + (steps().begin(step) + sorted_row) * size, size,
                    to + steps().row_of(step, sorted_row, true) * outputs);
  });
}

void RecurrentLayerPass::backward(Participant& participant) {
  int64_t feature = 0;
  for (RecurrentPass& pass : directions_) {
    backward_direction(participant, pass, feature);
    feature += pass.state_size();
  }
  if (reads_states()) give_states(participant);
}

bool RecurrentLayerPass::learns_initial(bool reverse) const {
  for (const int32_t role : {RECURRENT_PARAMETER_INITIAL_HIDDEN, RECURRENT_PARAMETER_INITIAL_CELL})
    if (context().parameters.gradient(static_cast<size_t>(index()), reverse, role)) return true;
  return false;
}

void RecurrentLayerPass::backward_direction(Participant& participant, RecurrentPass& pass,
                                            int64_t first_feature) {
  const int64_t size = pass.state_size();
  const int64_t outputs = layer().output_size;
  const float* dy = values().is_seen(puts()) ? output_gradient() + first_feature : nullptr;
  int64_t dy_stride = outputs;
  if (pass.is_reverse() && dy) {
    participant.stage([&](int slice) {
      if (slice != 0) return;
      for (int64_t step = 0; step < steps().count(); ++step)
        for (int64_t sorted_row = 0; sorted_row < steps().rows(step); ++sorted_row)
          std::copy_n(dy + steps().row_of(step, sorted_row, true) * outputs, size,
                      reversed_output_.data() + (steps().begin(step) + sorted_row) * size);
    });
    dy = reversed_output_.data();
    dy_stride = size;
  }
  const PassOptions& options = context().options;
  const bool of_start = reads_states() || options.wants_initial ||
                        (!options.given_states && learns_initial(pass.is_reverse()));
  pass.backward(participant, steps(), dy, dy_stride, wide_gradient(),
                values().padded_width(reads()), of_start);
  pass.add_gradients(participant, steps(), pass.is_reverse() ? reversed_.data() : input());
  give_wide(participant, pass.is_reverse());
}

}  // namespace recurrent
