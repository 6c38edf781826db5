// What this machine can do at most: multiply-add rate and read bandwidth of every cache level, for
// each instruction set it has, on one thread and on two.
//
//   limits            a table
//   limits --json     {"machine": {...}, "limits": {...}}, which bench/peers reads

#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "limits/machine.h"
#include "limits/measure.h"
#include "limits/probe.h"

namespace limits {
namespace {

struct Bandwidth {
  Level level;
  double gigabytes_per_second;
};

struct Result {
  std::string instruction_set;
  int threads;
  MultiplyAddRate rate;
  std::vector<Bandwidth> bandwidths;
};

Result measure(const Machine& machine, const Probe& probe, int threads) {
  Result result{probe.name, threads, multiply_add_rate(machine, probe, threads), {}};
  for (const Level& level : levels_of(machine, threads)) {
    result.bandwidths.push_back(
        {level, read_bandwidth(machine, probe, threads, level.bytes_per_thread)});
  }
  return result;
}

std::vector<Result> measure_all(const Machine& machine) {
  std::vector<const Probe*> probes;
  if (machine.avx512) probes.push_back(&avx512_probe());
  if (machine.avx2) probes.push_back(&avx2_probe());
  std::vector<Result> results;
  for (const Probe* probe : probes)
    for (int threads = 1; threads <= 2 && threads <= static_cast<int>(machine.cpus.size());
         ++threads)
      results.push_back(measure(machine, *probe, threads));
  return results;
}

void print_table(const Machine& machine, const std::vector<Result>& results) {
  std::printf("%s, %zu processors; L1d %zu KiB, L2 %zu KiB, L3 %zu KiB\n",
              machine.processor.c_str(), machine.cpus.size(), machine.l1d >> 10, machine.l2 >> 10,
              machine.l3 >> 10);
  std::printf("fp32 multiply-adds and reads, all threads together\n\n");
  for (const Result& result : results) {
    std::printf("%-7s %d thread%s %8.1f GFLOP/s (%.1f for a millisecond)",
                result.instruction_set.c_str(), result.threads,
                result.threads == 1 ? ": " : "s:", result.rate.sustained, result.rate.burst);
    for (const Bandwidth& bandwidth : result.bandwidths)
      std::printf("   %s %.1f", bandwidth.level.name.c_str(), bandwidth.gigabytes_per_second);
    std::printf(" GB/s\n");
  }
}

// JSON text of a string that may hold quotes or backslashes.
std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

void print_json(const Machine& machine, const std::vector<Result>& results) {
  std::printf("{\"machine\": {\"processor\": %s, \"processors\": %zu, ",
              quoted(machine.processor).c_str(), machine.cpus.size());
  std::printf("\"l1d_bytes\": %zu, \"l2_bytes\": %zu, \"l3_bytes\": %zu},\n \"limits\": {",
              machine.l1d, machine.l2, machine.l3);
  const char* separator = "";
  for (const Result& result : results) {
    std::printf("%s\n  \"%s/%d\": {\"gflops\": %.2f, \"burst_gflops\": %.2f, \"read_gb_s\": {",
                separator, result.instruction_set.c_str(), result.threads, result.rate.sustained,
                result.rate.burst);
    const char* comma = "";
    for (const Bandwidth& bandwidth : result.bandwidths) {
      std::printf("%s\"%s\": %.2f", comma, bandwidth.level.name.c_str(),
                  bandwidth.gigabytes_per_second);
      comma = ", ";
    }
    std::printf("}}");
    separator = ",";
  }
  std::printf("}}\n");
}

int run(int argc, char** argv) {
  const bool json = argc == 2 && std::strcmp(argv[1], "--json") == 0;
  if (argc > 1 && !json) {
    std::fprintf(stderr, "usage: %s [--json]\n", argv[0]);
    return 2;
  }
  const Machine machine = read_machine();
  const std::vector<Result> results = measure_all(machine);
  if (json)
    print_json(machine, results);
  else
    print_table(machine, results);
  return 0;
}

}  // namespace
}  // namespace limits

int main(int argc, char** argv) { return limits::run(argc, argv); }
