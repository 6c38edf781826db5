#include "graph_operations.h"

#include <algorithm>
#include <memory>

#include "random_graph.h"

namespace recurrent::fuzz {
namespace {

using test::GraphDescription;
using test::GraphValue;
using test::OwnedGraph;

// A graph with its twin on another instruction set, and a batch for both.
struct Drawn {
  OwnedGraph graph;
  int64_t batch;
  int64_t time;
  int32_t layout;
  std::vector<int32_t> lengths;
  std::vector<std::unique_ptr<Guarded<float>>> features;
  std::vector<std::unique_ptr<Guarded<int32_t>>> indices;
  Handle<recurrent_model> models[kSides];
  Handle<recurrent_session> sessions[kSides];
};

std::unique_ptr<Drawn> draw(World& world, Random& random) {
  auto drawn = std::make_unique<Drawn>();
  drawn->graph = test::random_graph(random, world.limits.small ? 6 : 24, 8);
  drawn->batch = uniform(random, 1, world.limits.small ? 3 : 18);
  drawn->time = uniform(random, 0, world.limits.small ? 3 : 12);
  if (drawn->time > 0) drawn->time = std::max(drawn->time, drawn->graph.least_time());
  drawn->layout = number(random, 0, 1);
  if (one_in(random, 3))
    for (int64_t row = 0; row < drawn->batch; ++row)
      drawn->lengths.push_back(static_cast<int32_t>(uniform(random, 0, drawn->time)));
  world.note(drawn->graph.describe());
  const std::vector<int32_t> isas = draw_isas(random);
  const int32_t threads[] = {1, number(random, 1, 3)};
  // Before the call: memory is refused to the library alone.
  const GraphDescription descriptions[] = {GraphDescription(drawn->graph, isas[0]),
                                           GraphDescription(drawn->graph, isas[1])};
  const auto create = [&](int side) {
    recurrent_model* model = nullptr;
    const recurrent_status status = recurrent_model_create(&descriptions[side].desc, &model);
    drawn->models[side].reset(model);
    return status;
  };
  if (world.caller.both({"recurrent_model_create of a graph"}, create) != RECURRENT_STATUS_OK)
    return nullptr;
  const auto open = [&](int side) {
    recurrent_session_desc desc{};
    desc.struct_size = sizeof(desc);
    desc.batch = drawn->batch;
    desc.threads = threads[side];
    recurrent_session* session = nullptr;
    const recurrent_status status =
        recurrent_session_create(drawn->models[side].get(), &desc, &session);
    drawn->sessions[side].reset(session);
    return status;
  };
  if (world.caller.both({"recurrent_session_create of a graph"}, open) != RECURRENT_STATUS_OK)
    return nullptr;
  return drawn;
}

// Inputs of `steps` steps.
std::vector<recurrent_input_buffer> draw_inputs(Drawn& drawn, Random& random, int64_t steps) {
  std::vector<recurrent_input_buffer> buffers;
  for (const recurrent_input_desc& input : drawn.graph.inputs) {
    const int64_t rows = input.kind == RECURRENT_VALUE_ROW ? drawn.batch : drawn.batch * steps;
    recurrent_input_buffer buffer{sizeof(buffer), 0, input.name, nullptr, 0};
    if (input.kind == RECURRENT_VALUE_INDICES) {
      std::vector<int32_t> values;
      for (int64_t i = 0; i < rows; ++i) values.push_back(number(random, 0, input.size - 1));
      Guarded<int32_t>& memory =
          *drawn.indices.emplace_back(std::make_unique<Guarded<int32_t>>(random, values));
      buffer.data = memory.data();
      buffer.count = memory.count();
    } else {
      Guarded<float>& memory = *drawn.features.emplace_back(std::make_unique<Guarded<float>>(
          random, draw_values(random, rows * input.size, drawn.graph.mask_value)));
      buffer.data = memory.data();
      buffer.count = memory.count();
    }
    buffers.push_back(buffer);
  }
  std::shuffle(buffers.begin(), buffers.end(), random);
  return buffers;
}

// Room for the outputs of `steps` steps, some of which are not wanted.
struct Room {
  Room(const Drawn& drawn, Random& random, int64_t steps) {
    for (size_t i = 0; i < drawn.graph.outputs.size(); ++i) {
      const GraphValue& value = drawn.graph.output(i);
      const bool is_wanted = i == 0 || !one_in(random, 4);
      const int64_t count =
          is_wanted ? drawn.graph.steps(value, steps) * drawn.batch * value.size : 0;
      for (int side = 0; side < kSides; ++side)
        memory[side].push_back(std::make_unique<Guarded<float>>(random, count));
    }
    for (int side = 0; side < kSides; ++side)
      for (size_t i = 0; i < memory[side].size(); ++i) {
        Guarded<float>& y = *memory[side][i];
        buffers[side].push_back(
            {sizeof(recurrent_output_buffer), 0, drawn.graph.outputs[i].name, y.data(), y.count()});
        guards[side].push_back(&y);
      }
  }

  bool wants_any() const {
    return std::any_of(
        memory[0].begin(), memory[0].end(), [](const auto& y) { return y->count() > 0; });
  }

  void expect_same() const {
    for (size_t i = 0; i < memory[0].size(); ++i)
      expect_equal("output of a graph", memory[0][i]->data(), memory[1][i]->data(),
                   memory[0][i]->count());
  }

  std::vector<std::unique_ptr<Guarded<float>>> memory[kSides];
  std::vector<recurrent_output_buffer> buffers[kSides];
  std::vector<Guards*> guards[kSides];
};

std::vector<const Guards*> guards_of(const Drawn& drawn) {
  std::vector<const Guards*> guards;
  for (const auto& memory : drawn.features) guards.push_back(memory.get());
  for (const auto& memory : drawn.indices) guards.push_back(memory.get());
  return guards;
}

// Changes one number somewhere, mostly into one that is near a valid one.
void break_number(Random& random, int32_t& field) {
  field = one_in(random, 3)
              ? one_of<int32_t>(random, {-1, 0, 1 << 20, (1 << 20) + 1, INT32_MAX, INT32_MIN})
              : field + number(random, -2, 2);
}

}  // namespace

void run_graph(World& world, Random& random) {
  const std::unique_ptr<Drawn> drawn = draw(world, random);
  if (!drawn) return;
  const std::vector<recurrent_input_buffer> inputs = draw_inputs(*drawn, random, drawn->time);
  Room room(*drawn, random, drawn->time);
  // A prediction whose outputs nobody wants is refused.
  const bool predicts = room.wants_any() && one_in(random, 2);
  world.caller.draw_mode(random);
  Watched watched{"recurrent_session_run of a graph",
                  kOk,
                  {},
                  {room.guards[0], room.guards[1]},
                  guards_of(*drawn)};
  const recurrent_status status = world.caller.both(watched, [&](int side) {
    recurrent_run_args args{};
    args.struct_size = sizeof(args);
    args.time = drawn->time;
    args.layout = drawn->layout;
    args.inputs = inputs.data();
    args.input_count = static_cast<int32_t>(inputs.size());
    args.outputs = room.buffers[side].data();
    args.output_count = static_cast<int32_t>(room.buffers[side].size());
    args.lengths = drawn->lengths.empty() ? nullptr : drawn->lengths.data();
    args.lengths_count = static_cast<int64_t>(drawn->lengths.size());
    recurrent_session* session = drawn->sessions[side].get();
    return side == 1 && predicts ? recurrent_session_predict(session, drawn->batch, &args)
                                 : recurrent_session_run(session, &args);
  });
  if (status == RECURRENT_STATUS_OK) room.expect_same();
}

void train_graph(World& world, Random& random) {
  const std::unique_ptr<Drawn> drawn = draw(world, random);
  if (!drawn) return;
  const int64_t time = std::max(drawn->graph.least_time(), drawn->time);
  // Gradients are the same on one instruction set.
  const GraphDescription description(drawn->graph, draw_isas(random)[0]);
  const int32_t threads[] = {1, number(random, 1, 4)};
  Handle<recurrent_trainer> trainers[kSides];
  const auto open = [&](int side) {
    recurrent_trainer_desc desc{};
    desc.struct_size = sizeof(desc);
    desc.threads = threads[side];
    recurrent_trainer* trainer = nullptr;
    const recurrent_status status = recurrent_trainer_create(&description.desc, &desc, &trainer);
    trainers[side].reset(trainer);
    return status;
  };
  if (world.caller.both({"recurrent_trainer_create of a graph"}, open) != RECURRENT_STATUS_OK)
    return;
  const std::vector<recurrent_input_buffer> inputs = draw_inputs(*drawn, random, time);
  Room room(*drawn, random, time);
  world.caller.draw_mode(random);
  Watched forward{"recurrent_trainer_forward of a graph",
                  kOk,
                  {},
                  {room.guards[0], room.guards[1]},
                  guards_of(*drawn)};
  const recurrent_status status = world.caller.both(forward, [&](int side) {
    recurrent_forward_args args{};
    args.struct_size = sizeof(args);
    args.time = time;
    args.batch = drawn->batch;
    args.layout = drawn->layout;
    args.inputs = inputs.data();
    args.input_count = static_cast<int32_t>(inputs.size());
    args.outputs = room.buffers[side].data();
    args.output_count = static_cast<int32_t>(room.buffers[side].size());
    args.lengths = drawn->lengths.empty() ? nullptr : drawn->lengths.data();
    return recurrent_trainer_forward(trainers[side].get(), &args);
  });
  if (status != RECURRENT_STATUS_OK) return;
  room.expect_same();

  std::vector<recurrent_input_buffer> of_outputs;
  std::vector<std::unique_ptr<Guarded<float>>> given;
  for (size_t i = 0; i < drawn->graph.outputs.size(); ++i) {
    const GraphValue& value = drawn->graph.output(i);
    const int64_t count = drawn->graph.steps(value, time) * drawn->batch * value.size;
    given.push_back(std::make_unique<Guarded<float>>(random, draw_values(random, count, 0)));
    of_outputs.push_back({sizeof(recurrent_input_buffer), 0, drawn->graph.outputs[i].name,
                          given.back()->data(), count});
  }
  std::vector<recurrent_output_buffer> of_inputs[kSides];
  std::vector<std::unique_ptr<Guarded<float>>> gradients[kSides];
  Watched backward{"recurrent_trainer_backward of a graph"};
  for (int side = 0; side < kSides; ++side)
    for (const recurrent_input_desc& input : drawn->graph.inputs) {
      if (input.kind == RECURRENT_VALUE_INDICES) continue;
      const int64_t rows = input.kind == RECURRENT_VALUE_ROW ? drawn->batch : drawn->batch * time;
      Guarded<float>& memory = *gradients[side].emplace_back(
          std::make_unique<Guarded<float>>(random, rows * input.size));
      of_inputs[side].push_back(
          {sizeof(recurrent_output_buffer), 0, input.name, memory.data(), memory.count()});
      backward.outputs[side].push_back(&memory);
    }
  const auto go_back = [&](int side) {
    recurrent_backward_args args{};
    args.struct_size = sizeof(args);
    args.output_gradients = of_outputs.data();
    args.output_gradient_count = static_cast<int32_t>(of_outputs.size());
    args.input_gradients = of_inputs[side].data();
    args.input_gradient_count = static_cast<int32_t>(of_inputs[side].size());
    return recurrent_trainer_backward(trainers[side].get(), &args);
  };
  if (world.caller.both(backward, go_back) != RECURRENT_STATUS_OK) return;
  for (size_t i = 0; i < gradients[0].size(); ++i)
    expect_equal("gradient of an input of a graph", gradients[0][i]->data(),
                 gradients[1][i]->data(), gradients[0][i]->count());
}

void step_graph(World& world, Random& random) {
  const std::unique_ptr<Drawn> drawn = draw(world, random);
  if (!drawn) return;
  world.caller.draw_mode(random);
  for (int64_t t = uniform(random, 1, 4); t > 0; --t) {
    std::vector<recurrent_input_buffer> inputs = draw_inputs(*drawn, random, 1);
    Room room(*drawn, random, 1);
    const bool is_wrong = one_in(random, 3);
    recurrent_input_buffer& one =
        inputs[static_cast<size_t>(uniform(random, 0, static_cast<int64_t>(inputs.size()) - 1))];
    if (is_wrong) {
      const int fault = number(random, 0, 3);
      if (fault == 0) one.count = one_of<int64_t>(random, {one.count - 1, -1, 0, INT64_MIN});
      if (fault == 1) one.data = nullptr;
      if (fault == 2) one.name = "no such input";
      if (fault == 3) one.struct_size = wrong_size(random, sizeof(one));
    }
    const Statuses can = drawn->graph.can_step() ? kOk : kNotSupported;
    Watched watched{"recurrent_session_step_buffers",
                    is_wrong ? kInvalid : can,
                    {},
                    {room.guards[0], room.guards[1]},
                    guards_of(*drawn)};
    const recurrent_status status = world.caller.both(watched, [&](int side) {
      return recurrent_session_step_buffers(
          drawn->sessions[side].get(), inputs.data(), static_cast<int32_t>(inputs.size()),
          room.buffers[side].data(), static_cast<int32_t>(room.buffers[side].size()));
    });
    if (status == RECURRENT_STATUS_OK) room.expect_same();
    if (status == RECURRENT_STATUS_OUT_OF_MEMORY) return;
  }
}

void create_broken_graph(World& world, Random& random) {
  OwnedGraph graph = test::random_graph(random, 6, 8);
  world.note(graph.describe());
  const auto index = [&](size_t count) {
    return static_cast<size_t>(uniform(random, 0, static_cast<int64_t>(count) - 1));
  };
  for (int64_t faults = uniform(random, 1, 2); faults > 0; --faults) {
    recurrent_layer_desc& layer = graph.layers[index(graph.layers.size())].desc;
    std::vector<int32_t>& reads = graph.reads[index(graph.reads.size())];
    recurrent_input_desc& input = graph.inputs[index(graph.inputs.size())];
    recurrent_output_desc& output = graph.outputs[index(graph.outputs.size())];
    switch (uniform(random, 0, 9)) {
      case 0:
        break_number(random, reads[index(reads.size())]);
        break;
      case 1:
        reads.push_back(number(random, -1, static_cast<int32_t>(graph.values.size())));
        break;
      case 2:
        // Not sizes: weights would be read past their end.
        break_number(random, *one_of<int32_t*>(random, {&layer.first, &layer.steps, &layer.stride,
                                                        &layer.pad_before, &layer.pad_after}));
        break;
      case 9:
        // Likewise: a convolution's weights follow from these.
        if (layer.kind == RECURRENT_LAYER_CONVOLUTION) break;
        break_number(random, *one_of<int32_t*>(random, {&layer.kernel_size, &layer.stride,
                                                        &layer.dilation, &layer.pad_before,
                                                        &layer.pad_after, &layer.counts_padding}));
        break;
      case 3:
        if (layer.kind >= RECURRENT_LAYER_CONCATENATION &&
            layer.kind != RECURRENT_LAYER_CONVOLUTION)
          layer.kind =
              number(random, RECURRENT_LAYER_CONCATENATION, RECURRENT_LAYER_FINAL_CELL_STATE);
        break;
      case 4:
        break_number(random, one_in(random, 2) ? input.kind : input.size);
        break;
      case 5:
        input.name = one_of<const char*>(random, {nullptr, "", graph.inputs.front().name});
        break;
      case 6:
        break_number(random, output.value);
        break;
      case 7:
        output.name = one_of<const char*>(random, {nullptr, "", graph.outputs.front().name});
        break;
      default:
        graph.masking = number(random, -1, 3);
        break;
    }
  }
  const bool trains = one_in(random, 3);
  recurrent_trainer_desc how{};
  how.struct_size = sizeof(how);
  how.threads = 1;
  const GraphDescription description(graph);
  world.caller.both({"recurrent_model_create of a broken graph", kOk | kInvalid | kNotSupported},
                    [&](int) {
                      recurrent_model* model = nullptr;
                      recurrent_trainer* trainer = nullptr;
                      const recurrent_status status =
                          trains ? recurrent_trainer_create(&description.desc, &how, &trainer)
                                 : recurrent_model_create(&description.desc, &model);
                      recurrent_model_destroy(model);
                      recurrent_trainer_destroy(trainer);
                      return status;
                    });
}

}  // namespace recurrent::fuzz
