// Layers that make a row of all steps or steps of windows, and the one that makes steps of a row. A
// sorted row is one thread's.
#include <cmath>

#include "exec/over_time.h"
#include "exec/pooling.h"
#include "train/layer_passes.h"

namespace recurrent {
namespace {

class OverTimePass : public LayerPass {
 public:
  using LayerPass::LayerPass;

 protected:
  int64_t length(int64_t sorted_row) const { return values().steps(reads()).length(sorted_row); }
  int64_t row_of(int64_t step, int64_t sorted_row) const {
    return values().steps(reads()).begin(step) + sorted_row;
  }
  const float* input_row(size_t i, int64_t step, int64_t sorted_row) const {
    return input(i) + row_of(step, sorted_row) * values().width(reads(i));
  }
  // Null if it is not wanted.
  float* gradient_row(size_t i, int64_t step, int64_t sorted_row) const {
    float* const gradient = input_gradient(i);
    return gradient ? gradient + row_of(step, sorted_row) * values().width(reads(i)) : nullptr;
  }

 private:
  virtual void row_back(int64_t sorted_row, const float* dy) = 0;

  void forward(Participant& participant) override {
    for_rows(
        participant, values().rows(puts()),
        [this](int64_t sorted_row) {
          compute_over_time(
              kernels(), layer(), length(sorted_row),
              [this, sorted_row](size_t i, int64_t step) { return input_row(i, step, sorted_row); },
              output() + sorted_row * values().width(puts()));
        });
  }
  void backward(Participant& participant) override {
    for_rows(
        participant, values().rows(puts()),
        [this](int64_t sorted_row) {
          row_back(sorted_row, output_gradient() + sorted_row * values().width(puts()));
        });
  }
};

// The first largest of the values of the steps that `each` visits, or the first NaN.
template <class Each, class Value>
int64_t first_largest(Each each, Value value) {
  int64_t at = -1;
  each([&](int64_t step) {
    const float next = value(step);
    if (at >= 0 && (std::isnan(value(at)) || !(next > value(at) || std::isnan(next)))) return;
    at = step;
  });
  return at;
}

class MeanPass final : public OverTimePass {
 public:
  using OverTimePass::OverTimePass;

 private:
  void row_back(int64_t sorted_row, const float* dy) override {
    const int64_t steps = length(sorted_row);
    for (int64_t t = 0; t < steps && input_gradient(); ++t) {
      float* const dx = gradient_row(0, t, sorted_row);
      for (int64_t j = 0; j < layer().input_size; ++j) dx[j] += dy[j] / static_cast<float>(steps);
    }
  }
};

class MaxPass final : public OverTimePass {
 public:
  using OverTimePass::OverTimePass;

 private:
  void row_back(int64_t sorted_row, const float* dy) override {
    const int64_t steps = length(sorted_row);
    for (int64_t j = 0; j < layer().input_size && steps > 0 && input_gradient(); ++j) {
      const int64_t at = first_largest(
          [steps](auto visit) {
            for (int64_t t = 0; t < steps; ++t) visit(t);
          },
          [&](int64_t t) { return input_row(0, t, sorted_row)[j]; });
      gradient_row(0, at, sorted_row)[j] += dy[j];
    }
  }
};

class FlattenPass final : public OverTimePass {
 public:
  using OverTimePass::OverTimePass;

 private:
  void row_back(int64_t sorted_row, const float* dy) override {
    for (int64_t t = 0; t < length(sorted_row) && input_gradient(); ++t) {
      float* const dx = gradient_row(0, t, sorted_row);
      for (int64_t j = 0; j < layer().input_size; ++j) dx[j] += *dy++;
    }
  }
};

// With the weights `w_t` of a score and `dw_t = sum over its features of dy x_t`:
// `dx_t += w_t dy` and `ds_t += w_t (dw_t - sum over u of w_u dw_u)`.
class SoftmaxOverTimePass final : public OverTimePass {
 public:
  using OverTimePass::OverTimePass;

  void plan(Arena& arena) override {
    OverTimePass::plan(arena);
    arena.begin_section();
    for (Floats* part : {&weights_, &slopes_})
      arena.scratch(*part, values().rows(reads(1)) * values().width(reads(1)));
  }

 private:
  int64_t scores() const { return values().width(reads(1)); }
  float* weights(int64_t step, int64_t sorted_row) {
    return weights_.data() + row_of(step, sorted_row) * scores();
  }
  float* slopes(int64_t step, int64_t sorted_row) {
    return slopes_.data() + row_of(step, sorted_row) * scores();
  }

  void weigh(int64_t sorted_row, int64_t score) {
    const auto at = [&](int64_t t) {
      return static_cast<double>(input_row(1, t, sorted_row)[score]);
    };
    double most = at(0);
    double sum = 0;
    for (int64_t t = 1; t < length(sorted_row); ++t) most = at(t) > most ? at(t) : most;
    for (int64_t t = 0; t < length(sorted_row); ++t) {
      float& weight = weights(t, sorted_row)[score];
      weight = static_cast<float>(at(t) - most);
      // Our own, as in the forward pass: that of the C library is another one on every system.
      kernels().exp(&weight, &weight, 1);
      sum += static_cast<double>(weight);
    }
    for (int64_t t = 0; t < length(sorted_row); ++t) {
      float& weight = weights(t, sorted_row)[score];
      weight = static_cast<float>(static_cast<double>(weight) / sum);
    }
  }

  void row_back(int64_t sorted_row, const float* dy) override {
    const int64_t steps = length(sorted_row);
    if (steps == 0) return;
    const int64_t size = layer().input_size;
    const int64_t features = scores() == 1 ? size : 1;  // of a score
    for (int64_t k = 0; k < scores(); ++k) {
      weigh(sorted_row, k);
      double mean = 0;
      for (int64_t t = 0; t < steps; ++t) {
        const float* const x = input_row(0, t, sorted_row);
        double slope = 0;
        for (int64_t j = k; j < k + features; ++j)
          slope += static_cast<double>(dy[j]) * static_cast<double>(x[j]);
        slopes(t, sorted_row)[k] = static_cast<float>(slope);
        mean += slope * static_cast<double>(weights(t, sorted_row)[k]);
      }
      for (int64_t t = 0; t < steps; ++t) {
        const float weight = weights(t, sorted_row)[k];
        float* const dx = gradient_row(0, t, sorted_row);
        for (int64_t j = k; dx && j < k + features; ++j) dx[j] += weight * dy[j];
        if (float* const ds = gradient_row(1, t, sorted_row))
          ds[k] += weight * (slopes(t, sorted_row)[k] - static_cast<float>(mean));
      }
    }
  }

  Floats weights_;
  Floats slopes_;
};

class PoolingPass final : public LayerPass {
 public:
  using LayerPass::LayerPass;

 private:
  const Steps& steps_read() const { return values().steps(reads()); }
  int64_t width() const { return layer().input_size; }
  const float* input_row(int64_t step, int64_t sorted_row) const {
    return input() + (steps_read().begin(step) + sorted_row) * width();
  }
  float* gradient_row(int64_t step, int64_t sorted_row) const {
    return input_gradient() + (steps_read().begin(step) + sorted_row) * width();
  }
  // Calls `visit(window, row put out)` for the windows of a sorted row.
  template <class Visitor>
  void for_windows(Participant& participant, Visitor visit) const {
    const Steps& steps = values().steps(puts());
    for_rows(participant, rows().with_steps(), [&](int64_t sorted_row) {
      for (int64_t at = 0; at < steps.length(sorted_row); ++at)
        visit(at, sorted_row, (steps.begin(at) + sorted_row) * width());
    });
  }
  void forward(Participant& participant) override {
    for_windows(
        participant,
        [this](int64_t at, int64_t sorted_row, int64_t put) {
          pool(
              kernels(), layer(), at, steps_read().length(sorted_row),
              [&](int64_t t) { return input_row(t, sorted_row); }, output() + put);
        });
  }
  void backward(Participant& participant) override {
    if (!input_gradient()) return;
    for_windows(participant, [this](int64_t at, int64_t sorted_row, int64_t put) {
      const PackedPointwise& p = layer().pointwise;
      const float* const dy = output_gradient() + put;
      const auto each = [&](auto visit) {
        for_taps(p.window, at, steps_read().length(sorted_row), visit);
      };
      if (layer().kind == RECURRENT_LAYER_AVERAGE_POOLING) {
        int64_t taps = 0;
        each([&](int64_t) { ++taps; });
        each([&](int64_t t) {
          for (int64_t j = 0; j < width(); ++j)
            gradient_row(t, sorted_row)[j] += dy[j] / pooling_divisor(p, taps);
        });
        return;
      }
      for (int64_t j = 0; j < width(); ++j) {
        const int64_t t =
            first_largest(each, [&](int64_t step) { return input_row(step, sorted_row)[j]; });
        if (t >= 0) gradient_row(t, sorted_row)[j] += dy[j];
      }
    });
  }
};

class UnflattenPass final : public LayerPass {
 public:
  using LayerPass::LayerPass;

 private:
  int64_t width() const { return values().width(puts()); }
  // Calls `visit` with the places of a feature in what is put out and what is read.
  template <class Visitor>
  void for_steps(Participant& participant, Visitor visit) const {
    const Steps& steps = values().steps(puts());
    for_rows(participant, values().rows(reads()), [&](int64_t sorted_row) {
      for (int64_t t = 0; t < steps.length(sorted_row); ++t)
        for (int64_t j = 0; j < width(); ++j)
          visit((steps.begin(t) + sorted_row) * width() + j,
                sorted_row * values().width(reads()) + t * width() + j);
    });
  }
  void forward(Participant& participant) override {
    for_steps(
        participant, [this](int64_t put, int64_t read) { output()[put] = input()[read]; });
  }
  void backward(Participant& participant) override {
    if (!input_gradient()) return;
    for_steps(participant, [this](int64_t put, int64_t read) {
      input_gradient()[read] += output_gradient()[put];
    });
  }
};

}  // namespace

std::unique_ptr<LayerPass> make_over_time_pass(PassContext& context, int32_t node) {
  switch (context.model.graph().node(node).kind) {
    case RECURRENT_LAYER_MEAN_OVER_TIME:
      return std::make_unique<MeanPass>(context, node);
    case RECURRENT_LAYER_MAX_OVER_TIME:
      return std::make_unique<MaxPass>(context, node);
    case RECURRENT_LAYER_SOFTMAX_OVER_TIME:
      return std::make_unique<SoftmaxOverTimePass>(context, node);
    default:
      return std::make_unique<FlattenPass>(context, node);
  }
}

std::unique_ptr<LayerPass> make_pooling_pass(PassContext& context, int32_t node) {
  return std::make_unique<PoolingPass>(context, node);
}

std::unique_ptr<LayerPass> make_unflatten_pass(PassContext& context, int32_t node) {
  return std::make_unique<UnflattenPass>(context, node);
}

}  // namespace recurrent
