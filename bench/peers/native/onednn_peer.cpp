// oneDNN's recurrent primitives for inference: one primitive a layer, weights reordered once into
// the format that the primitive prefers.

#include <omp.h>

#include "peers/native/engine.h"
#include "peers/native/onednn_format.h"
#include "peers/native/onednn_memory.h"
#include "peers/native/onednn_training.h"

namespace peers {
namespace {

// One layer of a task. The states go from one set of memory to the other and back, so that a
// stream needs no copies.
class LayerPrimitive {
 public:
  LayerPrimitive(const Task& task, const OneDnnFormat& format, int64_t layer,
                 const dnnl::engine& engine, const dnnl::stream& stream)
      : task_(task), format_(format), layer_(layer), engine_(engine), stream_(stream) {
    const DirectionWeights& weights = task.weights(layer, 0);
    const int64_t d = task.directions;
    const int64_t h = task.hidden;
    lstm_ = task.cell == "lstm";
    // One bias a gate; the GRU that resets after the product has a second one for its candidate.
    const int64_t bias_count = task.cell == "gru_before" ? 3 : 4;
    source_ = format.values({task.time, task.batch, weights.input}, Tag::tnc);
    output_ = format.values({task.time, task.batch, d * h}, Tag::tnc);
    state_ = format.values({1, d, task.batch, h}, Tag::ldnc);
    cell_state_ = plain({1, d, task.batch, h}, Tag::ldnc);
    input_weight_dims_ = {1, d, weights.input, task.gates(), h};
    state_weight_dims_ = {1, d, h, task.gates(), h};
    bias_ = plain({1, d, bias_count, h}, Tag::ldgo);
    direction_ = d == 1 ? dnnl::rnn_direction::unidirectional_left2right
                        : dnnl::rnn_direction::bidirectional_concat;
    if (lstm_)
      create_lstm();
    else if (task.cell == "gru")
      create_gru<dnnl::lbr_gru_forward>();
    else
      create_gru<dnnl::gru_forward>();
  }

  const memory::desc& source() const { return source_; }
  const memory::desc& output() const { return output_; }

  void connect(const memory& source, const memory& output) {
    for (Arguments& arguments : arguments_) {
      arguments[DNNL_ARG_SRC_LAYER] = source;
      arguments[DNNL_ARG_DST_LAYER] = output;
    }
  }

  void reset() {
    for (size_t i = 0; i < states_.size(); ++i) i < 2 ? format_.zero(states_[i]) : zero(states_[i]);
  }

  void execute() {
    primitive_.execute(stream_, arguments_[turn_]);
    if (task_.streaming()) turn_ ^= 1;
  }

 private:
  // Streams have states on both sides; the others start from zero, which is what no state means.
  memory::desc initial(const memory::desc& state) const {
    return task_.streaming() ? state : memory::desc();
  }

  void create_lstm() {
    // The gates are i f c o, as ours.
    gates_ = {0, 1, 2, 3};
    const memory::desc state = initial(state_);
    const memory::desc cell_state = initial(cell_state_);
    const auto description = describe<dnnl::lstm_forward>(
        engine_, format_.attributes(task_, layer_, gates_), dnnl::prop_kind::forward_inference,
        direction_, source_, state, cell_state, format_.weights(input_weight_dims_),
        format_.weights(state_weight_dims_), bias_, output_, state, cell_state);
    primitive_ = dnnl::lstm_forward(description);
    finish(description);
  }

  template <typename Gru>
  void create_gru() {
    // The gates are u r o, that is z r n.
    gates_ = {1, 0, 2};
    const memory::desc state = initial(state_);
    const auto description = describe<Gru>(
        engine_, format_.attributes(task_, layer_, gates_), dnnl::prop_kind::forward_inference,
        direction_, source_, state, format_.weights(input_weight_dims_),
        format_.weights(state_weight_dims_), bias_, output_, state);
    primitive_ = Gru(description);
    finish(description);
  }

  template <typename Description>
  void finish(const Description& description) {
    Arguments common;
    common.emplace(DNNL_ARG_WEIGHTS_LAYER,
                   reordered(description.weights_layer_desc(), input_weight_dims_,
                             &DirectionWeights::input_weights));
    common.emplace(DNNL_ARG_WEIGHTS_ITER,
                   reordered(description.weights_iter_desc(), state_weight_dims_,
                             &DirectionWeights::state_weights));
    common.emplace(DNNL_ARG_BIAS, biases());
    arguments_[0] = arguments_[1] = common;
    if (!task_.streaming()) return;
    for (int i = 0; i < 4; ++i) states_.emplace_back(i < 2 ? state_ : cell_state_, engine_);
    for (size_t turn = 0; turn < 2; ++turn) {
      Arguments& arguments = arguments_[turn];
      arguments.emplace(DNNL_ARG_SRC_ITER, states_[turn]);
      arguments.emplace(DNNL_ARG_DST_ITER, states_[1 - turn]);
      if (!lstm_) continue;
      arguments.emplace(DNNL_ARG_SRC_ITER_C, states_[2 + turn]);
      arguments.emplace(DNNL_ARG_DST_ITER_C, states_[3 - turn]);
    }
    reset();
  }

  // Rows `[gate, unit]` of every direction as `[direction, input, gate, output]`, which is oneDNN's
  // ldigo, and from there to what the primitive asks for: no other order becomes one of bytes.
  memory reordered(const memory::desc& wanted, const memory::dims& dims,
                   const float* DirectionWeights::*part) {
    memory ours(plain(dims, Tag::ldigo), engine_);
    float* destination = static_cast<float*>(ours.get_data_handle());
    const int64_t h = task_.hidden;
    const int64_t terms = dims[2];
    for (int64_t direction = 0; direction < task_.directions; ++direction) {
      const float* source = task_.weights(layer_, direction).*part;
      for (int64_t term = 0; term < terms; ++term)
        for (const int64_t gate : gates_)
          for (int64_t unit = gate * h; unit < (gate + 1) * h; ++unit)
            *destination++ = source[unit * terms + term];
    }
    memory theirs(wanted, engine_);
    dnnl::stream stream(engine_);
    const dnnl::reorder::primitive_desc how(ours, theirs,
                                            format_.attributes(task_, layer_, gates_));
    dnnl::reorder(how).execute(stream, ours, theirs);
    stream.wait();
    return theirs;
  }

  memory biases() {
    memory result(bias_, engine_);
    float* destination = static_cast<float*>(result.get_data_handle());
    const int64_t h = task_.hidden;
    const bool has_state_bias = task_.cell == "gru";
    for (int64_t direction = 0; direction < task_.directions; ++direction) {
      const DirectionWeights& weights = task_.weights(layer_, direction);
      for (const int64_t gate : gates_) {
        const bool apart = has_state_bias && gate == 2;
        for (int64_t unit = gate * h; unit < (gate + 1) * h; ++unit)
          *destination++ = weights.input_bias[unit] + (apart ? 0.0F : weights.state_bias[unit]);
      }
      if (has_state_bias) destination = std::copy_n(weights.state_bias + 2 * h, h, destination);
    }
    return result;
  }

  const Task& task_;
  const OneDnnFormat& format_;
  int64_t layer_;
  dnnl::engine engine_;
  dnnl::stream stream_;
  bool lstm_;
  std::vector<int64_t> gates_;
  dnnl::rnn_direction direction_;
  memory::desc source_, output_, state_, cell_state_, bias_;
  memory::dims input_weight_dims_, state_weight_dims_;
  dnnl::primitive primitive_;
  Arguments arguments_[2];
  std::vector<memory> states_;
  size_t turn_ = 0;
};

class OneDnnEngine : public Engine {
 public:
  explicit OneDnnEngine(const Task& task)
      : format_(task), engine_(dnnl::engine::kind::cpu, 0), stream_(engine_) {
    for (int64_t layer = 0; layer < task.layers; ++layer)
      layers_.push_back(std::make_unique<LayerPrimitive>(task, format_, layer, engine_, stream_));
    memories_.emplace_back(layers_.front()->source(), engine_);
    for (const auto& layer : layers_) {
      memories_.emplace_back(layer->output(), engine_);
      layer->connect(memories_[memories_.size() - 2], memories_.back());
    }
  }

  void set_input(const float* x) override { format_.encode(x, memories_.front()); }

  void get_output(float* y) override { format_.decode(memories_.back(), y); }

  void reset() override {
    for (const auto& layer : layers_) layer->reset();
  }

  void call() override {
    for (const auto& layer : layers_) layer->execute();
    stream_.wait();
  }

 private:
  OneDnnFormat format_;
  dnnl::engine engine_;
  dnnl::stream stream_;
  std::vector<memory> memories_;
  std::vector<std::unique_ptr<LayerPrimitive>> layers_;
};

}  // namespace

std::string system_version() {
  const dnnl_version_t* version = dnnl_version();
  return "oneDNN " + std::to_string(version->major) + "." + std::to_string(version->minor) + "." +
         std::to_string(version->patch);
}

std::unique_ptr<Engine> prepare(const Task& task) {
  omp_set_num_threads(task.threads);
  if (task.trains()) return prepare_training(task);
  try {
    return std::make_unique<OneDnnEngine>(task);
  } catch (const dnnl::error& error) {
    if (error.status != dnnl_unimplemented) throw;
    throw Unsupported("no " + task.cell + " with weights of " + task.format);
  }
}

}  // namespace peers
