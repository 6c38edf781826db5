#include "train/trainer_arguments.h"

#include <cmath>

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

}  // namespace

void check_trainer(const recurrent_trainer_desc& desc, int32_t layers) {
  expect_struct_size(desc);
  expect_range("threads", desc.threads, 1, RECURRENT_MAX_THREADS);
  check_rates("dropout", desc.dropout, layers);
  check_rates("input_dropout", desc.input_dropout, layers);
  check_rates("recurrent_dropout", desc.recurrent_dropout, layers);
}

void check_forward(const Model& model, const recurrent_forward_args& args) {
  expect_struct_size(args);
  expect_layout(args.layout);
  expect_time(args.time, 1);
  expect_range("batch", args.batch, 1, kMostSteps, "rows");
  expect_value("empty_row", args.empty_row, RECURRENT_EMPTY_ROW_KEEPS_STATE,
               RECURRENT_EMPTY_ROW_ZEROES_STATE);
  const int64_t steps = checked_mul(args.time, args.batch, "time");
  if (!args.y) invalid("y", "expected memory for the output, found null");
  if (model.vocabulary_size() > 0) {
    if (args.x) expect_features(model, args.x, 0);
    expect_indices(model, args.indices, steps);
  } else {
    if (args.indices) expect_indices(model, args.indices, 0);
    expect_features(model, args.x, checked_mul(steps, model.input_size(), "time"));
  }
  expect_lengths(args.lengths, args.batch, args.time);
  expect_masking(model, args.present);
}

void check_backward(const Model& model, const recurrent_backward_args& args) {
  expect_struct_size(args);
  expect_range("reserved", args.reserved, 0, 0);
  if (args.dx && model.vocabulary_size() > 0)
    invalid("dx", "expected null, because the model takes indices, which have no gradient");
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
