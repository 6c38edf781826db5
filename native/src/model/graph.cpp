#include "model/graph.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/expect.h"
#include "model/specification.h"
#include "model/window.h"

namespace recurrent {
namespace {

using Wide = long long;

std::string path_of(int32_t layer) { return "layers[" + std::to_string(layer) + "]."; }

bool is_chain_of_layers(const recurrent_model_desc& desc) {
  return !desc.inputs &&
         std::all_of(
             desc.layers, desc.layers + desc.layer_count,
             [](const recurrent_layer_desc& layer) { return layer.input_count == 0; });
}

// Cell states of all directions of an LSTM.
int64_t cell_states(const recurrent_layer_desc& layer) {
  return int64_t{layer.hidden_size} *
         (layer.direction == RECURRENT_DIRECTION_BIDIRECTIONAL ? 2 : 1);
}

const char* name_of(int32_t kind) {
  switch (kind) {
    case RECURRENT_VALUE_SEQUENCE:
      return "sequence";
    case RECURRENT_VALUE_ROW:
      return "row";
    default:
      return "value of indices";
  }
}

}  // namespace

class GraphBuilder {
 public:
  GraphBuilder(const recurrent_model_desc& desc, Graph& graph) : desc_(desc), graph_(graph) {}

  void build() {
    graph_.layer_count_ = desc_.layer_count;
    take_inputs();
    graph_.values_.resize(graph_.inputs_.size() + static_cast<size_t>(desc_.layer_count));
    graph_.nodes_.resize(static_cast<size_t>(desc_.layer_count));
    const bool is_chain = is_chain_of_layers(desc_);
    if (inputs() > 1) graph_.is_chain_ = false;
    if (desc_.output != RECURRENT_OUTPUT_EVERY_STEP && (desc_.outputs || !is_chain))
      invalid("output",
              "expected %d, because layers or outputs are given by their values; use a layer of "
              "kind last step or final state, found %d",
              RECURRENT_OUTPUT_EVERY_STEP, desc_.output);
    if (is_chain) check_final_state();
    int32_t tail = -1;
    if (desc_.output != RECURRENT_OUTPUT_EVERY_STEP) {
      tail = tail_begin(desc_);
      // Without layers that need all steps, the last one stands for them.
      if (tail == 0) tail = desc_.layer_count;
    }
    for (int32_t i = 0; i < desc_.layer_count; ++i) {
      if (i == tail) imply_pick(tail);
      add_layer(i, is_chain);
    }
    if (tail == desc_.layer_count) imply_pick(tail);
    take_outputs();
    check_masking();
    make_sections();
  }

 private:
  const recurrent_layer_desc& layer(int32_t index) const { return desc_.layers[index]; }
  int32_t inputs() const { return static_cast<int32_t>(graph_.inputs_.size()); }
  Value& value(int32_t number) { return graph_.values_[static_cast<size_t>(number)]; }
  Node& node(int32_t index) { return graph_.nodes_[static_cast<size_t>(index)]; }

  void add_input(int32_t kind, int64_t size, const char* name) {
    Value v;
    v.kind = kind;
    v.size = size;
    v.level = kind == RECURRENT_VALUE_ROW ? 0 : 1;
    v.depends_on_steps = kind != RECURRENT_VALUE_ROW;
    graph_.inputs_.push_back({name, static_cast<int32_t>(graph_.values_.size())});
    graph_.values_.push_back(v);
  }

  void take_inputs() {
    if (!desc_.inputs) {
      expect_range("input_count", desc_.input_count, 0, 0);
      const recurrent_layer_desc& first = layer(0);
      const bool takes_indices = first.kind == RECURRENT_LAYER_EMBEDDING;
      add_input(takes_indices ? RECURRENT_VALUE_INDICES : RECURRENT_VALUE_SEQUENCE,
                first.input_size, "x");
      return;
    }
    expect_range("input_count", desc_.input_count, 1, RECURRENT_MAX_INPUTS, "inputs");
    bool has_steps = false;
    for (int32_t i = 0; i < desc_.input_count; ++i) {
      const recurrent_input_desc& input = desc_.inputs[i];
      const std::string path = "inputs[" + std::to_string(i) + "].";
      expect_struct_size(path, input.struct_size, sizeof(input));
      expect_value((path + "kind").c_str(), input.kind, RECURRENT_VALUE_SEQUENCE,
                   RECURRENT_VALUE_INDICES);
      expect_value((path + "size").c_str(), input.size, 1, RECURRENT_MAX_SIZE);
      expect_value((path + "reserved").c_str(), input.reserved, 0, 0);
      check_name(path, input.name, graph_.inputs_);
      has_steps |= input.kind != RECURRENT_VALUE_ROW;
      add_input(input.kind, input.size, input.name);
    }
    if (!has_steps)
      invalid("inputs", "expected a sequence or indices among them, found %d rows",
              desc_.input_count);
  }

  static void check_name(const std::string& path, const char* name,
                         const std::vector<Port>& others) {
    if (!name || !*name)
      invalid((path + "name").c_str(), "expected a name, found %s", name ? "none" : "null");
    for (const Port& other : others)
      if (other.name == name)
        invalid((path + "name").c_str(), "expected a name of its own, found %s twice", name);
  }

  // The values that a layer says it reads.
  std::vector<int32_t> named_inputs(int32_t index) const {
    const recurrent_layer_desc& l = layer(index);
    const std::string field = path_of(index) + "inputs";
    if (!l.inputs) {
      expect_value((path_of(index) + "input_count").c_str(), l.input_count, 0, 0);
      return {inputs() + index - 1};
    }
    const CellTraits& traits = cell_traits(l.kind);
    expect_value((path_of(index) + "input_count").c_str(), l.input_count, traits.least_inputs,
                 traits.most_inputs);
    for (int32_t i = 0; i < l.input_count; ++i)
      if (l.inputs[i] < 0 || l.inputs[i] >= inputs() + index)
        invalid(field.c_str(),
                "expected values from 0 to %d, which are inputs of the model or of earlier layers, "
                "found %d",
                inputs() + index - 1, l.inputs[i]);
    return {l.inputs, l.inputs + l.input_count};
  }

  void add_layer(int32_t index, bool is_chain) {
    const recurrent_layer_desc& l = layer(index);
    Node& n = node(index);
    n.kind = l.kind;
    n.value = inputs() + index;
    n.reads = named_inputs(index);
    const bool is_first_read_given = is_chain && index > 0;
    if (!l.inputs && cell_traits(l.kind).least_inputs > 1)
      invalid((path_of(index) + "inputs").c_str(),
              "expected the values that a %s reads, found null", cell_traits(l.kind).name);
    if (pick_ >= 0 && is_first_read_given && n.reads[0] == inputs() + tail_ - 1) n.reads[0] = pick_;
    check_kinds(index);
    if (l.kind == RECURRENT_LAYER_RESIDUAL) add_residual(index);
    check_sizes(index, is_chain);
    infer(index);
    if (graph_.first_acausal_ < 0 && !n.is_causal) graph_.first_acausal_ = index;
    const CellTraits& traits = cell_traits(l.kind);
    const bool follows = n.reads.size() == 1 && n.reads[0] == n.value - 1;
    if (!follows || traits.least_inputs > 1 ||
        (traits.pointwise && l.kind >= RECURRENT_LAYER_CONCATENATION) ||
        value(n.value).base != value(n.reads[0]).base)
      graph_.is_chain_ = false;
  }

  // Sequences or rows, and which of them.
  void check_kinds(int32_t index) {
    const recurrent_layer_desc& l = layer(index);
    const CellTraits& traits = cell_traits(l.kind);
    const std::string field = path_of(index) + "inputs";
    const std::vector<int32_t>& reads = node(index).reads;
    for (size_t i = 0; i < reads.size(); ++i) {
      const int32_t number = reads[i];
      const Value& v = value(number);
      const bool is_embedding = l.kind == RECURRENT_LAYER_EMBEDDING;
      if (is_embedding && number >= inputs() && !l.inputs)
        invalid((path_of(index) + "kind").c_str(),
                "expected no embedding, because only the first layer can be one");
      if (is_embedding != (v.kind == RECURRENT_VALUE_INDICES))
        invalid(field.c_str(), "expected %s, because the layer is of kind %s, found value %d, a %s",
                is_embedding ? "indices" : "features", traits.name, number, name_of(v.kind));
      const bool is_state = traits.recurrent && i > 0;
      const bool takes_row =
          l.kind == RECURRENT_LAYER_REPEAT || l.kind == RECURRENT_LAYER_UNFLATTEN || is_state;
      if ((takes_row && !v.is_row()) || (traits.needs_steps && v.is_row() && !is_state))
        invalid(field.c_str(),
                "expected a %s, because the layer is of kind %s%s, found value %d, a %s",
                takes_row ? "row" : "sequence", traits.name,
                is_state ? " and starts from states" : "", number, name_of(v.kind));
      if (is_state) continue;
      const Value& first = value(node(index).reads.front());
      if (v.is_row() != first.is_row())
        invalid(field.c_str(),
                "expected sequences or rows, found value %d, a %s, beside value %d, a %s", number,
                name_of(v.kind), node(index).reads.front(), name_of(first.kind));
      if (!v.is_row() && v.base != first.base)
        invalid(field.c_str(), "expected sequences of the same steps, found values %d and %d",
                node(index).reads.front(), number);
    }
    if (is_final_state(l.kind)) check_final_state(index);
    if (traits.recurrent && node(index).reads.size() > 1) check_read_states(index);
  }

  void check_final_state(int32_t index) const {
    const recurrent_layer_desc& l = layer(index);
    const bool is_cell = l.kind == RECURRENT_LAYER_FINAL_CELL_STATE;
    const int32_t number = graph_.node(index).reads.front();
    const int32_t maker = number - inputs();
    const CellTraits* const traits = maker < 0 ? nullptr : &cell_traits(layer(maker).kind);
    if (!traits || !(is_cell ? traits->has_cell : traits->recurrent))
      invalid((path_of(index) + "inputs").c_str(),
              "expected the output of %s, because only that has a final %sstate, found value %d",
              is_cell ? "an LSTM" : "a recurrent layer", is_cell ? "cell " : "", number);
    if (is_cell && l.hidden_size != cell_states(layer(maker)))
      invalid((path_of(index) + "hidden_size").c_str(),
              "expected the cell states of the LSTM that it reads (%lld), found %d",
              static_cast<Wide>(cell_states(layer(maker))), l.hidden_size);
  }

  // Rows that a recurrent layer starts from: the states of all its directions.
  void check_read_states(int32_t index) {
    const recurrent_layer_desc& l = layer(index);
    const std::vector<int32_t>& reads = node(index).reads;
    for (size_t i = 1; i < reads.size(); ++i) {
      const int64_t expected = i == 1 ? output_size(l) : cell_states(l);
      if (value(reads[i]).size != expected)
        invalid((path_of(index) + "inputs").c_str(),
                "expected %s states of %lld features to start from, found value %d of %lld",
                i == 1 ? "hidden" : "cell", static_cast<Wide>(expected), reads[i],
                static_cast<Wide>(value(reads[i]).size));
      for (const recurrent_direction_desc* direction : {l.forward, l.reverse}) {
        const bool is_given =
            direction && (i == 1 ? direction->initial_hidden : direction->initial_cell);
        if (is_given)
          invalid((path_of(index) + (direction == l.forward ? "forward" : "reverse") +
                   (i == 1 ? ".initial_hidden" : ".initial_cell"))
                      .c_str(),
                  "expected null, because the layer reads these states, found an array");
      }
    }
  }

  void add_residual(int32_t index) {
    const recurrent_layer_desc& l = layer(index);
    const std::string span = path_of(index) + "residual_span";
    if (l.residual_span < 1 || l.residual_span > index)
      invalid(span.c_str(), "expected 1 to %d, the layers before, found %d", index,
              l.residual_span);
    const int32_t source = index - l.residual_span;
    if (layer(source).kind == RECURRENT_LAYER_EMBEDDING)
      invalid(span.c_str(), "expected a layer that takes features, but layer %d takes indices",
              source);
    const int32_t number = node(source).reads.front();
    const Value& from = value(number);
    const Value& to = value(node(index).reads.front());
    if (from.size < l.hidden_size)
      invalid(span.c_str(),
              "expected a layer that takes at least %d features, but layer %d takes %lld",
              l.hidden_size, source, static_cast<Wide>(from.size));
    if (from.is_row() != to.is_row() || (!from.is_row() && from.base != to.base))
      invalid(span.c_str(),
              "expected a layer that takes steps as this one does, but layer %d does not", source);
    node(index).reads.push_back(number);
  }

  void check_sizes(int32_t index, bool is_chain) {
    const recurrent_layer_desc& l = layer(index);
    const Node& n = node(index);
    const std::string field = path_of(index) + "input_size";
    if (l.kind == RECURRENT_LAYER_CONCATENATION) {
      int64_t sum = 0;
      for (const int32_t number : n.reads) sum += value(number).size;
      if (l.input_size != sum)
        invalid(field.c_str(), "expected the sum of the sizes that it reads (%lld), found %d",
                static_cast<Wide>(sum), l.input_size);
      return;
    }
    if (l.kind == RECURRENT_LAYER_SOFTMAX_OVER_TIME) {
      const int64_t scores = value(n.reads[1]).size;
      if (scores != 1 && scores != l.input_size)
        invalid((path_of(index) + "inputs").c_str(),
                "expected scores of 1 feature or of input_size (%d), found value %d of %lld",
                l.input_size, n.reads[1], static_cast<Wide>(scores));
    }
    const bool reads_one_size = l.kind == RECURRENT_LAYER_RESIDUAL ||
                                l.kind == RECURRENT_LAYER_SOFTMAX_OVER_TIME ||
                                cell_traits(l.kind).recurrent;
    const size_t same = reads_one_size ? 1 : n.reads.size();
    for (size_t i = 0; i < same; ++i) {
      const int64_t size = value(n.reads[i]).size;
      if (l.input_size == size) continue;
      if (is_chain && index > 0)
        invalid(field.c_str(), "expected the output size of the layer before (%lld), found %d",
                static_cast<Wide>(size), l.input_size);
      invalid(field.c_str(), "expected the size of value %d, which it reads (%lld), found %d",
              n.reads[i], static_cast<Wide>(size), l.input_size);
    }
  }

  // What the layer puts out.
  void infer(int32_t index) {
    const recurrent_layer_desc& l = layer(index);
    Node& n = node(index);
    Value out;
    out.size = output_size(l);
    const bool has_states = cell_traits(l.kind).recurrent;
    for (size_t i = 0; i < n.reads.size(); ++i) {
      const Value& in = value(n.reads[i]);
      out.level = std::max(out.level, in.level);
      out.depends_on_steps |= in.depends_on_steps;
      if (has_states && i > 0) continue;
      out.base = in.base;
      if (in.is_row()) out.kind = RECURRENT_VALUE_ROW;
    }
    switch (l.kind) {
      case RECURRENT_LAYER_LAST_STEP:
      case RECURRENT_LAYER_FINAL_STATE:
        out.kind = RECURRENT_VALUE_ROW;
        ++out.level;
        break;
      case RECURRENT_LAYER_FINAL_CELL_STATE:
      case RECURRENT_LAYER_MEAN_OVER_TIME:
      case RECURRENT_LAYER_MAX_OVER_TIME:
      case RECURRENT_LAYER_SOFTMAX_OVER_TIME:
      case RECURRENT_LAYER_FLATTEN:
        out.kind = RECURRENT_VALUE_ROW;
        n.is_causal = false;
        ++out.level;
        if (l.kind == RECURRENT_LAYER_FLATTEN) note_rebased(index);
        break;
      case RECURRENT_LAYER_UNFLATTEN:
        out.kind = RECURRENT_VALUE_SEQUENCE;
        out.base = base_of({TimeBase::Kind::kRepeat, -1, l.steps});
        out.depends_on_steps = true;
        n.is_causal = false;
        ++out.level;
        note_rebased(index);
        break;
      case RECURRENT_LAYER_REPEAT:
        out.kind = RECURRENT_VALUE_SEQUENCE;
        out.base = l.steps > 0 ? base_of({TimeBase::Kind::kRepeat, -1, l.steps}) : 0;
        n.is_causal = l.steps == 0 && !out.depends_on_steps;
        ++out.level;
        if (l.steps > 0) note_rebased(index);
        // It has the model's steps from here on.
        out.depends_on_steps = true;
        break;
      case RECURRENT_LAYER_LAST_STEPS:
        out.base = base_of({TimeBase::Kind::kLast, out.base, l.steps});
        n.is_causal = false;
        ++out.level;
        note_rebased(index);
        break;
      case RECURRENT_LAYER_REVERSE:
        n.is_causal = false;
        break;
      default:
        if (l.reverse || (has_states && n.reads.size() > 1)) n.is_causal = false;
        if (cell_traits(l.kind).has_windows) add_windows(index, out);
        break;
    }
    value(n.value) = out;
  }

  void add_windows(int32_t index, Value& out) {
    const recurrent_layer_desc& l = layer(index);
    const Window window = window_of(l);
    node(index).is_causal = l.kind == RECURRENT_LAYER_CONVOLUTION && window.is_causal();
    if (window.keeps_steps()) return;
    const int32_t from = out.base;
    out.base = base_of({TimeBase::Kind::kWindows, from, window.missing(), window.stride});
    ++out.level;
    note_rebased(index);
    const int64_t least = graph_.time_for(out.base, 1);
    if (least > kMostSteps)
      invalid((path_of(index) + "kernel_size").c_str(),
              "expected a window that fits into the steps that the layer reads, found one of %lld "
              "steps, %lld of them padding",
              static_cast<Wide>(window.extent()) + 1,
              static_cast<Wide>(window.before) + window.after);
    if (least <= graph_.least_time_) return;
    graph_.least_time_ = least;
    graph_.longest_window_ = index;
  }

  void note_rebased(int32_t index) {
    if (graph_.first_rebased_ < 0) graph_.first_rebased_ = index;
  }

  int32_t base_of(const TimeBase& base) {
    const auto found = std::find(graph_.bases_.begin(), graph_.bases_.end(), base);
    const auto index = static_cast<int32_t>(found - graph_.bases_.begin());
    if (found == graph_.bases_.end()) graph_.bases_.push_back(base);
    return index;
  }

  // What an output of one step stands for: a pick behind layer `tail - 1`, whose row the layers
  // from there on read.
  void imply_pick(int32_t tail) {
    tail_ = tail;
    const int32_t from = inputs() + tail - 1;
    if (value(from).is_row())
      invalid("output", "expected %d, because layer %d puts out a row, found %d",
              RECURRENT_OUTPUT_EVERY_STEP, tail - 1, desc_.output);
    // What a forward layer puts out last is its final state, and need not be put out before.
    const recurrent_layer_desc& last = layer(tail - 1);
    const bool is_final = desc_.output == RECURRENT_OUTPUT_FINAL_STATE ||
                          (cell_traits(last.kind).recurrent && !last.reverse);
    Node pick;
    pick.kind = is_final ? RECURRENT_LAYER_FINAL_STATE : RECURRENT_LAYER_LAST_STEP;
    pick.reads = {from};
    pick.value = pick_ = inputs() + desc_.layer_count;
    Value out = value(from);
    out.kind = RECURRENT_VALUE_ROW;
    ++out.level;
    graph_.values_.push_back(out);
    graph_.nodes_.push_back(pick);
    graph_.is_chain_ = false;
  }

  void take_outputs() {
    if (!desc_.outputs) {
      expect_range("output_count", desc_.output_count, 0, 0);
      const int32_t last = inputs() + desc_.layer_count - 1;
      graph_.outputs_.push_back({"y", pick_ >= 0 && tail_ == desc_.layer_count ? pick_ : last});
      return;
    }
    expect_range("output_count", desc_.output_count, 1, RECURRENT_MAX_INPUTS, "outputs");
    for (int32_t i = 0; i < desc_.output_count; ++i) {
      const recurrent_output_desc& output = desc_.outputs[i];
      const std::string path = "outputs[" + std::to_string(i) + "].";
      expect_struct_size(path, output.struct_size, sizeof(output));
      check_name(path, output.name, graph_.outputs_);
      if (output.value < inputs() || output.value >= inputs() + desc_.layer_count)
        invalid((path + "value").c_str(),
                "expected what a layer puts out, value %d to %d, found %d", inputs(),
                inputs() + desc_.layer_count - 1, output.value);
      for (const Port& other : graph_.outputs_)
        if (other.value == output.value)
          invalid((path + "value").c_str(), "expected a value of its own, found %d twice",
                  output.value);
      graph_.outputs_.push_back({output.name, output.value});
    }
    if (desc_.output_count > 1 || desc_.outputs[0].value != inputs() + desc_.layer_count - 1)
      graph_.is_chain_ = false;
  }

  void check_final_state() const {
    const int32_t tail = tail_begin(desc_);
    if (desc_.output == RECURRENT_OUTPUT_FINAL_STATE &&
        (tail == 0 || !cell_traits(layer(tail - 1).kind).recurrent))
      invalid(
          "output",
          "expected %d or %d, because no recurrent layer has final states to put out, or what is "
          "behind the last one takes other steps as well, found %d",
          RECURRENT_OUTPUT_EVERY_STEP, RECURRENT_OUTPUT_LAST_STEP, desc_.output);
  }

  void check_masking() const {
    if (desc_.masking == RECURRENT_MASKING_NONE) return;
    check_mask_value();
    if (graph_.first_rebased_ < 0) return;
    const int32_t index = graph_.first_rebased_;
    invalid("masking",
            "expected %d, because layer %d of kind %s changes the number of steps, and some may be "
            "missing, found %d",
            RECURRENT_MASKING_NONE, index, cell_traits(layer(index).kind).name, desc_.masking);
  }

  // Of indices it is one of them, or no step is ever missing. Where there are features too, it may
  // be theirs alone.
  void check_mask_value() const {
    int32_t vocabulary = 0;
    for (const Port& port : graph_.inputs()) {
      const Value& input = graph_.value(port.value);
      if (input.kind == RECURRENT_VALUE_SEQUENCE) return;
      if (input.kind == RECURRENT_VALUE_INDICES)
        vocabulary = std::max(vocabulary, static_cast<int32_t>(input.size));
    }
    const float value = desc_.mask_value;
    if (vocabulary == 0 || std::isnan(value)) return;
    if (value < 0 || value >= static_cast<float>(vocabulary) || value != std::floor(value))
      invalid("mask_value", "expected an index from 0 to %d, or NaN for none, found %g",
              vocabulary - 1, static_cast<double>(value));
  }

  void make_sections() {
    std::vector<int32_t> order;
    for (int32_t i = 0; i < desc_.layer_count; ++i) {
      if (i == tail_) order.push_back(desc_.layer_count);
      order.push_back(i);
    }
    if (tail_ == desc_.layer_count) order.push_back(desc_.layer_count);
    const auto before = [](const Value& a, const Value& b) {
      if (a.level != b.level) return a.level < b.level;
      if (a.is_row() != b.is_row()) return a.is_row();
      return !a.is_row() && a.base < b.base;
    };
    std::stable_sort(order.begin(), order.end(), [&](int32_t a, int32_t b) {
      return before(value(node(a).value), value(node(b).value));
    });
    for (const int32_t index : order) {
      const Value& v = value(node(index).value);
      const int32_t base = v.is_row() ? 0 : v.base;
      std::vector<Section>& sections = graph_.sections_;
      const bool joins = !sections.empty() && sections.back().is_row == v.is_row() &&
                         sections.back().base == base && level_ == v.level;
      if (!joins) sections.push_back({v.is_row(), base, {}, {}, {}});
      level_ = v.level;
      sections.back().nodes.push_back(index);
    }
    for (Section& section : graph_.sections_)
      for (const int32_t index : section.nodes) note_uses(section, node(index).value);
  }

  void note_uses(Section& section, int32_t number) const {
    for (size_t i = 0; i < graph_.nodes_.size(); ++i)
      if (graph_.nodes_[i].kind == RECURRENT_LAYER_LAST_STEP &&
          graph_.nodes_[i].reads.front() == number)
        section.picks.push_back(static_cast<int32_t>(i));
    for (size_t i = 0; i < graph_.outputs_.size(); ++i)
      if (graph_.outputs_[i].value == number) section.outputs.push_back(static_cast<int32_t>(i));
  }

  const recurrent_model_desc& desc_;
  Graph& graph_;
  int32_t tail_ = -1;  // the first layer behind the implied pick
  int32_t pick_ = -1;  // its value
  int32_t level_ = -1;
};

Graph::Graph(const recurrent_model_desc& desc) { GraphBuilder(desc, *this).build(); }

int32_t Graph::maker(int32_t value) const { return value - static_cast<int32_t>(inputs_.size()); }

int32_t Graph::readers(int32_t value) const {
  int32_t count = 0;
  for (const Node& node : nodes_)
    count += static_cast<int32_t>(std::count(node.reads.begin(), node.reads.end(), value));
  return count;
}

int64_t Graph::changed_steps(int32_t base, int64_t time) const {
  const TimeBase& b = bases_[static_cast<size_t>(base)];
  switch (b.kind) {
    case TimeBase::Kind::kModel:
      return time;
    case TimeBase::Kind::kRepeat:
      return time > 0 ? b.steps : 0;
    case TimeBase::Kind::kLast:
      return std::min(steps(b.parent, time), b.steps);
    case TimeBase::Kind::kWindows: {
      const int64_t from = steps(b.parent, time);
      return from <= b.steps || from == 0 ? 0 : (from - b.steps - 1) / b.stride + 1;
    }
  }
  return time;
}

// The fewest steps of the model that give so many; more than there can be if none do.
int64_t Graph::time_for(int32_t base, int64_t steps) const {
  if (steps > kMostSteps) return steps;
  const TimeBase& b = bases_[static_cast<size_t>(base)];
  switch (b.kind) {
    case TimeBase::Kind::kModel:
      return steps;
    case TimeBase::Kind::kRepeat:
      return steps <= b.steps ? 1 : kMostSteps + 1;
    case TimeBase::Kind::kLast:
      return steps <= b.steps ? time_for(b.parent, steps) : kMostSteps + 1;
    case TimeBase::Kind::kWindows:
      return time_for(b.parent, std::max<int64_t>(1, (steps - 1) * b.stride + b.steps + 1));
  }
  return steps;
}

}  // namespace recurrent
