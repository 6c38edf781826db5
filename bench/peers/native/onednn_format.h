// The formats of weights in oneDNN: what its memory holds, and how numbers become that.
#pragma once

#include <cstdint>
#include <string>

#include "peers/native/onednn_memory.h"
#include "peers/native/task.h"

namespace peers {

// Inputs, outputs and hidden states are rounded as the weights are; biases and cell states stay
// float32. Of the 8-bit format the weights are signed, with a scale for each row that the layers'
// directions share, and the others are unsigned, with one scale for numbers from -1 to 1: more than
// that is not to be had in oneDNN.
class OneDnnFormat {
 public:
  explicit OneDnnFormat(const Task& task);

  memory::desc values(const memory::dims& dims, Tag tag) const {
    return memory::desc(dims, values_, tag);
  }
  memory::desc weights(const memory::dims& dims) const {
    return memory::desc(dims, weights_, Tag::any);
  }

  // For a layer's primitive and for the reorders of its weights. `gates` is oneDNN's order of
  // gates.
  dnnl::primitive_attr attributes(const Task& task, int64_t layer,
                                  const std::vector<int64_t>& gates) const;

  // Between floats and what memory holds.
  void encode(const float* from, const memory& to) const;
  void decode(const memory& from, float* to) const;
  void zero(const memory& target) const;

 private:
  bool quantizes() const { return weights_ == memory::data_type::s8; }

  memory::data_type values_ = memory::data_type::f32;
  memory::data_type weights_ = memory::data_type::f32;
};

}  // namespace peers
