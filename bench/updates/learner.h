#pragma once

#include <recurrent/recurrent.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace updates {

// The sizes of a model: an embedding and an LSTM.
struct Shape {
  int32_t vocabulary = 50'000;
  int32_t features = 128;
  int32_t hidden = 64;
  int64_t batch = 32;
  int64_t time = 10;

  int64_t table() const { return int64_t{vocabulary} * features; }
};

// How a step updates the model.
struct Way {
  const char* name;
  int32_t optimizer;
  bool trains_table;
  bool sparse;
};

// Microseconds of the parts of a step.
struct Times {
  double passes = 0;  // forward and backward
  double keep = 0;    // the parameters of before as the last good ones
  double update = 0;
  double zero = 0;  // the gradients, which the backward pass does itself where they are renewed
};

// A model that learns from random batches.
class Learner {
 public:
  Learner(const Shape& shape, const Way& way);

  // One step, of a batch of its own.
  Times step();

  int64_t parameters() const { return parameters_; }

 private:
  struct Destroy {
    void operator()(recurrent_trainer* trainer) const { recurrent_trainer_destroy(trainer); }
  };

  void forward_and_back();
  void update();

  Shape shape_;
  Way way_;
  std::unique_ptr<recurrent_trainer, Destroy> trainer_;
  int64_t parameters_ = 0;
  int64_t steps_ = 0;
  std::vector<int32_t> indices_;  // of some batches
  std::vector<float> y_, dy_;
  std::vector<uint8_t> trained_, sparse_;
};

}  // namespace updates
