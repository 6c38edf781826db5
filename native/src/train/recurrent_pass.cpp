#include "train/recurrent_pass.h"

#include <algorithm>

#include "base/checked.h"
#include "exec/bind.h"
#include "exec/slice.h"
#include "gemm/provider.h"

namespace recurrent {
namespace {

using kernels::Backward;
using kernels::BackwardArgs;
using kernels::CellArgs;

// Rows whose input products are computed at once: their pre-activations are to stay in the
// second-level cache.
constexpr int64_t kProductFloats = int64_t{192} * 1024;

// Weights that every core has in its second-level cache at little cost, while a step of them is too
// short for threads to meet after each.
constexpr int64_t kSmallWeights = int64_t{32} * 1024;
constexpr int64_t kFewPlaces = 4;

// Rows of a step that belong to these places.
Slice rows_of(const Steps& steps, int64_t step, Slice sorted_rows) {
  const int64_t rows = steps.rows(step);
  return {std::min(sorted_rows.begin, rows), std::min(sorted_rows.end, rows)};
}

Slice units_of(const kernels::CellConstants& cell, int64_t width, int64_t stride, int index,
               int slices) {
  const Slice groups = slice_of(cell.groups, index, slices);
  const int64_t group_units = cell.grouping.panels_per_group * width;
  return {std::min(groups.begin * group_units, stride), std::min(groups.end * group_units, stride)};
}

}  // namespace

RecurrentPass::RecurrentPass(const Model& model, Parameters& parameters, size_t layer, bool reverse)
    : model_(model),
      kernels_(model.kernels()),
      parameters_(parameters),
      index_(layer),
      reverse_(reverse),
      blocks_(model.kernels(), parameters, layer, reverse),
      outer_(model.kernels()) {}

void RecurrentPass::set_weights(const PackedLayer& layer, const PackedDirection& direction) {
  layer_ = &layer;
  direction_ = &direction;
  blocks_.set_weights(layer, direction);
  outer_.use(uses_mkl() ? mkl() : nullptr);
  recording_ = direction.phases;
  recording_.record();
  const int64_t gates = is(RECURRENT_LAYER_GRU) ? 4 : layer.gates;
  tape_stride_ = gates * units();
  input_columns_ = layer.gates * units();
  is_transposed_ = false;
}

void RecurrentPass::transpose_weights() {
  const recurrent_layer_desc& desc = parameters_.layer(index_);
  const recurrent_direction_desc& weights = reverse_ ? *desc.reverse : *desc.forward;
  const int64_t h = units();
  const int64_t s = layer_->state_size;
  // The order of the tape.
  if (is(RECURRENT_LAYER_GRU))
    input_weights_.set(weights.input_weights, {{2 * h, h}, {0, 2 * h}}, layer_->input_size,
                       kernels_);
  else
    input_weights_.set(weights.input_weights, {{0, input_columns_}}, layer_->input_size, kernels_);
  const int64_t fed = resets_before() ? 2 * h : layer_->gates * h;
  recurrent_weights_.set(weights.recurrent_weights, {{0, fed}}, s, kernels_);
  if (resets_before()) candidate_weights_.set(weights.recurrent_weights, {{2 * h, h}}, s, kernels_);
  if (projects()) projection_.set(weights.projection, {{0, s}}, h, kernels_);
  is_transposed_ = true;
}

void RecurrentPass::plan(Arena& arena, const Steps& steps, int threads, bool drops_state) {
  const int64_t total = steps.total();
  const int64_t sorted_rows = steps.sorted_rows();
  const int64_t hidden = hidden_stride();
  const int64_t cell = cell_stride();
  const auto of = [](int64_t rows, int64_t width) { return checked_mul(rows, width, "time"); };
  arena.keep(initial_hidden_, of(sorted_rows, hidden));
  arena.keep(hidden_gradient_, of(sorted_rows, hidden));
  if (layer_->has_cell()) {
    arena.keep(initial_cell_, of(sorted_rows, cell));
    arena.keep(cell_gradient_, of(sorted_rows, cell));
  }
  if (is_gru()) arena.keep(direct_gradient_, of(sorted_rows, hidden));
  in_blocks_ = !drops_state && blocks_.serves(steps);
  if (in_blocks_) {
    blocks_.plan(arena, steps);
    arena.keep(final_hidden_, of(sorted_rows, hidden));
    if (layer_->has_cell()) arena.keep(final_cell_, of(sorted_rows, cell));
    return;
  }
  if (!is_transposed_) transpose_weights();
  arena.scratch(product_,
                of(std::max(kProductFloats / layer_->columns, sorted_rows), layer_->columns));
  arena.keep(tape_, of(total, tape_stride_));
  arena.keep(hidden_, of(total, hidden));
  if (drops_state) arena.keep(dropped_, of(total, hidden));
  if (layer_->has_cell()) arena.keep(cell_, of(total, cell));
  if (projects()) {
    arena.keep(unprojected_, of(total, cell));
    arena.scratch(projected_gradient_, of(total, hidden));
  }
  if (projects() || resets_before()) arena.scratch(unprojected_gradient_, of(sorted_rows, cell));
  if (resets_before()) {
    arena.keep(reset_, of(total, cell));
    arena.scratch(scratch_, of(2 * sorted_rows, cell));
  }
  arena.scratch(bias_gradient_, of(sorted_rows, tape_stride_));
  if (direction_->peephole.size() > 0)
    arena.scratch(peephole_gradient_, of(sorted_rows, 3 * units()));
  previous_.resize(static_cast<size_t>(total));
  outer_.plan(arena, std::max(layer_->input_size + layer_->state_size, layer_->hidden_size),
              threads);
}

void RecurrentPass::take_places() {
  if (in_blocks_) blocks_.take_places();
}

const float* RecurrentPass::state_before(const Steps& steps, int64_t step) const {
  if (dropout_) return dropped_.data() + steps.begin(step) * hidden_stride();
  return step == 0 ? initial_hidden_.data()
                   : hidden_.data() + steps.begin(step - 1) * hidden_stride();
}

const float* RecurrentPass::cell_before(const Steps& steps, int64_t step) const {
  return step == 0 ? initial_cell_.data() : cell_.data() + steps.begin(step - 1) * cell_stride();
}

const float* RecurrentPass::final_state(int32_t kind, const Steps& steps,
                                        int64_t sorted_row) const {
  const int64_t stride = is_cell(kind) ? cell_stride() : hidden_stride();
  const Floats& initial = is_cell(kind) ? initial_cell_ : initial_hidden_;
  const Floats& after = is_cell(kind) ? cell_ : hidden_;
  if (in_blocks_) return (is_cell(kind) ? final_cell_ : final_hidden_).data() + sorted_row * stride;
  const int64_t length = steps.length(sorted_row);
  return length == 0 ? initial.data() + sorted_row * stride
                     : after.data() + (steps.begin(length - 1) + sorted_row) * stride;
}

bool RecurrentPass::shares_sorted_rows(const Steps& steps) const {
  return layer_->columns * (layer_->input_size + layer_->state_size) <= kSmallWeights &&
         steps.sorted_rows() >= kFewPlaces;
}

void RecurrentPass::forward(Participant& participant, const Steps& steps, const float* x, float* y,
                            int64_t y_stride) {
  if (in_blocks_)
    return blocks_.forward(participant, steps, x, states(initial_hidden_, initial_cell_),
                           states(final_hidden_, final_cell_), y, y_stride);
  if (shares_sorted_rows(steps)) {
    participant.stage([&](int index) {
      Participant alone;
      const Slice sorted_rows = slice_of(steps.sorted_rows(), index, participant.size());
      for (int64_t s = 0; s < steps.count(); ++s) {
        const Slice own = rows_of(steps, s, sorted_rows);
        if (own.begin == own.end) break;
        const int64_t first = steps.begin(s) + own.begin;
        float* const product = product_.data() + own.begin * layer_->columns;
        multiply_inputs(alone, x + first * layer_->input_size, own.end - own.begin, product);
        step(alone, steps, s, own, product, y ? y + first * y_stride : nullptr, y_stride);
      }
    });
    return;
  }
  const int64_t most = std::max(kProductFloats / layer_->columns, steps.sorted_rows());
  for (int64_t first = 0; first < steps.count();) {
    int64_t last = first;
    while (last < steps.count() && steps.begin(last + 1) - steps.begin(first) <= most) ++last;
    multiply_inputs(participant, x + steps.begin(first) * layer_->input_size,
                    steps.begin(last) - steps.begin(first), product_.data());
    for (int64_t s = first; s < last; ++s)
      step(participant, steps, s, {0, steps.rows(s)},
           product_.data() + (steps.begin(s) - steps.begin(first)) * layer_->columns,
           y ? y + steps.begin(s) * y_stride : nullptr, y_stride);
    first = last;
  }
}

void RecurrentPass::multiply_inputs(Participant& participant, const float* x, int64_t rows,
                                    float* out) {
  const PackedMatrix& weights = direction_->weights;
  participant.stage([&](int index) {
    const Slice groups = slice_of(weights.groups(), index, participant.size());
    recurrent::multiply({model_, *layer_, *direction_, x, out, rows, {}}, groups.begin, groups.end);
  });
}

void RecurrentPass::step(Participant& participant, const Steps& steps, int64_t step, Slice own,
                         const float* init, float* y, int64_t y_stride) {
  const int64_t rows = own.end - own.begin;
  const int64_t begin = steps.begin(step) + own.begin;
  if (dropout_) drop_state(participant, steps, step, own);
  StepSlots slots{};
  slots.rows = rows;
  slots.init = init;
  slots.init_stride = layer_->columns;
  slots.before = state_before(steps, step) + own.begin * hidden_stride();
  slots.after = hidden_.data() + begin * hidden_stride();
  slots.y = y;
  slots.y_stride = y_stride;
  slots.tape = tape_.data() + begin * tape_stride_;
  slots.tape_stride = tape_stride_;
  if (layer_->has_cell()) slots.c = cell_.data() + begin * cell_stride();
  if (projects()) slots.unprojected = unprojected_.data() + begin * cell_stride();
  if (resets_before()) {
    slots.reset_state = reset_.data() + begin * cell_stride();
    slots.update = scratch_.data() + own.begin * cell_stride();
    slots.candidate = slots.update + steps.sorted_rows() * cell_stride();
  }
  const float* cell_from =
      layer_->has_cell() ? cell_before(steps, step) + own.begin * cell_stride() : nullptr;
  for (const Phase& phase : recording_) {
    const CellArgs args = bind(*layer_, phase, slots);
    participant.stage([&](int index) {
      // The kernel renews cell states in place; the old ones are for the backward pass.
      if (cell_from && &phase == &recording_.front()) {
        const Slice units =
            units_of(phase.constants, kernels_.width, cell_stride(), index, participant.size());
        for (int64_t row = 0; row < rows; ++row)
          std::copy(cell_from + row * cell_stride() + units.begin,
                    cell_from + row * cell_stride() + units.end,
                    args.c + row * cell_stride() + units.begin);
      }
      call(phase, args, index, participant.size());
    });
  }
}

void RecurrentPass::call(const Phase& phase, CellArgs args, int index, int slices) {
  const Slice groups = slice_of(phase.constants.groups, index, slices);
  args.range.group_begin = groups.begin;
  args.range.group_end = groups.end;
  phase.function(args);
}

void RecurrentPass::drop_state(Participant& participant, const Steps& steps, int64_t step,
                               Slice own) {
  const int64_t stride = hidden_stride();
  const float* from =
      step == 0 ? initial_hidden_.data() : hidden_.data() + steps.begin(step - 1) * stride;
  float* to = dropped_.data() + steps.begin(step) * stride;
  participant.stage([&](int index) {
    const Slice part = slice_of(own.end - own.begin, index, participant.size());
    for (int64_t row = own.begin + part.begin; row < own.begin + part.end; ++row) {
      std::copy_n(from + row * stride, stride, to + row * stride);
      const auto caller = static_cast<uint64_t>((*dropped_rows_)[static_cast<size_t>(row)]);
      dropout_->apply(to + row * stride, state_size(),
                      caller * static_cast<uint64_t>(state_size()));
    }
  });
}

void RecurrentPass::drop_gradients(Participant& participant, Slice own) {
  const int64_t stride = hidden_stride();
  participant.stage([&](int index) {
    const Slice part = slice_of(own.end - own.begin, index, participant.size());
    for (int64_t row = own.begin + part.begin; row < own.begin + part.end; ++row) {
      const auto first = static_cast<uint64_t>((*dropped_rows_)[static_cast<size_t>(row)]) *
                         static_cast<uint64_t>(state_size());
      dropout_->apply(hidden_gradient_.data() + row * stride, state_size(), first);
      if (is_gru()) dropout_->apply(direct_gradient_.data() + row * stride, state_size(), first);
    }
  });
}

void RecurrentPass::clear_states(const Steps& steps) {
  hidden_gradient_.zeroed(steps.sorted_rows() * hidden_stride());
  if (layer_->has_cell()) cell_gradient_.zeroed(steps.sorted_rows() * cell_stride());
  if (is_gru()) direct_gradient_.zeroed(steps.sorted_rows() * hidden_stride());
}

void RecurrentPass::backward(Participant& participant, const Steps& steps, const float* dy,
                             int64_t dy_stride, float* dx, int64_t dx_stride, bool of_start) {
  if (in_blocks_)
    return blocks_.backward(participant, steps, dy, dy_stride,
                            states(hidden_gradient_, cell_gradient_), dx, dx_stride, of_start);
  const auto dy_of = [&](int64_t row) { return dy ? dy + row * dy_stride : nullptr; };
  const bool by_sorted_row = shares_sorted_rows(steps);
  participant.stage([&](int index) {
    if (index != 0) return;
    for (int64_t s = 0; s < steps.count(); ++s)
      for (int64_t row = 0; row < steps.rows(s); ++row)
        previous_[static_cast<size_t>(steps.begin(s) + row)] =
            state_before(steps, s) + row * hidden_stride();
    bias_gradient_.zeroed((by_sorted_row ? steps.sorted_rows() : 1) * tape_stride_);
    if (by_sorted_row && direction_->peephole.size() > 0)
      peephole_gradient_.zeroed(steps.sorted_rows() * 3 * units());
  });
  if (by_sorted_row) {
    participant.stage([&](int index) {
      Participant alone;
      const Slice sorted_rows = slice_of(steps.sorted_rows(), index, participant.size());
      for (int64_t s = steps.count(); s-- > 0;) {
        const Slice own = rows_of(steps, s, sorted_rows);
        if (own.begin == own.end) continue;
        step_back(alone, steps, s, own, dy_of(steps.begin(s) + own.begin), dy_stride,
                  s > 0 || of_start);
      }
    });
  } else {
    for (int64_t s = steps.count(); s-- > 0;)
      step_back(participant, steps, s, {0, steps.rows(s)}, dy_of(steps.begin(s)), dy_stride,
                s > 0 || of_start);
  }
  if (dx) multiply_input_gradients(participant, steps.total(), dx, dx_stride);
}

void RecurrentPass::multiply_input_gradients(Participant& participant, int64_t rows, float* dx,
                                             int64_t dx_stride) const {
  if (!uses_mkl())
    return input_weights_.multiply(participant, tape_.data(), tape_stride_, rows, dx, dx_stride);
  const recurrent_layer_desc& desc = parameters_.layer(index_);
  const float* weights = (reverse_ ? *desc.reverse : *desc.forward).input_weights;
  const int64_t inputs = layer_->input_size;
  participant.stage([&](int index) {
    const Slice own = slice_of(rows, index, participant.size());
    const float* from = tape_.data() + own.begin * tape_stride_;
    const auto add = [&](int64_t gate, int64_t row, int64_t count, float beta) {
      mkl()->sgemm(own.end - own.begin, inputs, count, from + gate, tape_stride_,
                   weights + row * inputs, inputs, beta, dx + own.begin * dx_stride, dx_stride);
    };
    const int64_t h = units();
    if (is(RECURRENT_LAYER_GRU)) {
      add(0, 2 * h, h, 0.0f);
      add(h, 0, 2 * h, 1.0f);
    } else {
      add(0, 0, input_columns_, 0.0f);
    }
  });
}

void RecurrentPass::step_back(Participant& participant, const Steps& steps, int64_t step, Slice own,
                              const float* dy, int64_t dy_stride, bool of_before) {
  const int64_t begin = steps.begin(step) + own.begin;
  const bool by_sorted_row = shares_sorted_rows(steps);
  BackwardArgs args{};
  args.rows = own.end - own.begin;
  args.cell = &recording_.front().constants;
  args.tape = tape_.data() + begin * tape_stride_;
  args.tape_stride = tape_stride_;
  args.dy = dy;
  args.dy_stride = dy_stride;
  float* const dh = hidden_gradient_.data() + own.begin * hidden_stride();
  args.dh = dh;
  args.h_stride = hidden_stride();
  args.h = state_before(steps, step) + own.begin * hidden_stride();
  args.bias_stride = by_sorted_row ? tape_stride_ : 0;
  args.bias = bias_gradient_.data() + own.begin * args.bias_stride;
  args.c_stride = cell_stride();
  float* const unprojected = unprojected_gradient_.data() + own.begin * cell_stride();
  if (is_gru()) args.direct = direct_gradient_.data() + own.begin * hidden_stride();
  if (layer_->has_cell()) {
    args.dc = cell_gradient_.data() + own.begin * cell_stride();
    args.c = cell_before(steps, step) + own.begin * cell_stride();
    args.c_new = cell_.data() + begin * cell_stride();
    args.peephole = parameters_.gradient(index_, reverse_, RECURRENT_PARAMETER_PEEPHOLE);
    if (by_sorted_row && args.peephole) {
      args.peephole_stride = 3 * units();
      args.peephole = peephole_gradient_.data() + own.begin * args.peephole_stride;
    }
  }
  if (projects()) {
    unproject(participant, steps, step, own, dy, dy_stride);
    args.dy = nullptr;
    args.dh = unprojected;
    args.h_stride = cell_stride();
  }
  const int64_t h = units();
  switch (layer_->kind) {
    case RECURRENT_LAYER_SIMPLE_RNN:
      turn(participant, Backward::kSimple, args);
      break;
    case RECURRENT_LAYER_LSTM:
      turn(participant, Backward::kLstm, args);
      break;
    case RECURRENT_LAYER_GRU:
      turn(participant, Backward::kGru, args);
      break;
    default:
      turn(participant, Backward::kGruCandidate, args);
      candidate_weights_.multiply(participant, args.tape + 2 * h, tape_stride_, args.rows,
                                  unprojected, cell_stride());
      args.ds = unprojected;
      turn(participant, Backward::kGruReset, args);
  }
  if (!of_before) return;
  // The gates that h feeds are the tape's last ones, except where n has s instead.
  const float* fed = args.tape + (is(RECURRENT_LAYER_GRU) ? h : 0);
  recurrent_weights_.multiply(participant, fed, tape_stride_, args.rows, dh, hidden_stride());
  if (dropout_) drop_gradients(participant, own);
}

// From the gradient of what a projection puts out to that of what it takes in.
void RecurrentPass::unproject(Participant& participant, const Steps& steps, int64_t step, Slice own,
                              const float* dy, int64_t dy_stride) {
  const int64_t stride = hidden_stride();
  const int64_t size = state_size();
  const int64_t rows = own.end - own.begin;
  float* to = projected_gradient_.data() + (steps.begin(step) + own.begin) * stride;
  participant.stage([&](int index) {
    const Slice part = slice_of(rows, index, participant.size());
    for (int64_t row = part.begin; row < part.end; ++row) {
      const float* dh = hidden_gradient_.data() + (own.begin + row) * stride;
      for (int64_t j = 0; j < size; ++j)
        to[row * stride + j] = dh[j] + (dy ? dy[row * dy_stride + j] : 0.0f);
    }
  });
  projection_.multiply(participant, to, stride, rows,
                       unprojected_gradient_.data() + own.begin * cell_stride(), cell_stride());
}

void RecurrentPass::turn(Participant& participant, Backward cell, const BackwardArgs& args) const {
  const kernels::BackwardKernels& kernels = kernels_.backward[static_cast<int32_t>(cell)];
  const kernels::BackwardFn function =
      direction_->phases.front().records_values ? kernels.plain : kernels.general;
  const int64_t panels = div_up(units(), kernels_.width);
  participant.stage([&](int index) {
    const Slice own = slice_of(panels, index, participant.size());
    BackwardArgs part = args;
    part.panel_begin = own.begin;
    part.panel_end = own.end;
    function(part);
  });
}

void RecurrentPass::add_gradients(Participant& participant, const Steps& steps, const float* x) {
  if (in_blocks_) return blocks_.add_gradients(participant);
  add_weights(participant, steps, x);
  participant.stage([&](int index) {
    if (index == 0) add_biases(steps);
  });
}

void RecurrentPass::add_weights(Participant& participant, const Steps& steps, const float* x) {
  const int64_t h = units();
  const int64_t inputs = layer_->input_size;
  const int64_t states = layer_->state_size;
  float* dw = parameters_.gradient(index_, reverse_, RECURRENT_PARAMETER_INPUT_WEIGHTS);
  float* dr = parameters_.gradient(index_, reverse_, RECURRENT_PARAMETER_RECURRENT_WEIGHTS);
  const RowsView tape{tape_.data(), tape_stride_, nullptr};
  const RightSides::Side from_x{{x, inputs, nullptr}, inputs};
  const RightSides::Side from_h{{nullptr, 0, previous_.data()}, states};
  const int64_t total = steps.total();
  if (is(RECURRENT_LAYER_GRU)) {
    // p r z of x, r z q of h.
    float* const dw_n = dw + 2 * h * inputs;
    float* const dr_n = dr + 2 * h * states;
    outer_.add(participant, total, tape,
               {{h, 2 * h, {dw, dr}}, {0, h, {dw_n, nullptr}}, {3 * h, h, {nullptr, dr_n}}},
               {{from_x, from_h}});
  } else if (resets_before()) {
    const RightSides::Side from_s{{reset_.data(), cell_stride(), nullptr}, states};
    float* const dw_n = dw + 2 * h * inputs;
    float* const dr_n = dr + 2 * h * states;
    outer_.add(participant, total, tape, {{0, 2 * h, {dw, dr}}}, {{from_x, from_h}});
    outer_.add(participant, total, tape, {{2 * h, h, {dw_n, dr_n}}}, {{from_x, from_s}});
  } else {
    outer_.add(participant, total, tape, {{0, tape_stride_, {dw, dr}}}, {{from_x, from_h}});
  }
  if (!projects()) return;
  float* const dp = parameters_.gradient(index_, reverse_, RECURRENT_PARAMETER_PROJECTION);
  outer_.add(participant, total, {projected_gradient_.data(), hidden_stride(), nullptr},
             {{0, states, {dp, nullptr}}},
             {{{{unprojected_.data(), cell_stride(), nullptr}, h}, {}}});
}

// Both biases have the same gradient, but for the halves of the candidate of a GRU.
void RecurrentPass::add_biases(const Steps& steps) {
  const int64_t h = units();
  float* sums = bias_gradient_.data();
  if (shares_sorted_rows(steps)) {
    for (int64_t sorted_row = 1; sorted_row < steps.sorted_rows(); ++sorted_row)
      for (int64_t i = 0; i < tape_stride_; ++i) sums[i] += sums[sorted_row * tape_stride_ + i];
    float* peephole = parameters_.gradient(index_, reverse_, RECURRENT_PARAMETER_PEEPHOLE);
    for (int64_t sorted_row = 0; peephole && sorted_row < steps.sorted_rows(); ++sorted_row)
      for (int64_t i = 0; i < 3 * h; ++i)
        peephole[i] += peephole_gradient_.data()[sorted_row * 3 * h + i];
  }
  for (const int32_t role : {RECURRENT_PARAMETER_INPUT_BIAS, RECURRENT_PARAMETER_RECURRENT_BIAS}) {
    float* to = parameters_.gradient(index_, reverse_, role);
    if (!to) continue;
    if (!is(RECURRENT_LAYER_GRU)) {
      for (int64_t i = 0; i < tape_stride_; ++i) to[i] += sums[i];
      continue;
    }
    const float* candidate = sums + (role == RECURRENT_PARAMETER_INPUT_BIAS ? 0 : 3 * h);
    for (int64_t i = 0; i < 2 * h; ++i) to[i] += sums[h + i];
    for (int64_t i = 0; i < h; ++i) to[2 * h + i] += candidate[i];
  }
}

int64_t RecurrentPass::tape_bytes() const {
  return blocks_.tape_bytes() + tape_.bytes() + hidden_.bytes() + dropped_.bytes() + cell_.bytes() +
         unprojected_.bytes() + reset_.bytes();
}

}  // namespace recurrent
