#include "random_graph.h"

#include <algorithm>
#include <sstream>

namespace recurrent::test {
namespace {

bool one_in(Random& random, int n) { return uniform(random, 1, n) == 1; }

template <class Number>
std::string numbered(const char* name, Number number) {
  return std::string(name).append(std::to_string(number));
}

// The number behind a prefix, as in "last3(model)" and "wind2x3(model)": the last 3 steps, and
// windows of 2 + 1 steps beside their padding, 3 steps from one to the next.
int64_t number_of(const std::string& base) { return std::stoll(base.substr(4)); }
std::string parent_of(const std::string& base) {
  const size_t open = base.find('(');
  return base.substr(open + 1, base.size() - open - 2);
}

int64_t steps_of(const std::string& base, int64_t length) {
  if (base == "model") return length;
  if (base.compare(0, 4, "rept") == 0) return length > 0 ? number_of(base) : 0;
  if (base.compare(0, 4, "wind") == 0) {
    const int64_t from = steps_of(parent_of(base), length);
    const int64_t stride = std::stoll(base.substr(base.find('x') + 1));
    if (from == 0 || from <= number_of(base)) return 0;
    return (from - number_of(base) - 1) / stride + 1;
  }
  return std::min(steps_of(parent_of(base), length), number_of(base));
}

// Most steps that the windows of a graph may need.
constexpr int64_t kMostLeastTime = 9;

class Drawer {
 public:
  Drawer(Random& random, int64_t largest) : random_(random), largest_(largest) {}

  OwnedGraph draw(int most_layers) {
    if (one_in(random_, 3)) {
      graph_.masking =
          static_cast<int32_t>(uniform(random_, RECURRENT_MASKING_REPEAT, RECURRENT_MASKING_ZERO));
      graph_.mask_value = 1.0f;
    }
    draw_inputs();
    const int64_t count = uniform(random_, 1, most_layers);
    while (static_cast<int64_t>(graph_.layers.size()) < count) draw_layer();
    draw_outputs();
    return std::move(graph_);
  }

 private:
  int64_t size() { return uniform(random_, 1, largest_); }

  void add_input(int32_t kind, int64_t size) {
    graph_.inputs.push_back(
        {sizeof(recurrent_input_desc), kind, static_cast<int32_t>(size), 0, nullptr});
    graph_.names.push_back(numbered("in", graph_.inputs.size()));
    GraphValue value;
    value.kind = kind;
    value.size = size;
    value.has_steps = kind != RECURRENT_VALUE_ROW;
    graph_.values.push_back(value);
  }

  void draw_inputs() {
    if (one_in(random_, 4))
      add_input(RECURRENT_VALUE_INDICES, uniform(random_, 2, 7));
    else
      add_input(RECURRENT_VALUE_SEQUENCE, size());
    while (graph_.inputs.size() < 4 && one_in(random_, 2)) {
      const auto kind =
          static_cast<int32_t>(uniform(random_, RECURRENT_VALUE_SEQUENCE, RECURRENT_VALUE_INDICES));
      add_input(kind, kind == RECURRENT_VALUE_INDICES ? uniform(random_, 2, 7) : size());
    }
  }

  const GraphValue& value(int32_t number) const {
    return graph_.values[static_cast<size_t>(number)];
  }

  // Values that a layer could read beside the first one; all features if there is none yet.
  std::vector<int32_t> like(const GraphValue* first, bool same_size) const {
    std::vector<int32_t> found;
    for (size_t i = 0; i < graph_.values.size(); ++i) {
      const GraphValue& v = graph_.values[i];
      if (v.kind == RECURRENT_VALUE_INDICES) continue;
      if (first &&
          (v.kind != first->kind || (v.kind == RECURRENT_VALUE_SEQUENCE && v.base != first->base) ||
           (same_size && v.size != first->size)))
        continue;
      found.push_back(static_cast<int32_t>(i));
    }
    return found;
  }

  int32_t one(const std::vector<int32_t>& of) {
    // Later values more often, or most would be read by nobody.
    const auto count = static_cast<int64_t>(of.size());
    return of[static_cast<size_t>(
        std::max(uniform(random_, 0, count - 1), uniform(random_, 0, count - 1)))];
  }

  OwnedLayer plain(int32_t kind, int64_t inputs, int64_t outputs) {
    OwnedLayer layer;
    layer.desc.struct_size = sizeof(layer.desc);
    layer.desc.kind = kind;
    layer.desc.input_size = static_cast<int32_t>(inputs);
    layer.desc.hidden_size = static_cast<int32_t>(outputs);
    return layer;
  }

  void add(OwnedLayer layer, std::vector<int32_t> reads, GraphValue puts) {
    puts.size = output_size(layer.desc);
    for (const int32_t number : reads) puts.is_causal &= value(number).is_causal;
    graph_.layers.push_back(std::move(layer));
    graph_.reads.push_back(std::move(reads));
    graph_.values.push_back(puts);
  }

  void draw_layer() {
    for (int32_t i = 0; i < graph_.input_count(); ++i)
      if (value(i).kind == RECURRENT_VALUE_INDICES &&
          (like(nullptr, false).empty() || one_in(random_, 4)))
        return add(embedding_layer(random_, value(i).size, size()), {i}, GraphValue{});
    const int32_t number = one(like(nullptr, false));
    const GraphValue from = value(number);
    const bool is_row = from.kind == RECURRENT_VALUE_ROW;
    if (!is_row && from.base.find("rept") != std::string::npos && one_in(random_, 2))
      return draw_over_time(number, from);
    switch (uniform(random_, 0, 16)) {
      case 0:
      case 1:
      case 2:
        if (is_row) return;
        draw_recurrent(number, from);
        if (one_in(random_, 2)) draw_last_step(last_value(), value(last_value()));
        return;
      case 3:
        return add(random_layer(random_, RECURRENT_LAYER_DENSE, from.size, largest_, false),
                   {number}, from);
      case 4: {
        const int32_t kinds[] = {RECURRENT_LAYER_ACTIVATION, RECURRENT_LAYER_SOFTMAX,
                                 RECURRENT_LAYER_SCALE, RECURRENT_LAYER_LAYER_NORMALIZATION,
                                 RECURRENT_LAYER_LOG_SOFTMAX};
        return add(pointwise_layer(random_, kinds[uniform(random_, 0, 4)], from.size), {number},
                   from);
      }
      case 5:
        return draw_concatenation(number, from);
      case 6: {
        std::vector<int32_t> reads{number, one(like(&from, true))};
        while (one_in(random_, 3)) reads.push_back(one(like(&from, true)));
        return add(plain(RECURRENT_LAYER_SUM, from.size, from.size), reads, from);
      }
      case 7:
        return add(plain(RECURRENT_LAYER_PRODUCT, from.size, from.size),
                   {number, one(like(&from, true))}, from);
      case 8: {
        const int64_t count = uniform(random_, 1, from.size);
        OwnedLayer slice = plain(RECURRENT_LAYER_SLICE, from.size, count);
        slice.desc.first = static_cast<int32_t>(uniform(random_, 0, from.size - count));
        return add(std::move(slice), {number}, from);
      }
      case 9:
        return is_row ? draw_repeat(number, from) : draw_last_step(number, from);
      case 10:
        if (is_row) return draw_repeat(number, from);
        return draw_reordered(RECURRENT_LAYER_REVERSE, number, from);
      case 11:
        return is_row ? draw_unflatten(number, from) : draw_over_time(number, from);
      case 12:
        return is_row ? draw_repeat(number, from) : draw_over_time(number, from);
      case 13:
        return is_row ? draw_unflatten(number, from) : draw_pooling(number, from);
      case 14:
      case 15:
        if (is_row) return;
        return draw_convolution(number, from);
      default:
        if (is_row || graph_.masking != RECURRENT_MASKING_NONE) return;
        return draw_reordered(RECURRENT_LAYER_LAST_STEPS, number, from);
    }
  }

  int32_t last_value() const { return static_cast<int32_t>(graph_.values.size()) - 1; }

  void draw_recurrent(int32_t number, const GraphValue& from) {
    const auto kind = static_cast<int32_t>(
        uniform(random_, RECURRENT_LAYER_SIMPLE_RNN, RECURRENT_LAYER_GRU_RESET_BEFORE));
    OwnedLayer layer = random_layer(random_, kind, from.size, largest_, one_in(random_, 3));
    GraphValue puts = from;
    puts.is_causal = !layer.reverse;
    std::vector<int32_t> reads{number};
    if (one_in(random_, 3)) {
      puts.is_causal = false;
      read_states(layer, reads);
    }
    add(std::move(layer), reads, puts);
  }

  // Rows to start from in the place of states that are trained.
  void read_states(OwnedLayer& layer, std::vector<int32_t>& reads) {
    reads.push_back(row_of(output_size(layer.desc), reads.front()));
    const bool reads_cell = layer.desc.kind == RECURRENT_LAYER_LSTM && !one_in(random_, 4);
    if (reads_cell) reads.push_back(row_of(cells_of(layer.desc), reads.front()));
    for (OwnedDirection* direction : {layer.forward.get(), layer.reverse.get()}) {
      if (!direction) continue;
      direction->desc.initial_hidden = nullptr;
      if (reads_cell) direction->desc.initial_cell = nullptr;
    }
  }

  static int64_t cells_of(const recurrent_layer_desc& layer) {
    return int64_t{layer.hidden_size} *
           (layer.direction == RECURRENT_DIRECTION_BIDIRECTIONAL ? 2 : 1);
  }

  // A row of so many features, made of those that there are, or of a sequence.
  int32_t row_of(int64_t size, int32_t sequence) {
    std::vector<int32_t> rows;
    for (size_t i = 0; i < graph_.values.size(); ++i)
      if (graph_.values[i].kind == RECURRENT_VALUE_ROW) rows.push_back(static_cast<int32_t>(i));
    if (rows.empty()) {
      draw_last_step(sequence, value(sequence));
      rows.push_back(last_value());
    }
    const int32_t row = one(rows);
    if (value(row).size == size) return row;
    GraphValue puts = value(row);
    std::vector<int32_t> reads;
    int64_t sum = 0;
    for (; sum < size; sum += value(row).size) reads.push_back(row);
    if (reads.size() > 1) add(plain(RECURRENT_LAYER_CONCATENATION, sum, sum), reads, puts);
    const int32_t wide = reads.size() > 1 ? last_value() : row;
    if (sum == size) return wide;
    OwnedLayer slice = plain(RECURRENT_LAYER_SLICE, sum, size);
    slice.desc.first = static_cast<int32_t>(uniform(random_, 0, sum - size));
    add(std::move(slice), {wide}, puts);
    return last_value();
  }

  void draw_convolution(int32_t number, const GraphValue& from) {
    const bool masks = graph_.masking != RECURRENT_MASKING_NONE;
    OwnedLayer layer = convolution_layer(random_, from.size, largest_,
                                         masks ? Windows::kKeepSteps : Windows::kAny);
    const recurrent_layer_desc& d = layer.desc;
    const int32_t missing = (d.kernel_size - 1) * d.dilation - d.pad_before - d.pad_after;
    GraphValue puts = from;
    if (missing != 0 || d.stride != 1)
      puts.base = numbered("wind", missing)
                      .append("x")
                      .append(std::to_string(d.stride))
                      .append("(")
                      .append(from.base)
                      .append(")");
    puts.is_causal = puts.base == from.base && d.pad_after == 0;
    // What no short sequence can fill.
    if (steps_of(puts.base, kMostLeastTime) == 0) return;
    add(std::move(layer), {number}, puts);
  }

  void draw_concatenation(int32_t number, const GraphValue& from) {
    std::vector<int32_t> reads{number};
    while (reads.size() < 4 && one_in(random_, 2)) reads.push_back(one(like(&from, false)));
    int64_t sum = 0;
    for (const int32_t each : reads) sum += value(each).size;
    if (sum <= 4 * largest_) add(plain(RECURRENT_LAYER_CONCATENATION, sum, sum), reads, from);
  }

  void draw_last_step(int32_t number, const GraphValue& from) {
    const int32_t maker = number - graph_.input_count();
    const bool recurs =
        maker >= 0 && graph_.layers[static_cast<size_t>(maker)].desc.kind < RECURRENT_LAYER_DENSE;
    const int32_t kind =
        recurs && !one_in(random_, 4) ? RECURRENT_LAYER_FINAL_STATE : RECURRENT_LAYER_LAST_STEP;
    GraphValue puts = from;
    puts.kind = RECURRENT_VALUE_ROW;
    if (recurs && one_in(random_, 2)) {
      const recurrent_layer_desc& d = graph_.layers[static_cast<size_t>(maker)].desc;
      if (d.kind == RECURRENT_LAYER_LSTM) {
        puts.is_causal = false;
        return add(plain(RECURRENT_LAYER_FINAL_CELL_STATE, from.size, cells_of(d)), {number}, puts);
      }
    }
    add(plain(kind, from.size, from.size), {number}, puts);
  }

  void draw_repeat(int32_t number, const GraphValue& from) {
    OwnedLayer layer = plain(RECURRENT_LAYER_REPEAT, from.size, from.size);
    GraphValue puts;
    if (graph_.masking == RECURRENT_MASKING_NONE && one_in(random_, 2)) {
      layer.desc.steps = static_cast<int32_t>(uniform(random_, 1, 5));
      puts.base = numbered("rept", layer.desc.steps);
      puts.is_causal = false;
    } else {
      puts.is_causal = !from.has_steps;
    }
    add(std::move(layer), {number}, puts);
  }

  void draw_over_time(int32_t number, const GraphValue& from) {
    std::vector<int32_t> reads{number};
    auto kind = static_cast<int32_t>(
        uniform(random_, RECURRENT_LAYER_MEAN_OVER_TIME, RECURRENT_LAYER_FLATTEN));
    int64_t size = from.size;
    if (kind == RECURRENT_LAYER_SOFTMAX_OVER_TIME) {
      const int32_t scores = one(like(&from, false));
      if (value(scores).size != 1 && value(scores).size != from.size) return;
      reads.push_back(scores);
    }
    // Flatten only where lengths do not change the number of steps.
    const bool is_fixed = from.base.find("rept") != std::string::npos;
    if (is_fixed && one_in(random_, 2)) kind = RECURRENT_LAYER_FLATTEN;
    if (kind == RECURRENT_LAYER_FLATTEN && !is_fixed) kind = RECURRENT_LAYER_MAX_OVER_TIME;
    if (kind == RECURRENT_LAYER_FLATTEN) reads.resize(1);
    const int64_t steps = kind == RECURRENT_LAYER_FLATTEN ? steps_of(from.base, 1) : 0;
    if (steps > 0) size *= steps;
    if (size > 4 * largest_) return;
    OwnedLayer layer = plain(kind, from.size, size);
    layer.desc.steps = static_cast<int32_t>(steps);
    GraphValue puts;
    puts.kind = RECURRENT_VALUE_ROW;
    puts.is_causal = false;
    add(std::move(layer), reads, puts);
  }

  // The fields of random windows, and the time base of what they give; false for one that would
  // need too many steps of the model, or change the number of steps where some may be missing.
  bool draw_windows(recurrent_layer_desc& layer, std::string& base) {
    layer.kernel_size = static_cast<int32_t>(uniform(random_, 1, 4));
    layer.stride = one_in(random_, 2) ? 1 : static_cast<int32_t>(uniform(random_, 1, 3));
    layer.dilation = static_cast<int32_t>(uniform(random_, 1, 3));
    const int64_t extent = int64_t{layer.kernel_size - 1} * layer.dilation;
    layer.pad_before = static_cast<int32_t>(uniform(random_, 0, extent));
    layer.pad_after = static_cast<int32_t>(one_in(random_, 2) ? extent - layer.pad_before
                                                              : uniform(random_, 0, extent));
    const int64_t missing = extent - layer.pad_before - layer.pad_after;
    if (layer.stride == 1 && missing == 0) return true;
    if (graph_.masking != RECURRENT_MASKING_NONE) return false;
    base = numbered("wind", missing).append("x").append(std::to_string(layer.stride)) + "(" + base +
           ")";
    return steps_of(base, kMostLeastTime) > 0;
  }

  void draw_pooling(int32_t number, const GraphValue& from) {
    const auto kind = static_cast<int32_t>(
        uniform(random_, RECURRENT_LAYER_MAX_POOLING, RECURRENT_LAYER_AVERAGE_POOLING));
    OwnedLayer layer = plain(kind, from.size, from.size);
    GraphValue puts = from;
    puts.is_causal = false;
    if (!draw_windows(layer.desc, puts.base)) return;
    if (kind == RECURRENT_LAYER_AVERAGE_POOLING)
      layer.desc.counts_padding = static_cast<int32_t>(uniform(random_, 0, 1));
    add(std::move(layer), {number}, puts);
  }

  void draw_unflatten(int32_t number, const GraphValue& from) {
    const int64_t steps = uniform(random_, 1, 5);
    if (graph_.masking != RECURRENT_MASKING_NONE || from.size % steps != 0) return;
    OwnedLayer layer = plain(RECURRENT_LAYER_UNFLATTEN, from.size, from.size / steps);
    layer.desc.steps = static_cast<int32_t>(steps);
    GraphValue puts;
    puts.base = numbered("rept", steps);
    puts.is_causal = false;
    add(std::move(layer), {number}, puts);
  }

  void draw_reordered(int32_t kind, int32_t number, const GraphValue& from) {
    OwnedLayer layer = plain(kind, from.size, from.size);
    GraphValue puts = from;
    puts.is_causal = false;
    if (kind == RECURRENT_LAYER_LAST_STEPS) {
      layer.desc.steps = static_cast<int32_t>(uniform(random_, 1, 5));
      puts.base = numbered("last", layer.desc.steps).append("(").append(from.base).append(")");
    }
    add(std::move(layer), {number}, puts);
  }

  void draw_outputs() {
    const auto first = graph_.input_count();
    const auto last = static_cast<int32_t>(graph_.values.size()) - 1;
    std::vector<int32_t> chosen{last};
    while (one_in(random_, 2)) {
      const auto other = static_cast<int32_t>(uniform(random_, first, last));
      if (std::find(chosen.begin(), chosen.end(), other) == chosen.end()) chosen.push_back(other);
    }
    for (const int32_t number : chosen) {
      graph_.outputs.push_back({sizeof(recurrent_output_desc), number, nullptr});
      graph_.names.push_back(numbered("out", graph_.outputs.size()));
    }
  }

  Random& random_;
  int64_t largest_;
  OwnedGraph graph_;
};

}  // namespace

bool OwnedGraph::can_step() const {
  return std::all_of(
      values.begin(), values.end(), [](const GraphValue& value) { return value.is_causal; });
}

int64_t OwnedGraph::steps(const GraphValue& value, int64_t length) const {
  return value.kind == RECURRENT_VALUE_ROW ? 1 : steps_of(value.base, length);
}

int64_t OwnedGraph::least_time() const {
  for (int64_t time = 1;; ++time)
    if (std::all_of(values.begin(), values.end(),
                    [&](const GraphValue& value) { return steps(value, time) > 0; }))
      return time;
}

std::string OwnedGraph::describe() const {
  std::ostringstream text;
  for (const recurrent_input_desc& input : inputs)
    text << "input " << input.kind << ":" << input.size << "; ";
  for (size_t i = 0; i < layers.size(); ++i) {
    const recurrent_layer_desc& d = layers[i].desc;
    text << inputs.size() + i << " = kind " << d.kind << " " << d.input_size << ">"
         << d.hidden_size;
    if (d.direction) text << " direction " << d.direction;
    if (d.steps) text << " steps " << d.steps;
    if (d.kernel_size) text << " " << describe_windows(d);
    text << " of";
    for (const int32_t number : reads[i]) text << " " << number;
    text << "; ";
  }
  text << "outputs";
  for (const recurrent_output_desc& output : outputs) text << " " << output.value;
  text << " masking " << masking;
  return text.str();
}

GraphDescription::GraphDescription(const OwnedGraph& graph, int32_t isa) {
  for (size_t i = 0; i < graph.layers.size(); ++i) {
    layers.push_back(graph.layers[i].desc);
    layers.back().inputs = graph.reads[i].data();
    layers.back().input_count = static_cast<int32_t>(graph.reads[i].size());
  }
  desc.struct_size = sizeof(desc);
  desc.isa = isa;
  desc.layers = layers.data();
  desc.layer_count = static_cast<int32_t>(layers.size());
  desc.inputs = graph.inputs.data();
  desc.input_count = graph.input_count();
  desc.outputs = graph.outputs.data();
  desc.output_count = static_cast<int32_t>(graph.outputs.size());
  desc.masking = graph.masking;
  desc.mask_value = graph.mask_value;
}

OwnedGraph random_graph(Random& random, int64_t largest, int most_layers) {
  OwnedGraph graph = Drawer(random, largest).draw(most_layers);
  for (size_t i = 0; i < graph.inputs.size(); ++i) graph.inputs[i].name = graph.names[i].c_str();
  for (size_t i = 0; i < graph.outputs.size(); ++i)
    graph.outputs[i].name = graph.names[graph.inputs.size() + i].c_str();
  return graph;
}

}  // namespace recurrent::test
