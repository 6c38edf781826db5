#include "train/dense_pass.h"

#include <algorithm>

#include "base/checked.h"
#include "exec/slice.h"

namespace recurrent {

bool DensePass::is_linear() const { return cell_.activation.kind == RECURRENT_ACTIVATION_IDENTITY; }

void DensePass::set_weights(const PackedLayer& layer) {
  layer_ = &layer;
  const Phase& phase = layer.directions.front().phases.front();
  cell_ = phase.constants;
  if (!is_linear()) cell_.finish = phase.record;
  weights_.set(parameters_.layer(index_).forward->input_weights, {{0, layer.output_size}},
               layer.input_size, kernels_);
}

void DensePass::plan(Arena& arena, int64_t rows, int threads) {
  arena.keep(tape_, checked_mul(rows, layer_->output_size, "time"));
  outer_.plan(arena, layer_->input_size, threads);
}

void DensePass::forward(Participant& participant, const float* x, int64_t rows, float* y) {
  participant.stage([&](int index) {
    const Slice groups = slice_of(cell_.groups, index, participant.size());
    kernels::CellArgs args{};
    args.range = {rows, groups.begin, groups.end, 0};
    args.cell = &cell_;
    args.init = cell_.bias;
    args.x = x;
    args.x_stride = args.x_size = layer_->input_size;
    args.y = y;
    args.y_stride = args.tape_stride = layer_->output_size;
    args.tape = tape_.data();
    layer_->directions.front().phases.front().function(args);
  });
}

void DensePass::backward(Participant& participant, const float* x, int64_t rows, const float* dy,
                         float* dx, int64_t dx_stride) {
  const int64_t units = layer_->output_size;
  float* da = tape_.data();
  participant.stage([&](int index) {
    const Slice own = slice_of(rows, index, participant.size());
    const int64_t at = own.begin * units;
    const int64_t count = (own.end - own.begin) * units;
    if (is_linear())
      std::copy_n(dy + at, count, da + at);
    else
      kernels_.slope(cell_.activation.kind, cell_.activation.alpha, cell_.activation.beta, da + at,
                     dy + at, da + at, count);
  });
  if (dx) weights_.multiply(participant, da, units, rows, dx, dx_stride);
  float* dw = parameters_.gradient(index_, false, RECURRENT_PARAMETER_INPUT_WEIGHTS);
  outer_.add(participant, rows, {da, units, nullptr}, {{0, units, {dw, nullptr}}},
             {{{{x, layer_->input_size, nullptr}, layer_->input_size}, {}}});
  float* db = parameters_.gradient(index_, false, RECURRENT_PARAMETER_INPUT_BIAS);
  if (!db) return;
  participant.stage([&](int index) {
    const Slice own = slice_of(units, index, participant.size());
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t j = own.begin; j < own.end; ++j) db[j] += da[row * units + j];
  });
}

}  // namespace recurrent
