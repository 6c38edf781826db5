// Layers that read one value and compute every row of it by itself, without a product.
#include <cmath>

#include "exec/pointwise.h"
#include "train/layer_passes.h"

namespace recurrent {
namespace {

void add(const float* from, float* to, int64_t count) {
  for (int64_t i = 0; i < count; ++i) to[i] += from[i];
}

// Of features `[rows, size]`; gradients of parameters are summed on one thread.
class PointwisePass : public LayerPass {
 public:
  using LayerPass::LayerPass;

 protected:
  int64_t size() const { return layer().output_size; }
  // Of a parameter; null if the layer does not have it.
  float* gradient(int32_t role) const {
    return context().parameters.gradient(static_cast<size_t>(index()), false, role);
  }

 private:
  // dx is null if it is not wanted.
  virtual void row_back(const float* x, const float* y, const float* dy, float* dx) = 0;

  void forward(Participant& participant) override {
    participant.stage([&](int slice) {
      if (slice != 0) return;
      for (int64_t row = 0; row < values().rows(puts()); ++row)
        apply_pointwise(kernels(), layer(), input() + row * layer().input_size,
                        output() + row * size());
    });
  }
  void backward(Participant& participant) override {
    participant.stage([&](int slice) {
      if (slice != 0) return;
      for (int64_t row = 0; row < values().rows(puts()); ++row) {
        const int64_t at = row * size();
        row_back(input() + at, output() + at, output_gradient() + at,
                 input_gradient() ? input_gradient() + at : nullptr);
      }
    });
  }
};

class ActivationPass final : public PointwisePass {
 public:
  using PointwisePass::PointwisePass;

 private:
  void row_back(const float* x, const float*, const float* dy, float* dx) override {
    if (!dx) return;
    const kernels::Activation& f = layer().pointwise.activation;
    float* const slope = context().row.data();
    kernels().slope(f.kind, f.alpha, f.beta, x, dy, slope, size());
    add(slope, dx, size());
  }
};

// `dx[j] = y[j] * (dy[j] - sum over i of y[i] * dy[i])`
class SoftmaxPass final : public PointwisePass {
 public:
  using PointwisePass::PointwisePass;

 private:
  void row_back(const float*, const float* y, const float* dy, float* dx) override {
    if (!dx) return;
    double sum = 0;
    for (int64_t i = 0; i < size(); ++i)
      sum += static_cast<double>(y[i]) * static_cast<double>(dy[i]);
    for (int64_t i = 0; i < size(); ++i) dx[i] += y[i] * (dy[i] - static_cast<float>(sum));
  }
};

// `dx[j] = dy[j] - exp(y[j]) * sum over i of dy[i]`
class LogSoftmaxPass final : public PointwisePass {
 public:
  using PointwisePass::PointwisePass;

 private:
  void row_back(const float*, const float* y, const float* dy, float* dx) override {
    if (!dx) return;
    double sum = 0;
    for (int64_t i = 0; i < size(); ++i) sum += static_cast<double>(dy[i]);
    float* const part = context().row.data();
    kernels().exp(y, part, size());
    for (int64_t i = 0; i < size(); ++i) dx[i] += dy[i] - part[i] * static_cast<float>(sum);
  }
};

class ScalePass final : public PointwisePass {
 public:
  ScalePass(PassContext& context, int32_t node)
      : PointwisePass(context, node),
        factors_(gradient(RECURRENT_PARAMETER_FACTORS)),
        offsets_(gradient(RECURRENT_PARAMETER_OFFSETS)) {}

 private:
  void row_back(const float* x, const float*, const float* dy, float* dx) override {
    for (int64_t i = 0; i < size(); ++i) {
      if (dx) dx[i] += layer().pointwise.factors[i] * dy[i];
      factors_[i] += x[i] * dy[i];
      if (offsets_) offsets_[i] += dy[i];
    }
  }

  float* const factors_;
  float* const offsets_;
};

// With `n[j] = (x[j] - mean) / sqrt(variance + epsilon)` and `g = s dy`: `dx[j] = (g[j] - mean of g
// - n[j] * mean of g n) / sqrt(variance + epsilon)`, `ds = n dy` and `db = dy`.
class LayerNormalizationPass final : public PointwisePass {
 public:
  LayerNormalizationPass(PassContext& context, int32_t node)
      : PointwisePass(context, node),
        factors_(gradient(RECURRENT_PARAMETER_FACTORS)),
        offsets_(gradient(RECURRENT_PARAMETER_OFFSETS)) {}

 private:
  void row_back(const float* x, const float*, const float* dy, float* dx) override {
    const PackedPointwise& p = layer().pointwise;
    const auto count = static_cast<double>(size());
    double mean = 0;
    for (int64_t i = 0; i < size(); ++i) mean += static_cast<double>(x[i]);
    mean /= count;
    double variance = 0;
    for (int64_t i = 0; i < size(); ++i) {
      const double d = static_cast<double>(x[i]) - mean;
      variance += d * d;
    }
    const double factor = 1 / std::sqrt(variance / count + static_cast<double>(p.epsilon));
    const auto normal = [&](int64_t i) { return (static_cast<double>(x[i]) - mean) * factor; };
    const auto given = [&](int64_t i) {
      return static_cast<double>(p.factors[i]) * static_cast<double>(dy[i]);
    };
    double sum = 0;
    double sum_of_products = 0;
    for (int64_t i = 0; i < size(); ++i) {
      sum += given(i);
      sum_of_products += given(i) * normal(i);
    }
    for (int64_t i = 0; i < size(); ++i) {
      if (dx)
        dx[i] += static_cast<float>(
            factor * (given(i) - sum / count - normal(i) * (sum_of_products / count)));
      if (factors_) factors_[i] += static_cast<float>(normal(i)) * dy[i];
      if (offsets_) offsets_[i] += dy[i];
    }
  }

  float* const factors_;
  float* const offsets_;
};

// Reads its table where the parameters are, and knows which rows have a gradient.
class EmbeddingPass final : public LayerPass {
 public:
  using LayerPass::LayerPass;

 private:
  const std::vector<int32_t>& indices() const {
    return context().indices[static_cast<size_t>(reads())];
  }
  void forward(Participant& participant) override {
    const float* const table =
        context().parameters.layer(static_cast<size_t>(index())).forward->input_weights;
    const int64_t size = layer().output_size;
    participant.stage([&](int slice) {
      if (slice != 0) return;
      for (int64_t row = 0; row < values().rows(puts()); ++row)
        kernels().flush(table + int64_t{indices()[static_cast<size_t>(row)]} * size,
                        output() + row * size, size);
    });
  }
  void backward(Participant& participant) override {
    Parameters& parameters = context().parameters;
    const auto at = static_cast<size_t>(index());
    float* const table = parameters.gradient(at, false, RECURRENT_PARAMETER_TABLE);
    const int64_t size = layer().output_size;
    participant.stage([&](int slice) {
      if (slice != 0) return;
      TouchedRows& touched = parameters.touched(at);
      for (int64_t row = 0; row < values().rows(puts()); ++row) {
        const int32_t picked = indices()[static_cast<size_t>(row)];
        touched.add(picked);
        add(output_gradient() + row * size, table + int64_t{picked} * size, size);
      }
    });
  }
};

}  // namespace

std::unique_ptr<LayerPass> make_activation_pass(PassContext& context, int32_t node) {
  return std::make_unique<ActivationPass>(context, node);
}

std::unique_ptr<LayerPass> make_softmax_pass(PassContext& context, int32_t node) {
  return std::make_unique<SoftmaxPass>(context, node);
}

std::unique_ptr<LayerPass> make_log_softmax_pass(PassContext& context, int32_t node) {
  return std::make_unique<LogSoftmaxPass>(context, node);
}

std::unique_ptr<LayerPass> make_layer_normalization_pass(PassContext& context, int32_t node) {
  return std::make_unique<LayerNormalizationPass>(context, node);
}

std::unique_ptr<LayerPass> make_scale_pass(PassContext& context, int32_t node) {
  return std::make_unique<ScalePass>(context, node);
}

std::unique_ptr<LayerPass> make_embedding_pass(PassContext& context, int32_t node) {
  return std::make_unique<EmbeddingPass>(context, node);
}

}  // namespace recurrent
