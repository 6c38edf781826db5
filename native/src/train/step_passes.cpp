// Layers that copy steps: from sequences to rows, from rows to sequences, in another order.
#include <algorithm>

#include "train/layer_passes.h"
#include "train/recurrent_layer_pass.h"

namespace recurrent {
namespace {

void add(const float* from, float* to, int64_t count) {
  for (int64_t i = 0; i < count; ++i) to[i] += from[i];
}

// Every row that it puts out is a copy of one that it reads.
class CopyPass : public LayerPass {
 public:
  using LayerPass::LayerPass;

 private:
  // The row that is read for a sorted row, at a step of what is put out.
  virtual int64_t row_read(int64_t step, int64_t sorted_row) const = 0;

  int64_t width() const { return values().width(puts()); }
  // Whether a row has a last step: windows may be more than all its steps.
  bool has_last(int64_t sorted_row) const { return values().steps(reads()).length(sorted_row) > 0; }
  template <class Visitor>
  void for_places(Participant& participant, Visitor visit) const {
    const Steps& steps = values().steps(puts());
    const bool is_row = values().is_row(puts());
    // A sorted row is one thread's: it may have several copies of a row.
    for_rows(participant, rows().with_steps(), [&](int64_t sorted_row) {
      const int64_t count = is_row ? has_last(sorted_row) : steps.length(sorted_row);
      for (int64_t step = 0; step < count; ++step)
        visit((is_row ? 0 : steps.begin(step)) + sorted_row, row_read(step, sorted_row));
    });
  }
  void forward(Participant& participant) override {
    if (values().is_row(puts()))
      for_rows(
          participant, values().rows(puts()),
          [this](int64_t sorted_row) {
            std::fill_n(output() + sorted_row * width(), width(), 0.0f);
          });
    for_places(participant, [this](int64_t put, int64_t read) {
      std::copy_n(source() + read * width(), width(), output() + put * width());
    });
  }
  void backward(Participant& participant) override {
    if (!input_gradient()) return;
    for_places(participant, [this](int64_t put, int64_t read) {
      add(output_gradient() + put * width(), input_gradient() + read * width(), width());
    });
  }
  // What stands for the output of a chain is not flushed: nobody reads it as a layer.
  const float* source() const {
    return context().model.graph().is_implied(index()) ? values().at(reads()) : input();
  }
};

class LastStepPass final : public CopyPass {
 public:
  using CopyPass::CopyPass;

 private:
  int64_t row_read(int64_t, int64_t sorted_row) const override {
    const Steps& steps = values().steps(reads());
    return steps.begin(steps.length(sorted_row) - 1) + sorted_row;
  }
};

class RepeatPass final : public CopyPass {
 public:
  using CopyPass::CopyPass;

 private:
  int64_t row_read(int64_t, int64_t sorted_row) const override { return sorted_row; }
};

class ReversePass final : public CopyPass {
 public:
  using CopyPass::CopyPass;

 private:
  int64_t row_read(int64_t step, int64_t sorted_row) const override {
    return values().steps(reads()).row_of(step, sorted_row, true);
  }
};

class LastStepsPass final : public CopyPass {
 public:
  using CopyPass::CopyPass;

 private:
  int64_t row_read(int64_t step, int64_t sorted_row) const override {
    const Steps& from = values().steps(reads());
    const int64_t skipped = from.length(sorted_row) - values().steps(puts()).length(sorted_row);
    return from.begin(skipped + step) + sorted_row;
  }
};

// Reads states where the recurrent layer has them, and gives their gradients to it.
class FinalStatePass final : public LayerPass {
 public:
  using LayerPass::LayerPass;

 private:
  RecurrentLayerPass& layer_read() const {
    return *context().recurrent[static_cast<size_t>(context().model.graph().maker(reads()))];
  }
  int32_t state() const {
    return node().kind == RECURRENT_LAYER_FINAL_CELL_STATE ? RECURRENT_STATE_CELL
                                                           : RECURRENT_STATE_HIDDEN;
  }
  void forward(Participant& participant) override {
    RecurrentLayerPass& from = layer_read();
    const int64_t width = values().width(puts());
    for_rows(participant, values().rows(puts()), [&](int64_t sorted_row) {
      float* to = output() + sorted_row * width;
      for (const RecurrentPass& pass : from.directions())
        to = std::copy_n(pass.final_state(state(), from.steps(), sorted_row), pass.size_of(state()),
                         to);
    });
  }
  void backward(Participant& participant) override {
    const int64_t width = values().width(puts());
    for_rows(participant, values().rows(puts()), [&](int64_t sorted_row) {
      const float* from = output_gradient() + sorted_row * width;
      for (RecurrentPass& pass : layer_read().directions()) {
        add(from, pass.state_gradient(state(), sorted_row), pass.size_of(state()));
        from += pass.size_of(state());
      }
    });
  }
};

}  // namespace

std::unique_ptr<LayerPass> make_last_step_pass(PassContext& context, int32_t node) {
  return std::make_unique<LastStepPass>(context, node);
}

std::unique_ptr<LayerPass> make_final_state_pass(PassContext& context, int32_t node) {
  return std::make_unique<FinalStatePass>(context, node);
}

std::unique_ptr<LayerPass> make_repeat_pass(PassContext& context, int32_t node) {
  return std::make_unique<RepeatPass>(context, node);
}

std::unique_ptr<LayerPass> make_reverse_pass(PassContext& context, int32_t node) {
  return std::make_unique<ReversePass>(context, node);
}

std::unique_ptr<LayerPass> make_last_steps_pass(PassContext& context, int32_t node) {
  return std::make_unique<LastStepsPass>(context, node);
}

}  // namespace recurrent
