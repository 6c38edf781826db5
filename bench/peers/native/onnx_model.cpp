#include "peers/native/onnx_model.h"

#include <algorithm>
#include <cmath>

namespace peers {
namespace {

// A protobuf message under construction: fields are a key (number and wire type) and a value.
class Message {
 public:
  Message& integer(int field, uint64_t value) {
    key(field, 0);
    varint(value);
    return *this;
  }

  Message& bytes(int field, const std::string& value) {
    key(field, 2);
    varint(value.size());
    text_ += value;
    return *this;
  }

  Message& message(int field, const Message& value) { return bytes(field, value.text_); }

  const std::string& text() const { return text_; }

 private:
  void key(int field, uint64_t wire) { varint(static_cast<uint64_t>(field) << 3 | wire); }

  void varint(uint64_t value) {
    for (; value >= 0x80; value >>= 7) text_ += static_cast<char>((value & 0x7F) | 0x80);
    text_ += static_cast<char>(value);
  }

  std::string text_;
};

using Shape = std::vector<int64_t>;

// Operators that are not ONNX's own have version 1.
constexpr const char* kMicrosoft = "com.microsoft";

// Field numbers of onnx.proto: ModelProto, OperatorSetIdProto, GraphProto, NodeProto,
// AttributeProto, TensorProto and ValueInfoProto. IR version 8 goes with operator set 14.
constexpr uint64_t kIrVersion = 8;
constexpr uint64_t kOperatorSet = 14;
constexpr uint64_t kFloat = 1;
constexpr uint64_t kInt8 = 3;
constexpr uint64_t kInt64 = 7;
constexpr uint64_t kAttributeInt = 2;
constexpr uint64_t kAttributeString = 3;
constexpr uint64_t kAttributeInts = 7;

Message tensor(const std::string& name, uint64_t type, const Shape& shape, const void* data,
               size_t bytes) {
  Message result;
  for (const int64_t extent : shape) result.integer(1, static_cast<uint64_t>(extent));
  return result.integer(2, type).bytes(8, name).bytes(
      9, std::string(static_cast<const char*>(data), bytes));
}

Message floats(const std::string& name, const Shape& shape, const std::vector<float>& values) {
  return tensor(name, kFloat, shape, values.data(), values.size() * sizeof(float));
}

Message value(const std::string& name, const Shape& shape) {
  Message extents;
  for (const int64_t extent : shape)
    extents.message(1, Message().integer(1, static_cast<uint64_t>(extent)));
  const Message type = Message().message(1, Message().integer(1, kFloat).message(2, extents));
  return Message().bytes(1, name).message(2, type);
}

Message integer_attribute(const std::string& name, int64_t number) {
  return Message()
      .bytes(1, name)
      .integer(3, static_cast<uint64_t>(number))
      .integer(20, kAttributeInt);
}

Message text_attribute(const std::string& name, const std::string& text) {
  return Message().bytes(1, name).bytes(4, text).integer(20, kAttributeString);
}

Message integers_attribute(const std::string& name, const Shape& numbers) {
  Message result = Message().bytes(1, name);
  for (const int64_t number : numbers) result.integer(8, static_cast<uint64_t>(number));
  return result.integer(20, kAttributeInts);
}

Message node(const std::string& type, const std::vector<std::string>& inputs,
             const std::vector<std::string>& outputs, const std::vector<Message>& attributes) {
  Message result;
  for (const std::string& input : inputs) result.bytes(1, input);
  for (const std::string& output : outputs) result.bytes(2, output);
  result.bytes(4, type);
  for (const Message& attribute : attributes) result.message(5, attribute);
  return result;
}

std::string numbered(std::string stem, int64_t number) { return stem += std::to_string(number); }

// Weights `[directions, terms, rows]` of 8 bits with a scale a row: the order of
// DynamicQuantizeLSTM.
struct QuantizedWeights {
  std::vector<int8_t> values;
  std::vector<float> scales;
};

QuantizedWeights quantize(const std::vector<float>& weights, int64_t directions, int64_t rows,
                          int64_t terms) {
  QuantizedWeights result;
  result.values.resize(weights.size());
  const float* row = weights.data();
  for (int64_t direction = 0; direction < directions; ++direction) {
    for (int64_t unit = 0; unit < rows; ++unit, row += terms) {
      float largest = 0.0F;
      for (int64_t term = 0; term < terms; ++term)
        largest = std::max(largest, std::fabs(row[term]));
      const float scale = largest / 127.0F;
      result.scales.push_back(scale);
      for (int64_t term = 0; term < terms; ++term)
        result.values[static_cast<size_t>((direction * terms + term) * rows + unit)] =
            static_cast<int8_t>(std::nearbyint(row[term] / scale));
    }
  }
  return result;
}

class Model {
 public:
  explicit Model(const Task& task)
      : task_(task), lstm_(task.cell == "lstm"), quantizes_(task.format == "int8") {
    if (task.format != "float32" && !(quantizes_ && lstm_))
      throw Unsupported("no " + task.cell + " with weights of " + task.format);
  }

  std::string text() {
    graph_.bytes(2, "bench");
    const Shape states{task_.directions, task_.batch, task_.hidden};
    graph_.message(11, value("x", {task_.time, task_.batch, task_.input}));
    graph_.message(12, value("y", {task_.time, task_.batch, task_.output()}));
    if (task_.streaming()) {
      graph_.message(11, value("h0", states)).message(12, value("hn", states));
      if (lstm_) graph_.message(11, value("c0", states)).message(12, value("cn", states));
    }
    const int64_t shape[] = {task_.time, task_.batch, task_.output()};
    graph_.message(5, tensor("shape", kInt64, {3}, shape, sizeof(shape)));
    for (int64_t layer = 0; layer < task_.layers; ++layer) add_layer(layer);
    return Message()
        .integer(1, kIrVersion)
        .message(7, graph_)
        .message(8, Message().bytes(1, "").integer(2, kOperatorSet))
        .message(8, Message().bytes(1, kMicrosoft).integer(2, 1))
        .text();
  }

 private:
  // ONNX orders the gates of an LSTM i o f c and those of a GRU z r h.
  std::vector<int64_t> gates() const {
    return lstm_ ? std::vector<int64_t>{0, 3, 1, 2} : std::vector<int64_t>{1, 0, 2};
  }

  void append(std::vector<float>& values, const float* source, int64_t terms) const {
    const int64_t block = task_.hidden * terms;
    for (const int64_t gate : gates())
      values.insert(values.end(), source + gate * block, source + (gate + 1) * block);
  }

  void add_weights(int64_t layer) {
    std::vector<float> w, r, b;
    for (int64_t direction = 0; direction < task_.directions; ++direction) {
      const DirectionWeights& weights = task_.weights(layer, direction);
      append(w, weights.input_weights, weights.input);
      append(r, weights.state_weights, task_.hidden);
      append(b, weights.input_bias, 1);
      append(b, weights.state_bias, 1);
    }
    const int64_t rows = task_.gates() * task_.hidden;
    const int64_t features = task_.weights(layer, 0).input;
    add_matrices(numbered("w", layer), w, rows, features);
    add_matrices(numbered("r", layer), r, rows, task_.hidden);
    graph_.message(5, floats(numbered("b", layer), {task_.directions, 2 * rows}, b));
  }

  void add_matrices(const std::string& name, const std::vector<float>& weights, int64_t rows,
                    int64_t terms) {
    const int64_t directions = task_.directions;
    if (!quantizes_) {
      graph_.message(5, floats(name, {directions, rows, terms}, weights));
      return;
    }
    const QuantizedWeights quantized = quantize(weights, directions, rows, terms);
    const std::vector<int8_t> zeros(quantized.scales.size());
    graph_.message(5, tensor(name, kInt8, {directions, terms, rows}, quantized.values.data(),
                             quantized.values.size()));
    graph_.message(5, floats(name + "_scale", {directions, rows}, quantized.scales));
    graph_.message(5,
                   tensor(name + "_zero", kInt8, {directions, rows}, zeros.data(), zeros.size()));
  }

  // Inputs that an operator does not get have an empty name.
  void add_scales(int64_t layer, std::vector<std::string>& inputs) const {
    constexpr size_t kFirst = 8;
    inputs.resize(kFirst);
    for (const char* part : {"w", "r"}) {
      inputs.push_back(numbered(part, layer) + "_scale");
      inputs.push_back(numbered(part, layer) + "_zero");
    }
  }

  // The operator puts out `[time, directions, batch, hidden]`; two directions are brought side by
  // side.
  void add_layer(int64_t layer) {
    add_weights(layer);
    std::vector<Message> attributes{
        integer_attribute("hidden_size", task_.hidden),
        text_attribute("direction", task_.directions == 2 ? "bidirectional" : "forward")};
    if (!lstm_)
      attributes.push_back(integer_attribute("linear_before_reset", task_.cell == "gru" ? 1 : 0));
    std::vector<std::string> inputs{layer == 0 ? "x" : numbered("y", layer - 1),
                                    numbered("w", layer), numbered("r", layer),
                                    numbered("b", layer)};
    std::vector<std::string> outputs{numbered("raw", layer)};
    if (task_.streaming()) {
      inputs.insert(inputs.end(), {"", "h0"});
      outputs.push_back("hn");
      if (lstm_) {
        inputs.push_back("c0");
        outputs.push_back("cn");
      }
    }
    if (quantizes_) add_scales(layer, inputs);
    Message cell = node(quantizes_ ? "DynamicQuantizeLSTM"
                        : lstm_    ? "LSTM"
                                   : "GRU",
                        inputs, outputs, attributes);
    if (quantizes_) cell.bytes(7, kMicrosoft);
    graph_.message(1, cell);
    std::string raw = outputs[0];
    if (task_.directions == 2) {
      graph_.message(1, node("Transpose", {raw}, {numbered("side", layer)},
                             {integers_attribute("perm", {0, 2, 1, 3})}));
      raw = numbered("side", layer);
    }
    const std::string y = layer + 1 == task_.layers ? "y" : numbered("y", layer);
    graph_.message(1, node("Reshape", {raw, "shape"}, {y}, {}));
  }

  const Task& task_;
  bool lstm_;
  bool quantizes_;
  Message graph_;
};

}  // namespace

std::string onnx_model(const Task& task) { return Model(task).text(); }

}  // namespace peers
