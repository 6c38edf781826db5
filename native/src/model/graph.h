#pragma once

#include <recurrent/recurrent.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace recurrent {

// Of steps and of rows: they are counted in int32_t.
inline constexpr int64_t kMostSteps = std::numeric_limits<int32_t>::max();

// How many steps a sequence has, as a function of the model's steps. Two are equal if they are made
// the same way.
struct TimeBase {
  enum class Kind : int32_t { kModel, kRepeat, kLast, kWindows };
  Kind kind = Kind::kModel;
  int32_t parent = -1;  // kLast, kWindows: index of the time base that it is made from
  int64_t steps = 0;    // kRepeat, kLast: how many; kWindows: Window::missing()
  int64_t stride = 1;   // kWindows

  bool operator==(const TimeBase&) const = default;
};

// What a model is given, a layer puts out, and layers read.
struct Value {
  int32_t kind = RECURRENT_VALUE_SEQUENCE;  // recurrent_value_kind
  int64_t size = 0;                         // features; of indices, how many there are
  int32_t base = 0;                         // of a sequence, and of what a row was made from
  // Which layers there have been between steps and rows: what has the same level, kind and time
  // base can be computed together.
  int32_t level = 0;
  bool depends_on_steps = false;

  bool is_row() const { return kind == RECURRENT_VALUE_ROW; }
};

// A value that the model has in common with its caller.
struct Port {
  std::string name;
  int32_t value = 0;
};

// A layer in the graph: the caller's, or one that the short form of an output stands for.
struct Node {
  int32_t kind = 0;
  std::vector<int32_t> reads;  // numbers of values
  int32_t value = 0;           // that it puts out
  bool is_causal = true;       // needs no step but this one and what came before
};

// Layers that are computed for a span of steps before the next one, or for rows once.
struct Section {
  bool is_row = false;
  int32_t base = 0;
  std::vector<int32_t> nodes;
  std::vector<int32_t> picks;    // nodes that take the last step of one of its values
  std::vector<int32_t> outputs;  // of the model, that are its values
};

// Who reads whom, which follows from the description of a model alone: values by number, inputs of
// the model before layers. All checks of how layers go together are made here.
class Graph {
 public:
  // Throws Error (INVALID_ARGUMENT) naming the field; layers have been checked one by one.
  explicit Graph(const recurrent_model_desc& desc);

  const std::vector<Value>& values() const { return values_; }
  const Value& value(int32_t number) const { return values_[static_cast<size_t>(number)]; }
  // The caller's layers in their order, then the one that an output of one step stands for.
  const std::vector<Node>& nodes() const { return nodes_; }
  const Node& node(int32_t index) const { return nodes_[static_cast<size_t>(index)]; }
  int32_t layer_count() const { return layer_count_; }
  // Whether a node is none of the caller's layers. A single step goes through it unchanged.
  bool is_implied(int32_t node) const { return node >= layer_count_; }
  // The node that puts a value out; -1 for an input of the model.
  int32_t maker(int32_t value) const;

  const std::vector<Port>& inputs() const { return inputs_; }
  const std::vector<Port>& outputs() const { return outputs_; }
  // In the order in which they are computed.
  const std::vector<Section>& sections() const { return sections_; }
  // How many nodes read a value.
  int32_t readers(int32_t value) const;

  // A chain of the caller's layers from one sequence to one, of which every step is put out.
  bool is_chain() const { return is_chain_; }
  bool can_step() const { return first_acausal_ < 0; }
  // The first layer that needs whole sequences, and its kind; for messages.
  int32_t first_acausal() const { return first_acausal_; }
  // The first layer that changes the number of steps; -1 if there is none.
  int32_t first_rebased() const { return first_rebased_; }

  // Steps of a sequence whose model has `time`.
  int64_t steps(int32_t base, int64_t time) const {
    return base == 0 ? time : changed_steps(base, time);
  }
  // The fewest steps of the model with which every sequence in it has one.
  int64_t least_time() const { return least_time_; }
  // The layer whose sequence is the reason; -1 where one step is enough.
  int32_t longest_window() const { return longest_window_; }
  // From which sequence another one is made.
  int32_t parent(int32_t base) const { return bases_[static_cast<size_t>(base)].parent; }

 private:
  friend class GraphBuilder;

  int64_t changed_steps(int32_t base, int64_t time) const;
  int64_t time_for(int32_t base, int64_t steps) const;

  std::vector<Value> values_;
  std::vector<Node> nodes_;
  std::vector<TimeBase> bases_{TimeBase{}};
  std::vector<Port> inputs_;
  std::vector<Port> outputs_;
  std::vector<Section> sections_;
  int32_t layer_count_ = 0;
  int32_t first_acausal_ = -1;
  int32_t first_rebased_ = -1;
  int64_t least_time_ = 1;
  int32_t longest_window_ = -1;
  bool is_chain_ = true;
};

}  // namespace recurrent
