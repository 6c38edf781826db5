#include "train/layer_pass.h"

#include <algorithm>

#include "base/checked.h"

namespace recurrent {

LayerPass::LayerPass(PassContext& context, int32_t node) : context_(context), index_(node) {}

void LayerPass::set_rates(const float (&rates)[3]) { std::copy_n(rates, 3, rates_); }

void LayerPass::plan(Arena& arena) {
  if (drops_input()) arena.keep(dropped_, values().count(reads()));
}

Dropout LayerPass::dropout(Drop what, bool reverse) const {
  return {context_.options.seed, index_, what, reverse, rates_[static_cast<size_t>(what)]};
}

// Multiplies values or gradients of what is read by what is dropped there.
void LayerPass::drop_rows(float* at) const {
  const int64_t width = values().width(reads());
  const bool is_row = values().is_row(reads());
  const Steps& steps = values().steps(reads());
  const int64_t count = is_row ? 1 : steps.count();
  for (const Drop what : {Drop::kElements, Drop::kInput}) {
    if (!drops(what)) continue;
    const Dropout dropout = this->dropout(what, false);
    for (int64_t step = 0; step < count; ++step)
      for (int64_t sorted_row = 0; sorted_row < (is_row ? rows().with_steps() : steps.rows(step));
           ++sorted_row) {
        const int64_t time = what == Drop::kInput || is_row
                                 ? 0
                                 : rows().caller_time(step, sorted_row) * rows().count();
        dropout.apply(at + ((is_row ? 0 : steps.begin(step)) + sorted_row) * width, width,
                      static_cast<uint64_t>((time + rows().caller_row(sorted_row)) * width));
      }
  }
}

void LayerPass::run_forward(Participant& participant) {
  if (drops_input())
    participant.stage([&](int slice) {
      if (slice != 0) return;
      std::copy_n(values().read(reads()), values().count(reads()), dropped_.data());
      drop_rows(dropped_.data());
    });
  forward(participant);
  // What layers read is flushed; what the model puts out is not.
  participant.stage([&](int slice) {
    if (slice == 0) values().flush(puts());
  });
}

void LayerPass::run_backward(Participant& participant) {
  const bool drops_gradient = drops_input() && values().wants_gradient(reads());
  if (drops_gradient)
    participant.stage([&](int slice) {
      if (slice == 0) context_.aside.zeroed(values().count(reads()));
    });
  backward(participant);
  participant.stage([&](int slice) {
    if (slice != 0 || !drops_gradient) return;
    float* const given = context_.aside.data();
    float* const gradient = values().gradient(reads());
    drop_rows(given);
    for (int64_t i = 0; i < values().count(reads()); ++i) gradient[i] += given[i];
  });
}

int64_t LayerPass::wide_floats() const {
  return checked_mul(values().rows(reads()), values().padded_width(reads()), "time");
}

float* LayerPass::wide_gradient() const {
  if (!values().wants_gradient(reads())) return nullptr;
  const bool fits = values().width(reads()) == values().padded_width(reads());
  return fits && !values().adds_up(reads()) ? input_gradient() : context_.wide.data();
}

void LayerPass::give_wide(Participant& participant, bool reverse) const {
  if (!wide_gradient() || wide_gradient() == input_gradient()) return;
  const int64_t width = values().width(reads());
  const int64_t stride = values().padded_width(reads());
  const bool adds = values().adds_up(reads());
  const float* const from = context_.wide.data();
  float* const gradient = input_gradient();
  const auto give = [&](const float* row, float* to) {
    for (int64_t i = 0; i < width; ++i) to[i] = adds ? to[i] + row[i] : row[i];
  };
  if (!reverse) {
    for_rows(participant, values().rows(reads()),
             [&](int64_t row) { give(from + row * stride, gradient + row * width); });
    return;
  }
  const Steps& steps = values().steps(reads());
  for_rows(participant, steps.count(), [&](int64_t step) {
    for (int64_t sorted_row = 0; sorted_row < steps.rows(step); ++sorted_row)
      give(from + (steps.begin(step) + sorted_row) * stride,
           gradient + steps.row_of(step, sorted_row, true) * width);
  });
}

}  // namespace recurrent
