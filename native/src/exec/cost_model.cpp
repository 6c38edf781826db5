#include "exec/cost_model.h"

#include <algorithm>

#include "cpu/caches.h"
#include "exec/lane.h"

namespace recurrent {
namespace {

// All constants were measured with bench/threads on a 2-core virtual machine (Intel Xeon with
// AVX-512, 48 KiB L1, 2 MiB L2 a core) and are those of this library's kernels, not of the machine.
// Other machines have other ones; ratios between them differ less.

// Multiply-adds count twice. Scalar code without the hardware's fma is three orders slower.
constexpr double kFlopsPerNs[] = {0.15, 55.0, 100.0};

// Reading weights at batch 1, by the cache that holds them.
constexpr double kBytesPerNsL1 = 130.0;
constexpr double kBytesPerNsL2 = 62.0;
constexpr double kBytesPerNsL3 = 16.0;
constexpr double kBytesPerNsMemory = 9.0;

// Activations and state update of one vector of units with one gate.
constexpr double kNsPerVector = 5.0;
// A kernel call with what the runner does around it.
constexpr double kNsPerCall = 40.0;
// An input value that is copied and looked at.
constexpr double kNsPerValue = 0.06;

// From the last thread's arrival to the first one's next slice; the figure for one other thread,
// and for each one more, whose line has to be read too.
constexpr double kStageNs = 220.0;
constexpr double kStageNsPerThread = 60.0;
// Calling workers that are awake, and letting them go.
constexpr double kJobNs = 350.0;
constexpr double kJobNsPerThread = 120.0;

double largest_share(int64_t groups, int parts) {
  const Slice slice = slice_of(groups, 0, parts);
  return static_cast<double>(slice.end - slice.begin) / static_cast<double>(groups);
}

// Floats of the recurrent weights of a direction, all phases.
double recurrent_floats(const PackedLayer& layer, const PackedDirection& direction) {
  const auto all = static_cast<double>(direction.weights.bytes() + direction.second_weights.bytes());
  return all / sizeof(float) - static_cast<double>(layer.input_size * layer.columns);
}

double input_floats(const PackedLayer& layer) {
  return static_cast<double>(layer.input_size * layer.columns);
}

}  // namespace

CostModel::CostModel(const Model& model)
    : flops_per_ns_(kFlopsPerNs[model.kernels().isa]),
      width_(static_cast<double>(model.kernels().width)) {}

// Weights that do not fit a cache are walked there and back, which keeps the part of them in it that
// does.
double CostModel::read(double bytes, double resident) const {
  const cpu::Caches& caches = cpu::caches();
  const auto part = [&](int64_t cache, int64_t typical) {
    const auto size = static_cast<double>(cache > 0 ? cache : typical);
    return std::min(1.0, size / std::max(resident, 1.0));
  };
  const double l1 = part(caches.l1d, int64_t{32} << 10);
  const double l2 = std::max(l1, part(caches.l2, int64_t{1} << 20));
  const double l3 = std::max(l2, part(caches.l3, int64_t{8} << 20));
  return bytes * (l1 / kBytesPerNsL1 + (l2 - l1) / kBytesPerNsL2 + (l3 - l2) / kBytesPerNsL3 +
                  (1.0 - l3) / kBytesPerNsMemory);
}

double CostModel::bytes(const PackedLayer& layer, const PackedDirection& direction, int parts,
                        bool with_inputs) const {
  const double floats =
      recurrent_floats(layer, direction) + (with_inputs ? input_floats(layer) : 0.0);
  return floats * sizeof(float) * largest_share(direction.first.constants.groups, parts);
}

double CostModel::step(const PackedLayer& layer, const PackedDirection& direction, double rows,
                       int parts, double resident, bool with_inputs) const {
  const double share = largest_share(direction.first.constants.groups, parts);
  const double weights = bytes(layer, direction, parts, with_inputs);
  const double multiply = 2.0 * rows * weights / sizeof(float) / flops_per_ns_;
  const double vectors = rows * share * static_cast<double>(layer.columns) / width_;
  const double calls = direction.second.function ? 2.0 : 1.0;
  return std::max(multiply, read(weights, resident)) +
         vectors * (width_ > 1 ? kNsPerVector : 10 * kNsPerVector) + calls * kNsPerCall;
}

double CostModel::product(const PackedLayer& layer, const PackedDirection& direction, double rows,
                          int parts) const {
  const double share = largest_share(direction.first.constants.groups, parts);
  const double weights = input_floats(layer) * share;
  return std::max(2.0 * rows * weights / flops_per_ns_,
                  read(weights * sizeof(float), weights * sizeof(float))) +
         kNsPerCall;
}

double CostModel::gather(const PackedLayer& layer, double rows) const {
  return rows * static_cast<double>(layer.input_size) * kNsPerValue;
}

double CostModel::stage(int threads) {
  return threads < 2 ? 0.0 : kStageNs + kStageNsPerThread * (threads - 2);
}

double CostModel::job(int threads) {
  return threads < 2 ? 0.0 : kJobNs + kJobNsPerThread * (threads - 2);
}

}  // namespace recurrent
