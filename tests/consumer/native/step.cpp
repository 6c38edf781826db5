// The same as step.c over the C++ layer, and what goes wrong with and without exceptions.
#include <recurrent/recurrent.hpp>

#include <array>
#include <cstdio>

int main() {
  const float w = 2, r = 1;
  auto weights = recurrent::make<recurrent_direction_desc>();
  weights.candidate_activation = RECURRENT_ACTIVATION_RELU;
  weights.input_weights = &w;
  weights.recurrent_weights = &r;
  auto layer = recurrent::make<recurrent_layer_desc>();
  layer.kind = RECURRENT_LAYER_SIMPLE_RNN;
  layer.input_size = 1;
  layer.hidden_size = 1;
  layer.forward = &weights;
  auto desc = recurrent::make<recurrent_model_desc>();
  desc.layer_count = 1;
  desc.layers = &layer;
  desc.isa = RECURRENT_ISA_AUTO;

  const recurrent::Model model(desc);
  recurrent::Session stream(model);
  const std::array<float, 1> x{1};
  std::array<float, 1> y{};
  bool passed = model.info().input_size == 1 && model.input(0).name != nullptr;
  for (int step = 1; step <= 3; ++step) {
    stream.step(x, y);
    passed &= y[0] == 2 * static_cast<float>(step);
  }
  const std::vector<float> kept = stream.save(0, 1);
  stream.step(x, y);
  stream.load(0, 1, kept);
  std::array<float, 2> two{};
  stream.run(std::array<float, 2>{1, 1}, two, 2);
  passed &= two[0] == 8 && two[1] == 10;
  stream.reset();
  passed &= stream.try_step(x, y) == RECURRENT_STATUS_OK && y[0] == 2;
  passed &= stream.try_step({}, y) == RECURRENT_STATUS_INVALID_ARGUMENT;

  const std::array<std::byte, 4> no_model{};
  recurrent::Model loaded = recurrent::Model::none();
  passed &=
      recurrent::Model::try_load("there is no such file", loaded) == RECURRENT_STATUS_FILE_ACCESS &&
      recurrent::Model::try_load_memory(no_model, loaded) == RECURRENT_STATUS_BAD_FILE &&
      loaded.get() == nullptr && model.file_info().sample_rate == 0;

  desc.layer_count = 0;
  recurrent::Model none = recurrent::Model::none();
  passed &= recurrent::Model::try_create(desc, none) == RECURRENT_STATUS_INVALID_ARGUMENT &&
            none.get() == nullptr;
#if !defined(RECURRENT_NO_EXCEPTIONS)
  try {
    stream.step({}, y);
    passed = false;
  } catch (const recurrent::Error& error) {
    passed &= std::string(error.what()) == "x: expected at least 1 values, found 0";
  }
  try {
    (void)recurrent::Model::load_memory(no_model);
    passed = false;
  } catch (const recurrent::Error& error) {
    passed &= error.status() == RECURRENT_STATUS_BAD_FILE;
  }
  try {
    const recurrent::Model refused(desc);
    passed = false;
  } catch (const recurrent::Error& error) {
    passed &= error.status() == RECURRENT_STATUS_INVALID_ARGUMENT;
  }
#endif
  std::printf("%s\n", passed ? "passed" : "failed");
  return passed ? 0 : 1;
}
