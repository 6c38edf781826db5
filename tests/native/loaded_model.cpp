#include "loaded_model.h"

#include <gtest/gtest.h>

#include "random_model.h"

namespace recurrent::test {

recurrent_load_options options_of(int32_t isa) {
  recurrent_load_options options{};
  options.struct_size = sizeof(options);
  options.overrides = RECURRENT_OVERRIDE_ISA;
  options.isa = isa;
  return options;
}

recurrent_status load_bytes(const Bytes& file, ModelHandle& model,
                            const recurrent_load_options* options) {
  recurrent_model* loaded = nullptr;
  const recurrent_status status =
      recurrent_model_load_memory(file.data(), static_cast<int64_t>(file.size()), options, &loaded);
  model.reset(loaded);
  return status;
}

recurrent_model_info info_of(const recurrent_model* model) {
  recurrent_model_info info{};
  info.struct_size = sizeof(info);
  EXPECT_OK(recurrent_model_get_info(model, &info));
  return info;
}

recurrent_file_info file_info_of(const ModelHandle& model) {
  recurrent_file_info info{};
  info.struct_size = sizeof(info);
  EXPECT_OK(recurrent_model_get_file_info(model.get(), &info));
  return info;
}

static recurrent_value_info value_of(const recurrent_model* model, int32_t index, bool output) {
  recurrent_value_info info{};
  info.struct_size = sizeof(info);
  EXPECT_OK(output ? recurrent_model_get_output(model, index, &info)
                   : recurrent_model_get_input(model, index, &info));
  return info;
}

std::vector<std::vector<float>> outputs_of(const ModelHandle& model, int64_t time,
                                           std::string* refusal) {
  constexpr int64_t kRows = 2;
  Random random(7);
  const recurrent_model_info info = info_of(model.get());
  const SessionHandle session = open_session(model, kRows);
  std::vector<std::vector<float>> x, y;
  std::vector<std::vector<int32_t>> indices;
  std::vector<recurrent_input_buffer> inputs;
  std::vector<recurrent_output_buffer> outputs;
  for (int32_t i = 0; i < info.input_count; ++i) {
    const recurrent_value_info value = value_of(model.get(), i, false);
    recurrent_input_buffer buffer{};
    buffer.struct_size = sizeof(buffer);
    buffer.name = value.name;
    buffer.count = kRows * (value.kind == RECURRENT_VALUE_ROW ? 1 : time) *
                   (value.kind == RECURRENT_VALUE_INDICES ? 1 : value.size);
    if (value.kind == RECURRENT_VALUE_INDICES) {
      indices.emplace_back();
      for (int64_t n = 0; n < buffer.count; ++n)
        indices.back().push_back(static_cast<int32_t>(uniform(random, 0, value.size - 1)));
      buffer.data = indices.back().data();
    } else {
      x.push_back(random_values(random, buffer.count, 1));
      buffer.data = x.back().data();
    }
    inputs.push_back(buffer);
  }
  for (int32_t i = 0; i < info.output_count; ++i) {
    const recurrent_value_info value = value_of(model.get(), i, true);
    int64_t steps = 0;
    EXPECT_OK(recurrent_model_output_steps(model.get(), i, time, &steps));
    y.emplace_back(static_cast<size_t>(kRows * steps * value.size));
    recurrent_output_buffer buffer{};
    buffer.struct_size = sizeof(buffer);
    buffer.name = value.name;
    buffer.count = static_cast<int64_t>(y.back().size());
    buffer.data = y.back().data();
    outputs.push_back(buffer);
  }
  recurrent_run_args args{};
  args.struct_size = sizeof(args);
  args.time = time;
  args.inputs = inputs.data();
  args.input_count = info.input_count;
  args.outputs = outputs.data();
  args.output_count = info.output_count;
  const recurrent_status status = recurrent_session_run(session.get(), &args);
  const std::string said = status ? recurrent_last_error() : "";
  if (refusal) *refusal = said;
  EXPECT_TRUE(refusal || said.empty()) << said;
  return y;
}

}  // namespace recurrent::test
