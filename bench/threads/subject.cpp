#include "threads/subject.h"

#include <chrono>

#include "api/handles.h"
#include "support/calls.h"

namespace threads {
namespace {

using support::random_values;
using support::require;

// Of a convolution's kernel; its history is before the first step, so it has as many steps as
// inputs.
constexpr int32_t kTaps = 3;

bool is_convolution(const Shape& shape) { return shape.kind == RECURRENT_LAYER_CONVOLUTION; }

// Rows of weights of a unit.
int64_t rows_of(const Shape& shape) {
  return is_convolution(shape) ? kTaps : shape.kind == RECURRENT_LAYER_LSTM ? 4 : 3;
}

int32_t directions_of(const Shape& shape) {
  return shape.direction == RECURRENT_DIRECTION_BIDIRECTIONAL ? 2 : 1;
}

std::vector<float> inputs_of(const Shape& shape) {
  return random_values(shape.time * shape.batch * shape.hidden, 1.0f);
}

std::vector<float> outputs_of(const Shape& shape) {
  return std::vector<float>(
      static_cast<size_t>(shape.time * shape.batch * shape.hidden * directions_of(shape)));
}

}  // namespace

SharedModel::SharedModel(const Shape& shape)
    : weights_(random_values(rows_of(shape) * shape.hidden * shape.hidden * directions_of(shape),
                             0.05f)),
      layers_(static_cast<size_t>(shape.layers)) {
  direction_.struct_size = sizeof(direction_);
  direction_.input_weights = weights_.data();
  if (!is_convolution(shape)) {
    direction_.gate_activation = RECURRENT_ACTIVATION_SIGMOID;
    direction_.recurrent_weights = weights_.data();
  }
  for (size_t i = 0; i < layers_.size(); ++i) {
    layers_[i].struct_size = sizeof(layers_[i]);
    layers_[i].kind = shape.kind;
    layers_[i].direction = shape.direction;
    layers_[i].hidden_size = shape.hidden;
    layers_[i].input_size = i == 0 ? shape.hidden : shape.hidden * directions_of(shape);
    layers_[i].forward = &direction_;
    layers_[i].reverse = directions_of(shape) == 2 ? &direction_ : nullptr;
    if (!is_convolution(shape)) continue;
    layers_[i].kernel_size = kTaps;
    layers_[i].stride = layers_[i].dilation = layers_[i].groups = 1;
    layers_[i].pad_before = kTaps - 1;
  }
  desc_.struct_size = sizeof(desc_);
  desc_.layer_count = shape.layers;
  desc_.layers = layers_.data();
  desc_.isa = RECURRENT_ISA_AUTO;
  recurrent_model* model = nullptr;
  require(recurrent_model_create(&desc_, &model));
  model_.reset(model);
}

double Subject::measure(double seconds, int calls_per_look) {
  using Clock = std::chrono::steady_clock;
  call();
  call();
  const Clock::time_point start = Clock::now();
  std::chrono::duration<double> taken{};
  int64_t calls = 0;
  do {
    for (int i = 0; i < calls_per_look; ++i, ++calls) call();
    taken = Clock::now() - start;
  } while (taken.count() < seconds);
  return taken.count() * 1e6 / static_cast<double>(calls);
}

SessionSubject::SessionSubject(const SharedModel& model, const Shape& shape, int threads,
                               const recurrent::Candidate* way)
    : shape_(shape), x_(inputs_of(shape)), y_(outputs_of(shape)) {
  recurrent_session_desc desc{};
  desc.struct_size = sizeof(desc);
  desc.threads = threads;
  desc.batch = shape.batch;
  recurrent_session* session = nullptr;
  require(recurrent_session_create(model.get(), &desc, &session));
  session_.reset(session);
  if (way) session->session.force(*way);
}

void SessionSubject::call() {
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

std::vector<recurrent::Candidate> SessionSubject::explain(size_t& chosen) const {
  return session_->session.explain(shape_.time, chosen);
}

TrainerSubject::TrainerSubject(const SharedModel& model, const Shape& shape, int threads)
    : shape_(shape), x_(inputs_of(shape)), y_(outputs_of(shape)) {
  recurrent_trainer_desc desc{};
  desc.struct_size = sizeof(desc);
  desc.threads = threads;
  recurrent_trainer* trainer = nullptr;
  require(recurrent_trainer_create(&model.desc(), &desc, &trainer));
  trainer_.reset(trainer);
}

double TrainerSubject::together() const {
  return 100.0 * static_cast<double>(trainer_->trainer.passes_together()) /
         static_cast<double>(passes_);
}

void TrainerSubject::call() {
  passes_ += 2;
  recurrent_forward_args forward{};
  forward.struct_size = sizeof(forward);
  forward.time = shape_.time;
  forward.batch = shape_.batch;
  forward.x = x_.data();
  forward.y = y_.data();
  require(recurrent_trainer_forward(trainer_.get(), &forward));
  recurrent_backward_args backward{};
  backward.struct_size = sizeof(backward);
  backward.dy = y_.data();
  require(recurrent_trainer_zero_gradients(trainer_.get()));
  require(recurrent_trainer_backward(trainer_.get(), &backward));
}

}  // namespace threads
