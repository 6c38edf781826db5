#include <algorithm>
#include <vector>

#include "base/checked.h"
#include "exec/windows.h"
#include "train/layer_passes.h"
#include "train/outer_product.h"
#include "train/state_pass.h"
#include "train/transposed.h"

namespace recurrent {
namespace {

// Windows that are gathered at once: as many as fill so many floats, but enough for the blocks of
// rows that gradients of weights are made of, unless a window alone is very long.
constexpr int64_t kFloats = int64_t{192} * 1024;
constexpr int64_t kFewestWindows = 384;
constexpr int64_t kMostFloats = int64_t{16} * 1024 * 1024;

// A convolution: the product over windows that are gathered, some at a time, on the way forward and
// again on the way back. Windows are rows of what the layer outputs.
class ConvolutionPass final : public LayerPass, public StatePass {
 public:
  ConvolutionPass(PassContext& context, int32_t node)
      : LayerPass(context, node), outer_(context.model.kernels()) {}

  void set_weights() override { is_transposed_ = false; }
  void plan(Arena& arena) override;
  int64_t tape_bytes() const override {
    return LayerPass::tape_bytes() + tape_.bytes() + initial_.bytes();
  }
  StatePass* states(int32_t) override { return layer().has_history() ? this : nullptr; }

  float* initial_state(int32_t, int64_t sorted_row) override {
    return initial_.data() + sorted_row * history_size();
  }
  void get_final_state(int32_t kind, const Steps& steps, int64_t sorted_row,
                       float* state) const override;
  void clear_states(const Steps&) override {
    final_gradient_.zeroed(rows().count() * history_size());
  }
  float* state_gradient(int32_t, int64_t sorted_row) override {
    return final_gradient_.data() + sorted_row * history_size();
  }
  float initial_gradient(int32_t, int64_t sorted_row, int64_t element) const override {
    return initial_gradient_.data()[sorted_row * history_size() + element];
  }

 private:
  // Some windows, side by side among the rows of the output.
  struct Chunk {
    int64_t first;
    int64_t count;
  };

  void forward(Participant& participant) override;
  void backward(Participant& participant) override;

  const PackedConvolution& convolution() const { return layer().convolution; }
  const kernels::Activation& activation() const {
    return layer().directions.front().phases.front().constants.activation;
  }
  bool is_linear() const { return activation().kind == RECURRENT_ACTIVATION_IDENTITY; }
  int64_t units() const { return layer().output_size; }
  int64_t taps() const { return convolution().window.kernel_size; }
  int64_t history_size() const { return convolution().history.size; }
  int64_t padded_terms() const { return round_up(layer().terms, kRowPadding); }
  const Steps& steps_read() const { return values().steps(reads()); }
  const Steps& steps_put() const { return values().steps(puts()); }

  template <class Visitor>
  void for_chunks(Visitor visit) const {
    const int64_t total = values().rows(puts());
    for (int64_t first = 0; first < total; first += windows_)
      visit(Chunk{first, std::min(windows_, total - first)});
  }
  template <class Visitor>
  void for_windows(Chunk chunk, Visitor visit) const;
  GatheredSteps gathered(Chunk chunk) const {
    return {const_cast<float*>(gathered_.data()), chunk.count * taps()};
  }
  void gather(Chunk chunk, Slice own) const;
  void transpose_weights();
  void take_final_gradients(Participant& participant);
  void turn(Participant& participant);
  void add_weights(Participant& participant, Chunk chunk);
  void add_lane_weights(Participant& participant, Chunk chunk);
  float* target(int64_t step, int64_t sorted_row) const;
  void add_inputs(Participant& participant, Chunk chunk, int64_t group);
  void add_lane_inputs(Participant& participant, Chunk chunk);
  void add_bias(Participant& participant);
  float* parameter_gradient(int32_t role) const {
    return context().parameters.gradient(static_cast<size_t>(index()), false, role);
  }

  int64_t windows_ = 1;  // of a chunk
  bool is_transposed_ = false;
  std::vector<Transposed> weights_;  // of each group
  OuterProduct outer_;
  Floats tape_;              // `[windows][units]` pre-activations, then their gradients
  Floats gathered_;          // of a chunk
  Floats window_gradients_;  // of a chunk and a group: `[windows][padded_terms]`
  Floats lane_gradients_;    // of the weights of a chunk, `[terms][units]`
  Floats initial_;           // `[sorted rows][history_size]`, likewise the following
  Floats final_gradient_;
  Floats initial_gradient_;
};

void ConvolutionPass::plan(Arena& arena) {
  LayerPass::plan(arena);
  arena.begin_section();
  const int64_t total = values().rows(puts());
  const int64_t window = window_floats(layer());
  windows_ = std::max(kFloats / window, std::min(kFewestWindows, kMostFloats / window));
  windows_ = std::clamp<int64_t>(windows_, 1, std::max<int64_t>(total, 1));
  arena.keep(tape_, checked_mul(total, units(), "time"));
  arena.scratch(gathered_, checked_mul(windows_, window, "time"));
  if (convolution().is_by_lanes())
    arena.scratch(lane_gradients_, checked_mul(layer().terms, units(), "time"));
  else
    arena.scratch(window_gradients_, checked_mul(windows_, padded_terms(), "time"));
  const int64_t history = checked_mul(rows().count(), history_size(), "time");
  for (Floats* of_rows : {&initial_, &final_gradient_, &initial_gradient_})
    arena.keep(*of_rows, history);
  if (convolution().is_by_lanes()) return;
  outer_.plan(arena, layer().terms, context().threads);
  if (!is_transposed_) transpose_weights();
}

void ConvolutionPass::transpose_weights() {
  const float* const weights =
      context().parameters.layer(static_cast<size_t>(index())).forward->input_weights;
  const PackedConvolution& c = convolution();
  weights_.resize(static_cast<size_t>(c.groups));
  for (int64_t group = 0; group < c.groups; ++group)
    weights_[static_cast<size_t>(group)].set(weights, {{group * c.outputs, c.outputs}},
                                             layer().terms, kernels());
  is_transposed_ = true;
}

// Calls `visit(place in the chunk, window, sorted row)`.
template <class Visitor>
void ConvolutionPass::for_windows(Chunk chunk, Visitor visit) const {
  const Steps& steps = steps_put();
  int64_t window = steps.step_at(chunk.first);
  for (int64_t i = 0; i < chunk.count; ++i) {
    while (steps.begin(window + 1) <= chunk.first + i) ++window;
    visit(i, window, chunk.first + i - steps.begin(window));
  }
}

void ConvolutionPass::gather(Chunk chunk, Slice own) const {
  const Steps& steps = steps_read();
  const Window& w = convolution().window;
  const int64_t width = layer().input_size;
  const GatheredSteps to = gathered(chunk);
  const auto read = [&](int64_t step, int64_t sorted_row) -> const float* {
    if (step < 0)
      return layer().has_history()
                 ? initial_.data() + sorted_row * history_size() + (w.extent() + step) * width
                 : nullptr;
    if (step >= steps.length(sorted_row)) return nullptr;
    return input() + (steps.begin(step) + sorted_row) * width;
  };
  for_windows({chunk.first + own.begin, own.end - own.begin},
              [&](int64_t i, int64_t window, int64_t sorted_row) {
                for (int64_t tap = 0; tap < taps(); ++tap)
                  to.put(kernels(), layer(), (own.begin + i) * taps() + tap,
                         read(w.step_of(window, tap), sorted_row));
              });
}

void ConvolutionPass::forward(Participant& participant) {
  for_chunks([&](Chunk chunk) {
    participant.stage([&](int slice) {
      const Slice own = slice_of(chunk.count, slice, participant.size());
      if (own.begin == own.end) return;
      gather(chunk, own);
      WindowProduct product = product_of(layer(), gathered(chunk), taps(), own.end - own.begin);
      product.x += own.begin * product.x_stride;
      product.y = output() + (chunk.first + own.begin) * units();
      product.y_stride = product.tape_stride = units();
      if (!is_linear()) product.tape = tape_.data() + (chunk.first + own.begin) * units();
      multiply(kernels(), layer(), product, {0, parts_of(layer())});
    });
  });
}

void ConvolutionPass::get_final_state(int32_t, const Steps& steps, int64_t sorted_row,
                                      float* state) const {
  const int64_t width = layer().input_size;
  const int64_t extent = convolution().window.extent();
  const int64_t length = steps.length(sorted_row);
  const float* const initial = initial_.data() + sorted_row * history_size();
  for (int64_t i = 0; i < extent; ++i, state += width) {
    const int64_t step = length - extent + i;
    std::copy_n(step < 0 ? initial + (extent + step) * width
                         : input() + (steps.begin(step) + sorted_row) * width,
                width, state);
  }
}

void ConvolutionPass::backward(Participant& participant) {
  if (layer().has_history()) take_final_gradients(participant);
  turn(participant);
  const bool wants_inputs = input_gradient() || layer().has_history();
  for_chunks([&](Chunk chunk) {
    participant.stage(
        [&](int slice) { gather(chunk, slice_of(chunk.count, slice, participant.size())); });
    if (convolution().is_by_lanes()) {
      add_lane_weights(participant, chunk);
      if (wants_inputs) add_lane_inputs(participant, chunk);
      return;
    }
    add_weights(participant, chunk);
    for (int64_t group = 0; wants_inputs && group < convolution().groups; ++group)
      add_inputs(participant, chunk, group);
  });
  add_bias(participant);
}

// The final history is the last steps, and before those what there was.
void ConvolutionPass::take_final_gradients(Participant& participant) {
  const Steps& steps = steps_read();
  const int64_t width = layer().input_size;
  const int64_t extent = convolution().window.extent();
  for_rows(participant, rows().count(), [&](int64_t sorted_row) {
    const float* from = final_gradient_.data() + sorted_row * history_size();
    float* const initial = initial_gradient_.data() + sorted_row * history_size();
    std::fill_n(initial, history_size(), 0.0f);
    for (int64_t i = 0; i < extent; ++i, from += width) {
      const int64_t step = steps.length(sorted_row) - extent + i;
      if (step >= 0 && !input_gradient()) continue;
      float* const to = step < 0 ? initial + (extent + step) * width
                                 : input_gradient() + (steps.begin(step) + sorted_row) * width;
      for (int64_t j = 0; j < width; ++j) to[j] += from[j];
    }
  });
}

void ConvolutionPass::turn(Participant& participant) {
  participant.stage([&](int slice) {
    const Slice own = slice_of(values().rows(puts()), slice, participant.size());
    const int64_t at = own.begin * units();
    const int64_t count = (own.end - own.begin) * units();
    float* const da = tape_.data() + at;
    if (is_linear())
      std::copy_n(output_gradient() + at, count, da);
    else
      kernels().slope(activation().kind, activation().alpha, activation().beta, da,
                      output_gradient() + at, da, count);
  });
}

void ConvolutionPass::add_weights(Participant& participant, Chunk chunk) {
  const PackedConvolution& c = convolution();
  const int64_t terms = layer().terms;
  float* const dw = parameter_gradient(RECURRENT_PARAMETER_INPUT_WEIGHTS);
  const RowsView da{tape_.data() + chunk.first * units(), units(), nullptr};
  for (int64_t group = 0; group < c.groups; ++group) {
    const RowsView windows{gathered_.data() + group * chunk.count * terms, terms, nullptr};
    outer_.add(participant, chunk.count, da,
               {{group * c.outputs, c.outputs, {dw + group * c.outputs * terms, nullptr}}},
               {{{windows, terms}, {}}});
  }
}

// A thread has some of the outputs, and adds windows up in their order.
void ConvolutionPass::add_lane_weights(Participant& participant, Chunk chunk) {
  const int64_t terms = layer().terms;
  float* const dw = parameter_gradient(RECURRENT_PARAMETER_INPUT_WEIGHTS);
  participant.stage([&](int slice) {
    const Slice own = slice_of(units(), slice, participant.size());
    const int64_t count = own.end - own.begin;
    float* const sums = lane_gradients_.data() + own.begin;
    for (int64_t term = 0; term < terms; ++term) std::fill_n(sums + term * units(), count, 0.0f);
    for (int64_t i = 0; i < chunk.count; ++i)
      for (int64_t term = 0; term < terms; ++term)
        kernels().accumulate_product(gathered_.data() + (i * terms + term) * units() + own.begin,
                                     tape_.data() + (chunk.first + i) * units() + own.begin,
                                     sums + term * units(), count);
    for (int64_t unit = 0; unit < count; ++unit)
      for (int64_t term = 0; term < terms; ++term)
        dw[(own.begin + unit) * terms + term] += sums[term * units() + unit];
  });
}

// Where the gradient of what a tap has seen goes; null for the padding, and where nobody wants it.
float* ConvolutionPass::target(int64_t step, int64_t sorted_row) const {
  const int64_t width = layer().input_size;
  if (step < 0) {
    if (!layer().has_history()) return nullptr;
    const int64_t at = (convolution().window.extent() + step) * width;
    return const_cast<float*>(initial_gradient_.data()) + sorted_row * history_size() + at;
  }
  const Steps& steps = steps_read();
  if (step >= steps.length(sorted_row) || !input_gradient()) return nullptr;
  return input_gradient() + (steps.begin(step) + sorted_row) * width;
}

// What windows give back to the steps that they have seen, in the order of windows. A thread has
// rows of the batch, or, of few, features.
void ConvolutionPass::add_inputs(Participant& participant, Chunk chunk, int64_t group) {
  const PackedConvolution& c = convolution();
  float* const windows = window_gradients_.data();
  weights_[static_cast<size_t>(group)].multiply(
      participant, tape_.data() + chunk.first * units() + group * c.outputs, units(), chunk.count,
      windows, padded_terms());
  const bool by_rows = rows().with_steps() >= participant.size();
  participant.stage([&](int slice) {
    const Slice own = slice_of(by_rows ? rows().with_steps() : c.inputs, slice, participant.size());
    for_windows(chunk, [&](int64_t i, int64_t window, int64_t sorted_row) {
      if (by_rows && (sorted_row < own.begin || sorted_row >= own.end)) return;
      const Slice features = by_rows ? Slice{0, c.inputs} : own;
      const float* from = windows + i * padded_terms();
      for (int64_t tap = 0; tap < taps(); ++tap, from += c.inputs) {
        float* const to = target(c.window.step_of(window, tap), sorted_row);
        if (!to) continue;
        for (int64_t j = features.begin; j < features.end; ++j) to[group * c.inputs + j] += from[j];
      }
    });
  });
}

// The same of lanes, whose products are made where they are added; a thread has groups instead of
// features.
void ConvolutionPass::add_lane_inputs(Participant& participant, Chunk chunk) {
  const PackedConvolution& c = convolution();
  const bool by_rows = rows().with_steps() >= participant.size();
  participant.stage([&](int slice) {
    const Slice own = slice_of(by_rows ? rows().with_steps() : c.groups, slice, participant.size());
    const Slice groups = by_rows ? Slice{0, c.groups} : own;
    const int64_t first = groups.begin * c.outputs;
    const int64_t count = groups.end * c.outputs - first;
    for_windows(chunk, [&](int64_t i, int64_t window, int64_t sorted_row) {
      if (by_rows && (sorted_row < own.begin || sorted_row >= own.end)) return;
      const float* const da = tape_.data() + (chunk.first + i) * units() + first;
      const float* weights = c.lanes.data() + first;
      for (int64_t tap = 0; tap < taps(); ++tap) {
        float* const to = target(c.window.step_of(window, tap), sorted_row);
        for (int64_t input = 0; input < c.inputs; ++input, weights += c.lane_stride) {
          if (!to) continue;
          if (c.is_depthwise()) {
            kernels().accumulate_product(weights, da, to + first, count);
            continue;
          }
          float* into = to + groups.begin * c.inputs + input;
          for (int64_t unit = 0; unit < count; into += c.inputs)
            for (int64_t j = 0; j < c.outputs; ++j, ++unit) *into += weights[unit] * da[unit];
        }
      }
    });
  });
}

void ConvolutionPass::add_bias(Participant& participant) {
  float* const db = parameter_gradient(RECURRENT_PARAMETER_INPUT_BIAS);
  if (!db) return;
  participant.stage([&](int slice) {
    const Slice own = slice_of(units(), slice, participant.size());
    for (int64_t row = 0; row < values().rows(puts()); ++row)
      for (int64_t j = own.begin; j < own.end; ++j) db[j] += tape_.data()[row * units() + j];
  });
}

}  // namespace

std::unique_ptr<LayerPass> make_convolution_pass(PassContext& context, int32_t node) {
  return std::make_unique<ConvolutionPass>(context, node);
}

}  // namespace recurrent
