#include "exec/run_arguments.h"

#include <algorithm>

#include "base/checked.h"
#include "base/error.h"
#include "model/specification.h"

namespace recurrent {
namespace {

// The sizes of a run, which can be counted.
struct RunSizes {
  int64_t steps;  // of all rows together
  int64_t inputs;
  int64_t outputs;
};

RunSizes sizes_of(const Model& model, int64_t batch, int64_t time) {
  const int64_t steps = checked_mul(time, batch, "time");
  const RunSizes sizes{
      steps, checked_mul(steps, model.input_size(), "time"),
      checked_mul(model.puts_out_one_step() ? batch : steps, model.output_size(), "time")};
  checked_mul(std::max(sizes.inputs, sizes.outputs), static_cast<int64_t>(sizeof(float)), "time");
  return sizes;
}

// Features or indices, whatever the model takes.
void check_input(const Model& model, const recurrent_run_args& args, const RunSizes& sizes) {
  if (model.vocabulary_size() == 0) {
    if (args.indices || args.indices_count != 0)
      invalid("indices", "expected null, because the model takes features");
    expect_array("x", args.x, args.x_count, sizes.inputs);
    return;
  }
  if (args.x || args.x_count != 0) refuse_features();
  expect_array("indices", args.indices, args.indices_count, sizes.steps);
  expect_indices(model, args.indices, sizes.steps);
}

void check_present(const Model& model, const recurrent_run_args& args, const RunSizes& sizes) {
  expect_masking(model, args.present);
  if (!args.present) return expect_no_count("present_count", args.present_count, "present");
  expect_array("present", args.present, args.present_count, sizes.steps);
}

void check_lengths(const recurrent_run_args& args, int64_t batch) {
  if (!args.lengths) return expect_no_count("lengths_count", args.lengths_count, "lengths");
  expect_exactly("lengths", args.lengths, args.lengths_count, batch);
  expect_lengths(args.lengths, batch, args.time);
}

void check_output(const recurrent_run_args& args, int64_t batch, const RunSizes& sizes) {
  if (!args.y) return expect_no_count("y_count", args.y_count, "y");
  expect_array("y", args.y, args.y_count, sizes.outputs);
  expect_apart("y", args.y, sizes.outputs, "x", args.x, sizes.inputs);
  expect_apart("y", args.y, sizes.outputs, "indices", args.indices, sizes.steps);
  expect_apart("y", args.y, sizes.outputs, "lengths", args.lengths, batch);
  expect_apart("y", args.y, sizes.outputs, "present", args.present, sizes.steps);
}

}  // namespace

const recurrent_session_desc& checked(const recurrent_session_desc& desc) {
  expect_struct_size(desc);
  expect_range("threads", desc.threads, 1, RECURRENT_MAX_THREADS);
  expect_range("batch", desc.batch, 0, kMostSteps, "rows");
  expect_value("empty_row", desc.empty_row, RECURRENT_EMPTY_ROW_KEEPS_STATE,
               RECURRENT_EMPTY_ROW_ZEROES_STATE);
  expect_range("pin_threads", desc.pin_threads, 0, 1);
  return desc;
}

void check_run(const Model& model, int64_t batch, const recurrent_run_args& args) {
  expect_struct_size(args);
  expect_layout(args.layout);
  expect_time(args.time, 0);
  const RunSizes sizes = sizes_of(model, batch, args.time);
  check_input(model, args, sizes);
  check_present(model, args, sizes);
  check_lengths(args, batch);
  check_output(args, batch, sizes);
}

void check_step(const Model& model, int64_t batch, const int32_t* indices, const float* y) {
  expect_indices(model, indices, batch);
  expect_apart("y", y, batch * model.output_size(), "indices", indices, batch);
}

void refuse_features() {
  invalid("x", "expected null and indices instead, because the first layer is an embedding");
}

void expect_features(const Model& model, const float* x, int64_t count) {
  if (model.vocabulary_size() > 0) refuse_features();
  expect_array("x", x, count, count);
}

void expect_indices(const Model& model, const int32_t* indices, int64_t count) {
  const int64_t vocabulary = model.vocabulary_size();
  if (vocabulary == 0) invalid("indices", "expected null, because the model takes features");
  expect_array("indices", indices, count, count);
  for (int64_t i = 0; i < count; ++i)
    if (indices[i] < 0 || indices[i] >= vocabulary)
      invalid("indices", "expected 0 to %lld, found %d at element %lld",
              static_cast<long long>(vocabulary - 1), indices[i], static_cast<long long>(i));
}

void expect_lengths(const int32_t* lengths, int64_t rows, int64_t time) {
  if (!lengths) return;
  for (int64_t row = 0; row < rows; ++row)
    if (lengths[row] < 0 || lengths[row] > time)
      invalid("lengths", "expected 0 to %lld valid steps in every row, found %d in row %lld",
              static_cast<long long>(time), lengths[row], static_cast<long long>(row));
}

void expect_masking(const Model& model, const uint8_t* present) {
  if (present && !model.masks())
    invalid("present", "expected null, because the model has no masking");
}

void expect_layout(int32_t layout) {
  expect_value("layout", layout, RECURRENT_LAYOUT_TIME_MAJOR, RECURRENT_LAYOUT_BATCH_MAJOR);
}

void expect_time(int64_t time, int64_t least) {
  expect_range("time", time, least, kMostSteps, "steps");
}

void check_rows(RowRange rows, int64_t batch) {
  expect_range("first_row", rows.first, 0, batch);
  expect_range("row_count", rows.count, 0, batch - rows.first, "rows behind first_row");
}

const StateSlot& checked_state(const Model& model, StateId id) {
  const auto& layers = model.layers();
  expect_range("layer", id.layer, 0, static_cast<int64_t>(layers.size()) - 1);
  const PackedLayer& layer = layers[static_cast<size_t>(id.layer)];
  if (!layer.recurrent())
    invalid("layer", "expected a recurrent layer, but layer %d is of kind %s and has no state",
            id.layer, cell_traits(layer.kind).name);
  if (id.kind != RECURRENT_STATE_HIDDEN && (id.kind != RECURRENT_STATE_CELL || !layer.has_cell()))
    invalid("kind",
            layer.has_cell()
                ? "expected a hidden (0) or cell (1) state, found %d"
                : "expected the hidden state (0), the only one of this layer, found %d",
            id.kind);
  const StateSlot* slot = model.states().find(id);
  if (!slot)
    invalid("direction", "expected one that layer %d has, found %d", id.layer, id.direction);
  return *slot;
}

}  // namespace recurrent
