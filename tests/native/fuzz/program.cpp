#include "program.h"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <thread>

#include "allocation.h"
#include "comparison_operations.h"
#include "file_operations.h"
#include "graph_operations.h"
#include "library_operations.h"
#include "model_operations.h"
#include "pool_operations.h"
#include "prediction_operations.h"
#include "sequence_operations.h"
#include "session_operations.h"
#include "state_operations.h"
#include "thread_operations.h"
#include "trainer_operations.h"
#include "trainer_passes.h"

namespace recurrent::fuzz {
namespace {

// The place of what an operation is drawn from that decides about the program as a whole.
constexpr uint64_t kWhole = ~uint64_t{0};

struct Kind {
  const char* name;
  int weight;
  bool in_small;  // whether memory is refused to it: not where several threads call
  void (*perform)(World&, Random&);
};

void open_one_session(World& world, Random& random) { open_session(world, random); }
void open_one_trainer(World& world, Random& random) { open_trainer(world, random); }
void create_one_model(World& world, Random& random) { create_model(world, random); }

constexpr Kind kKinds[] = {
    {"create a model", 3, true, create_one_model},
    {"create a broken model", 4, true, create_broken_model},
    {"ask a model", 2, true, ask_model},
    {"load a model", 2, true, load_model},
    {"load a damaged model", 4, true, load_damaged_model},
    {"ask a file", 1, true, ask_file},
    {"run a graph", 10, true, run_graph},
    {"step a graph", 5, true, step_graph},
    {"train a graph", 5, true, train_graph},
    {"create a broken graph", 4, true, create_broken_graph},
    {"give a model up", 1, true, give_model_up},
    {"open a session", 6, true, open_one_session},
    {"open a broken session", 2, true, open_broken_session},
    {"step", 10, true, step},
    {"step wrongly", 4, true, step_wrongly},
    {"run", 16, true, run},
    {"run wrongly", 8, true, run_wrongly},
    {"predict", 8, true, predict},
    {"predict wrongly", 4, true, predict_wrongly},
    {"run in pieces", 6, false, run_in_pieces},
    {"run rows apart", 5, false, run_rows_apart},
    {"warm up", 2, true, warm_up},
    {"explain", 1, true, explain},
    {"reset", 3, true, reset},
    {"save", 3, true, save},
    {"load", 3, true, load},
    {"get a state", 2, true, get_state},
    {"set a state", 2, true, set_state},
    {"move rows", 2, true, move_rows},
    {"close a session", 2, true, close_session},
    {"pool streams", 6, true, pool_streams},
    {"run side by side", 3, false, run_side_by_side},
    {"call one session at once", 2, false, call_one_session_at_once},
    {"open a trainer", 3, true, open_one_trainer},
    {"open a broken trainer", 1, true, open_broken_trainer},
    {"ask a trainer", 1, true, ask_trainer},
    {"exchange parameters", 3, true, exchange_parameters},
    {"exchange moments", 2, true, exchange_moments},
    {"clear gradients", 1, true, clear_gradients},
    {"regularize", 2, true, regularize},
    {"measure gradients", 1, true, measure_gradients},
    {"go forward", 8, true, go_forward},
    {"go forward wrongly", 3, true, go_forward_wrongly},
    {"go back", 9, true, go_back},
    {"update", 4, true, update},
    {"keep parameters", 2, true, keep_parameters},
    {"go back to parameters", 2, true, go_back_to_parameters},
    {"compare with a session", 4, false, compare_with_session},
    {"close a trainer", 1, true, close_trainer},
    {"activate", 2, true, activate},
    {"ask the machine", 1, true, ask_machine},
    {"give nothing", 2, true, give_nothing},
};

const Kind& draw_kind(Random& random, const Limits& limits) {
  int64_t sum = 0;
  for (const Kind& kind : kKinds) sum += kind.in_small || !limits.small ? kind.weight : 0;
  int64_t place = uniform(random, 0, sum - 1);
  for (const Kind& kind : kKinds) {
    place -= kind.in_small || !limits.small ? kind.weight : 0;
    if (place < 0) return kind;
  }
  return kKinds[0];
}

bool keeps(const Program& program, uint64_t operation) {
  return program.kept.empty() ||
         std::find(program.kept.begin(), program.kept.end(), operation) != program.kept.end();
}

void run_operations(const Program& program, Progress& progress) {
  Random whole = random_of(program.seed, kWhole);
  World world(program.limits, progress, one_in(whole, 2));
  const uint64_t count = operation_count(program);
  for (uint64_t operation = 0; operation < count; ++operation) {
    if (!keeps(program, operation)) continue;
    progress.operation.store(operation);
    Random random = random_of(program.seed, operation);
    const Kind& kind = draw_kind(random, program.limits);
    if (program.limits.prints)
      std::fprintf(stderr, "  %d: %s\n", static_cast<int>(operation), kind.name);
    kind.perform(world, random);
    progress.operations.fetch_add(1);
  }
  // Models go before their sessions, or after them.
  if (one_in(whole, 2)) world.subjects.clear();
}

}  // namespace

uint64_t operation_count(const Program& program) {
  Random random = random_of(program.seed, kWhole - 1);
  return static_cast<uint64_t>(program.limits.small ? uniform(random, 3, 8)
                                                    : uniform(random, 5, 40));
}

bool run_program(const Program& program, Progress& progress) {
  progress.program.store(program.seed);
  progress.refusal.store(program.refusal);
  std::exception_ptr failure;
  // A thread of its own: what the library keeps for a thread begins anew.
  std::thread([&] {
    allocation::refuse(program.refusal);
    try {
      run_operations(program, progress);
    } catch (...) {
      failure = std::current_exception();
    }
  }).join();
  const bool refused = allocation::has_refused();
  allocation::refuse(0);
  if (failure) std::rethrow_exception(failure);
  progress.runs.fetch_add(1);
  return refused;
}

}  // namespace recurrent::fuzz
