#include "train/trainer_arguments.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "base/checked.h"
#include "base/error.h"
#include "exec/run_arguments.h"

namespace recurrent {
namespace {

void check_rates(const char* name, const float* rates, int32_t count) {
  for (int32_t i = 0; rates && i < count; ++i)
    if (!(rates[i] >= 0 && rates[i] < 1))
      invalid(name, "expected rates from 0 up to but not including 1, found %g for layer %d",
              static_cast<double>(rates[i]), i);
}

// The short form: counts follow from the shape.
void take_short_form(const Model& model, const recurrent_forward_args& args, Buffers& buffers) {
  if (!model.has_one_of_each()) refuse_short_form(model);
  const int64_t steps = checked_mul(args.time, args.batch, "time");
  if (!args.y) invalid("y", "expected memory for the output, found null");
  if (model.vocabulary_size() > 0) {
    if (args.x) expect_features(model, args.x, 0);
    expect_indices(model, args.indices, steps);
    buffers.inputs[0] = args.indices;
  } else {
    if (args.indices) expect_indices(model, args.indices, 0);
    expect_features(model, args.x, checked_mul(steps, model.input_size(), "time"));
    buffers.inputs[0] = args.x;
  }
  buffers.outputs[0] = args.y;
}

// The port of a buffer of backward().
size_t port_of(const char* field, const std::vector<Port>& ports, const char* name,
               int32_t sorted_row) {
  if (!name) return static_cast<size_t>(sorted_row);
  for (size_t i = 0; i < ports.size(); ++i)
    if (ports[i].name == name) return i;
  invalid(field, "expected one of the model's names, found %s", name);
}

// Calls `take(port, buffer)` for each of an array of buffers.
template <class Buffer, class Take>
void for_buffers(const char* field, const std::vector<Port>& ports, const Buffer* given,
                 int32_t count, Take take) {
  const std::string name = field;
  expect_range((name + "_count").c_str(), count, 0, given ? static_cast<int64_t>(ports.size()) : 0,
               field);
  std::vector<uint8_t> seen(ports.size());
  for (int32_t i = 0; i < count; ++i) {
    expect_struct_size(name + ".", given[i].struct_size, sizeof(given[i]));
    const size_t index = port_of(field, ports, given[i].name, i);
    if (seen[index]++)
      invalid(field, "expected each of them once, found %s twice", ports[index].name.c_str());
    take(index, given[i]);
  }
}

}  // namespace

void check_trainer(const recurrent_trainer_desc& desc, int32_t layers) {
  expect_struct_size(desc);
  expect_range("threads", desc.threads, 1, RECURRENT_MAX_THREADS);
  check_rates("dropout", desc.dropout, layers);
  check_rates("input_dropout", desc.input_dropout, layers);
  check_rates("recurrent_dropout", desc.recurrent_dropout, layers);
}

Run checked_forward(const Model& model, const recurrent_forward_args& args, Buffers& buffers) {
  expect_struct_size(args);
  expect_layout(args.layout);
  expect_time(args.time, 1);
  expect_enough_time(model, args.time);
  expect_range("batch", args.batch, 1, kMostSteps, "rows");
  expect_value("empty_row", args.empty_row, RECURRENT_EMPTY_ROW_KEEPS_STATE,
               RECURRENT_EMPTY_ROW_ZEROES_STATE);
  checked_mul(args.time, args.batch, "time");
  if (args.inputs || args.outputs) {
    // As a session has them, which is asked for both.
    recurrent_run_args run{};
    run.struct_size = sizeof(run);
    run.layout = args.layout;
    run.time = args.time;
    run.inputs = args.inputs;
    run.outputs = args.outputs;
    run.input_count = args.input_count;
    run.output_count = args.output_count;
    if (!args.inputs) invalid("inputs", "expected inputs beside outputs, found null");
    if (!args.outputs) invalid("outputs", "expected outputs beside inputs, found null");
    if (args.x || args.indices)
      invalid(args.x ? "x" : "indices", "expected null, because inputs are given");
    if (args.y) invalid("y", "expected null, because outputs are given");
    checked_run(model, args.batch, run, buffers);
  } else {
    expect_range("input_count", args.input_count, 0, 0);
    expect_range("output_count", args.output_count, 0, 0);
    take_short_form(model, args, buffers);
  }
  expect_lengths(args.lengths, args.batch, args.time);
  expect_flat_steps(model, args.time, args.lengths, args.batch);
  expect_masking(model, args.present);
  return {args.time,    args.layout,           args.lengths,
          args.present, buffers.inputs.data(), buffers.outputs.data()};
}

void check_backward(const Model& model, const recurrent_backward_args& args) {
  expect_struct_size(args);
  expect_range("reserved", args.reserved, 0, 0);
  if ((args.dy || args.dx) && !model.has_one_of_each()) refuse_short_form(model);
  if (args.dx && model.vocabulary_size() > 0)
    invalid("dx", "expected null, because the model takes indices, which have no gradient");
  if (args.dy && args.output_gradients)
    invalid("dy", "expected null, because output_gradients are given");
  if (args.dx && args.input_gradients)
    invalid("dx", "expected null, because input_gradients are given");
}

void take_backward(const Model& model, const recurrent_backward_args& args, int64_t batch,
                   int64_t time, std::vector<const float*>& dy, std::vector<float*>& dx) {
  std::fill(dy.begin(), dy.end(), nullptr);
  std::fill(dx.begin(), dx.end(), nullptr);
  dy[0] = args.dy;
  dx[0] = args.dx;
  const auto check = [](const char* field, const Port& port, const void* data, int64_t count,
                        int64_t expected) {
    if (data) expect_array((field + ("[" + port.name + "]")).c_str(), data, count, expected);
  };
  for_buffers("output_gradients", model.graph().outputs(), args.output_gradients,
              args.output_gradient_count, [&](size_t index, const recurrent_input_buffer& given) {
                check("output_gradients", model.graph().outputs()[index], given.data, given.count,
                      elements_of(model, model.outputs()[index], batch, time));
                dy[index] = static_cast<const float*>(given.data);
              });
  for_buffers(
      "input_gradients", model.inputs(), args.input_gradients, args.input_gradient_count,
      [&](size_t index, const recurrent_output_buffer& given) {
        const Value& input = model.input(index);
        const Port& port = model.inputs()[index];
        if (given.data && input.kind == RECURRENT_VALUE_INDICES)
          invalid("input_gradients", "expected null for %s, which is indices and has no gradient",
                  port.name.c_str());
        check("input_gradients", port, given.data, given.count, elements_of(input, batch, time));
        dx[index] = given.data;
      });
}

void check_update(const recurrent_update_args& args) {
  expect_struct_size(args);
  expect_value("optimizer", args.optimizer, RECURRENT_OPTIMIZER_SGD, RECURRENT_OPTIMIZER_ADAMW);
  expect_value("renews", args.renews, 0, 1);
  expect_range("step", args.step, 1, INT64_MAX);
  for (const double value : {args.rate, args.momentum, args.decay_1, args.decay_2, args.epsilon,
                             args.weight_decay, args.gradient_scale, args.gradient_bound})
    if (!std::isfinite(value)) invalid("args", "expected finite numbers, found %g", value);
}

void check_count(const char* name, const void* data, int64_t count, int64_t expected) {
  expect_array(name, data, expected, expected);
  if (count != expected)
    invalid("count", "expected exactly %lld elements, found %lld", static_cast<long long>(expected),
            static_cast<long long>(count));
}

}  // namespace recurrent
