// A WaveNet capture in plain Eigen: blocks `[channels, frames]`, a convolution as the sum of its
// taps' matrices times shifted columns of what the layer has been given, activations as array
// functions. bench/peers/capture.py says what the network is and in which order its weights are.

#include <Eigen/Core>
#include <algorithm>

#include "peers/native/engine.h"

namespace peers {
namespace {

using Eigen::Index;
using Eigen::MatrixXf;
using Eigen::RowVectorXf;
using Eigen::VectorXf;
using Block = Eigen::Ref<MatrixXf>;

constexpr Index kKernel = 3;
constexpr int kLayers = 10;

// How many blocks a history takes before it is moved to the front.
constexpr Index kBlocksKept = 64;

// Takes numbers in the order of the file, in which matrices are row by row.
class Reader {
 public:
  explicit Reader(const float* next) : next_(next) {}

  MatrixXf matrix(Index rows, Index columns) {
    MatrixXf result(rows, columns);
    for (Index row = 0; row < rows; ++row)
      for (Index column = 0; column < columns; ++column) result(row, column) = *next_++;
    return result;
  }
  VectorXf vector(Index rows) { return matrix(rows, 1); }
  float number() { return *next_++; }

 private:
  const float* next_;
};

class Layer {
 public:
  Layer(Reader& reader, Index channels, Index dilation, Index frames)
      : frames_(frames), dilation_(dilation), reach_((kKernel - 1) * dilation) {
    // `[out, in, tap]`
    const MatrixXf kernel = reader.matrix(channels, channels * kKernel);
    for (Index tap = 0; tap < kKernel; ++tap) {
      taps_[tap].resize(channels, channels);
      for (Index in = 0; in < channels; ++in) taps_[tap].col(in) = kernel.col(in * kKernel + tap);
    }
    bias_ = reader.vector(channels);
    mix_ = reader.vector(channels);
    handed_on_ = reader.matrix(channels, channels);
    handed_on_bias_ = reader.vector(channels);
    history_.resize(channels, reach_ + kBlocksKept * frames);
    activated_.resize(channels, frames);
    reset();
  }

  void reset() {
    history_.setZero();
    start_ = reach_;
  }

  // Where the next block is to be put.
  Block input() { return history_.middleCols(start_, frames_); }

  // Adds to the sum for the head.
  void activate(const RowVectorXf& x, MatrixXf& head) {
    activated_.noalias() = taps_[0] * history_.middleCols(start_ - reach_, frames_);
    for (Index tap = 1; tap < kKernel; ++tap) {
      const Index back = reach_ - tap * dilation_;
      activated_.noalias() += taps_[tap] * history_.middleCols(start_ - back, frames_);
    }
    activated_.noalias() += mix_ * x;
    activated_.colwise() += bias_;
    activated_ = activated_.array().tanh();
    head += activated_;
  }

  void hand_on(Block next) {
    next.noalias() = handed_on_ * activated_;
    next.colwise() += handed_on_bias_;
    next += input();
  }

  void advance() {
    start_ += frames_;
    if (start_ + frames_ <= history_.cols()) return;
    history_.leftCols(reach_) = history_.middleCols(start_ - reach_, reach_);
    start_ = reach_;
  }

 private:
  Index frames_;
  Index dilation_;
  Index reach_;
  MatrixXf taps_[kKernel];
  VectorXf bias_;
  VectorXf mix_;
  MatrixXf handed_on_;
  VectorXf handed_on_bias_;
  MatrixXf history_;
  Index start_ = 0;
  MatrixXf activated_;
};

class Stack {
 public:
  Stack(Reader& reader, Index inputs, Index channels, Index outputs, bool is_last, Index frames)
      : is_last_(is_last), end_(channels, frames), head_(outputs, frames) {
    channels_ = reader.matrix(channels, inputs);
    for (int layer = 0; layer < kLayers; ++layer)
      layers_.emplace_back(reader, channels, Index{1} << layer, frames);
    head_weights_ = reader.matrix(outputs, channels);
    head_bias_ = is_last ? reader.vector(outputs) : VectorXf::Zero(outputs);
  }

  // `sum` has the output of the stack before; the output of this one is added.
  template <typename Given>
  void process(const Given& given, const RowVectorXf& x, MatrixXf& sum) {
    layers_.front().input().noalias() = channels_ * given;
    for (size_t i = 0; i < layers_.size(); ++i) {
      const bool is_end = i + 1 == layers_.size();
      layers_[i].activate(x, sum);
      // Nobody reads what the last layer of all would hand on.
      if (!is_end || !is_last_) layers_[i].hand_on(is_end ? Block(end_) : layers_[i + 1].input());
      layers_[i].advance();
    }
    head_.noalias() = head_weights_ * sum;
    head_.colwise() += head_bias_;
  }

  void reset() {
    for (Layer& layer : layers_) layer.reset();
  }

  const MatrixXf& end() const { return end_; }
  MatrixXf& head() { return head_; }

 private:
  bool is_last_;
  MatrixXf channels_;
  std::vector<Layer> layers_;
  MatrixXf head_weights_;
  VectorXf head_bias_;
  MatrixXf end_;
  MatrixXf head_;
};

class EigenEngine : public Engine {
 public:
  explicit EigenEngine(const Task& task)
      : frames_(task.time),
        reader_(task.numbers().data()),
        first_(reader_, 1, task.hidden, task.hidden / 2, false, frames_),
        second_(reader_, task.hidden, task.hidden / 2, 1, true, frames_),
        factor_(reader_.number()),
        x_(frames_),
        sum_(task.hidden, frames_),
        y_(frames_) {
    reset();
  }

  void set_input(const float* x) override { std::copy_n(x, frames_, x_.data()); }
  void get_output(float* y) override { std::copy_n(y_.data(), frames_, y); }

  // There was silence for as long as the network looks back.
  void reset() override {
    first_.reset();
    second_.reset();
    x_.setZero();
    const Index back = 2 * (kKernel - 1) * ((Index{1} << kLayers) - 1);
    for (Index frame = 0; frame < back + frames_; frame += frames_) call();
  }

  void call() override {
    sum_.setZero();
    first_.process(x_, x_, sum_);
    second_.process(first_.end(), x_, first_.head());
    y_ = factor_ * second_.head();
  }

 private:
  Index frames_;
  Reader reader_;
  Stack first_;
  Stack second_;
  float factor_;
  RowVectorXf x_;
  MatrixXf sum_;
  RowVectorXf y_;
};

}  // namespace

std::string system_version() {
  return "Eigen " + std::to_string(EIGEN_WORLD_VERSION) + "." +
         std::to_string(EIGEN_MAJOR_VERSION) + "." + std::to_string(EIGEN_MINOR_VERSION);
}

std::unique_ptr<Engine> prepare(const Task& task) {
  if (!task.captures()) throw Unsupported("captures alone");
  if (task.batch != 1 || task.threads != 1) throw Unsupported("one stream on one thread");
  return std::make_unique<EigenEngine>(task);
}

}  // namespace peers
