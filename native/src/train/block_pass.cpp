#include "train/block_pass.h"

#include <algorithm>

#include "base/checked.h"

namespace recurrent {
namespace {

using kernels::kBlockRows;

// So full have lanes to be, of how full vectors of units are, in percent.
constexpr int64_t kLeastFill = 85;

// Steps of blocks whose products are summed at once: few enough for the second-level cache, so many
// that the sums across lanes at their end do not count.
constexpr int64_t kStepsAtOnce = 64;

constexpr int64_t kMostParts = 8;

}  // namespace

BlockPass::BlockPass(const kernels::KernelTable& kernels, Parameters& parameters, size_t layer,
                     bool reverse)
    : kernels_(kernels), parameters_(parameters), index_(layer), reverse_(reverse) {}

void BlockPass::set_weights(const PackedLayer& layer, const PackedDirection& direction) {
  layer_ = &layer;
  direction_ = &direction;
  const kernels::BlockKernels& blocks = kernels_.blocks;
  if (!blocks.product) return;
  // Tiles read a little beyond the last row or column.
  width_ = round_up(columns(), blocks.tile_columns) + blocks.tile_columns;
  gates_ = tape_gates() * units() + blocks.tile_rows;
  seen_size_ = width_ * kBlockRows;
  // Where gradients go does not change with the weights.
  if (segments_.empty()) segments_ = segments();
  const int64_t recorded = tape_gates() + (layer.has_cell() ? 1 : 0);
  tape_size_ = (recorded * units() + blocks.tile_rows) * kBlockRows;
}

int BlockPass::kind() const {
  switch (layer_->kind) {
    case RECURRENT_LAYER_SIMPLE_RNN:
      return 0;
    case RECURRENT_LAYER_LSTM:
      return 1;
    case RECURRENT_LAYER_GRU:
      return 2;
    default:
      return -1;
  }
}

const recurrent_direction_desc& BlockPass::weights() const {
  const recurrent_layer_desc& desc = parameters_.layer(index_);
  return reverse_ ? *desc.reverse : *desc.forward;
}

bool BlockPass::serves(const Steps& steps) const {
  const bool is_plain = kind() >= 0 && direction_->phases.front().records_values &&
                        layer_->projection_size == 0 && direction_->gemm.size() == 0;
  if (!kernels_.blocks.product || !is_plain) return false;
  const int64_t lanes = blocks(steps) * kBlockRows;
  const int64_t padded = round_up(units(), kernels_.width);
  return layer_->columns * (inputs() + units()) <= kMostWeights &&
         100 * steps.sorted_rows() * padded >= kLeastFill * units() * lanes;
}

int64_t BlockPass::blocks(const Steps& steps) {
  return (steps.sorted_rows() + kBlockRows - 1) / kBlockRows;
}

int64_t BlockPass::rows_of(const Steps& steps, int64_t step, int64_t block) {
  return std::min(steps.rows(step) - block * kBlockRows, kBlockRows);
}

void BlockPass::plan(Arena& arena, const Steps& steps) {
  entries_.assign(1, 0);
  for (int64_t block = 0; block < blocks(steps); ++block)
    entries_.push_back(entries_.back() + steps.length(block * kBlockRows) + 1);
  const int64_t all = entries_.back();
  const auto of = [](int64_t count, int64_t size) { return checked_mul(count, size, "time"); };
  const int64_t state = units() * kBlockRows;
  arena.keep(seen_, of(all, seen_size_));
  arena.keep(tape_, of(all, tape_size_));
  if (layer_->has_cell()) arena.keep(cell_, of(all, state));
  arena.scratch(scratch_, of(blocks(steps), 3 * state + inputs() * kBlockRows));
  blocks_ = blocks(steps);
  parts_ = std::min(blocks_, kMostParts);
  arena.scratch(sums_, of(parts_ * gates_, width_));
}

void BlockPass::take_places() {
  steps_seen_.clear();
  steps_tape_.clear();
  for (int64_t block = 0; block < blocks_; ++block)
    for (int64_t at = entry(block); at + 1 < entry(block + 1); ++at) {
      steps_seen_.push_back(seen(at));
      steps_tape_.push_back(tape(at));
    }
}

template <class Visitor>
void BlockPass::for_own_parts(const Participant& participant, int index, Visitor visit) const {
  const Slice own = slice_of(parts_, index, participant.size());
  for (int64_t part = own.begin; part < own.end; ++part)
    visit(part, slice_of(blocks_, part, parts_));
}

void BlockPass::forward(Participant& participant, const Steps& steps, const float* x,
                        const States& initial, const States& final, float* y, int64_t y_stride) {
  participant.stage([&](int index) {
    for_own_parts(
        participant, index,
        [&](int64_t, Slice own) {
          for (int64_t block = own.begin; block < own.end; ++block)
            forward_block(steps, block, x, initial, final, y, y_stride);
        });
  });
}

void BlockPass::forward_block(const Steps& steps, int64_t block, const float* x,
                              const States& initial, const States& final, float* y,
                              int64_t y_stride) {
  const kernels::BlockKernels& kernels = kernels_.blocks;
  const bool has_cell = layer_->has_cell();
  const int64_t sorted_row = block * kBlockRows;
  const int64_t sorted_rows = std::min(steps.sorted_rows() - sorted_row, kBlockRows);
  const int64_t count = steps.length(sorted_row);
  const int64_t first = entry(block);
  // Sums read the states of all lanes, times 0 where there is no step: a sorted row that has none
  // must not bring a NaN.
  const int64_t started = count > 0 ? rows_of(steps, 0, block) : 0;
  kernels.to_block(initial.hidden + sorted_row * initial.hidden_stride, initial.hidden_stride,
                   started, units(), states(first));
  if (has_cell)
    kernels.to_block(initial.cell + sorted_row * initial.cell_stride, initial.cell_stride, started,
                     units(), cell(first));
  kernels::BlockStepArgs args{};
  args.cell = &direction_->phases.front().constants;
  for (int64_t step = 0; step < count; ++step) {
    const int64_t at = first + step;
    const int64_t rows = rows_of(steps, step, block);
    const int64_t row = steps.begin(step) + sorted_row;
    kernels.to_block(x + row * inputs(), inputs(), rows, inputs(), seen(at));
    std::fill_n(seen(at) + inputs() * kBlockRows, kBlockRows, 1.0f);
    args.x = seen(at);
    args.h = states(at);
    args.h_out = states(at + 1);
    args.tape = tape(at);
    if (has_cell) {
      args.c = cell(at);
      args.c_out = cell(at + 1);
    }
    kernels.step[kind()](args);
    if (y) kernels.from_block(args.h_out, units(), rows, y + row * y_stride, y_stride);
  }
  // Places of the same length together.
  for (int64_t i = 0; i < started;) {
    const int64_t length = steps.length(sorted_row + i);
    int64_t end = i + 1;
    while (end < started && steps.length(sorted_row + end) == length) ++end;
    const int64_t at = first + length;
    kernels.from_block(states(at) + i, units(), end - i,
                       final.hidden + (sorted_row + i) * final.hidden_stride, final.hidden_stride);
    if (has_cell)
      kernels.from_block(cell(at) + i, units(), end - i,
                         final.cell + (sorted_row + i) * final.cell_stride, final.cell_stride);
    i = end;
  }
  for (int64_t i = sorted_row + started; i < sorted_row + sorted_rows; ++i) {
    std::copy_n(initial.hidden + i * initial.hidden_stride, units(),
                final.hidden + i * final.hidden_stride);
    if (has_cell)
      std::copy_n(initial.cell + i * initial.cell_stride, units(),
                  final.cell + i * final.cell_stride);
  }
}

void BlockPass::backward(Participant& participant, const Steps& steps, const float* dy,
                         int64_t dy_stride, const States& gradients, float* dx, int64_t dx_stride,
                         bool of_start) {
  participant.stage([&](int index) {
    for_own_parts(
        participant, index,
        [&](int64_t, Slice own) {
          for (int64_t block = own.begin; block < own.end; ++block)
            backward_block(steps, block, dy, dy_stride, gradients, dx, dx_stride, of_start);
        });
  });
}

void BlockPass::backward_block(const Steps& steps, int64_t block, const float* dy,
                               int64_t dy_stride, const States& gradients, float* dx,
                               int64_t dx_stride, bool of_start) {
  const kernels::BlockKernels& kernels = kernels_.blocks;
  const bool is_gru = layer_->kind == RECURRENT_LAYER_GRU;
  const int64_t state = units() * kBlockRows;
  const int64_t sorted_row = block * kBlockRows;
  const int64_t sorted_rows = std::min(steps.sorted_rows() - sorted_row, kBlockRows);
  float* const dh = scratch_.data() + block * (3 * state + inputs() * kBlockRows);
  float* const dc = dh + state;
  float* const dy_block = dc + state;
  float* const dx_block = dy_block + state;
  float* const hidden = gradients.hidden + sorted_row * gradients.hidden_stride;
  float* const cells =
      layer_->has_cell() ? gradients.cell + sorted_row * gradients.cell_stride : nullptr;
  kernels.to_block(hidden, gradients.hidden_stride, sorted_rows, units(), dh);
  if (layer_->has_cell()) kernels.to_block(cells, gradients.cell_stride, sorted_rows, units(), dc);
  kernels::BlockBackArgs args{};
  args.units = units();
  args.dh = dh;
  args.dc = dc;
  for (int64_t step = steps.length(sorted_row); step-- > 0;) {
    const int64_t at = entry(block) + step;
    const int64_t row = steps.begin(step) + sorted_row;
    args.rows = rows_of(steps, step, block);
    args.tape = tape(at);
    args.h = states(at);
    if (layer_->has_cell()) args.c = cell(at);
    if (dy) {
      kernels.to_block(dy + row * dy_stride, dy_stride, args.rows, units(), dy_block);
      args.dy = dy_block;
    }
    kernels.back[kind()](args);
    // Of a GRU h feeds r z q, and x, whose weights are r z n, feeds n r z.
    const int64_t gates = (is_gru ? 3 : tape_gates()) * units();
    if (step > 0 || of_start)
      multiply(weights().recurrent_weights, args.tape + (is_gru ? state : 0), gates, units(), dh);
    if (!dx) continue;
    std::fill_n(dx_block, inputs() * kBlockRows, 0.0f);
    if (is_gru) {
      const float* candidate = weights().input_weights + 2 * units() * inputs();
      multiply(candidate, args.tape, units(), inputs(), dx_block);
      multiply(weights().input_weights, args.tape + state, 2 * units(), inputs(), dx_block);
    } else {
      multiply(weights().input_weights, args.tape, gates, inputs(), dx_block);
    }
    kernels.from_block(dx_block, inputs(), args.rows, dx + row * dx_stride, dx_stride);
  }
  if (!of_start) return;
  kernels.from_block(dh, units(), sorted_rows, hidden, gradients.hidden_stride);
  if (layer_->has_cell())
    kernels.from_block(dc, units(), sorted_rows, cells, gradients.cell_stride);
}

void BlockPass::multiply(const float* weights, const float* gates, int64_t terms, int64_t columns,
                         float* out) const {
  kernels_.blocks.product({weights, terms, columns, gates, out});
}

std::vector<BlockPass::Segment> BlockPass::segments() {
  const auto to = [&](int32_t role) { return parameters_.gradient(index_, reverse_, role); };
  const auto from = [](float* first, int64_t offset) { return first ? first + offset : nullptr; };
  float* const dw = to(RECURRENT_PARAMETER_INPUT_WEIGHTS);
  float* const dr = to(RECURRENT_PARAMETER_RECURRENT_WEIGHTS);
  float* const b = to(RECURRENT_PARAMETER_INPUT_BIAS);
  float* const r = to(RECURRENT_PARAMETER_RECURRENT_BIAS);
  const int64_t h = units();
  if (layer_->kind != RECURRENT_LAYER_GRU) return {{0, tape_gates() * h, dw, dr, b, r}};
  return {{0, h, dw + 2 * h * inputs(), nullptr, from(b, 2 * h), nullptr},
          {h, 2 * h, dw, dr, b, r},
          {3 * h, h, nullptr, dr + 2 * h * h, nullptr, from(r, 2 * h)}};
}

void BlockPass::add_gradients(Participant& participant) {
  participant.stage([&](int index) {
    for_own_parts(
        participant, index,
        [&](int64_t part, Slice own) {
          for (const Segment& segment : segments_) sum(segment, part, own);
        });
  });
  participant.stage([&](int index) {
    for (const Segment& segment : segments_)
      add_sums(segment, slice_of(segment.count, index, participant.size()));
  });
}

// A tile's rows beyond the segment are those of the next one, which comes later and sets them.
void BlockPass::sum(const Segment& segment, int64_t part, Slice blocks) {
  // Without the entries behind the last steps.
  const int64_t begin = entry(blocks.begin) - blocks.begin;
  const int64_t end = entry(blocks.end) - blocks.end;
  kernels::BlockGradientArgs args{};
  args.a_begin = segment.first;
  args.a_end = segment.first + segment.count;
  args.b_begin = segment.input_weights ? 0 : inputs();
  args.b_end = segment.recurrent_weights ? columns() : inputs() + 1;
  args.out = sums(part, segment.first) + args.b_begin;
  args.out_stride = width_;
  // Without steps the sums are 0.
  for (int64_t first = begin; first == begin || first < end; first += kStepsAtOnce) {
    args.a = steps_tape_.data() + first;
    args.b = steps_seen_.data() + first;
    args.steps = std::min(kStepsAtOnce, end - first);
    args.adds = first > begin;
    kernels_.blocks.gradient(args);
  }
}

void BlockPass::add_sums(const Segment& segment, Slice rows) {
  for (int64_t row = rows.begin; row < rows.end; ++row) {
    const auto add = [&](int64_t column, int64_t count, float* to) {
      for (int64_t part = 0; part < parts_; ++part) {
        const float* from = sums(part, segment.first + row) + column;
        for (int64_t i = 0; i < count; ++i) to[i] += from[i];
      }
    };
    if (segment.input_weights) add(0, inputs(), segment.input_weights + row * inputs());
    if (segment.input_bias) add(inputs(), 1, segment.input_bias + row);
    if (segment.recurrent_bias) add(inputs(), 1, segment.recurrent_bias + row);
    if (segment.recurrent_weights)
      add(inputs() + 1, units(), segment.recurrent_weights + row * units());
  }
}

}  // namespace recurrent
