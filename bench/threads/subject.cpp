#include "threads/subject.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>

#include "api/handles.h"

namespace threads {
namespace {

void require(recurrent_status status) {
  if (status == RECURRENT_STATUS_OK) return;
  std::fprintf(stderr, "%s\n", recurrent_last_error());
  std::exit(1);
}

std::vector<float> random_values(int64_t count, float scale) {
  std::mt19937 random(7);
  std::uniform_real_distribution<float> value(-scale, scale);
  std::vector<float> values(static_cast<size_t>(count));
  for (float& v : values) v = value(random);
  return values;
}

int64_t gates_of(int32_t kind) { return kind == RECURRENT_LAYER_LSTM ? 4 : 3; }

int32_t directions_of(const Shape& shape) {
  return shape.direction == RECURRENT_DIRECTION_BIDIRECTIONAL ? 2 : 1;
}

}  // namespace

SharedModel::SharedModel(const Shape& shape) {
  const int64_t rows = gates_of(shape.kind) * shape.hidden;
  const std::vector<float> weights =
      random_values(rows * shape.hidden * directions_of(shape), 0.05f);
  recurrent_direction_desc direction{};
  direction.struct_size = sizeof(direction);
  direction.gate_activation = RECURRENT_ACTIVATION_SIGMOID;
  direction.input_weights = direction.recurrent_weights = weights.data();
  std::vector<recurrent_layer_desc> layers(static_cast<size_t>(shape.layers));
  for (size_t i = 0; i < layers.size(); ++i) {
    layers[i].struct_size = sizeof(layers[i]);
    layers[i].kind = shape.kind;
    layers[i].direction = shape.direction;
    layers[i].hidden_size = shape.hidden;
    layers[i].input_size = i == 0 ? shape.hidden : shape.hidden * directions_of(shape);
    layers[i].forward = &direction;
    layers[i].reverse = directions_of(shape) == 2 ? &direction : nullptr;
  }
  recurrent_model_desc desc{};
  desc.struct_size = sizeof(desc);
  desc.layer_count = shape.layers;
  desc.layers = layers.data();
  desc.isa = RECURRENT_ISA_AUTO;
  recurrent_model* model = nullptr;
  require(recurrent_model_create(&desc, &model));
  model_.reset(model);
}

Subject::Subject(const SharedModel& model, const Shape& shape, int threads,
                 const recurrent::Candidate* way)
    : shape_(shape),
      x_(random_values(shape.time * shape.batch * shape.hidden, 1.0f)),
      y_(static_cast<size_t>(shape.time * shape.batch * shape.hidden * directions_of(shape))) {
  recurrent_session_desc desc{};
  desc.struct_size = sizeof(desc);
  desc.threads = threads;
  desc.batch = shape.batch;
  recurrent_session* session = nullptr;
  require(recurrent_session_create(model.get(), &desc, &session));
  session_.reset(session);
  if (way) session->session.force(*way);
}

void Subject::call() {
  if (shape_.time == 1) {
    require(recurrent_session_step(session_.get(), x_.data(), y_.data()));
    return;
  }
  recurrent_run_args args{};
  args.struct_size = sizeof(args);
  args.time = shape_.time;
  args.x = x_.data();
  args.x_count = static_cast<int64_t>(x_.size());
  args.y = y_.data();
  args.y_count = static_cast<int64_t>(y_.size());
  if (shape_.direction != RECURRENT_DIRECTION_FORWARD)
    require(recurrent_session_reset(session_.get(), 0, shape_.batch));
  require(recurrent_session_run(session_.get(), &args));
}

double Subject::measure(double seconds) {
  using Clock = std::chrono::steady_clock;
  call();
  call();
  const Clock::time_point start = Clock::now();
  std::chrono::duration<double> taken{};
  int64_t calls = 0;
  // The clock is looked at every few calls, so that it is no part of a short step.
  do {
    for (int i = 0; i < (shape_.time == 1 ? 16 : 1); ++i, ++calls) call();
    taken = Clock::now() - start;
  } while (taken.count() < seconds);
  return taken.count() * 1e6 / static_cast<double>(calls);
}

std::vector<recurrent::Candidate> Subject::explain(size_t& chosen) const {
  return session_->session.explain(shape_.time, chosen);
}

}  // namespace threads
