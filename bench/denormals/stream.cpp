#include "denormals/stream.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "support/calls.h"

namespace denormals {
namespace {

using support::random_values;
using support::require;

struct DestroyModel {
  void operator()(recurrent_model* model) const { recurrent_model_destroy(model); }
};
using ModelHandle = std::unique_ptr<recurrent_model, DestroyModel>;

int64_t gates_of(int32_t kind) {
  return kind == RECURRENT_LAYER_LSTM ? 4 : kind == RECURRENT_LAYER_SIMPLE_RNN ? 1 : 3;
}

// Weights as PyTorch makes them.
recurrent_status create(const Network& network, int32_t isa, ModelHandle& handle) {
  const int64_t rows = gates_of(network.kind) * network.hidden;
  const float scale = 1.0f / std::sqrt(static_cast<float>(network.hidden));
  const std::vector<float> weights = random_values(2 * rows * network.hidden, scale);
  const std::vector<float> bias = random_values(rows, scale);
  recurrent_direction_desc direction{};
  direction.struct_size = sizeof(direction);
  direction.gate_activation = RECURRENT_ACTIVATION_SIGMOID;
  direction.input_weights = weights.data();
  direction.recurrent_weights = weights.data() + rows * network.hidden;
  direction.input_bias = network.has_bias ? bias.data() : nullptr;
  recurrent_layer_desc layer{};
  layer.struct_size = sizeof(layer);
  layer.kind = network.kind;
  layer.input_size = layer.hidden_size = network.hidden;
  layer.forward = &direction;
  recurrent_model_desc desc{};
  desc.struct_size = sizeof(desc);
  desc.layer_count = 1;
  desc.layers = &layer;
  desc.isa = isa;
  recurrent_model* model = nullptr;
  const recurrent_status status = recurrent_model_create(&desc, &model);
  handle.reset(model);
  return status;
}

}  // namespace

Stream::Stream(const Network& network, int32_t isa)
    : hidden_(network.hidden), y_(static_cast<size_t>(network.hidden)) {
  ModelHandle model;
  require(create(network, isa, model));
  recurrent_model_info info{};
  info.struct_size = sizeof(info);
  require(recurrent_model_get_info(model.get(), &info));
  states_.resize(static_cast<size_t>(info.state_size));
  recurrent_session_desc desc{};
  desc.struct_size = sizeof(desc);
  desc.threads = 1;
  desc.batch = 1;
  recurrent_session* session = nullptr;
  require(recurrent_session_create(model.get(), &desc, &session));
  session_.reset(session);
}

void Stream::set_states(float value) {
  std::fill(states_.begin(), states_.end(), value);
  const int64_t count = static_cast<int64_t>(states_.size());
  require(recurrent_session_load(session_.get(), 0, 1, states_.data(), count));
}

bool Stream::is_silent() const {
  const int64_t count = static_cast<int64_t>(states_.size());
  require(recurrent_session_save(session_.get(), 0, 1, states_.data(), count));
  return std::all_of(states_.begin(), states_.end(), [](float state) { return state == 0; });
}

double Stream::step(const std::vector<float>& x) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point start = Clock::now();
  const recurrent_status status = recurrent_session_step(session_.get(), x.data(), y_.data());
  const std::chrono::duration<double, std::nano> taken = Clock::now() - start;
  require(status);
  return taken.count();
}

}  // namespace denormals
