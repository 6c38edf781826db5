#include "updates/learner.h"

#include <chrono>

#include "support/calls.h"

namespace updates {
namespace {

using support::random_values;
using support::require;

// Batches are not the same one again and again: their rows would stay in the caches.
constexpr int64_t kBatches = 64;

template <class Call>
double microseconds(Call call) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point start = Clock::now();
  call();
  return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

}  // namespace

Learner::Learner(const Shape& shape, const Way& way) : shape_(shape), way_(way) {
  const std::vector<float> table = random_values(shape.table(), 0.05f);
  const std::vector<float> input = random_values(4ll * shape.hidden * shape.features, 0.1f);
  const std::vector<float> recurrent = random_values(4ll * shape.hidden * shape.hidden, 0.1f);
  const std::vector<float> bias = random_values(4ll * shape.hidden, 0.1f);
  recurrent_direction_desc rows{};
  rows.struct_size = sizeof(rows);
  rows.input_weights = table.data();
  recurrent_direction_desc cell{};
  cell.struct_size = sizeof(cell);
  cell.gate_activation = RECURRENT_ACTIVATION_SIGMOID;
  cell.input_weights = input.data();
  cell.recurrent_weights = recurrent.data();
  cell.input_bias = bias.data();
  recurrent_layer_desc layers[2]{};
  for (recurrent_layer_desc& layer : layers) layer.struct_size = sizeof(layer);
  layers[0].kind = RECURRENT_LAYER_EMBEDDING;
  layers[0].input_size = shape.vocabulary;
  layers[0].hidden_size = shape.features;
  layers[0].forward = &rows;
  layers[1].kind = RECURRENT_LAYER_LSTM;
  layers[1].input_size = shape.features;
  layers[1].hidden_size = shape.hidden;
  layers[1].forward = &cell;
  recurrent_model_desc model{};
  model.struct_size = sizeof(model);
  model.layer_count = 2;
  model.layers = layers;
  model.isa = RECURRENT_ISA_AUTO;
  recurrent_trainer_desc desc{};
  desc.struct_size = sizeof(desc);
  desc.threads = 1;
  recurrent_trainer* trainer = nullptr;
  require(recurrent_trainer_create(&model, &desc, &trainer));
  trainer_.reset(trainer);

  recurrent_trainer_info info{};
  info.struct_size = sizeof(info);
  require(recurrent_trainer_get_info(trainer, &info));
  parameters_ = info.parameter_count;
  // The table is the first block.
  trained_.assign(static_cast<size_t>(info.block_count), 1);
  sparse_.assign(trained_.size(), 0);
  trained_[0] = way.trains_table;
  sparse_[0] = way.sparse;
  std::mt19937 random(3);
  std::uniform_int_distribution<int32_t> index(0, shape.vocabulary - 1);
  indices_.resize(static_cast<size_t>(kBatches * shape.batch * shape.time));
  for (int32_t& i : indices_) i = index(random);
  y_.resize(static_cast<size_t>(shape.batch * shape.time * shape.hidden));
  dy_ = random_values(static_cast<int64_t>(y_.size()), 0.1f);
}

void Learner::forward_and_back() {
  recurrent_forward_args forward{};
  forward.struct_size = sizeof(forward);
  forward.time = shape_.time;
  forward.batch = shape_.batch;
  forward.indices = indices_.data() + steps_ % kBatches * shape_.batch * shape_.time;
  forward.y = y_.data();
  require(recurrent_trainer_forward(trainer_.get(), &forward));
  recurrent_backward_args backward{};
  backward.struct_size = sizeof(backward);
  backward.dy = dy_.data();
  require(recurrent_trainer_backward(trainer_.get(), &backward));
}

void Learner::update() {
  recurrent_update_args args{};
  args.struct_size = sizeof(args);
  args.optimizer = way_.optimizer;
  args.rate = 1e-4;
  args.decay_1 = 0.9;
  args.decay_2 = 0.999;
  args.epsilon = 1e-7;
  args.gradient_scale = 1;
  args.step = steps_ + 1;
  args.trained = trained_.data();
  args.sparse = way_.sparse ? sparse_.data() : nullptr;
  require(recurrent_trainer_update(trainer_.get(), &args));
}

Times Learner::step() {
  Times times;
  times.passes = microseconds([&] { forward_and_back(); });
  times.keep = microseconds([&] { require(recurrent_trainer_keep(trainer_.get(), 1)); });
  times.update = microseconds([&] { update(); });
  times.zero = microseconds([&] { require(recurrent_trainer_zero_gradients(trainer_.get())); });
  ++steps_;
  return times;
}

}  // namespace updates
