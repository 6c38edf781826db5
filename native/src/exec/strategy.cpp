#include "exec/strategy.h"

#include <algorithm>

#include "base/checked.h"
#include "exec/cost_model.h"
#include "exec/over_time.h"
#include "exec/plan.h"

namespace recurrent {
namespace {

// Another way has to be predicted to take less than this part of the time alone.
constexpr double kWorthwhile = 0.9;

int64_t work_of(const PackedLayer& layer) {
  const int64_t terms = layer.terms + layer.state_size;
  return static_cast<int64_t>(layer.directions.size()) * terms * layer.columns;
}

bool is_bidirectional(const PackedLayer& layer) { return layer.directions.size() == 2; }

// The time of the ways to compute one workload, in ns.
class Prediction {
 public:
  Prediction(const Model& model, const Workload& work)
      : model_(model),
        work_(work),
        costs_(model),
        chunk_(make_plan(model, work.batch, work.time, work.ragged).chunk) {}

  // Alone, or for the rows of one thread.
  double alone(int64_t batch) const {
    double ns = 0;
    for (const PackedLayer& layer : model_.layers()) {
      if (layer.is_pointwise()) ns += pointwise_time(layer, batch, 1);
      for (const PackedDirection& direction : layer.directions)
        ns += layer_time(layer, direction, batch, time_of(layer), 1);
    }
    return ns;
  }

  double units(int threads) const {
    double ns = CostModel::job(threads);
    for (const PackedLayer& layer : model_.layers()) {
      if (layer.is_pointwise()) ns += pointwise_time(layer, work_.batch, threads);
      for (const PackedDirection& direction : layer.directions)
        ns += layer_time(layer, direction, work_.batch, time_of(layer), threads) +
              stages(layer, direction) * CostModel::stage(threads);
    }
    return ns;
  }

  double rows(int threads) const {
    return alone((work_.batch + threads - 1) / threads) + CostModel::job(threads) +
           CostModel::stage(threads);
  }

  double directions() const {
    double ns = CostModel::job(2);
    for (const PackedLayer& layer : model_.layers()) {
      if (layer.is_pointwise())
        ns += pointwise_time(layer, work_.batch, 2);
      else if (is_bidirectional(layer))
        ns += layer_time(layer, layer.directions[0], work_.batch, time_of(layer), 1) +
              CostModel::stage(2);
      else
        ns += layer_time(layer, layer.directions[0], work_.batch, time_of(layer), 2) +
              stages(layer, layer.directions[0]) * CostModel::stage(2);
    }
    return ns;
  }

  double layers(int threads, int64_t span) const {
    double slowest = 0;
    for (int i = 0; i < threads; ++i) {
      const LayerRange range = layers_of(model_, i, threads);
      double ns = 0;
      for (int64_t l = range.begin; l < range.end; ++l) {
        const PackedLayer& layer = model_.layers()[static_cast<size_t>(l)];
        ns += layer_time(layer, layer.directions[0], work_.batch, span, 1);
      }
      slowest = std::max(slowest, ns);
    }
    const int64_t fronts = (work_.time + span - 1) / span + threads - 1;
    return CostModel::job(threads) +
           static_cast<double>(fronts) * (slowest + CostModel::stage(threads));
  }

  int64_t chunk() const { return chunk_; }

 private:
  bool single() const { return work_.time == 1; }

  int64_t time_of(const PackedLayer& layer) const {
    const bool reads_steps = !layer.is_row || is_reduction(layer.kind);
    return reads_steps ? model_.graph().steps(layer.base, work_.time) : 1;
  }

  // Bytes of weights that a thread reads at every step of this direction: in a single step all
  // layers follow each other, in a sequence a layer's steps do.
  double resident(const PackedLayer& layer, const PackedDirection& direction, int parts) const {
    if (!single()) return costs_.bytes(layer, direction, parts, false);
    double bytes = 0;
    for (const PackedLayer& other : model_.layers())
      for (const PackedDirection& d : other.directions)
        bytes += costs_.bytes(other, d, parts, true);
    return bytes;
  }

  double layer_time(const PackedLayer& layer, const PackedDirection& direction, int64_t batch,
                    int64_t time, int parts) const {
    const auto rows = static_cast<double>(batch);
    const auto steps = static_cast<double>(time);
    const double held = resident(layer, direction, parts);
    if (!layer.recurrent())
      return costs_.gather(layer, rows * steps) / parts +
             costs_.step(layer, direction, rows * steps, single() ? parts : 1, held, true) /
                 (single() ? 1 : parts);
    if (single()) return costs_.step(layer, direction, rows, parts, held, true);
    return costs_.gather(layer, rows * steps) / parts +
           costs_.product(layer, direction, rows * steps, parts) +
           steps * costs_.step(layer, direction, rows, parts, held, false);
  }

  // Of all steps, which are what is divided.
  double pointwise_time(const PackedLayer& layer, int64_t batch, int parts) const {
    const auto taps = static_cast<double>(layer.pointwise.window.kernel_size);
    const double rows = static_cast<double>(batch) * static_cast<double>(time_of(layer)) * taps;
    return costs_.pointwise(layer, rows) / parts + CostModel::stage(parts);
  }

  // How often the threads of a layer that is divided by units meet.
  double stages(const PackedLayer& layer, const PackedDirection& direction) const {
    const int64_t chunks = div_up(time_of(layer), chunk_);
    if (!layer.recurrent()) return static_cast<double>(chunks);
    const double phases = direction.phases.size();
    const double steps = static_cast<double>(time_of(layer)) * phases;
    return single() ? steps : steps + static_cast<double>(chunks);
  }

  const Model& model_;
  const Workload& work_;
  const CostModel costs_;
  const int64_t chunk_;
};

// Shorter spans fill and drain a wavefront faster, longer ones have fewer stages and larger
// products.
Candidate best_wavefront(const Prediction& prediction, const Workload& work, int threads) {
  Candidate best{Strategy::kLayers, threads, 0, 0};
  const int64_t longest = std::max<int64_t>(1, std::min(prediction.chunk(), work.time / 2));
  for (int64_t span = 1; span <= longest; span *= 2) {
    const double us = prediction.layers(threads, span) / 1000.0;
    if (best.span == 0 || us < best.microseconds) {
      best.span = span;
      best.microseconds = us;
    }
  }
  return best;
}

}  // namespace

LayerRange layers_of(const Model& model, int index, int threads) {
  int64_t total = 0;
  for (const PackedLayer& layer : model.layers()) total += work_of(layer);
  // A layer belongs to the thread in whose share its middle lies.
  const auto layers = static_cast<int64_t>(model.layers().size());
  LayerRange range{layers, layers};
  int64_t before = 0;
  for (int64_t i = 0; i < layers; ++i) {
    const int64_t own = work_of(model.layers()[static_cast<size_t>(i)]);
    const double middle = (static_cast<double>(before) + static_cast<double>(own) / 2) /
                          static_cast<double>(total) * threads;
    before += own;
    const int owner = std::min(static_cast<int>(middle), threads - 1);
    if (owner == index && range.begin == layers) range.begin = i;
    if (owner > index) {
      range.end = i;
      break;
    }
  }
  range.begin = std::min(range.begin, range.end);
  return range;
}

bool is_possible(Strategy strategy, const Model& model, const Workload& work, int threads) {
  const auto& layers = model.layers();
  switch (strategy) {
    case Strategy::kAlone:
      return threads == 1;
    case Strategy::kUnits:
      return threads > 1;
    case Strategy::kRows:
      return threads > 1 && work.batch >= threads;
    case Strategy::kDirections:
      return threads == 2 && std::any_of(layers.begin(), layers.end(), is_bidirectional);
    case Strategy::kLayers:
      if (threads < 2 || work.time < 2 || work.ragged || !model.can_step() || !model.is_plain())
        return false;
      for (int i = 0; i < threads; ++i) {
        const LayerRange range = layers_of(model, i, threads);
        if (range.begin == range.end) return false;
      }
      return true;
  }
  return false;
}

void find_candidates(const Model& model, const Workload& work, int threads,
                     std::vector<Candidate>& all) {
  const Prediction prediction(model, work);
  all.clear();
  all.push_back({Strategy::kAlone, 1, 0, prediction.alone(work.batch) / 1000.0});
  // Powers of two and all of them: what lies between differs little.
  for (int n = 2; n <= threads; n = n < threads ? std::min(2 * n, threads) : n + 1) {
    if (is_possible(Strategy::kUnits, model, work, n))
      all.push_back({Strategy::kUnits, n, 0, prediction.units(n) / 1000.0});
    if (is_possible(Strategy::kRows, model, work, n))
      all.push_back({Strategy::kRows, n, 0, prediction.rows(n) / 1000.0});
    if (is_possible(Strategy::kDirections, model, work, n))
      all.push_back({Strategy::kDirections, n, 0, prediction.directions() / 1000.0});
    if (is_possible(Strategy::kLayers, model, work, n))
      all.push_back(best_wavefront(prediction, work, n));
  }
}

size_t choose(const std::vector<Candidate>& all) {
  size_t best = 0;
  double limit = all.front().microseconds * kWorthwhile;
  for (size_t i = 1; i < all.size(); ++i)
    if (all[i].microseconds < limit) {
      best = i;
      limit = all[i].microseconds;
    }
  return best;
}

}  // namespace recurrent
