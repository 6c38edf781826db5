#include "exec/cost_model.h"

#include <algorithm>

#include "cpu/caches.h"
#include "exec/portion.h"

namespace recurrent {
namespace {

// All constants were measured with `recurrent_threads --every-way` (bench/threads) on a virtual
// machine with two processors (Intel Xeon with AVX-512, about 3 GHz, 48 KiB L1, 2 MiB L2 a core).
// They are those of this library's kernels, not of the machine; those that an instruction set has
// are in kernels.inc. Other machines have other ones;
// ratios between them differ less.

// Reading weights at batch 1, by the cache that holds them: streaming LSTM of H=32 for L1, 128 and
// 256 for L2, 512 and 1024 for L3. Memory was not reached: a third of L3 is what others show.
constexpr double kBytesPerNsL1 = 130.0;
constexpr double kBytesPerNsL2 = 105.0;
constexpr double kBytesPerNsL3 = 27.0;
constexpr double kBytesPerNsMemory = 10.0;

// A kernel call with what is done around it, and an input value that is copied: what is left of
// steps with H=16.
constexpr double kNsPerCall = 40.0;
constexpr double kNsPerValue = 0.06;
// A row of a layer without a product; not measured on its own.
constexpr double kNsPerPointwiseCall = 5.0;

// The end of a stage, from the last thread's arrival to the first one's next slice, with fetching
// the states that the other has written: 100 stages without work take 250 ns each, sequences of
// H=64 to 256 show 400 to 700. Each further thread adds a line to read.
constexpr double kStageNs = 450.0;
constexpr double kStageNsPerThread = 60.0;
// Calling workers that are awake, and letting them go: a job of one stage without work takes 750
// ns, streaming with H=64 to 256 shows 800 to 1,500 together with its stage.
constexpr double kJobNs = 850.0;
constexpr double kJobNsPerThread = 120.0;

// Of what threads share.
int64_t groups_of(const PackedLayer& layer, const PackedDirection& direction) {
  return layer.has_windows() ? parts_of(layer) : direction.phases.front().constants.groups;
}

double largest_share(int64_t groups, int parts) {
  const Slice slice = slice_of(groups, 0, parts);
  return static_cast<double>(slice.end - slice.begin) / static_cast<double>(groups);
}

// The recurrent weights of a direction, all phases.
double recurrent_weights(const PackedLayer& layer, const PackedDirection& direction) {
  if (layer.has_windows()) return 0;
  const auto all =
      static_cast<double>(direction.weights.elements() + direction.second_weights.elements());
  return direction.is_split() ? all : all - static_cast<double>(layer.terms * layer.columns);
}

double input_weights(const PackedLayer& layer) {
  return static_cast<double>(layer.terms * layer.columns);
}

double bytes_of_weight(const PackedDirection& direction) {
  return static_cast<double>(recurrent::bytes_of_weight(direction.weights.format()));
}

double bytes_of_inputs(const PackedDirection& direction) {
  return static_cast<double>(recurrent::bytes_of_weight(direction.multiplied().format()));
}

}  // namespace

CostModel::CostModel(const Model& model) : set_(model.kernels()) {}

// Weights that do not fit a cache are walked there and back, which keeps the part of them in it
// that does.
double CostModel::read(double bytes, double resident) const {
  const cpu::Caches& caches = cpu::caches();
  const auto part = [&](int64_t size) {
    return std::min(1.0, static_cast<double>(size) / std::max(resident, 1.0));
  };
  const double l1 = part(caches.l1d_or_default());
  const double l2 = std::max(l1, part(caches.l2_or_default()));
  const double l3 = std::max(l2, part(caches.l3));
  return bytes * (l1 / kBytesPerNsL1 + (l2 - l1) / kBytesPerNsL2 + (l3 - l2) / kBytesPerNsL3 +
                  (1.0 - l3) / kBytesPerNsMemory);
}

double CostModel::bytes(const PackedLayer& layer, const PackedDirection& direction, int parts,
                        bool with_inputs) const {
  const double inputs = with_inputs ? input_weights(layer) * bytes_of_inputs(direction) : 0.0;
  return (recurrent_weights(layer, direction) * bytes_of_weight(direction) + inputs) *
         largest_share(groups_of(layer, direction), parts);
}

double CostModel::step(const PackedLayer& layer, const PackedDirection& direction, double rows,
                       int parts, double resident, bool with_inputs) const {
  const double share = largest_share(groups_of(layer, direction), parts);
  const double read_bytes = bytes(layer, direction, parts, with_inputs);
  const double weights =
      (recurrent_weights(layer, direction) + (with_inputs ? input_weights(layer) : 0.0)) * share;
  const double multiply = 2.0 * rows * weights / set_.flops_per_ns;
  const double vectors = rows * share * static_cast<double>(layer.columns) / set_.width;
  const double calls = direction.phases.size();
  return std::max(multiply, read(read_bytes, resident)) + vectors * set_.ns_per_vector +
         calls * kNsPerCall;
}

double CostModel::product(const PackedLayer& layer, const PackedDirection& direction, double rows,
                          int parts) const {
  const double share = largest_share(groups_of(layer, direction), parts);
  const double weights = input_weights(layer) * share;
  const double read_bytes = weights * bytes_of_inputs(direction);
  return std::max(2.0 * rows * weights / set_.flops_per_ns, read(read_bytes, read_bytes)) +
         kNsPerCall;
}

double CostModel::gather(const PackedLayer& layer, double rows) const {
  return rows * static_cast<double>(layer.input_size) * kNsPerValue;
}

double CostModel::pointwise(const PackedLayer& layer, double rows) const {
  return rows * (kNsPerPointwiseCall + static_cast<double>(layer.output_size) * kNsPerValue);
}

double CostModel::stage(int threads) {
  return threads < 2 ? 0.0 : kStageNs + kStageNsPerThread * (threads - 2);
}

double CostModel::job(int threads) {
  return threads < 2 ? 0.0 : kJobNs + kJobNsPerThread * (threads - 2);
}

}  // namespace recurrent
