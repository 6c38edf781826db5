#include "peers/native/task.h"

#include <fstream>

namespace peers {
namespace {

using Words = std::map<std::string, std::string>;

const std::string& value_of(const Words& words, const std::string& key) {
  const auto found = words.find(key);
  if (found == words.end()) throw std::runtime_error("prepare: expected " + key + "=…");
  return found->second;
}

int64_t number_of(const Words& words, const std::string& key) {
  return std::stoll(value_of(words, key));
}

}  // namespace

Task::Task(const std::vector<std::string>& words) {
  Words pairs;
  for (const std::string& word : words) {
    const size_t equals = word.find('=');
    if (equals != std::string::npos) pairs[word.substr(0, equals)] = word.substr(equals + 1);
  }
  workload = value_of(pairs, "workload");
  cell = value_of(pairs, "cell");
  time = number_of(pairs, "time");
  batch = number_of(pairs, "batch");
  input = number_of(pairs, "input");
  hidden = number_of(pairs, "hidden");
  layers = number_of(pairs, "layers");
  directions = number_of(pairs, "directions");
  threads = static_cast<int>(number_of(pairs, "threads"));
  input_steps_ = number_of(pairs, "steps");
  // onnx_model has float32 alone and is not told.
  format = pairs.count("format") != 0 ? pairs["format"] : "float32";
  read(value_of(pairs, "data"));
}

const DirectionWeights& Task::weights(int64_t layer, int64_t direction) const {
  return weights_[static_cast<size_t>(layer * directions + direction)];
}

void Task::read(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) throw std::runtime_error("data: cannot open " + path);
  data_.resize(static_cast<size_t>(file.tellg()) / sizeof(float));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(data_.data()),
            static_cast<std::streamsize>(data_.size() * sizeof(float)));

  if (captures()) {
    const int64_t count = input_steps_ * batch * input;
    if (static_cast<int64_t>(data_.size()) <= count)
      throw std::runtime_error("data: " + path + " is too short");
    inputs_ = data_.data() + data_.size() - count;
    return;
  }
  const float* next = data_.data();
  const float* const end = next + data_.size();
  const auto take = [&](int64_t count) {
    const float* const taken = next;
    next += count;
    if (next > end) throw std::runtime_error("data: " + path + " is too short");
    return taken;
  };
  const int64_t rows = gates() * hidden;
  for (int64_t layer = 0; layer < layers; ++layer) {
    const int64_t features = layer == 0 ? input : output();
    for (int64_t direction = 0; direction < directions; ++direction) {
      DirectionWeights weights{features, nullptr, nullptr, nullptr, nullptr};
      weights.input_weights = take(rows * features);
      weights.state_weights = take(rows * hidden);
      weights.input_bias = take(rows);
      weights.state_bias = take(rows);
      weights_.push_back(weights);
    }
  }
  inputs_ = take(input_steps_ * batch * input);
  if (trains()) output_gradients_ = take(time * batch * output());
}

}  // namespace peers
