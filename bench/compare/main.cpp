// Two or more builds of the library, taking turns in one process: what did a change do?
//
//   recurrent_compare [--isa NAME] [--threads N] [--rounds N] [--list] [--filter
//   TEXT[,TEXT…]] [--calls N] [--weights FORMAT[,FORMAT…]]
//                     LIBRARY [LIBRARY…]
//
// A library of another version of the C interface is LIBRARY@FOLDER, FOLDER having its header
// (native/include of the tree that it was built from).
//
// With --weights every library has a column for each of these formats of weights: float32,
// bfloat16, int8, int8-8bit. Training, which has float32 alone, is left out.
//
// With --calls nothing is timed: every workload is called so often, for a tool that counts
// instructions (valgrind --tool=callgrind).
//
// Prints microseconds a step (median and least of the rounds), GFLOP/s, the first library's time
// over each other's, and the multiply-add rate of a loop in registers that ran between the turns of
// sequences: the processor's clock falls under load, and this is what it then allows.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include <recurrent/recurrent.h>

#include "compare/library.h"
#include "compare/shapes.h"
#include "limits/probe.h"

namespace compare {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kTurnSeconds = 4e-3;
constexpr double kProbeSeconds = 1e-3;

struct Options {
  int32_t isa = RECURRENT_ISA_AUTO;
  int32_t threads = 1;
  int rounds = 15;
  long calls = 0;  // 0 to time them
  std::vector<int32_t> weights = {RECURRENT_WEIGHT_FORMAT_FLOAT32};
  bool list = false;
  std::vector<std::string> filters;
  std::vector<std::string> libraries;
};

[[noreturn]] void usage() {
  std::fprintf(stderr,
               "usage: recurrent_compare [--isa NAME] [--threads N] [--rounds N] "
               "[--list] [--filter TEXT[,TEXT...]] [--calls N] [--weights FORMAT[,FORMAT...]] "
               "LIBRARY [LIBRARY...]\n");
  std::exit(2);
}

int32_t isa_named(const std::string& name) {
#define RECURRENT_KERNELS(ns, value, text, ...) \
  if (name == text) return value;
#include "kernels/kernels.inc"
#undef RECURRENT_KERNELS
  usage();
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

int32_t format_named(const std::string& name) {
  constexpr const char* kNames[] = {"float32", "bfloat16", "int8", "int8-8bit"};
  for (int32_t format = 0; format < 4; ++format)
    if (name == kNames[format]) return format;
  usage();
}

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    const auto value = [&]() -> std::string {
      if (i + 1 == argc) usage();
      return argv[++i];
    };
    if (name == "--isa")
      options.isa = isa_named(value());
    else if (name == "--threads")
      options.threads = std::atoi(value().c_str());
    else if (name == "--rounds")
      options.rounds = std::max(1, std::atoi(value().c_str()));
    else if (name == "--calls")
      options.calls = std::max(1L, std::atol(value().c_str()));
    else if (name == "--filter")
      options.filters = split(value());
    else if (name == "--weights") {
      options.weights.clear();
      for (const std::string& format : split(value()))
        options.weights.push_back(format_named(format));
    } else if (name == "--list")
      options.list = true;
    else if (name.starts_with("--"))
      usage();
    else
      options.libraries.push_back(name);
  }
  if (options.libraries.empty() && !options.list) usage();
  return options;
}

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<long>(values.size() / 2),
                   values.end());
  return values[values.size() / 2];
}

// The multiply-add rate right now, in GFLOP/s.
class RateProbe {
 public:
  explicit RateProbe(int32_t isa)
      : probe_(isa == RECURRENT_ISA_AVX2 || !__builtin_cpu_supports("avx512f")
                   ? limits::avx2_probe()
                   : limits::avx512_probe()) {
    const double trial = seconds(kTrial);
    rounds_ = std::max(kTrial, static_cast<long>(kTrial * kProbeSeconds / trial));
  }
  const char* name() const { return probe_.name; }
  double measure() {
    return 1e-9 * static_cast<double>(rounds_ * probe_.operations_per_round) / seconds(rounds_);
  }

 private:
  static constexpr long kTrial = 1000;
  double seconds(long rounds) {
    const Clock::time_point start = Clock::now();
    sink_ = probe_.multiply_add(rounds);
    return seconds_since(start);
  }

  const limits::Probe& probe_;
  long rounds_ = kTrial;
  volatile float sink_ = 0;
};

double time_turn(Subject& subject, long calls) {
  const Clock::time_point start = Clock::now();
  for (long i = 0; i < calls; ++i) subject.call();
  return seconds_since(start) / static_cast<double>(calls);
}

// The workload in every library and format, a format's libraries side by side.
std::vector<std::unique_ptr<Subject>> subjects_of(
    const std::vector<std::unique_ptr<Library>>& libraries, const Shape& shape,
    const Options& options) {
  std::vector<std::unique_ptr<Subject>> subjects;
  for (const int32_t format : options.weights)
    for (const auto& library : libraries) {
      Workload workload = shape.workload;
      workload.weights = format;
      subjects.push_back(std::make_unique<Subject>(*library, workload));
    }
  return subjects;
}

bool can_have(const Shape& shape, const Options& options) {
  return !shape.workload.trains ||
         std::all_of(
             options.weights.begin(), options.weights.end(),
             [](int32_t format) { return format == RECURRENT_WEIGHT_FORMAT_FLOAT32; });
}

void compare_shape(const std::vector<std::unique_ptr<Library>>& libraries, const Shape& shape,
                   const Options& options, RateProbe& probe) {
  const std::vector<std::unique_ptr<Subject>> subjects = subjects_of(libraries, shape, options);
  std::vector<long> calls;
  for (const auto& subject : subjects) {
    time_turn(*subject, 1);
    calls.push_back(std::max(1L, static_cast<long>(kTurnSeconds / time_turn(*subject, 1))));
  }
  std::vector<std::vector<double>> seconds(subjects.size());
  std::vector<double> rates;
  for (int round = -1; round < options.rounds; ++round)
    for (size_t i = 0; i < subjects.size(); ++i) {
      const double turn = time_turn(*subjects[i], calls[i]);
      if (round < 0) continue;
      seconds[i].push_back(turn);
      if (shape.workload.time > 1) rates.push_back(probe.measure());
    }
  std::printf("%-32s", shape.name.c_str());
  const double first = median(seconds[0]);
  for (size_t i = 0; i < subjects.size(); ++i) {
    const double middle = median(seconds[i]);
    const double least = *std::min_element(seconds[i].begin(), seconds[i].end());
    const double steps = static_cast<double>(shape.workload.time);
    std::printf("  %9.3f us (least %9.3f) %6.1f GFLOP/s", 1e6 * middle / steps, 1e6 * least / steps,
                1e-9 * shape.operations() / middle);
    if (i > 0) std::printf(" %5.3fx", first / middle);
  }
  if (!rates.empty()) std::printf("  %s %.1f", probe.name(), median(rates));
  std::printf("\n");
  std::fflush(stdout);
}

void call_shape(const std::vector<std::unique_ptr<Library>>& libraries, const Shape& shape,
                const Options& options) {
  for (const auto& subject : subjects_of(libraries, shape, options))
    for (long i = 0; i < options.calls; ++i) subject->call();
}

int run(int argc, char** argv) {
  const Options options = parse(argc, argv);
  std::vector<std::unique_ptr<Library>> libraries;
  for (const std::string& path : options.libraries)
    libraries.push_back(std::make_unique<Library>(path));
  std::unique_ptr<RateProbe> probe;
  if (!options.list && options.calls == 0) probe = std::make_unique<RateProbe>(options.isa);
  for (const Shape& shape : all_shapes(options.isa, options.threads)) {
    const bool wanted =
        options.filters.empty() ||
        std::any_of(options.filters.begin(), options.filters.end(), [&](const std::string& text) {
          return shape.name.find(text) != std::string::npos;
        });
    if (!wanted || !can_have(shape, options)) continue;
    if (options.list)
      std::printf("%s\n", shape.name.c_str());
    else if (options.calls > 0)
      call_shape(libraries, shape, options);
    else
      compare_shape(libraries, shape, options, *probe);
  }
  return 0;
}

}  // namespace
}  // namespace compare

int main(int argc, char** argv) {
  try {
    return compare::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
