#include "compare/shapes.h"

#include <recurrent/recurrent.h>

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
    case RECURRENT_LAYER_CONVOLUTION:
      return "conv";
    default:
      return "gru_before";
  }
}

// Multiply-adds of a pass back, for each of the pass before it.
constexpr double kBackwardFactor = 2;

class Shapes {
 public:
  Shapes(int32_t isa, int32_t threads) : isa_(isa), threads_(threads) {}

  Workload& add(const std::string& workload, int32_t kind, int32_t input, int32_t hidden,
                int64_t time, int64_t batch) {
    shapes_.push_back(
        {workload + "/" + name_of(kind) + "/H=" + std::to_string(hidden) +
             ",B=" + std::to_string(batch),
         {kind, input, hidden, 1, time, batch, 0, Variant::kPlain, 0, isa_, threads_}});
    return shapes_.back().workload;
  }
  Workload& add_convolution(const std::string& workload, int32_t hidden, int64_t time,
                            int64_t batch) {
    Workload& added = add(workload, RECURRENT_LAYER_CONVOLUTION, hidden, hidden, time, batch);
    added.taps = 3;
    return added;
  }
  std::vector<Shape> take() { return std::move(shapes_); }

 private:
  const int32_t isa_;
  const int32_t threads_;
  std::vector<Shape> shapes_;
};

}  // namespace

double Shape::operations() const {
  const Workload& w = workload;
  const int64_t state = w.variant == Variant::kProjected ? w.hidden / 2 : w.hidden;
  const int64_t projection = w.variant == Variant::kProjected ? state * w.hidden : 0;
  const int64_t directions = w.bidirectional ? 2 : 1;
  int64_t terms = 0;
  if (w.kind == RECURRENT_LAYER_CONVOLUTION)
    terms = w.layers * w.hidden * w.taps * int64_t{w.depthwise ? 1 : w.input};
  for (int32_t i = 0; w.kind != RECURRENT_LAYER_CONVOLUTION && i < w.layers; ++i)
    terms += gates_of(w.kind) * w.hidden * ((i == 0 ? w.input : directions * state) + state) +
             projection;
  return 2.0 * static_cast<double>(directions * terms * w.time * w.batch) *
         (w.trains ? 1 + kBackwardFactor : 1);
}

std::vector<Shape> all_shapes(int32_t isa, int32_t threads) {
  Shapes shapes(isa, threads);
  for (const int32_t kind : {RECURRENT_LAYER_SIMPLE_RNN, RECURRENT_LAYER_LSTM, RECURRENT_LAYER_GRU,
                             RECURRENT_LAYER_GRU_RESET_BEFORE}) {
    for (const int32_t hidden : {8, 16, 20, 32, 40}) shapes.add("tiny", kind, 1, hidden, 1, 1);
    for (const int32_t hidden : {16,  20,  32,  33,  40,  48,  64,  80,  96,  100, 112,
                                 128, 200, 208, 256, 300, 304, 512, 650, 656, 1024}) {
      shapes.add("stream", kind, hidden, hidden, 1, 1);
      shapes.add("sequence", kind, hidden, hidden, 100, 1);
    }
    for (const int32_t hidden : {64, 100, 112, 256, 300, 304, 512, 1024})
      for (const int64_t batch : {8, 32, 64})
        shapes.add("batched", kind, hidden, hidden, 50, batch);
    // A step of many streams.
    for (const int32_t hidden : {20, 64, 128, 256})
      for (const int64_t batch : {512, 4096}) shapes.add("crowd", kind, hidden, hidden, 1, batch);
    shapes.add("wide", kind, 2048, 32, 1, 1);
    shapes.add("wide-sequence", kind, 2048, 32, 100, 1);
    shapes.add("bidirectional", kind, 256, 256, 50, 16).bidirectional = 1;
    Workload& stack = shapes.add("stack", kind, 256, 256, 50, 16);
    stack.layers = 2;
    stack.bidirectional = 1;
    for (const int32_t hidden : {20, 64, 256})
      shapes.add("train", kind, hidden, hidden, hidden == 20 ? 10 : 50, 32).trains = 1;
  }
  for (const int32_t hidden : {16, 64, 256}) {
    shapes.add_convolution("stream", hidden, 1, 1);
    shapes.add_convolution("sequence", hidden, 500, 1);
    shapes.add_convolution("batched", hidden, 50, 32);
    shapes.add_convolution("depthwise-stream", hidden, 1, 1).depthwise = 1;
    shapes.add_convolution("depthwise-sequence", hidden, 500, 1).depthwise = 1;
    shapes.add_convolution("train", hidden, 50, 32).trains = 1;
  }
  for (const int64_t time : {1, 2048}) {
    Workload& dilated =
        shapes.add_convolution(time == 1 ? "dilated-stream" : "dilated", 16, time, 1);
    dilated.layers = 10;
    dilated.dilates = 1;
  }
  const struct {
    Variant variant;
    const char* name;
  } variants[] = {{Variant::kPlain, "plain"},         {Variant::kPeephole, "peephole"},
                  {Variant::kClip, "clip"},           {Variant::kCoupled, "coupled"},
                  {Variant::kProjected, "projected"}, {Variant::kRelu, "relu"}};
  for (const auto& [variant, name] : variants)
    for (const int32_t hidden : {16, 32, 64, 128, 256}) {
      const std::string prefix = name;
      const int32_t kind = RECURRENT_LAYER_LSTM;
      shapes.add(prefix + "-stream", kind, hidden, hidden, 1, 1).variant = variant;
      shapes.add(prefix + "-sequence", kind, hidden, hidden, 100, 1).variant = variant;
      shapes.add(prefix + "-batched", kind, hidden, hidden, 50, 32).variant = variant;
    }
  return shapes.take();
}

}  // namespace compare
