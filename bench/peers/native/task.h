#pragma once

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace peers {

// A system cannot do a task; the text says why. Not a failure: the table leaves the cell empty.
class Unsupported : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Weights of one direction of a layer, gates in the order i f g o (LSTM) or r z n (GRU): `[G*H,
// I]`,
// `[G*H, H]`, `[G*H]`, `[G*H]`.
struct DirectionWeights {
  int64_t input;
  const float* input_weights;
  const float* state_weights;
  const float* input_bias;
  const float* state_bias;
};

// What a row of the table asks for, with the weights and inputs that all systems share.
class Task {
 public:
  // `words` are `key=value` pairs, see bench/peers/README.md.
  explicit Task(const std::vector<std::string>& words);

  std::string workload;
  std::string cell;
  int64_t time;
  int64_t batch;
  int64_t input;
  int64_t hidden;
  int64_t layers;
  int64_t directions;
  int threads;
  // Of the weights: float32, bfloat16, int8, int8-8bit.
  std::string format;

  bool streaming() const {
    return workload == "stream" || workload == "tiny" || workload == "pool";
  }
  bool captures() const { return workload == "capture"; }
  bool trains() const { return workload == "train"; }
  int64_t gates() const { return cell == "lstm" ? 4 : 3; }
  int64_t output() const { return captures() ? 1 : directions * hidden; }
  const DirectionWeights& weights(int64_t layer, int64_t direction) const;
  // Of a capture: the weights of its file.
  const std::vector<float>& numbers() const { return data_; }
  // `[check_time, batch, input]`
  const float* inputs() const { return inputs_; }
  // Steps in `inputs()`: `time`, or the steps of a stream that are compared.
  int64_t input_steps() const { return input_steps_; }
  // Of a training step: the gradient of its output, `[time, batch, output]`.
  const float* output_gradients() const { return output_gradients_; }

 private:
  void read(const std::string& path);

  std::vector<float> data_;
  std::vector<DirectionWeights> weights_;
  const float* inputs_ = nullptr;
  int64_t input_steps_ = 0;
  const float* output_gradients_ = nullptr;
};

}  // namespace peers
