#include "compare/subject.h"

#include <cmath>
#include <random>
#include <stdexcept>

namespace compare {
namespace {

int64_t gates_of(int32_t kind) {
  return kind == RECURRENT_LAYER_SIMPLE_RNN ? 1 : kind == RECURRENT_LAYER_LSTM ? 4 : 3;
}

const char* name_of(int32_t kind) {
  switch (kind) {
    case RECURRENT_LAYER_SIMPLE_RNN:
      return "rnn";
    case RECURRENT_LAYER_LSTM:
      return "lstm";
    case RECURRENT_LAYER_GRU:
      return "gru";
    default:
      return "gru_before";
  }
}

std::string shape_name(const char* workload, int32_t kind, int32_t hidden, int64_t batch) {
  return std::string(workload) + "/" + name_of(kind) + "/H=" + std::to_string(hidden) +
         ",B=" + std::to_string(batch);
}

std::vector<float> random_floats(std::mt19937& random, int64_t count, float bound) {
  std::uniform_real_distribution<float> uniform(-bound, bound);
  std::vector<float> values(static_cast<size_t>(count));
  for (float& value : values) value = uniform(random);
  return values;
}

}  // namespace

double Shape::operations() const {
  const int64_t state = variant == Variant::kProjected ? hidden / 2 : hidden;
  const int64_t projection = variant == Variant::kProjected ? state * hidden : 0;
  return 2.0 * (bidirectional ? 2 : 1) *
         static_cast<double>(gates_of(kind) * hidden * (input + state) + projection) *
         static_cast<double>(time * batch);
}

std::vector<Shape> all_shapes() {
  std::vector<Shape> shapes;
  const auto add = [&](const char* workload, int32_t kind, int32_t input, int32_t hidden,
                       int64_t time, int64_t batch, bool bidirectional = false,
                       Variant variant = Variant::kPlain) {
    shapes.push_back({shape_name(workload, kind, hidden, batch), kind, input, hidden, time, batch,
                      bidirectional, variant});
  };
  for (const int32_t kind : {RECURRENT_LAYER_SIMPLE_RNN, RECURRENT_LAYER_LSTM, RECURRENT_LAYER_GRU,
                             RECURRENT_LAYER_GRU_RESET_BEFORE}) {
    for (const int32_t hidden : {8, 16, 20, 32, 40}) add("tiny", kind, 1, hidden, 1, 1);
    for (const int32_t hidden : {16,  20,  32,  33,  40,  48,  64,  80,  96,  100, 112,
                                 128, 200, 208, 256, 300, 304, 512, 650, 656, 1024}) {
      add("stream", kind, hidden, hidden, 1, 1);
      add("sequence", kind, hidden, hidden, 100, 1);
    }
    for (const int32_t hidden : {64, 100, 112, 256, 300, 304, 512, 1024})
      for (const int64_t batch : {8, 32, 64}) add("batched", kind, hidden, hidden, 50, batch);
    add("wide", kind, 2048, 32, 1, 1);
    add("wide-sequence", kind, 2048, 32, 100, 1);
    add("bidirectional", kind, 256, 256, 50, 16, true);
  }
  const struct {
    Variant variant;
    const char* name;
  } variants[] = {{Variant::kPlain, "plain"},         {Variant::kPeephole, "peephole"},
                  {Variant::kClip, "clip"},           {Variant::kCoupled, "coupled"},
                  {Variant::kProjected, "projected"}, {Variant::kRelu, "relu"}};
  for (const auto& [variant, name] : variants)
    for (const int32_t hidden : {16, 32, 64, 128, 256}) {
      const auto named = [&](const char* how) { return std::string(name) + "-" + how; };
      add(named("stream").c_str(), RECURRENT_LAYER_LSTM, hidden, hidden, 1, 1, false, variant);
      add(named("sequence").c_str(), RECURRENT_LAYER_LSTM, hidden, hidden, 100, 1, false, variant);
      add(named("batched").c_str(), RECURRENT_LAYER_LSTM, hidden, hidden, 50, 32, false, variant);
    }
  return shapes;
}

Subject::Subject(const Library& library, const Shape& shape, int32_t isa, int32_t threads)
    : library_(library), shape_(shape) {
  std::mt19937 random(1);
  const int64_t gates = gates_of(shape.kind);
  const int32_t projection = shape.variant == Variant::kProjected ? shape.hidden / 2 : 0;
  const int32_t state = projection ? projection : shape.hidden;
  const float bound = 1.0f / std::sqrt(static_cast<float>(shape.hidden));
  const auto input_weights = random_floats(random, gates * shape.hidden * shape.input, bound);
  const auto recurrent_weights = random_floats(random, gates * shape.hidden * state, bound);
  const auto bias = random_floats(random, gates * shape.hidden, bound);
  const auto peephole = random_floats(random, 3 * int64_t{shape.hidden}, bound);
  const auto projected = random_floats(random, int64_t{projection} * shape.hidden, bound);
  x_ = random_floats(random, shape.time * shape.batch * shape.input, 1.0f);
  y_.resize(static_cast<size_t>(shape.time * shape.batch * state * (shape.bidirectional ? 2 : 1)));

  recurrent_direction_desc direction{};
  direction.struct_size = sizeof(direction);
  direction.gate_activation = RECURRENT_ACTIVATION_SIGMOID;
  if (shape.variant == Variant::kRelu) direction.candidate_activation = RECURRENT_ACTIVATION_RELU;
  direction.input_weights = input_weights.data();
  direction.recurrent_weights = recurrent_weights.data();
  direction.input_bias = bias.data();
  if (shape.variant == Variant::kPeephole) direction.peephole = peephole.data();
  if (projection) direction.projection = projected.data();

  recurrent_layer_desc layer{};
  layer.struct_size = sizeof(layer);
  layer.kind = shape.kind;
  layer.direction =
      shape.bidirectional ? RECURRENT_DIRECTION_BIDIRECTIONAL : RECURRENT_DIRECTION_FORWARD;
  layer.input_size = shape.input;
  layer.hidden_size = shape.hidden;
  layer.projection_size = projection;
  if (shape.variant == Variant::kCoupled)
    layer.gate_coupling = RECURRENT_GATE_COUPLING_FORGET_FROM_INPUT;
  if (shape.variant == Variant::kClip) layer.clip = 3.0f;
  layer.forward = &direction;
  if (shape.bidirectional) layer.reverse = &direction;

  recurrent_model_desc model{};
  model.struct_size = sizeof(model);
  model.layer_count = 1;
  model.layers = &layer;
  model.isa = isa;
  recurrent_session_desc session{};
  session.struct_size = sizeof(session);
  session.threads = threads;
  session.batch = shape.batch;
  if (library_.model_create(&model, &model_) ||
      library_.session_create(model_, &session, &session_))
    throw std::runtime_error(library_.last_error());
}

Subject::~Subject() {
  library_.session_destroy(session_);
  library_.model_destroy(model_);
}

void Subject::call() {
  if (shape_.time == 1) {
    library_.step(session_, x_.data(), y_.data());
    return;
  }
  recurrent_run_args args{};
  args.struct_size = sizeof(args);
  args.time = shape_.time;
  args.x = x_.data();
  args.x_count = static_cast<int64_t>(x_.size());
  args.y = y_.data();
  args.y_count = static_cast<int64_t>(y_.size());
  // A model with a reverse direction takes whole sequences only.
  if (shape_.bidirectional) library_.reset(session_, 0, shape_.batch);
  library_.run(session_, &args);
}

}  // namespace compare
