// ONNX Runtime through its C interface, with inputs, outputs and states in memory that is bound
// once.

#include <algorithm>
#include <cstdlib>

#include "peers/native/engine.h"
#include "peers/native/onnx_model.h"
#include "peers/native/onnxruntime_api.h"

namespace peers {
namespace {

const OnnxRuntime& runtime() {
  static const OnnxRuntime instance(std::getenv("ONNXRUNTIME_LIBRARY"));
  return instance;
}

class Tensor {
 public:
  explicit Tensor(const std::vector<int64_t>& shape) {
    size_t count = 1;
    for (const int64_t extent : shape) count *= static_cast<size_t>(extent);
    values_.resize(count);
    value_ = runtime().create_tensor(values_.data(), shape.data(), shape.size());
  }

  Tensor(const Tensor&) = delete;
  Tensor& operator=(const Tensor&) = delete;
  ~Tensor() { runtime().release_tensor(value_); }

  std::vector<float>& values() { return values_; }
  OnnxRuntime::Value* value() const { return value_; }

 private:
  std::vector<float> values_;
  OnnxRuntime::Value* value_;
};

class OnnxRuntimeEngine : public Engine {
 public:
  explicit OnnxRuntimeEngine(const Task& task)
      : session_(runtime().create_session(onnx_model(task), task.threads)),
        x_({task.time, task.batch, task.input}),
        y_({task.time, task.batch, task.output()}) {
    states_ = !task.streaming() ? 0 : task.cell == "lstm" ? 2 : 1;
    for (size_t i = 0; i < 2 * states_; ++i) {
      state_.push_back(
          std::make_unique<Tensor>(std::vector<int64_t>{task.directions, task.batch, task.hidden}));
    }
  }

  ~OnnxRuntimeEngine() override { runtime().release_session(session_); }

  void set_input(const float* x) override {
    std::copy_n(x, x_.values().size(), x_.values().data());
  }

  void get_output(float* y) override { std::copy(y_.values().begin(), y_.values().end(), y); }

  void reset() override {
    for (const auto& state : state_)
      std::fill(state->values().begin(), state->values().end(), 0.0F);
  }

  // A stream's states go from one set of tensors to the other, and back in the next step.
  void call() override {
    constexpr const char* kInputs[] = {"x", "h0", "c0"};
    constexpr const char* kOutputs[] = {"y", "hn", "cn"};
    const OnnxRuntime::Value* inputs[3] = {x_.value()};
    OnnxRuntime::Value* outputs[3] = {y_.value()};
    for (size_t i = 0; i < states_; ++i) {
      inputs[1 + i] = state_[2 * i + turn_]->value();
      outputs[1 + i] = state_[2 * i + 1 - turn_]->value();
    }
    runtime().run(session_, kInputs, inputs, 1 + states_, kOutputs, 1 + states_, outputs);
    turn_ = 1 - turn_;
  }

 private:
  OnnxRuntime::Session* session_;
  Tensor x_;
  Tensor y_;
  size_t states_ = 0;
  std::vector<std::unique_ptr<Tensor>> state_;
  size_t turn_ = 0;
};

}  // namespace

std::string system_version() { return "ONNX Runtime " + runtime().version(); }

std::unique_ptr<Engine> prepare(const Task& task) {
  return std::make_unique<OnnxRuntimeEngine>(task);
}

}  // namespace peers
