// oneDNN's recurrent primitives in training, one layer in one direction: the forward pass that
// keeps a workspace, and the backward one, which adds to the gradients of the weights and therefore
// finds them zeroed. Weights are in the formats that the two passes ask for, each in its own,
// before the clock starts; a real step, which has new weights, would have to reorder them.

#include "peers/native/onednn_training.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "peers/native/onednn_memory.h"

namespace peers {
namespace {

float* values_of(const memory& of) { return static_cast<float*>(of.get_data_handle()); }

class TrainingEngine : public Engine {
 public:
  explicit TrainingEngine(const Task& task)
      : task_(task),
        engine_(dnnl::engine::kind::cpu, 0),
        stream_(engine_),
        // The gates are i f c o as ours, or u r o, that is z r n.
        gates_(task.cell == "lstm" ? std::vector<int64_t>{0, 1, 2, 3}
                                   : std::vector<int64_t>{1, 0, 2}),
        has_state_bias_(task.cell == "gru"),
        source_(plain({task.time, task.batch, task.input}, Tag::tnc)),
        output_(plain({task.time, task.batch, task.hidden}, Tag::tnc)),
        state_(plain({1, 1, task.batch, task.hidden}, Tag::ldnc)),
        input_weights_({1, 1, task.input, task.gates(), task.hidden}),
        state_weights_({1, 1, task.hidden, task.gates(), task.hidden}),
        bias_(plain({1, 1, 4, task.hidden}, Tag::ldgo)) {
    if (task.layers != 1 || task.directions != 1) throw Unsupported("one layer, one direction");
    if (task.cell == "lstm")
      create_lstm();
    else if (task.cell == "gru")
      create_gru();
    else
      throw Unsupported("its GRU resets after the product");
    std::memcpy(values_of(backward_arguments_[DNNL_ARG_DIFF_DST_LAYER]), task.output_gradients(),
                output_.get_size());
  }

  void set_input(const float* x) override {
    std::memcpy(values_of(forward_arguments_[DNNL_ARG_SRC_LAYER]), x, source_.get_size());
  }

  void get_output(float* y) override {
    std::memcpy(y, values_of(forward_arguments_[DNNL_ARG_DST_LAYER]), output_.get_size());
  }

  void reset() override {}

  void call() override {
    for (const int part :
         {DNNL_ARG_DIFF_WEIGHTS_LAYER, DNNL_ARG_DIFF_WEIGHTS_ITER, DNNL_ARG_DIFF_BIAS})
      zero(backward_arguments_[part]);
    forward_.execute(stream_, forward_arguments_);
    backward_.execute(stream_, backward_arguments_);
    stream_.wait();
  }

  std::vector<float> gradients() override {
    std::vector<float> result;
    add_weights(result, DNNL_ARG_DIFF_WEIGHTS_LAYER, input_weights_);
    add_weights(result, DNNL_ARG_DIFF_WEIGHTS_ITER, state_weights_);
    add_bias(result, 2);
    add_bias(result, has_state_bias_ ? 3 : 2);
    const float* inputs = values_of(backward_arguments_[DNNL_ARG_DIFF_SRC_LAYER]);
    result.insert(result.end(), inputs, inputs + task_.time * task_.batch * task_.input);
    return result;
  }

 private:
  static constexpr auto kDirection = dnnl::rnn_direction::unidirectional_left2right;

  void create_lstm() {
    const memory::desc none;
    const auto forward = describe<dnnl::lstm_forward>(
        engine_, {}, dnnl::prop_kind::forward_training, kDirection, source_, state_, state_,
        any(input_weights_), any(state_weights_), bias_, output_, none, none);
    const auto backward = describe_backward<dnnl::lstm_backward>(
        engine_, forward, dnnl::prop_kind::backward, kDirection, source_, state_, state_,
        any(input_weights_), any(state_weights_), bias_, output_, none, none, source_, state_,
        state_, any(input_weights_), any(state_weights_), bias_, output_, none, none);
    forward_ = dnnl::lstm_forward(forward);
    backward_ = dnnl::lstm_backward(backward);
    bind(forward, backward);
    // Without a state to start from, the LSTM of oneDNN 2.6.3 adds what is no state to the gradient
    // of its recurrent weights: the zeroes are given.
    for (const auto& [argument, gradient] :
         {std::pair(DNNL_ARG_SRC_ITER, DNNL_ARG_DIFF_SRC_ITER),
          std::pair(DNNL_ARG_SRC_ITER_C, DNNL_ARG_DIFF_SRC_ITER_C)}) {
      const memory state(state_, engine_);
      zero(state);
      forward_arguments_.emplace(argument, state);
      backward_arguments_.emplace(argument, state);
      backward_arguments_.emplace(gradient, memory(state_, engine_));
    }
  }

  void create_gru() {
    const memory::desc none;
    const auto forward = describe<dnnl::lbr_gru_forward>(
        engine_, {}, dnnl::prop_kind::forward_training, kDirection, source_, none,
        any(input_weights_), any(state_weights_), bias_, output_, none);
    const auto backward = describe_backward<dnnl::lbr_gru_backward>(
        engine_, forward, dnnl::prop_kind::backward, kDirection, source_, none, any(input_weights_),
        any(state_weights_), bias_, output_, none, source_, none, any(input_weights_),
        any(state_weights_), bias_, output_, none);
    forward_ = dnnl::lbr_gru_forward(forward);
    backward_ = dnnl::lbr_gru_backward(backward);
    bind(forward, backward);
  }

  template <typename Forward, typename Backward>
  void bind(const Forward& forward, const Backward& backward) {
    const DirectionWeights& weights = task_.weights(0, 0);
    forward_arguments_ = {
        {DNNL_ARG_SRC_LAYER, memory(source_, engine_)},
        {DNNL_ARG_DST_LAYER, memory(output_, engine_)},
        {DNNL_ARG_BIAS, bias()},
        {DNNL_ARG_WORKSPACE, memory(forward.workspace_desc(), engine_)},
    };
    backward_arguments_ = forward_arguments_;
    const auto put = [&](int argument, const memory::dims& dims, const float* rows,
                         const memory::desc& wanted, const memory::desc& wanted_back) {
      const memory ours = plain_weights(dims, rows);
      forward_arguments_.emplace(argument, reordered(ours, wanted));
      backward_arguments_.emplace(argument, reordered(ours, wanted_back));
    };
    put(DNNL_ARG_WEIGHTS_LAYER, input_weights_, weights.input_weights, forward.weights_layer_desc(),
        backward.weights_layer_desc());
    put(DNNL_ARG_WEIGHTS_ITER, state_weights_, weights.state_weights, forward.weights_iter_desc(),
        backward.weights_iter_desc());
    backward_arguments_.insert({
        {DNNL_ARG_DIFF_SRC_LAYER, memory(source_, engine_)},
        {DNNL_ARG_DIFF_DST_LAYER, memory(output_, engine_)},
        {DNNL_ARG_DIFF_WEIGHTS_LAYER, memory(backward.diff_weights_layer_desc(), engine_)},
        {DNNL_ARG_DIFF_WEIGHTS_ITER, memory(backward.diff_weights_iter_desc(), engine_)},
        {DNNL_ARG_DIFF_BIAS, memory(bias_, engine_)},
    });
  }

  // Rows `[gate, unit]` as `[gate, output, input]` with oneDNN's order of gates, which is its
  // ldgoi.
  memory plain_weights(const memory::dims& dims, const float* rows) {
    memory ours(plain(dims, Tag::ldgoi), engine_);
    const int64_t block = task_.hidden * dims[2];
    float* destination = values_of(ours);
    for (const int64_t gate : gates_)
      destination = std::copy_n(rows + gate * block, block, destination);
    return ours;
  }

  memory reordered(memory from, const memory::desc& wanted) {
    memory to(wanted, engine_);
    dnnl::reorder(from, to).execute(stream_, from, to);
    stream_.wait();
    return to;
  }

  // One bias a gate; the GRU has a second one for its candidate.
  memory bias() {
    memory result(bias_, engine_);
    const DirectionWeights& weights = task_.weights(0, 0);
    const int64_t h = task_.hidden;
    float* destination = values_of(result);
    for (const int64_t gate : gates_) {
      const bool apart = has_state_bias_ && gate == 2;
      for (int64_t unit = gate * h; unit < (gate + 1) * h; ++unit)
        *destination++ = weights.input_bias[unit] + (apart ? 0.0F : weights.state_bias[unit]);
    }
    if (has_state_bias_) std::copy_n(weights.state_bias + 2 * h, h, destination);
    return result;
  }

  void add_weights(std::vector<float>& result, int argument, const memory::dims& dims) {
    const memory ours = reordered(backward_arguments_[argument], plain(dims, Tag::ldgoi));
    const int64_t block = task_.hidden * dims[2];
    // The order is its own inverse.
    for (const int64_t gate : gates_) {
      const float* values = values_of(ours) + gate * block;
      result.insert(result.end(), values, values + block);
    }
  }

  // `candidate` is where the gradient of gate 2 is.
  void add_bias(std::vector<float>& result, int64_t candidate) {
    for (const int64_t gate : gates_) {
      const float* values = values_of(backward_arguments_[DNNL_ARG_DIFF_BIAS]) +
                            (gate == 2 ? candidate : gate) * task_.hidden;
      result.insert(result.end(), values, values + task_.hidden);
    }
  }

  const Task& task_;
  dnnl::engine engine_;
  dnnl::stream stream_;
  std::vector<int64_t> gates_;
  bool has_state_bias_;
  memory::desc source_, output_, state_;
  memory::dims input_weights_, state_weights_;
  memory::desc bias_;
  dnnl::primitive forward_, backward_;
  Arguments forward_arguments_, backward_arguments_;
};

}  // namespace

std::unique_ptr<Engine> prepare_training(const Task& task) {
  return std::make_unique<TrainingEngine>(task);
}

}  // namespace peers
