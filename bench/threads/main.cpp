// What threads gain: a session, or a trainer, with threads against one without, taking turns in one
// process.
//
//   recurrent_threads [--threads N] [--load PROCESSES] [--seconds S] [--every-way] [NAME…]
//
// The workloads "train-…" are a trainer's forward and backward pass; --every-way is not for them.
// --load keeps the processors busy with so many processes meanwhile; then means over long turns are
// compared, because the system hands processors out in milliseconds. --every-way forces each way to
// divide the work in turn and prints what was predicted beside what was measured.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <numeric>

#include "cpu/caches.h"
#include "threads/load.h"
#include "threads/subject.h"

namespace threads {
namespace {

struct Options {
  int threads = std::max(2, recurrent::cpu::processor_count());
  int load = 0;
  double seconds = 1.0;
  bool every_way = false;
  std::vector<std::string> names;
};

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const bool has_value = i + 1 < argc;
    if (std::strcmp(argv[i], "--threads") == 0 && has_value)
      options.threads = std::atoi(argv[++i]);
    else if (std::strcmp(argv[i], "--load") == 0 && has_value)
      options.load = std::atoi(argv[++i]);
    else if (std::strcmp(argv[i], "--seconds") == 0 && has_value)
      options.seconds = std::atof(argv[++i]);
    else if (std::strcmp(argv[i], "--every-way") == 0)
      options.every_way = true;
    else if (argv[i][0] != '-')
      options.names.emplace_back(argv[i]);
    else {
      std::fprintf(stderr, "unknown option %s\n", argv[i]);
      std::exit(2);
    }
  }
  return options;
}

bool is_training(const Shape& shape) { return shape.name.find("train") == 0; }

std::vector<Shape> shapes() {
  std::vector<Shape> all;
  for (const int32_t hidden : {16, 32, 64, 128, 256, 512, 1024}) {
    const std::string h = std::to_string(hidden);
    for (const int32_t kind : {RECURRENT_LAYER_LSTM, RECURRENT_LAYER_GRU}) {
      const char* cell = kind == RECURRENT_LAYER_LSTM ? "lstm" : "gru";
      const auto add = [&](const char* name, int32_t direction, int32_t layers, int64_t batch,
                           int64_t time) {
        all.push_back({name + std::string("-") + cell + "-" + h, kind, direction, layers, hidden,
                       batch, time});
      };
      add("stream", RECURRENT_DIRECTION_FORWARD, 1, 1, 1);
      add("streams16", RECURRENT_DIRECTION_FORWARD, 1, 16, 1);
      add("sequence", RECURRENT_DIRECTION_FORWARD, 1, 1, 100);
      add("batched8", RECURRENT_DIRECTION_FORWARD, 1, 8, 50);
      add("batched32", RECURRENT_DIRECTION_FORWARD, 1, 32, 50);
      add("forward2", RECURRENT_DIRECTION_FORWARD, 2, 1, 100);
      add("stack", RECURRENT_DIRECTION_BIDIRECTIONAL, 2, 16, 50);
      add("train", RECURRENT_DIRECTION_FORWARD, 1, 32, 20);
      add("train4", RECURRENT_DIRECTION_FORWARD, 1, 4, 50);
    }
  }
  for (const int32_t hidden : {16, 64, 256}) {
    const std::string h = "-convolution-" + std::to_string(hidden);
    const auto add = [&](const char* name, int64_t batch, int64_t time) {
      all.push_back({name + h, RECURRENT_LAYER_CONVOLUTION, RECURRENT_DIRECTION_FORWARD, 1, hidden,
                     batch, time});
    };
    add("stream", 1, 1);
    add("sequence", 1, 500);
    add("batched32", 32, 50);
    add("train", 32, 50);
  }
  return all;
}

const char* name_of(recurrent::Strategy strategy) {
  constexpr const char* kNames[] = {"alone", "units", "rows", "directions", "layers"};
  return kNames[static_cast<size_t>(strategy)];
}

// Turns of all subjects, one after the other; the typical time of each.
std::vector<double> take_turns(std::vector<std::unique_ptr<Subject>>& subjects, int calls_per_look,
                               const Options& options) {
  const int rounds = options.load > 0 ? 4 : 15;
  const double turn = options.seconds / rounds / static_cast<double>(subjects.size());
  std::vector<std::vector<double>> times(subjects.size());
  for (int round = 0; round < rounds; ++round)
    for (size_t i = 0; i < subjects.size(); ++i)
      times[i].push_back(subjects[i]->measure(turn, calls_per_look));
  std::vector<double> typical;
  for (std::vector<double>& of_one : times) {
    std::sort(of_one.begin(), of_one.end());
    typical.push_back(options.load > 0 ? std::accumulate(of_one.begin(), of_one.end(), 0.0) / rounds
                                       : of_one[of_one.size() / 2]);
  }
  return typical;
}

void print_gain(const Shape& shape, const std::vector<double>& us) {
  std::printf("%-26s %10.2f us %10.2f us %6.2fx", shape.name.c_str(), us[0], us[1], us[0] / us[1]);
}

void compare_sessions(const Shape& shape, const Options& options) {
  const SharedModel model(shape);
  std::vector<std::unique_ptr<Subject>> subjects;
  subjects.push_back(std::make_unique<SessionSubject>(model, shape, 1, nullptr));
  auto threaded = std::make_unique<SessionSubject>(model, shape, options.threads, nullptr);
  size_t chosen = 0;
  const std::vector<recurrent::Candidate> ways = threaded->explain(chosen);
  subjects.push_back(std::move(threaded));
  if (options.every_way)
    for (const recurrent::Candidate& way : ways)
      subjects.push_back(std::make_unique<SessionSubject>(model, shape, options.threads, &way));
  const std::vector<double> us = take_turns(subjects, shape.time == 1 ? 16 : 1, options);
  print_gain(shape, us);
  std::printf("  %s, %d\n", name_of(ways[chosen].strategy), ways[chosen].threads);
  if (options.every_way)
    for (size_t i = 0; i < ways.size(); ++i)
      std::printf("  %-10s %d threads: predicted %10.2f us, measured %10.2f us\n",
                  name_of(ways[i].strategy), ways[i].threads, ways[i].microseconds, us[i + 2]);
  std::fflush(stdout);
}

void compare_trainers(const Shape& shape, const Options& options) {
  const SharedModel model(shape);
  std::vector<std::unique_ptr<Subject>> subjects;
  subjects.push_back(std::make_unique<TrainerSubject>(model, shape, 1));
  auto threaded = std::make_unique<TrainerSubject>(model, shape, options.threads);
  const TrainerSubject& trainer = *threaded;
  subjects.push_back(std::move(threaded));
  print_gain(shape, take_turns(subjects, 1, options));
  std::printf("  %.0f %% of the passes\n", trainer.together());
  std::fflush(stdout);
}

}  // namespace
}  // namespace threads

int main(int argc, char** argv) {
  const threads::Options options = threads::parse(argc, argv);
  const threads::Load load(options.load);
  std::printf("%-26s %13s %10d threads   gain  way\n", "workload", "1 thread", options.threads);
  for (const threads::Shape& shape : threads::shapes()) {
    const auto wanted = [&](const std::string& name) { return shape.name.find(name) == 0; };
    if (!options.names.empty() && std::none_of(options.names.begin(), options.names.end(), wanted))
      continue;
    if (threads::is_training(shape))
      threads::compare_trainers(shape, options);
    else
      threads::compare_sessions(shape, options);
  }
  return 0;
}
