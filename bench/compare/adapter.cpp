#include "adapter.h"

#include <dlfcn.h>
#include <recurrent/recurrent.h>

#include <cmath>
#include <cstdio>
#include <exception>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace compare {
namespace {

template <class Function>
void find(void* library, const char* name, Function& function) {
  void* symbol = dlsym(library, name);
  if (!symbol) throw std::runtime_error(std::string("no function ") + name);
  function = reinterpret_cast<Function>(symbol);
}

struct Functions {
  explicit Functions(const char* path) {
    void* library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) throw std::runtime_error(dlerror());
    decltype(&recurrent_abi_version) abi_version;
    find(library, "recurrent_abi_version", abi_version);
    if (abi_version() != RECURRENT_ABI_VERSION)
      throw std::runtime_error(std::string(path) + " has version " + std::to_string(abi_version()) +
                               " of the C interface, the header " +
                               std::to_string(RECURRENT_ABI_VERSION) +
                               "; give its own headers: LIBRARY@FOLDER");
    find(library, "recurrent_model_create", model_create);
    find(library, "recurrent_model_destroy", model_destroy);
    find(library, "recurrent_session_create", session_create);
    find(library, "recurrent_session_destroy", session_destroy);
    find(library, "recurrent_session_step", step);
    find(library, "recurrent_session_run", run);
    find(library, "recurrent_session_reset", reset);
    find(library, "recurrent_trainer_create", trainer_create);
    find(library, "recurrent_trainer_destroy", trainer_destroy);
    find(library, "recurrent_trainer_forward", forward);
    find(library, "recurrent_trainer_backward", backward);
    find(library, "recurrent_last_error", last_error);
  }

  void check(recurrent_status status) const {
    if (status != RECURRENT_STATUS_OK) throw std::runtime_error(last_error());
  }

  decltype(&recurrent_model_create) model_create;
  decltype(&recurrent_model_destroy) model_destroy;
  decltype(&recurrent_session_create) session_create;
  decltype(&recurrent_session_destroy) session_destroy;
  decltype(&recurrent_session_step) step;
  decltype(&recurrent_session_run) run;
  decltype(&recurrent_session_reset) reset;
  decltype(&recurrent_trainer_create) trainer_create;
  decltype(&recurrent_trainer_destroy) trainer_destroy;
  decltype(&recurrent_trainer_forward) forward;
  decltype(&recurrent_trainer_backward) backward;
  decltype(&recurrent_last_error) last_error;
};

int64_t gates_of(int32_t kind) {
  return kind == RECURRENT_LAYER_SIMPLE_RNN ? 1 : kind == RECURRENT_LAYER_LSTM ? 4 : 3;
}

std::vector<float> random_floats(std::mt19937& random, int64_t count, float bound) {
  std::uniform_real_distribution<float> uniform(-bound, bound);
  std::vector<float> values(static_cast<size_t>(count));
  for (float& value : values) value = uniform(random);
  return values;
}

// The weights of the layers, and descriptions that point to them.
class Layers {
 public:
  Layers(const Workload& workload, std::mt19937& random) {
    int32_t input = workload.input;
    directions_.reserve(static_cast<size_t>(workload.layers));
    for (int32_t i = 0; i < workload.layers; ++i) {
      add(workload, input, random);
      input = output_;
    }
  }

  recurrent_model_desc desc(int32_t isa) const {
    recurrent_model_desc model{};
    model.struct_size = sizeof(model);
    model.layer_count = static_cast<int32_t>(layers_.size());
    model.layers = layers_.data();
    model.isa = isa;
    return model;
  }
  int32_t output() const { return output_; }

 private:
  const float* keep(std::vector<float> values) {
    if (values.empty()) return nullptr;
    return values_.emplace_back(std::make_unique<std::vector<float>>(std::move(values)))->data();
  }

#if RECURRENT_ABI_VERSION >= 6
  void add_convolution(const Workload& workload, int32_t input, std::mt19937& random) {
    recurrent_direction_desc& direction = directions_.emplace_back();
    direction.struct_size = sizeof(direction);
    recurrent_layer_desc& layer = layers_.emplace_back();
    layer.struct_size = sizeof(layer);
    layer.kind = RECURRENT_LAYER_CONVOLUTION;
    layer.input_size = input;
    layer.hidden_size = output_ = workload.hidden;
    layer.kernel_size = workload.taps;
    layer.stride = 1;
    layer.dilation = workload.dilates ? 1 << (layers_.size() - 1) : 1;
    layer.groups = workload.depthwise ? input : 1;
    layer.pad_before = (layer.kernel_size - 1) * layer.dilation;
    layer.forward = &direction;
#if RECURRENT_ABI_VERSION >= 7
    layer.input_weight_format = workload.weights;
#endif
    const int64_t terms = int64_t{workload.taps} * (input / layer.groups);
    const float bound = 1.0f / std::sqrt(static_cast<float>(terms));
    direction.input_weights = keep(random_floats(random, workload.hidden * terms, bound));
    direction.input_bias = keep(random_floats(random, workload.hidden, bound));
  }
#endif

  void add(const Workload& workload, int32_t input, std::mt19937& random) {
#if RECURRENT_ABI_VERSION >= 6
    if (workload.kind == RECURRENT_LAYER_CONVOLUTION)
      return add_convolution(workload, input, random);
#endif
    const int64_t rows = gates_of(workload.kind) * workload.hidden;
    const int32_t projection = workload.variant == Variant::kProjected ? workload.hidden / 2 : 0;
    const int32_t state = projection ? projection : workload.hidden;
    const float bound = 1.0f / std::sqrt(static_cast<float>(workload.hidden));
    recurrent_direction_desc& direction = directions_.emplace_back();
    direction.struct_size = sizeof(direction);
    direction.gate_activation = RECURRENT_ACTIVATION_SIGMOID;
    if (workload.variant == Variant::kRelu)
      direction.candidate_activation = RECURRENT_ACTIVATION_RELU;
    direction.input_weights = keep(random_floats(random, rows * input, bound));
    direction.recurrent_weights = keep(random_floats(random, rows * state, bound));
    direction.input_bias = keep(random_floats(random, rows, bound));
    if (workload.variant == Variant::kPeephole)
      direction.peephole = keep(random_floats(random, 3 * int64_t{workload.hidden}, bound));
    if (projection)
      direction.projection =
          keep(random_floats(random, int64_t{projection} * workload.hidden, bound));
    recurrent_layer_desc& layer = layers_.emplace_back();
    layer.struct_size = sizeof(layer);
    layer.kind = workload.kind;
    layer.direction =
        workload.bidirectional ? RECURRENT_DIRECTION_BIDIRECTIONAL : RECURRENT_DIRECTION_FORWARD;
    layer.input_size = input;
    layer.hidden_size = workload.hidden;
    layer.projection_size = projection;
    if (workload.variant == Variant::kCoupled)
      layer.gate_coupling = RECURRENT_GATE_COUPLING_FORGET_FROM_INPUT;
    if (workload.variant == Variant::kClip) layer.clip = 3.0f;
#if RECURRENT_ABI_VERSION >= 7
    layer.input_weight_format = layer.recurrent_weight_format = workload.weights;
#endif
    layer.forward = &direction;
    if (workload.bidirectional) layer.reverse = &direction;
    output_ = state * (workload.bidirectional ? 2 : 1);
  }

  std::vector<std::unique_ptr<std::vector<float>>> values_;
  std::vector<recurrent_direction_desc> directions_;
  std::vector<recurrent_layer_desc> layers_;
  int32_t output_ = 0;
};

class Subject {
 public:
  Subject(const char* library, const Workload& workload)
      : library_(library), workload_(workload), random_(1), layers_(workload, random_) {
    const int64_t rows = workload.time * workload.batch;
    x_ = random_floats(random_, rows * workload.input, 1.0f);
    y_.resize(static_cast<size_t>(rows * layers_.output()));
    const recurrent_model_desc desc = layers_.desc(workload.isa);
    if (workload.trains) {
      recurrent_trainer_desc how{};
      how.struct_size = sizeof(how);
      how.threads = workload.threads;
      library_.check(library_.trainer_create(&desc, &how, &trainer_));
      return;
    }
    recurrent_session_desc how{};
    how.struct_size = sizeof(how);
    how.threads = workload.threads;
    how.batch = workload.batch;
    library_.check(library_.model_create(&desc, &model_));
    library_.check(library_.session_create(model_, &how, &session_));
  }
  ~Subject() {
    library_.trainer_destroy(trainer_);
    library_.session_destroy(session_);
    library_.model_destroy(model_);
  }
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;

  void call() {
    if (workload_.trains) return train();
    if (workload_.time == 1) {
      library_.check(library_.step(session_, x_.data(), y_.data()));
      return;
    }
    recurrent_run_args args{};
    args.struct_size = sizeof(args);
    args.time = workload_.time;
    args.x = x_.data();
    args.x_count = static_cast<int64_t>(x_.size());
    args.y = y_.data();
    args.y_count = static_cast<int64_t>(y_.size());
    // A model with a reverse direction takes whole sequences only.
    if (workload_.bidirectional) library_.reset(session_, 0, workload_.batch);
    library_.check(library_.run(session_, &args));
  }

 private:
  void train() {
    recurrent_forward_args forward{};
    forward.struct_size = sizeof(forward);
    forward.time = workload_.time;
    forward.batch = workload_.batch;
    forward.x = x_.data();
    forward.y = y_.data();
    library_.check(library_.forward(trainer_, &forward));
    recurrent_backward_args backward{};
    backward.struct_size = sizeof(backward);
    backward.dy = y_.data();
    library_.check(library_.backward(trainer_, &backward));
  }

  const Functions library_;
  const Workload workload_;
  std::mt19937 random_;
  const Layers layers_;
  std::vector<float> x_;
  std::vector<float> y_;
  recurrent_model* model_ = nullptr;
  recurrent_session* session_ = nullptr;
  recurrent_trainer* trainer_ = nullptr;
};

}  // namespace
}  // namespace compare

void* compare_create(const char* library, const compare::Workload* workload, char* error,
                     int64_t error_size) {
  try {
    return new compare::Subject(library, *workload);
  } catch (const std::exception& problem) {
    std::snprintf(error, static_cast<size_t>(error_size), "%s", problem.what());
    return nullptr;
  }
}
void compare_call(void* subject) { static_cast<compare::Subject*>(subject)->call(); }
void compare_destroy(void* subject) { delete static_cast<compare::Subject*>(subject); }
