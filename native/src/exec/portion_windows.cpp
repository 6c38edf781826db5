// The convolutions of a portion.
#include <algorithm>
#include <numeric>

#include "base/checked.h"
#include "exec/denormals.h"
#include "exec/portion.h"
#include "exec/windows.h"
#include "model/history.h"

namespace recurrent {
namespace {

// Windows that are worth a product of their own: with fewer, weights are read too often.
constexpr int64_t kFewWindows = 8;

}  // namespace

// How the windows of a span are cut into units, each gathered and multiplied at once: windows of a
// row, whose steps may then be gathered once for all of them where they overlap; or, of a few steps
// of many rows, the windows of rows at one step.
struct Portion::WindowUnits {
  bool of_rows;
  bool overlap;
  int64_t every;   // windows from one to the next of a unit, whose taps then meet
  int64_t shift;   // gathered steps from one to the next
  int64_t size;    // windows of a unit, or fewer
  int64_t pieces;  // units of a row's windows that go together, or of a step's
  int64_t count;   // of all units
};

// The windows of a unit: `count` of them from `row` and `window` on.
struct Portion::WindowUnit {
  int64_t row;
  int64_t window;
  int64_t count;
};

// Steps of a row, some number of them apart, and where they are put, some number of places apart.
struct Portion::StepRun {
  int64_t first;
  int64_t every;
  int64_t count;
  int64_t place;
  int64_t place_every;
};

Portion::WindowUnits Portion::window_units() const {
  const Window& window = layer_->convolution.window;
  const int64_t room = plan_.window_floats / step_floats(*layer_);
  const int64_t both = std::gcd(window.stride, window.dilation);
  WindowUnits units{};
  units.of_rows = span_.steps >= std::min(kFewWindows, rows());
  units.every = window.dilation / both;
  units.shift = window.stride / both;
  units.overlap = units.of_rows && room >= window.kernel_size + units.shift &&
                  (units.every == 1 || span_.steps / units.every >= kFewWindows);
  if (!units.overlap) {
    units.every = 1;
    units.shift = window.kernel_size;
  }
  const int64_t most = (room - window.kernel_size) / units.shift + 1;
  const int64_t together = units.of_rows ? div_up(span_.steps, units.every) : rows();
  const int64_t sets = units.of_rows ? rows() * units.every : span_.steps;
  // As many as there are threads, but not so many that each has too little to do.
  const int64_t for_threads =
      std::min(div_up(participant_.size(), sets), div_up(together, kFewWindows));
  units.pieces = std::max(div_up(together, most), for_threads);
  units.size = div_up(together, units.pieces);
  units.count = sets * units.pieces;
  return units;
}

Portion::WindowUnit Portion::window_unit(const WindowUnits& units, int64_t index) const {
  const int64_t first = index % units.pieces * units.size;
  const int64_t set = index / units.pieces;
  if (!units.of_rows)
    return {first, set, std::clamp<int64_t>(active_rows(set) - first, 0, units.size)};
  const int64_t row = set / units.every;
  const int64_t window = set % units.every;
  const int64_t there = div_up(std::max<int64_t>(length_in_span(row) - window, 0), units.every);
  return {row, window + first * units.every, std::clamp<int64_t>(there - first, 0, units.size)};
}

// What a tap sees at a step of the span that the layer reads; null for the padding. What is before
// the first step of a causal convolution is its history.
const float* Portion::tap(int64_t step, int64_t sorted_row) const {
  const StateSlot& history = layer_->convolution.history;
  if (step < 0) {
    if (!layer_->has_history()) return nullptr;
    return ConstHistory(job_.states.row(history, caller_row(sorted_row)), history)
        .step(history.size / history.width + step);
  }
  return step < length_read(sorted_row) ? input_at(step, sorted_row) : nullptr;
}

// Steps of the span that the layer reads, which has all of them if the layer gives another number.
int64_t Portion::length_read(int64_t sorted_row) const {
  if (layer_->convolution.window.keeps_steps()) return length_in_span(sorted_row);
  return length(sorted_row, job_.model.graph().parent(base_));
}

GatheredSteps Portion::steps_of_unit(const WindowUnits& units, const WindowUnit& unit,
                                     float* memory) const {
  const int64_t taps = layer_->convolution.window.kernel_size;
  return {memory, (unit.count - 1) * units.shift + taps};
}

void Portion::gather_unit(const WindowUnits& units, const WindowUnit& unit,
                          const GatheredSteps& gathered) const {
  const Window& window = layer_->convolution.window;
  const int64_t taps = window.kernel_size;
  if (units.overlap)
    return gather_steps(gathered, unit.row,
                        {window.step_of(unit.window, 0), window.dilation, gathered.steps, 0, 1});
  if (units.of_rows) {
    for (int64_t k = 0; k < taps; ++k)
      gather_steps(gathered, unit.row,
                   {window.step_of(unit.window, k), window.stride, unit.count, k, taps});
    return;
  }
  for (int64_t i = 0; i < unit.count; ++i)
    for (int64_t k = 0; k < taps; ++k)
      gathered.put(kernels_, *layer_, i * taps + k,
                   tap(window.step_of(unit.window, k), unit.row + i));
}

// The steps of a history lie side by side. Those of the span are a fixed number of floats apart,
// unless the batch is ragged. So both are one call each, where all features are one group.
void Portion::gather_steps(const GatheredSteps& gathered, int64_t row, const StepRun& run) const {
  const PackedConvolution& c = layer_->convolution;
  const int64_t width = layer_->input_size;
  int64_t i = 0;
  const auto put_each = [&](int64_t end) {
    for (; i < end; ++i)
      gathered.put(kernels_, *layer_, run.place + i * run.place_every,
                   tap(run.first + i * run.every, row));
  };
  if (ragged() || c.is_by_lanes() || c.groups > 1) return put_each(run.count);
  const auto put_all = [&](const float* from, int64_t from_stride, int64_t end) {
    if (i >= end) return;
    kernels_.flush_rows(from, from_stride,
                        gathered.data + (run.place + i * run.place_every) * width,
                        run.place_every * width, width, end - i);
    i = end;
  };
  // The first of them that the span has, and the first behind its end.
  const int64_t inside =
      std::clamp<int64_t>(div_up(std::max<int64_t>(-run.first, 0), run.every), 0, run.count);
  const int64_t behind = std::clamp<int64_t>(
      div_up(std::max<int64_t>(length_read(row) - run.first, 0), run.every), inside, run.count);
  if (inside > 0 && layer_->has_history()) put_all(tap(run.first, row), run.every * width, inside);
  put_each(inside);
  if (behind > inside)
    put_all(input_at(run.first + i * run.every, row), run.every * in_.time_stride, behind);
  put_each(run.count);
}

WindowProduct Portion::product_of_unit(const WindowUnits& units, const WindowUnit& unit,
                                       const GatheredSteps& gathered) const {
  WindowProduct product = product_of(*layer_, gathered, units.shift, unit.count);
  product.y = out_.at(unit.window, unit.row);
  product.y_stride = units.of_rows ? units.every * out_.time_stride : out_.row_stride;
  return product;
}

// Units are independent, so a slice is some of them; or, of so few that some threads would have
// none, some of the outputs of each.
void Portion::run_windows() {
  const auto memory = [this](int index) {
    return scratch(plan_.windows + index * plan_.window_floats);
  };
  if (out_.data) {
    const WindowUnits units = window_units();
    const Slice all{0, parts_of(*layer_)};
    if (units.count >= participant_.size()) {
      participant_.stage([&](int index) {
        const Slice own = slice(units.count, index);
        for (int64_t i = own.begin; i < own.end; ++i) {
          const WindowUnit unit = window_unit(units, i);
          if (unit.count == 0) continue;
          const GatheredSteps gathered = steps_of_unit(units, unit, memory(index));
          gather_unit(units, unit, gathered);
          WindowProduct product = product_of_unit(units, unit, gathered);
          product.rounded = plan_.rounded_rows(scratch_, index);
          multiply(kernels_, *layer_, product, all);
        }
      });
    } else {
      for (int64_t i = 0; i < units.count; ++i) {
        const WindowUnit unit = window_unit(units, i);
        if (unit.count == 0) continue;
        const GatheredSteps gathered = steps_of_unit(units, unit, memory(0));
        participant_.stage([&](int index) {
          if (index == 0) gather_unit(units, unit, gathered);
        });
        participant_.stage([&](int index) {
          WindowProduct product = product_of_unit(units, unit, gathered);
          product.rounded = plan_.rounded_rows(scratch_, index);
          multiply(kernels_, *layer_, product, slice(all.end, index));
        });
      }
    }
  }
  if (layer_->has_history()) remember_windows();
}

// What the next span will look back at.
void Portion::remember_windows() {
  const StateSlot& slot = layer_->convolution.history;
  const int64_t steps = slot.size / slot.width;
  participant_.stage([&](int index) {
    const Slice sorted_rows = slice(rows(), index);
    for (int64_t sorted_row = sorted_rows.begin; sorted_row < sorted_rows.end; ++sorted_row) {
      const History history(job_.states.row(slot, caller_row(sorted_row)), slot);
      const int64_t seen = length_in_span(sorted_row);
      const int64_t begin = std::max<int64_t>(seen - steps, 0);
      history.push(seen - begin, [&](float* to, int64_t first, int64_t count) {
        const int64_t step = begin + first;
        if (!ragged())
          return kernels_.flush_rows(input_at(step, sorted_row), in_.time_stride, to, slot.width,
                                     slot.width, count);
        for (int64_t i = 0; i < count; ++i)
          remove_denormals(kernels_, input_at(step + i, sorted_row), to + i * slot.width,
                           slot.width);
      });
    }
  });
}

}  // namespace recurrent
