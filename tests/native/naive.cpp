#include "naive.h"

#include <cfloat>
#include <cmath>

#include "kernels/implementations.h"
#include "naive_matrix.h"

namespace recurrent::test {
namespace {

using Vector = std::vector<float>;

float flush(float v) { return std::fabs(v) < FLT_MIN ? 0.0f : v; }

float activate(int32_t kind, float alpha, float beta, float a) {
  float y = 0;
  kernels::table_for(RECURRENT_ISA_SCALAR)->activation(kind, alpha, beta, &a, &y, 1);
  return y;
}

class NaiveDirection {
 public:
  NaiveDirection(const recurrent_layer_desc& layer, const recurrent_direction_desc& direction)
      : l_(layer),
        d_(direction),
        hidden_(static_cast<size_t>(layer.hidden_size)),
        w_(matrix(direction.input_weights, layer.hidden_size * gates_of(layer.kind),
                  layer.input_size, layer.input_weight_format)),
        r_(matrix(direction.recurrent_weights, layer.hidden_size * gates_of(layer.kind),
                  state_size(layer), layer.recurrent_weight_format)),
        p_(matrix(direction.projection, layer.projection_size, layer.hidden_size,
                  layer.recurrent_weight_format)) {
    h_.assign(static_cast<size_t>(state_size(layer)), 0.0f);
    c_.assign(hidden_, 0.0f);
    for (size_t i = 0; direction.initial_hidden && i < h_.size(); ++i)
      h_[i] = flush(direction.initial_hidden[i]);
    for (size_t i = 0; direction.initial_cell && i < c_.size(); ++i)
      c_[i] = flush(direction.initial_cell[i]);
  }

  const Vector& state() const { return h_; }
  const Vector& cell() const { return c_; }

  const Vector& step(const Vector& raw) {
    Vector x = raw;
    for (float& v : x) v = flush(v);
    switch (l_.kind) {
      case RECURRENT_LAYER_SIMPLE_RNN:
      case RECURRENT_LAYER_DENSE:
        simple(x);
        break;
      case RECURRENT_LAYER_LSTM:
        lstm(x);
        break;
      case RECURRENT_LAYER_GRU:
        gru(x);
        break;
      default:
        gru_reset_before(x);
    }
    return h_;
  }

 private:
  float bias(size_t row) const {
    float b = d_.input_bias ? d_.input_bias[row] : 0.0f;
    if (d_.recurrent_bias) b = d_.input_bias ? b + d_.recurrent_bias[row] : d_.recurrent_bias[row];
    return flush(b);
  }
  static NaiveMatrix matrix(const float* weights, int64_t rows, int64_t terms, int32_t format) {
    return {weights, weights ? static_cast<size_t>(rows) : 0, static_cast<size_t>(terms), format};
  }
  // Pre-activation of a gate, before peepholes and clip.
  float gate(int index, size_t unit, const Vector& x) const {
    const size_t row = static_cast<size_t>(index) * hidden_ + unit;
    return r_.chain(w_.chain(bias(row), row, x), row, h_);
  }
  float clip(float a) const {
    if (l_.clip == 0) return a;
    return a > l_.clip ? l_.clip : a < -l_.clip ? -l_.clip : a;
  }
  float f(float a) const {
    return activate(d_.gate_activation, d_.gate_alpha, d_.gate_beta, clip(a));
  }
  float g(float a) const {
    return activate(d_.candidate_activation, d_.candidate_alpha, d_.candidate_beta, clip(a));
  }

  void simple(const Vector& x) {
    const bool dense = l_.kind == RECURRENT_LAYER_DENSE;
    Vector next(hidden_);
    for (size_t u = 0; u < hidden_; ++u) {
      float a = w_.chain(bias(u), u, x);
      if (!dense) a = r_.chain(a, u, h_);
      next[u] = dense ? g(a) : flush(g(a));
    }
    h_ = next;
  }

  void lstm(const Vector& x) {
    Vector next(hidden_);
    for (size_t u = 0; u < hidden_; ++u) {
      float ai = gate(0, u, x);
      float af = gate(1, u, x);
      if (d_.peephole) {
        ai = std::fma(flush(d_.peephole[u]), c_[u], ai);
        af = std::fma(flush(d_.peephole[hidden_ + u]), c_[u], af);
      }
      float i = f(ai);
      float fo = f(af);
      if (l_.gate_coupling == RECURRENT_GATE_COUPLING_FORGET_FROM_INPUT) fo = 1.0f - i;
      if (l_.gate_coupling == RECURRENT_GATE_COUPLING_INPUT_FROM_FORGET) i = 1.0f - fo;
      const float old = c_[u];
      c_[u] = flush(std::fma(fo, old, i * g(gate(2, u, x))));
      float ao = gate(3, u, x);
      if (d_.peephole)
        ao = std::fma(flush(d_.peephole[2 * hidden_ + u]),
                      l_.output_peephole == RECURRENT_OUTPUT_PEEPHOLE_PREVIOUS_CELL ? old : c_[u],
                      ao);
      next[u] =
          flush(f(ao) * activate(d_.output_activation, d_.output_alpha, d_.output_beta, c_[u]));
    }
    if (l_.projection_size == 0) {
      h_ = next;
      return;
    }
    for (size_t j = 0; j < h_.size(); ++j) h_[j] = flush(p_.chain(0.0f, j, next));
  }

  void gru(const Vector& x) {
    Vector next(hidden_);
    for (size_t u = 0; u < hidden_; ++u) {
      const size_t row = 2 * hidden_ + u;
      const float p = w_.chain(d_.input_bias ? flush(d_.input_bias[row]) : 0.0f, row, x);
      const float q = r_.chain(d_.recurrent_bias ? flush(d_.recurrent_bias[row]) : 0.0f, row, h_);
      const float z = f(gate(1, u, x));
      const float n = g(std::fma(f(gate(0, u, x)), q, p));
      next[u] = flush(std::fma(z, h_[u], (1.0f - z) * n));
    }
    h_ = next;
  }

  void gru_reset_before(const Vector& x) {
    Vector s(hidden_);
    Vector next(hidden_);
    for (size_t u = 0; u < hidden_; ++u) s[u] = f(gate(0, u, x)) * h_[u];
    for (size_t u = 0; u < hidden_; ++u) {
      const size_t row = 2 * hidden_ + u;
      const float z = f(gate(1, u, x));
      const float n = g(r_.chain(w_.chain(bias(row), row, x), row, s));
      next[u] = flush(std::fma(z, h_[u], (1.0f - z) * n));
    }
    h_ = next;
  }

  const recurrent_layer_desc& l_;
  const recurrent_direction_desc& d_;
  size_t hidden_;
  NaiveMatrix w_;
  NaiveMatrix r_;
  NaiveMatrix p_;
  Vector h_;
  Vector c_;
};

float log_of(float v) {
  float y = 0;
  kernels::table_for(RECURRENT_ISA_SCALAR)->log(&v, &y, 1);
  return y;
}

// A sum in 16 parts, which are put together by halves.
float sum_of_parts(float (&parts)[16]) {
  for (size_t half : {8u, 4u, 2u, 1u})
    for (size_t p = 0; p < half; ++p) parts[p] += parts[p + half];
  return parts[0];
}

// x without denormals.
Vector normalized(const recurrent_layer_desc& layer, const Vector& x) {
  float sums[16] = {};
  for (size_t j = 0; j < x.size(); ++j) sums[j % 16] += x[j];
  const float mean = sum_of_parts(sums) / static_cast<float>(x.size());
  float squares[16] = {};
  for (size_t j = 0; j < x.size(); ++j)
    squares[j % 16] = std::fma(x[j] - mean, x[j] - mean, squares[j % 16]);
  const float variance = sum_of_parts(squares) / static_cast<float>(x.size());
  const float factor = 1.0f / std::sqrt(variance + layer.epsilon);
  const float* s = layer.forward ? layer.forward->input_weights : nullptr;
  const float* b = layer.forward ? layer.forward->input_bias : nullptr;
  Vector y;
  for (size_t j = 0; j < x.size(); ++j)
    y.push_back(std::fma((x[j] - mean) * factor, s ? flush(s[j]) : 1.0f, b ? flush(b[j]) : 0.0f));
  return y;
}

// One step of a layer without a product. `source` is what a residual one adds.
Vector pointwise(const OwnedLayer& layer, const float* x, const float* source) {
  const auto size = static_cast<size_t>(layer.desc.hidden_size);
  const recurrent_direction_desc* d = layer.desc.forward;
  if (layer.desc.kind == RECURRENT_LAYER_EMBEDDING) {
    Vector row(d->input_weights + static_cast<size_t>(x[0]) * size,
               d->input_weights + static_cast<size_t>(x[0] + 1) * size);
    for (float& v : row) v = flush(v);
    return row;
  }
  Vector y(x, x + size);
  for (float& v : y) v = flush(v);
  if (layer.desc.kind == RECURRENT_LAYER_LAYER_NORMALIZATION) return normalized(layer.desc, y);
  const Vector read = y;
  float most = y[0];
  float sum = 0;
  for (size_t i = 0; i < size; ++i) most = y[i] > most ? y[i] : most;
  for (size_t i = 0; i < size; ++i) {
    switch (layer.desc.kind) {
      case RECURRENT_LAYER_ACTIVATION:
        y[i] = activate(d->candidate_activation, d->candidate_alpha, d->candidate_beta, y[i]);
        break;
      case RECURRENT_LAYER_SCALE:
        y[i] = std::fma(flush(d->input_weights[i]), y[i],
                        d->input_bias ? flush(d->input_bias[i]) : 0.0f);
        break;
      case RECURRENT_LAYER_RESIDUAL:
        y[i] += flush(source[i]);
        break;
      default: {
        const float a = y[i] - most;
        kernels::table_for(RECURRENT_ISA_SCALAR)->exp(&a, &y[i], 1);
        sum = i == 0 ? y[i] : sum + y[i];
      }
    }
  }
  if (layer.desc.kind == RECURRENT_LAYER_SOFTMAX)
    for (float& v : y) v /= sum;
  if (layer.desc.kind == RECURRENT_LAYER_LOG_SOFTMAX)
    for (size_t i = 0; i < size; ++i) y[i] = (read[i] - most) - log_of(sum);
  return y;
}

}  // namespace

std::vector<float> naive_convolution(const recurrent_layer_desc& layer, const std::vector<float>& x,
                                     int64_t steps) {
  const recurrent_direction_desc& d = *layer.forward;
  const int64_t extent = int64_t{layer.kernel_size - 1} * layer.dilation;
  const int64_t inputs = layer.input_size / layer.groups;
  const int64_t outputs = layer.hidden_size / layer.groups;
  const int64_t last = steps == 0 ? -1 : steps + layer.pad_before + layer.pad_after - extent - 1;
  const NaiveMatrix weights(d.input_weights, static_cast<size_t>(layer.hidden_size),
                            static_cast<size_t>(layer.kernel_size * inputs),
                            layer.input_weight_format);
  Vector y;
  for (int64_t first = -layer.pad_before; first <= last - layer.pad_before; first += layer.stride)
    for (int64_t unit = 0; unit < layer.hidden_size; ++unit) {
      Vector window;
      for (int64_t k = 0; k < layer.kernel_size; ++k)
        for (int64_t i = 0; i < inputs; ++i) {
          const int64_t step = first + k * layer.dilation;
          const int64_t feature = unit / outputs * inputs + i;
          float value = 0;
          if (step < 0 && d.initial_hidden)
            value = d.initial_hidden[(extent + step) * layer.input_size + feature];
          else if (step >= 0 && step < steps)
            value = x[static_cast<size_t>(step * layer.input_size + feature)];
          window.push_back(flush(value));
        }
      const float a = weights.chain(d.input_bias ? flush(d.input_bias[unit]) : 0.0f,
                                    static_cast<size_t>(unit), window);
      y.push_back(activate(d.candidate_activation, d.candidate_alpha, d.candidate_beta, a));
    }
  return y;
}

std::vector<float> naive_run(const OwnedModel& model, const std::vector<float>& x, int64_t time,
                             std::vector<float>* final_states, std::vector<float>* final_cells) {
  std::vector<Vector> inputs{x};  // of each layer
  for (size_t index = 0; index < model.layers.size(); ++index) {
    const OwnedLayer& layer = model.layers[index];
    const Vector& in = inputs.back();
    const auto in_width = static_cast<size_t>(layer.desc.input_size);
    const auto out_width = static_cast<size_t>(output_size(layer.desc));
    Vector out(static_cast<size_t>(time) * out_width);
    size_t offset = 0;
    if (layer.desc.kind == RECURRENT_LAYER_CONVOLUTION) {
      inputs.push_back(naive_convolution(layer.desc, in, time));
      continue;
    }
    if (layer.desc.kind > RECURRENT_LAYER_DENSE) {
      const size_t from = index - static_cast<size_t>(layer.desc.residual_span);
      const auto source_width = static_cast<size_t>(model.layers[from].desc.input_size);
      const size_t stride = layer.desc.kind == RECURRENT_LAYER_EMBEDDING ? 1 : in_width;
      for (size_t t = 0; t < static_cast<size_t>(time); ++t) {
        const Vector y =
            pointwise(layer, in.data() + t * stride, inputs[from].data() + t * source_width);
        std::copy(y.begin(), y.end(), out.begin() + static_cast<std::ptrdiff_t>(t * out_width));
      }
      inputs.push_back(out);
      continue;
    }
    if (final_states && layer.desc.kind < RECURRENT_LAYER_DENSE) final_states->clear();
    for (const OwnedDirection* direction : {layer.forward.get(), layer.reverse.get()}) {
      if (!direction) continue;
      NaiveDirection cell(layer.desc, direction->desc);
      for (int64_t s = 0; s < time; ++s) {
        const auto t = static_cast<size_t>(direction == layer.reverse.get() ? time - 1 - s : s);
        const auto begin = in.begin() + static_cast<std::ptrdiff_t>(t * in_width);
        const Vector& h = cell.step(Vector(begin, begin + static_cast<std::ptrdiff_t>(in_width)));
        std::copy(h.begin(), h.end(),
                  out.begin() + static_cast<std::ptrdiff_t>(t * out_width + offset));
      }
      offset += static_cast<size_t>(state_size(layer.desc));
      if (final_states && layer.desc.kind < RECURRENT_LAYER_DENSE)
        final_states->insert(final_states->end(), cell.state().begin(), cell.state().end());
      if (final_cells)
        final_cells->insert(final_cells->end(), cell.cell().begin(), cell.cell().end());
    }
    inputs.push_back(out);
  }
  return inputs.back();
}

}  // namespace recurrent::test
