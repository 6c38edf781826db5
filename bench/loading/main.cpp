// Time to load a model file: an LSTM of as many inputs as units in each format of weights, packed
// when it is loaded, or taken from the file, copied or mapped.
//
//   recurrent_loading [UNITS…]
#include <recurrent/recurrent.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "container_writer.h"

namespace {

using recurrent::test::Bytes;

constexpr int kLoads = 41;

void expect_ok(recurrent_status status) {
  if (status != RECURRENT_STATUS_OK) throw std::runtime_error(recurrent_last_error());
}

// Weights that every format holds exactly.
std::vector<float> weights(int64_t count) {
  std::vector<float> values(static_cast<size_t>(count));
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<float>(static_cast<int>(i * 37 % 255) - 127);
  return values;
}

Bytes write_lstm(int32_t units, int32_t format) {
  const std::vector<float> matrix = weights(int64_t{4} * units * units);
  recurrent_direction_desc direction{};
  direction.struct_size = sizeof(direction);
  direction.gate_activation = RECURRENT_ACTIVATION_SIGMOID;
  direction.input_weights = direction.recurrent_weights = matrix.data();
  recurrent_layer_desc layer{};
  layer.struct_size = sizeof(layer);
  layer.kind = RECURRENT_LAYER_LSTM;
  layer.input_size = layer.hidden_size = units;
  layer.input_weight_format = layer.recurrent_weight_format = format;
  layer.forward = &direction;
  recurrent_model_desc desc{};
  desc.struct_size = sizeof(desc);
  desc.layer_count = 1;
  desc.layers = &layer;
  desc.isa = RECURRENT_ISA_AUTO;
  recurrent::test::FileOptions options;
  options.format = format;
  return recurrent::test::write_file(desc, options);
}

Bytes packed(const Bytes& file) {
  recurrent_model* model = nullptr;
  const auto size = static_cast<int64_t>(file.size());
  expect_ok(recurrent_model_load_memory(file.data(), size, nullptr, &model));
  int64_t packed_size = 0;
  expect_ok(recurrent_model_add_packed(model, file.data(), size, nullptr, 0, &packed_size));
  Bytes with(static_cast<size_t>(packed_size));
  expect_ok(
      recurrent_model_add_packed(model, file.data(), size, with.data(), packed_size, &packed_size));
  recurrent_model_destroy(model);
  return with;
}

// Median of milliseconds.
double time_of(const std::string& path, int32_t how, int32_t use) {
  recurrent_load_options options{};
  options.struct_size = sizeof(options);
  options.packed = how;
  std::vector<double> times;
  for (int i = 0; i < kLoads; ++i) {
    recurrent_model* model = nullptr;
    const auto begin = std::chrono::steady_clock::now();
    expect_ok(recurrent_model_load(path.c_str(), &options, &model));
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
    times.push_back(took.count());
    recurrent_file_info info{};
    info.struct_size = sizeof(info);
    expect_ok(recurrent_model_get_file_info(model, &info));
    if (info.packed != use) throw std::runtime_error("packed weights were not used as asked for");
    recurrent_model_destroy(model);
  }
  std::nth_element(times.begin(), times.begin() + kLoads / 2, times.end());
  return times[kLoads / 2];
}

void measure(int32_t units) {
  const std::filesystem::path path =
      std::filesystem::temp_directory_path() / "recurrent_loading.recurrent";
  for (const auto& [format, name] : {std::pair{RECURRENT_WEIGHT_FORMAT_FLOAT32, "float32"},
                                     std::pair{RECURRENT_WEIGHT_FORMAT_BFLOAT16, "bfloat16"},
                                     std::pair{RECURRENT_WEIGHT_FORMAT_INT8, "int8"}}) {
    const Bytes file = packed(write_lstm(units, format));
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(file.data()),
               static_cast<std::streamsize>(file.size()));
    std::printf("LSTM %d %-8s packed here %8.2f ms, copied %6.2f, mapped %6.2f\n", units, name,
                time_of(path.string(), RECURRENT_PACKED_IGNORE, RECURRENT_PACKED_USE_IGNORED),
                time_of(path.string(), RECURRENT_PACKED_COPY, RECURRENT_PACKED_USE_COPIED),
                time_of(path.string(), RECURRENT_PACKED_MAP, RECURRENT_PACKED_USE_MAPPED));
  }
  std::filesystem::remove(path);
}

}  // namespace

int main(int count, char** arguments) {
  try {
    if (count < 2) {
      measure(256);
      measure(1024);
    }
    for (int i = 1; i < count; ++i) {
      const int units = std::atoi(arguments[i]);
      if (units < 1 || units > 8192)
        throw std::runtime_error(std::string("UNITS: expected 1 to 8192, found ") + arguments[i]);
      measure(units);
    }
  } catch (const std::exception& e) {
    std::fprintf(stderr, "recurrent_loading: %s\n", e.what());
    return 1;
  }
  return 0;
}
