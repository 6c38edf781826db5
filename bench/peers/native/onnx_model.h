#pragma once

#include <string>

#include "peers/native/task.h"

namespace peers {

// The text (protobuf) of an ONNX model of a task: an LSTM or GRU operator for each layer, or
// DynamicQuantizeLSTM where the task's weights are to have 8 bits. Inputs:
// `x`
// `[time, batch, input]`, and `h0`, for an LSTM `c0`, `[directions, batch, hidden]`, if the task
// streams. Outputs: `y` `[time, batch, directions * hidden]`, and `hn` and `cn` if it streams.
std::string onnx_model(const Task& task);

}  // namespace peers
