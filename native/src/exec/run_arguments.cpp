#include "exec/run_arguments.h"

#include <algorithm>
#include <string>

#include "base/checked.h"
#include "base/error.h"
#include "model/specification.h"

namespace recurrent {
namespace {

// Throws, naming `time`, if something has more bytes than can be counted.
void check_sizes(const Model& model, int64_t batch, int64_t time) {
  constexpr auto kBytes = static_cast<int64_t>(sizeof(float));
  for (size_t i = 0; i < model.inputs().size(); ++i)
    checked_mul(elements_of(model.input(i), batch, time), kBytes, "time");
  for (const ModelOutput& output : model.outputs())
    checked_mul(elements_of(model, output, batch, time), kBytes, "time");
}

std::string path_of(const char* field, const std::string& name) {
  return std::string(field) + "[" + name + "]";
}

// The port that a buffer is for.
size_t port_of(const char* field, const std::vector<Port>& ports, const char* name, int32_t place) {
  if (!name) return static_cast<size_t>(place);
  for (size_t i = 0; i < ports.size(); ++i)
    if (ports[i].name == name) return i;
  std::string all;
  for (const Port& port : ports) all += (all.empty() ? "" : ", ") + port.name;
  invalid(field, "expected one of the names %s, found %s", all.c_str(), name);
}

// Elements of the inputs and outputs of a call by number, however it cuts time into rows.
struct RunElements {
  const Model& model;
  int64_t batch;
  int64_t time;

  int64_t input(size_t i) const { return elements_of(model.input(i), batch, time); }
  int64_t output(size_t i) const { return elements_of(model, model.outputs()[i], batch, time); }
};
struct StreamElements {
  const Model& model;
  StreamExtent extent;

  int64_t input(size_t i) const { return elements_of(model.input(i), extent); }
  int64_t output(size_t i) const { return elements_of(model.outputs()[i], extent); }
};

bool has_elements(const void* data, int64_t count, int64_t needed) {
  return count >= needed && (data || needed <= 0);
}

// Where an index lies that is none of the vocabulary; -1 if there is none.
int64_t first_outside(int64_t vocabulary, const int32_t* indices, int64_t count) {
  for (int64_t i = 0; i < count; ++i)
    if (indices[i] < 0 || indices[i] >= vocabulary) return i;
  return -1;
}

// A name is made where something is wrong, and not before: a call allocates nothing.
void check_input(const Model& model, size_t index, const recurrent_input_buffer& given,
                 int64_t needed) {
  const Value& input = model.input(index);
  const auto name = [&] { return path_of("inputs", model.inputs()[index].name); };
  if (!has_elements(given.data, given.count, needed))
    expect_array(name().c_str(), given.data, given.count, needed);
  const auto* const indices = static_cast<const int32_t*>(given.data);
  if (input.kind == RECURRENT_VALUE_INDICES && first_outside(input.size, indices, needed) >= 0)
    expect_indices(name().c_str(), input.size, indices, needed);
}

template <class Elements>
void take_inputs(const Model& model, const Elements& elements, const recurrent_input_buffer* given,
                 int32_t count, Buffers& buffers) {
  const std::vector<Port>& ports = model.inputs();
  if (!given || count != static_cast<int32_t>(ports.size()))
    invalid("inputs", "expected all %zu inputs of the model, found %d", ports.size(),
            given ? count : 0);
  std::fill(buffers.given.begin(), buffers.given.end(), uint8_t{0});
  for (int32_t i = 0; i < count; ++i) {
    expect_struct_size("inputs.", given[i].struct_size, sizeof(given[i]));
    const size_t index = port_of("inputs", ports, given[i].name, i);
    if (buffers.given[index]++)
      invalid("inputs", "expected every input once, found %s twice", ports[index].name.c_str());
    check_input(model, index, given[i], elements.input(index));
    buffers.inputs[index] = given[i].data;
  }
}

template <class Elements>
void take_outputs(const Model& model, const Elements& elements,
                  const recurrent_output_buffer* given, int32_t count, Buffers& buffers) {
  const auto most = static_cast<int32_t>(model.outputs().size());
  std::fill(buffers.outputs.begin(), buffers.outputs.end(), nullptr);
  if (!given) return expect_no_count("output_count", count, "outputs");
  expect_range("output_count", count, 0, most, "outputs");
  for (int32_t i = 0; i < count; ++i) {
    expect_struct_size("outputs.", given[i].struct_size, sizeof(given[i]));
    const std::vector<Port>& ports = model.graph().outputs();
    const size_t index = port_of("outputs", ports, given[i].name, i);
    const auto name = [&] { return path_of("outputs", ports[index].name); };
    if (!given[i].data) {
      if (given[i].count != 0)
        expect_no_count((name() + ".count").c_str(), given[i].count, name().c_str());
      continue;
    }
    if (buffers.outputs[index])
      invalid("outputs", "expected every output once, found %s twice", ports[index].name.c_str());
    if (!has_elements(given[i].data, given[i].count, elements.output(index)))
      expect_array(name().c_str(), given[i].data, given[i].count, elements.output(index));
    buffers.outputs[index] = given[i].data;
  }
}

// What an output must not overlap: beside inputs and other outputs so many lengths and steps.
template <class Elements>
void check_apart(const Model& model, const Elements& elements, const Run& run, int64_t lengths,
                 int64_t steps) {
  const std::vector<Port>& outputs = model.graph().outputs();
  const auto refuse = [&](size_t output, const std::string& other) {
    refuse_overlap(path_of("outputs", outputs[output].name).c_str(), other.c_str());
  };
  constexpr int64_t kBytes = sizeof(float);
  for (size_t i = 0; i < outputs.size(); ++i) {
    const float* y = run.outputs[i];
    if (!y) continue;
    const int64_t bytes = elements.output(i) * kBytes;
    const auto apart = [&](const void* other, int64_t other_bytes) {
      return !other || are_apart(y, bytes, other, other_bytes);
    };
    for (size_t k = 0; k < model.inputs().size(); ++k)
      if (!apart(run.inputs[k], elements.input(k) * kBytes))
        refuse(i, path_of("inputs", model.inputs()[k].name));
    for (size_t k = 0; k < i; ++k)
      if (!apart(run.outputs[k], elements.output(k) * kBytes))
        refuse(i, path_of("outputs", outputs[k].name));
    if (!apart(run.lengths, lengths * kBytes)) refuse(i, "lengths");
    if (!apart(run.present, steps)) refuse(i, "present");
  }
}

// The sizes of a run of the short form, which can be counted.
struct ShortSizes {
  int64_t steps;  // of all rows together
  int64_t inputs;
  int64_t outputs;
};

ShortSizes short_sizes(const Model& model, int64_t batch, int64_t time) {
  const int64_t steps = checked_mul(time, batch, "time");
  const ShortSizes sizes{steps, checked_mul(steps, model.input_size(), "time"),
                         elements_of(model, model.outputs()[0], batch, time)};
  checked_mul(std::max(sizes.inputs, sizes.outputs), static_cast<int64_t>(sizeof(float)), "time");
  return sizes;
}

template <class Args>
void take_short_input(const Model& model, const Args& args, const ShortSizes& sizes,
                      Buffers& buffers) {
  expect_no_count("input_count", args.input_count, "inputs");
  expect_no_count("output_count", args.output_count, "outputs");
  if (model.vocabulary_size() == 0) {
    if (args.indices || args.indices_count != 0)
      invalid("indices", "expected null, because the model takes features");
    expect_array("x", args.x, args.x_count, sizes.inputs);
    buffers.inputs[0] = args.x;
    return;
  }
  if (args.x || args.x_count != 0) refuse_features();
  expect_array("indices", args.indices, args.indices_count, sizes.steps);
  expect_indices(model, args.indices, sizes.steps);
  buffers.inputs[0] = args.indices;
}

template <class Args>
void take_short_output(const Args& args, const ShortSizes& sizes, Buffers& buffers) {
  buffers.outputs[0] = args.y;
  if (!args.y) return expect_no_count("y_count", args.y_count, "y");
  expect_array("y", args.y, args.y_count, sizes.outputs);
  expect_apart("y", args.y, sizes.outputs, "x", args.x, sizes.inputs);
  expect_apart("y", args.y, sizes.outputs, "indices", args.indices, sizes.steps);
  expect_apart("y", args.y, sizes.outputs, "present", args.present, sizes.steps);
}

template <class Args>
void check_present(const Model& model, const Args& args, int64_t steps) {
  expect_masking(model, args.present);
  if (!args.present) return expect_no_count("present_count", args.present_count, "present");
  expect_array("present", args.present, args.present_count, steps);
}

void check_lengths(const recurrent_run_args& args, int64_t batch) {
  if (!args.lengths) return expect_no_count("lengths_count", args.lengths_count, "lengths");
  expect_exactly("lengths", args.lengths, args.lengths_count, batch);
  expect_lengths(args.lengths, batch, args.time);
}

void take_short_form(const Model& model, int64_t batch, const recurrent_run_args& args,
                     Buffers& buffers) {
  const ShortSizes sizes = short_sizes(model, batch, args.time);
  take_short_input(model, args, sizes, buffers);
  check_present(model, args, sizes.steps);
  check_lengths(args, batch);
  take_short_output(args, sizes, buffers);
  if (args.y) expect_apart("y", args.y, sizes.outputs, "lengths", args.lengths, batch);
}

// Where one of the two is in its short form, it is a buffer without a name. `Args` are those of a
// session or of a pool.
template <class Elements, class Args>
void take_ports(const Model& model, const Elements& elements, const Args& args, Buffers& buffers) {
  if (args.inputs && (args.x || args.indices || args.x_count != 0 || args.indices_count != 0))
    invalid(args.x ? "x" : "indices", "expected null, because inputs are given");
  if (args.outputs && (args.y || args.y_count != 0))
    invalid("y", "expected null, because outputs are given");
  const bool takes_indices = model.vocabulary_size() > 0;
  if (!args.inputs && model.inputs().size() > 1) refuse_short_form(model);
  if (!args.outputs && args.y && model.outputs().size() > 1)
    invalid("y", "expected null and outputs instead, because the model has %zu outputs",
            model.outputs().size());
  const recurrent_input_buffer x{sizeof(x), 0, nullptr,
                                 takes_indices ? static_cast<const void*>(args.indices) : args.x,
                                 takes_indices ? args.indices_count : args.x_count};
  const recurrent_output_buffer y{sizeof(y), 0, nullptr, args.y, args.y_count};
  take_inputs(model, elements, args.inputs ? args.inputs : &x, args.inputs ? args.input_count : 1,
              buffers);
  const bool has_outputs = args.outputs || args.y;
  take_outputs(model, elements,
               args.outputs ? args.outputs
               : args.y     ? &y
                            : nullptr,
               args.outputs  ? args.output_count
               : has_outputs ? 1
                             : args.output_count,
               buffers);
}

void take_buffers(const Model& model, int64_t batch, const recurrent_run_args& args,
                  Buffers& buffers) {
  check_sizes(model, batch, args.time);
  const RunElements elements{model, batch, args.time};
  take_ports(model, elements, args, buffers);
  check_present(model, args, batch * args.time);
  check_lengths(args, batch);
  check_apart(model, elements,
              {args.time, args.layout, args.lengths, args.present, buffers.inputs.data(),
               buffers.outputs.data()},
              batch, batch * args.time);
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

Buffers::Buffers(const Model& model)
    : inputs(model.inputs().size()),
      outputs(model.outputs().size()),
      input_views(inputs.size()),
      output_views(outputs.size()),
      given(inputs.size()) {}

void Buffers::view(const Model& model, const Run& run, int64_t batch) {
  const StepStrides steps = strides_of(run.layout, run.time, batch);
  for (size_t i = 0; i < inputs.size(); ++i) {
    const Value& input = model.input(i);
    const auto number = static_cast<int32_t>(i);
    InputView& to = input_views[i];
    if (input.kind == RECURRENT_VALUE_INDICES)
      to.indices = {run.indices(number), steps.time, steps.row};
    else if (input.is_row())
      to.x = {run.features(number), 0, input.size};
    else
      to.x = {run.features(number), steps.time * input.size, steps.row * input.size};
  }
  for (size_t i = 0; i < outputs.size(); ++i) {
    const ModelOutput& output = model.outputs()[i];
    const int64_t size = output.location.size;
    if (output.location.is_row) {
      output_views[i] = {run.outputs[i], 0, size};
      continue;
    }
    const StepStrides own =
        strides_of(run.layout, model.graph().steps(output.base, run.time), batch);
    output_views[i] = {run.outputs[i], own.time * size, own.row * size};
  }
}

int64_t elements_of(const Value& input, int64_t batch, int64_t time) {
  const int64_t steps = checked_mul(time, batch, "time");
  if (input.kind == RECURRENT_VALUE_INDICES) return steps;
  return checked_mul(input.is_row() ? batch : steps, input.size, "time");
}

int64_t elements_of(const Model& model, const ModelOutput& output, int64_t batch, int64_t time) {
  const int64_t steps = output.location.is_row ? 1 : model.graph().steps(output.base, time);
  return checked_mul(checked_mul(steps, batch, "time"), output.location.size, "time");
}

int64_t elements_of(const Value& input, const StreamExtent& extent) {
  if (input.kind == RECURRENT_VALUE_INDICES) return extent.steps;
  return checked_mul(input.is_row() ? extent.streams : extent.steps, input.size, "steps");
}

int64_t elements_of(const ModelOutput& output, const StreamExtent& extent) {
  return checked_mul(output.location.is_row ? extent.streams : extent.steps, output.location.size,
                     "steps");
}

Run checked_run(const Model& model, int64_t batch, const recurrent_run_args& args,
                Buffers& buffers) {
  expect_struct_size(args);
  expect_layout(args.layout);
  expect_time(args.time, 0);
  if (args.time > 0) expect_enough_time(model, args.time);
  if (model.has_one_of_each() && !args.inputs && !args.outputs)
    take_short_form(model, batch, args, buffers);
  else
    take_buffers(model, batch, args, buffers);
  expect_flat_steps(model, args.time, args.lengths, batch);
  return {args.time,    args.layout,           args.lengths,
          args.present, buffers.inputs.data(), buffers.outputs.data()};
}

Run checked_step(const Model& model, int64_t batch, const recurrent_input_buffer* inputs,
                 int32_t input_count, const recurrent_output_buffer* outputs, int32_t output_count,
                 Buffers& buffers) {
  const RunElements elements{model, batch, 1};
  take_inputs(model, elements, inputs, input_count, buffers);
  take_outputs(model, elements, outputs, output_count, buffers);
  Run run;
  run.inputs = buffers.inputs.data();
  run.outputs = buffers.outputs.data();
  check_apart(model, elements, run, 0, 0);
  return run;
}

Run checked_streams(const Model& model, const StreamExtent& extent,
                    const recurrent_pool_run_args& args, Buffers& buffers) {
  const StreamElements elements{model, extent};
  constexpr auto kBytes = static_cast<int64_t>(sizeof(float));
  for (size_t i = 0; i < model.inputs().size(); ++i)
    checked_mul(elements.input(i), kBytes, "steps");
  for (size_t i = 0; i < model.outputs().size(); ++i)
    checked_mul(elements.output(i), kBytes, "steps");
  const bool is_short = model.has_one_of_each() && !args.inputs && !args.outputs;
  const ShortSizes sizes{extent.steps, elements.input(0), elements.output(0)};
  if (is_short)
    take_short_input(model, args, sizes, buffers);
  else
    take_ports(model, elements, args, buffers);
  check_present(model, args, extent.steps);
  if (is_short) take_short_output(args, sizes, buffers);
  Run run;
  run.present = args.present;
  run.inputs = buffers.inputs.data();
  run.outputs = buffers.outputs.data();
  if (!is_short) check_apart(model, elements, run, 0, extent.steps);
  // Who they are for is looked at until the call ends.
  constexpr auto kStream = static_cast<int64_t>(sizeof(int64_t));
  constexpr auto kCount = static_cast<int64_t>(sizeof(int32_t));
  for (size_t i = 0; i < model.outputs().size(); ++i) {
    const float* y = run.outputs[i];
    const int64_t bytes = elements.output(i) * kBytes;
    const auto expect_apart = [&](const char* name, const void* other, int64_t other_bytes) {
      if (!y || !other || are_apart(y, bytes, other, other_bytes)) return;
      refuse_overlap(is_short ? "y" : path_of("outputs", model.graph().outputs()[i].name).c_str(),
                     name);
    };
    expect_apart("streams", args.streams, extent.streams * kStream);
    expect_apart("steps", args.steps, extent.streams * kCount);
  }
  return run;
}

void refuse_short_form(const Model& model) {
  const bool inputs = model.inputs().size() > 1;
  invalid(inputs ? "x" : "y", "expected %s by name or number instead, because the model has %zu",
          inputs ? "inputs" : "outputs", inputs ? model.inputs().size() : model.outputs().size());
}

void check_step(const Model& model, int64_t batch, const int32_t* indices, const float* y) {
  if (!model.has_one_of_each()) refuse_short_form(model);
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
  expect_indices("indices", vocabulary, indices, count);
}

void expect_indices(const char* name, int64_t vocabulary, const int32_t* indices, int64_t count) {
  const int64_t i = first_outside(vocabulary, indices, count);
  if (i >= 0)
    invalid(name, "expected 0 to %lld, found %d at element %lld",
            static_cast<long long>(vocabulary - 1), indices[i], static_cast<long long>(i));
}

void expect_lengths(const int32_t* lengths, int64_t rows, int64_t time) {
  if (!lengths) return;
  for (int64_t row = 0; row < rows; ++row)
    if (lengths[row] < 0 || lengths[row] > time)
      invalid("lengths", "expected 0 to %lld valid steps in every row, found %d in row %lld",
              static_cast<long long>(time), lengths[row], static_cast<long long>(row));
}

void expect_flat_steps(const Model& model, int64_t time, const int32_t* lengths, int64_t rows) {
  const Graph& graph = model.graph();
  if (graph.first_rebased() < 0 || time == 0) return;
  for (int32_t i = 0; i < graph.layer_count(); ++i) {
    const PackedLayer& layer = model.layer(i);
    if (layer.kind != RECURRENT_LAYER_FLATTEN) continue;
    const int64_t taken = layer.output_size / layer.input_size;
    const int64_t given = graph.steps(layer.base, time);
    if (given != taken)
      invalid("time",
              "expected so many steps that layer %d of kind flatten is given %lld, found %lld, "
              "which give it %lld",
              i, static_cast<long long>(taken), static_cast<long long>(time),
              static_cast<long long>(given));
    for (int64_t row = 0; lengths && row < rows; ++row)
      if (lengths[row] > 0 && graph.steps(layer.base, lengths[row]) != taken)
        invalid("lengths",
                "expected 0 or so many valid steps that layer %d of kind flatten is given %lld, "
                "found %d in row %lld, which give it %lld",
                i, static_cast<long long>(taken), lengths[row], static_cast<long long>(row),
                static_cast<long long>(graph.steps(layer.base, lengths[row])));
  }
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

void expect_enough_time(const Model& model, int64_t time) {
  const Graph& graph = model.graph();
  if (graph.first_rebased() < 0) return;
  if (time < graph.least_time()) {
    const int32_t layer = graph.longest_window();
    invalid("time",
            "expected at least %lld steps, because layer %d of kind %s puts out none otherwise, "
            "found %lld",
            static_cast<long long>(graph.least_time()), layer,
            cell_traits(model.layer(layer).kind).name, static_cast<long long>(time));
  }
  for (const Value& value : graph.values())
    if (!value.is_row() && graph.steps(value.base, time) > kMostSteps)
      invalid("time", "expected fewer steps, because layers make more than %lld of %lld",
              static_cast<long long>(kMostSteps), static_cast<long long>(time));
}

void check_rows(RowRange rows, int64_t batch) {
  expect_range("first_row", rows.first, 0, batch);
  expect_range("row_count", rows.count, 0, batch - rows.first, "rows behind first_row");
}

const StateSlot& checked_state(const Model& model, StateId id) {
  const auto& layers = model.layers();
  expect_range("layer", id.layer, 0, model.graph().layer_count() - 1);
  const PackedLayer& layer = layers[static_cast<size_t>(id.layer)];
  if (layer.has_history() && id.kind != RECURRENT_STATE_HISTORY)
    invalid("kind", "expected the history (%d), the only state of this layer, found %d",
            RECURRENT_STATE_HISTORY, id.kind);
  if (!layer.has_state())
    invalid("layer", "expected a recurrent layer, but layer %d is of kind %s and has no state",
            id.layer, cell_traits(layer.kind).name);
  if (layer.recurrent() && id.kind != RECURRENT_STATE_HIDDEN &&
      (id.kind != RECURRENT_STATE_CELL || !layer.has_cell()))
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
