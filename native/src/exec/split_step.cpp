#include "exec/split_step.h"

#include <algorithm>

#include "exec/bind.h"
#include "exec/portion.h"
#include "exec/windows.h"
#include "gemm/provider.h"

namespace recurrent {
namespace {

using kernels::CellArgs;

class SplitStep {
 public:
  SplitStep(const Model& model, const Schedule& schedule, float* scratch, StateRows states,
            int64_t batch, float* y, bool backwards)
      : model_(model),
        plan_(schedule.plan),
        scratch_(scratch),
        states_(states),
        next_states_(scratch + schedule.next_states),
        batch_(batch),
        y_(y),
        backwards_(backwards) {}

  // Before the workers are called, because the first layer's units need all of the input. A
  // convolution removes denormals where it gathers, and has no other place for its input.
  void take_input(const float* x) {
    input_ = x;
    if (model_.layers().front().has_windows()) return;
    input_ = scratch_ + plan_.input;
    model_.kernels().flush(x, scratch_ + plan_.input, batch_ * model_.input_size());
  }

  void run(Participant& participant) const {
    const float* in = input_;
    const auto& layers = model_.layers();
    for (size_t i = 0; i < layers.size(); ++i) {
      const PackedLayer& layer = layers[i];
      float* out = i + 1 == layers.size() ? y_ : scratch_ + plan_.at(layer.puts);
      // A dense layer whose output nobody wants has nothing to do.
      if (!layer.has_state() && !out) return;
      if (layer.has_windows()) {
        run_windows(participant, layer, in, out);
      } else {
        if (i > 0 && !layers[i - 1].recurrent()) in = without_denormals(participant, layer, in);
        run_layer(participant, layer, in, out);
      }
      in = out;
    }
  }

  // The old hidden states were read by all threads until the end. A cell state is read only by the
  // thread that renews it, in place.
  void take_states() const {
    for (const PackedLayer& layer : model_.layers()) {
      if (!layer.recurrent()) continue;
      const StateSlot& slot = layer.directions.front().hidden;
      std::copy_n(next(slot), batch_ * slot.stride, states_.row(slot, 0));
    }
  }

 private:
  float* next(const StateSlot& slot) const { return next_states_ + batch_ * slot.renewed; }

  // The output of a dense layer may have them.
  const float* without_denormals(Participant& participant, const PackedLayer& layer,
                                 const float* in) const {
    float* clean = scratch_ + plan_.input;
    participant.stage([&](int index) {
      if (index == 0) model_.kernels().flush(in, clean, batch_ * layer.input_size);
    });
    return clean;
  }

  // One thread gathers what all of them multiply. A history is renewed in its place: nobody reads
  // what is no longer needed.
  void run_windows(Participant& participant, const PackedLayer& layer, const float* in,
                   float* out) const {
    const WindowStep step(model_.kernels(), layer, states_, in, scratch_ + plan_.windows,
                          plan_.window_floats);
    for (int64_t row = 0; row < batch_; row += step.most()) {
      const RowRange rows{row, std::min(step.most(), batch_ - row)};
      participant.stage([&](int index) {
        if (index != 0) return;
        if (row == 0) step.remember(batch_);
        if (out) step.gather(rows);
      });
      if (!out) return;
      participant.stage([&](int index) {
        WindowProduct product = step.product(rows);
        product.y = out + row * layer.output_size;
        product.y_stride = layer.output_size;
        product.backwards = backwards_;
        product.rounded = plan_.rounded_rows(scratch_, index);
        multiply(model_.kernels(), layer, product,
                 slice_of(parts_of(layer), index, participant.size()));
      });
    }
  }

  void run_layer(Participant& participant, const PackedLayer& layer, const float* in,
                 float* out) const {
    const PackedDirection& direction = layer.directions.front();
    StepSlots slots{};
    slots.rows = batch_;
    slots.backwards = backwards_;
    slots.x = in;
    slots.x_stride = slots.x_size = layer.input_size;
    slots.y = out;
    slots.y_stride = layer.output_size;
    slots.take_scratch(scratch_, plan_);
    if (layer.recurrent()) {
      slots.before = states_.row(direction.hidden, 0);
      slots.after = next(direction.hidden);
      slots.c = states_.row(direction.cell, 0);
    }
    const InputProduct inputs{model_, layer, direction, in, scratch_ + plan_.product, batch_};
    if (direction.is_split()) {
      slots.init = inputs.out;
      slots.init_stride = layer.columns;
      slots.x_size = 0;
    }
    for (const Phase& phase : direction.phases)
      run_phase(participant, phase, bind(layer, phase, slots),
                phase.takes_input ? &inputs : nullptr);
  }

  void run_phase(Participant& participant, const Phase& phase, const CellArgs& whole,
                 const InputProduct* inputs) const {
    participant.stage([&](int index) {
      CellArgs args = whole;
      args.rounded = plan_.rounded_rows(scratch_, index);
      fetch_states(args);
      if (inputs) fetch(inputs->x, inputs->layer.input_size);
      const Slice groups = slice_of(phase.constants.groups, index, participant.size());
      if (inputs && inputs->direction.is_split()) {
        InputProduct own = *inputs;
        own.rounded = args.rounded;
        multiply(own, groups.begin, groups.end);
      }
      args.range.group_begin = groups.begin;
      args.range.group_end = groups.end;
      call_phase(phase, args);
    });
  }

  const Model& model_;
  const Plan& plan_;
  float* const scratch_;
  const StateRows states_;
  float* const next_states_;
  const int64_t batch_;
  float* const y_;
  const bool backwards_;
  const float* input_ = nullptr;
};

}  // namespace

void run_split_step(const Model& model, const Schedule& schedule, float* scratch, StateRows states,
                    int64_t batch, const float* x, float* y, bool backwards, Team& team) {
  SplitStep step(model, schedule, scratch, states, batch, y, backwards);
  step.take_input(x);
  team.run(
      schedule.way.threads,
      [](void* context, Participant& participant) noexcept {
        static_cast<const SplitStep*>(context)->run(participant);
      },
      &step);
  step.take_states();
}

}  // namespace recurrent
