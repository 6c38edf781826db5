#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "naive.h"
#include "native_session.h"

namespace recurrent::test {

inline int32_t tail_of(const OwnedModel& model) {
  int32_t tail = 0;
  const auto count = static_cast<int32_t>(model.layers.size());
  for (int32_t i = 0; i < count; ++i) {
    const recurrent_layer_desc& d = model.layers[static_cast<size_t>(i)].desc;
    if (d.kind < RECURRENT_LAYER_DENSE || d.kind == RECURRENT_LAYER_EMBEDDING || d.kernel_size > 0)
      tail = i + 1;
  }
  for (int32_t i = tail; i < count; ++i) {
    const recurrent_layer_desc& d = model.layers[static_cast<size_t>(i)].desc;
    if (d.residual_span > 0 && i - d.residual_span < tail) tail = i + 1;
  }
  return tail;
}

// A random model with options, a batch for it with rows of different length and missing steps, and
// what it has to give, row by row.
class WholeCase {
 public:
  explicit WholeCase(unsigned seed, int64_t most_rows = 9) : random_(seed), seed_(seed) {
    model = random_model(random_, seed % 4 == 0 ? 40 : 12, seed % 2 == 0);
    // Weights in all formats.
    if (seed % 80 > 40) choose_formats(random_, model);
    takes_indices = seed % 5 == 0;
    if (takes_indices) prepend_embedding();
    // A residual connection among the layers that are computed for one step only.
    if (seed % 7 == 3) {
      const int64_t size = output_size(model.layers.back().desc);
      model.add(pointwise_layer(random_, RECURRENT_LAYER_SCALE, size));
      model.add(pointwise_layer(random_, RECURRENT_LAYER_RESIDUAL, size, 1));
    }
    time = uniform(random_, 1, 12);
    batch = uniform(random_, 1, most_rows);
    options.output = static_cast<int32_t>(uniform(random_, 0, 2));
    const int32_t tail = tail_of(model);
    if (options.output == RECURRENT_OUTPUT_FINAL_STATE &&
        (tail == 0 ||
         model.layers[static_cast<size_t>(tail - 1)].desc.kind >= RECURRENT_LAYER_DENSE))
      options.output = RECURRENT_OUTPUT_LAST_STEP;
    options.masking = static_cast<int32_t>(uniform(random_, 0, 2));
    options.mask_value = takes_indices ? 0.0f
                         : seed % 3    ? std::numeric_limits<float>::quiet_NaN()
                                       : -1.0f;
    width = takes_indices ? 1 : model.input_size();
    out = output_size(model.layers.back().desc);
    fill();
  }

  std::string describe() const {
    return "seed " + std::to_string(seed_) + ": " + model.describe() + "T=" + std::to_string(time) +
           " B=" + std::to_string(batch) + " output=" + std::to_string(options.output) +
           " masking=" + std::to_string(options.masking) + (ragged() ? " ragged" : "");
  }

  bool ragged() const { return !lengths.empty(); }
  bool one_step() const { return options.output != RECURRENT_OUTPUT_EVERY_STEP; }
  int64_t length(int64_t row) const { return ragged() ? lengths[static_cast<size_t>(row)] : time; }

  recurrent_run_args args(std::vector<float>& y) const {
    recurrent_run_args a{};
    a.struct_size = sizeof(a);
    a.time = time;
    a.layout = layout;
    if (takes_indices) {
      a.indices = indices.data();
      a.indices_count = static_cast<int64_t>(indices.size());
    } else {
      a.x = x.data();
      a.x_count = static_cast<int64_t>(x.size());
    }
    a.y = y.data();
    a.y_count = static_cast<int64_t>(y.size());
    if (ragged()) {
      a.lengths = lengths.data();
      a.lengths_count = batch;
    }
    if (!present.empty()) {
      a.present = present.data();
      a.present_count = static_cast<int64_t>(present.size());
    }
    return a;
  }

  // `repeated` is the output before, `[batch, out]`.
  std::vector<float> expected(std::vector<float> repeated) const {
    std::vector<float> y(static_cast<size_t>((one_step() ? 1 : time) * batch * out));
    for (int64_t row = 0; row < batch; ++row) {
      std::vector<float> seen;
      std::vector<int64_t> times;
      for (int64_t t = 0; t < length(row); ++t) {
        if (is_missing(t, row)) continue;
        times.push_back(t);
        for (int64_t i = 0; i < width; ++i) seen.push_back(value(t, row, i));
      }
      float* before = repeated.data() + row * out;
      if (options.masking != RECURRENT_MASKING_REPEAT) std::fill_n(before, out, 0.0f);
      const auto steps = static_cast<int64_t>(times.size());
      std::vector<float> final_states;
      const std::vector<float> all = naive_run(model, seen, steps, &final_states);
      if (one_step())
        expect_step(row, steps, all, final_states, before, y);
      else
        expect_steps(row, times, all, before, y);
    }
    return y;
  }

  OwnedModel model;
  Options options;
  int64_t time, batch, width, out;
  int32_t layout = RECURRENT_LAYOUT_TIME_MAJOR;
  bool takes_indices;
  std::vector<float> x;
  std::vector<int32_t> indices;
  std::vector<int32_t> lengths;
  std::vector<uint8_t> present;

 private:
  size_t place(int64_t t, int64_t row) const {
    return static_cast<size_t>(layout == RECURRENT_LAYOUT_TIME_MAJOR ? t * batch + row
                                                                     : row * time + t);
  }
  float value(int64_t t, int64_t row, int64_t i) const {
    return takes_indices ? static_cast<float>(indices[place(t, row)])
                         : x[place(t, row) * static_cast<size_t>(width) + static_cast<size_t>(i)];
  }
  bool is_missing(int64_t t, int64_t row) const {
    if (options.masking == RECURRENT_MASKING_NONE) return false;
    if (!present.empty() && present[place(t, row)] == 0) return true;
    for (int64_t i = 0; i < width; ++i) {
      const float v = value(t, row, i);
      if (std::isnan(options.mask_value) ? !std::isnan(v) : v != options.mask_value) return false;
    }
    return true;
  }

  void prepend_embedding() {
    OwnedModel with;
    with.add(embedding_layer(random_, 7, model.input_size()));
    for (OwnedLayer& layer : model.layers) with.add(std::move(layer));
    model = std::move(with);
  }

  void fill() {
    layout = static_cast<int32_t>(uniform(random_, 0, 1));
    x = takes_indices ? std::vector<float>() : random_values(random_, time * batch * width, 2.0f);
    for (int64_t i = 0; i < time * batch; ++i) {
      if (takes_indices) indices.push_back(static_cast<int32_t>(uniform(random_, 0, 6)));
      const bool marked = options.masking && !takes_indices && uniform(random_, 1, 4) == 1;
      if (marked) std::fill_n(x.begin() + i * width, width, options.mask_value);
    }
    if (uniform(random_, 1, 2) == 1)
      for (int64_t row = 0; row < batch; ++row)
        lengths.push_back(static_cast<int32_t>(uniform(random_, 0, time)));
    if (options.masking && uniform(random_, 1, 2) == 1)
      for (int64_t i = 0; i < time * batch; ++i)
        present.push_back(uniform(random_, 1, 3) == 1 ? 0 : 1);
  }

  void expect_steps(int64_t row, const std::vector<int64_t>& times, const std::vector<float>& all,
                    const float* before, std::vector<float>& y) const {
    const float* last = before;
    size_t next = 0;
    for (int64_t t = 0; t < length(row); ++t) {
      float* to = y.data() + place(t, row) * static_cast<size_t>(out);
      if (next < times.size() && times[next] == t) {
        std::copy_n(all.begin() + static_cast<int64_t>(next++) * out, out, to);
        if (options.masking == RECURRENT_MASKING_REPEAT) last = to;
      } else {
        std::copy_n(last, out, to);
      }
    }
  }

  void expect_step(int64_t row, int64_t steps, const std::vector<float>& all,
                   const std::vector<float>& final_states, const float* before,
                   std::vector<float>& y) const {
    float* to = y.data() + row * out;
    if (length(row) == 0) return;
    if (steps == 0) {
      std::copy_n(before, out, to);
    } else if (options.output == RECURRENT_OUTPUT_LAST_STEP) {
      std::copy_n(all.begin() + (steps - 1) * out, out, to);
    } else {
      OwnedModel tail;
      for (size_t i = static_cast<size_t>(tail_of(model)); i < model.layers.size(); ++i)
        tail.layers.push_back(copy(model.layers[i]));
      const std::vector<float> step =
          tail.layers.empty() ? final_states : naive_run(tail, final_states, 1);
      std::copy_n(step.begin(), out, to);
    }
  }

  // Borrows the weights.
  static OwnedLayer copy(const OwnedLayer& layer) {
    OwnedLayer other;
    other.desc = layer.desc;
    if (layer.forward) {
      other.forward = std::make_unique<OwnedDirection>();
      other.forward->desc = layer.forward->desc;
    }
    return other;
  }

  Random random_;
  unsigned seed_;
};

}  // namespace recurrent::test
