#include "naive_graph.h"

#include <cfloat>
#include <cmath>
#include <memory>

#include "naive.h"
#include "naive_over_time.h"

namespace recurrent::test {
namespace {

float flushed(float v) { return std::fabs(v) < FLT_MIN ? 0.0f : v; }

bool is_model_of_its_own(int32_t kind) {
  return kind <= RECURRENT_LAYER_RESIDUAL || kind == RECURRENT_LAYER_LAYER_NORMALIZATION ||
         kind == RECURRENT_LAYER_LOG_SOFTMAX;
}

// A layer that reads one value and the states that it starts from, as a model of its own.
std::vector<float> run_layer(const OwnedLayer& layer, const std::vector<float>& x, int64_t steps,
                             const std::vector<const std::vector<float>*>& starts,
                             std::vector<float>& final_states, std::vector<float>& final_cells) {
  OwnedModel model;
  OwnedLayer& borrowed = model.layers.emplace_back();
  borrowed.desc = layer.desc;
  for (const bool reverse : {false, true}) {
    const auto& from = reverse ? layer.reverse : layer.forward;
    if (!from) continue;
    auto& to = reverse ? borrowed.reverse : borrowed.forward;
    to = std::make_unique<OwnedDirection>();
    to->desc = from->desc;
    const bool is_second = reverse && layer.forward;
    if (!starts.empty())
      to->desc.initial_hidden = starts[0]->data() + (is_second ? starts[0]->size() / 2 : size_t{0});
    if (starts.size() > 1)
      to->desc.initial_cell = starts[1]->data() + (is_second ? starts[1]->size() / 2 : size_t{0});
  }
  return naive_run(model, x, steps, &final_states, &final_cells);
}

}  // namespace

std::vector<std::vector<float>> naive_graph(const OwnedGraph& graph,
                                            const std::vector<std::vector<float>>& given,
                                            int64_t length) {
  std::vector<std::vector<float>> values = given;
  std::vector<std::vector<float>> final_states(graph.layers.size());
  std::vector<std::vector<float>> final_cells(graph.layers.size());
  for (size_t i = 0; i < graph.layers.size(); ++i) {
    const recurrent_layer_desc& d = graph.layers[i].desc;
    const std::vector<int32_t>& reads = graph.reads[i];
    const auto first = static_cast<size_t>(reads[0]);
    const std::vector<float>& x = values[first];
    const int64_t from = graph.steps(graph.values[first], length);
    const int64_t steps = graph.steps(graph.values[graph.inputs.size() + i], length);
    const int64_t in = graph.values[first].size;
    std::vector<float> y;
    if (is_model_of_its_own(d.kind)) {
      std::vector<const std::vector<float>*> starts;
      for (size_t k = 1; k < reads.size(); ++k)
        starts.push_back(&values[static_cast<size_t>(reads[k])]);
      y = run_layer(graph.layers[i], x, steps, starts, final_states[i], final_cells[i]);
      // Of no steps there is no final state to copy.
      for (std::vector<float>* states : {&final_states[i], &final_cells[i]})
        if (length == 0) std::fill(states->begin(), states->end(), 0.0f);
    } else if (d.kind == RECURRENT_LAYER_CONVOLUTION) {
      y = naive_convolution(d, x, from);
    } else if (d.kind == RECURRENT_LAYER_FINAL_STATE) {
      y = final_states[first - graph.inputs.size()];
    } else if (d.kind == RECURRENT_LAYER_FINAL_CELL_STATE) {
      y = final_cells[first - graph.inputs.size()];
    } else if (d.kind == RECURRENT_LAYER_MAX_POOLING || d.kind == RECURRENT_LAYER_AVERAGE_POOLING) {
      y = naive_pooling(d, x, from);
    } else if (d.kind == RECURRENT_LAYER_LAST_STEP && from == 0) {
      y.assign(static_cast<size_t>(d.hidden_size), 0.0f);
    } else if (d.kind >= RECURRENT_LAYER_MEAN_OVER_TIME && d.kind <= RECURRENT_LAYER_FLATTEN) {
      const std::vector<float> none;
      y = naive_over_time(d, x, reads.size() > 1 ? values[static_cast<size_t>(reads[1])] : none,
                          from);
    } else {
      for (int64_t t = 0; t < steps; ++t) {
        const int64_t at = d.kind == RECURRENT_LAYER_LAST_STEP    ? from - 1
                           : d.kind == RECURRENT_LAYER_REPEAT     ? 0
                           : d.kind == RECURRENT_LAYER_REVERSE    ? from - 1 - t
                           : d.kind == RECURRENT_LAYER_LAST_STEPS ? from - steps + t
                                                                  : t;
        if (at < 0) {
          y.resize(y.size() + static_cast<size_t>(d.hidden_size));
          continue;
        }
        if (d.kind == RECURRENT_LAYER_CONCATENATION) {
          for (const int32_t number : reads) {
            const auto v = static_cast<size_t>(number);
            for (int64_t j = 0; j < graph.values[v].size; ++j)
              y.push_back(flushed(values[v][static_cast<size_t>(at * graph.values[v].size + j)]));
          }
          continue;
        }
        const int64_t skipped =
            d.kind == RECURRENT_LAYER_UNFLATTEN ? t * d.hidden_size : at * in + d.first;
        for (int64_t j = 0; j < d.hidden_size; ++j) {
          float result = flushed(x[static_cast<size_t>(skipped + j)]);
          for (size_t k = 1; k < reads.size(); ++k) {
            const float other =
                flushed(values[static_cast<size_t>(reads[k])][static_cast<size_t>(at * in + j)]);
            result = d.kind == RECURRENT_LAYER_SUM ? result + other : result * other;
          }
          y.push_back(result);
        }
      }
    }
    values.push_back(y);
  }
  return values;
}

}  // namespace recurrent::test
