// What this machine can do at most: multiply-add rates and read bandwidth of every cache level, for
// each instruction set it has, on one thread and on two. The rate of integers is that of weights of
// 8 bits, with inputs of 16 and of 8.
//
//   limits            a table
//   limits --json     {"machine": {...}, "limits": {...}}, which bench/peers reads
//   --caches 48,1024,32768    KiB of the levels, where neither the system nor the processor tells

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
  IntegerRate integers;
  std::vector<Bandwidth> bandwidths;
};

struct Probes {
  const Probe* floats;
  const IntegerProbe* integers;
};

Result measure(const Machine& machine, const Probes& probes, int threads) {
  const Probe& probe = *probes.floats;
  Result result{probe.name,
                threads,
                multiply_add_rate(machine, probe, threads),
                integer_rate(machine, *probes.integers, threads),
                {}};
  for (const Level& level : levels_of(machine, threads)) {
    result.bandwidths.push_back(
        {level, read_bandwidth(machine, probe, threads, level.bytes_per_thread)});
  }
  return result;
}

const IntegerProbe& widest_integer_probe(const Machine& machine) {
  if (machine.avx512vnni) return avx512_vnni_integer_probe();
  return machine.avx512bw ? avx512_integer_probe() : avx2_integer_probe();
}

std::vector<Result> measure_all(const Machine& machine) {
  std::vector<Probes> all;
  if (machine.avx512) all.push_back({&avx512_probe(), &widest_integer_probe(machine)});
  if (machine.avx2) all.push_back({&avx2_probe(), &avx2_integer_probe()});
  std::vector<Result> results;
  for (const Probes& probes : all)
    for (int threads = 1; threads <= 2 && threads <= static_cast<int>(machine.cpus.size());
         ++threads)
      results.push_back(measure(machine, probes, threads));
  return results;
}

void print_table(const Machine& machine, const std::vector<Result>& results) {
  std::printf("%s, %zu processors; L1d %zu KiB, L2 %zu KiB, L3 %zu KiB\n",
              machine.processor.c_str(), machine.cpus.size(), machine.l1d >> 10, machine.l2 >> 10,
              machine.l3 >> 10);
  std::printf(
      "multiply-adds of fp32, of int8 by inputs of 16 and 8 bits, and reads; all threads "
      "together\n\n");
  for (const Result& result : results) {
    std::printf("%-7s %d thread%s %8.1f GFLOP/s (%.1f for a millisecond)",
                result.instruction_set.c_str(), result.threads,
                result.threads == 1 ? ": " : "s:", result.rate.sustained, result.rate.burst);
    std::printf("   int8 %.0f, %.0f Gop/s", result.integers.inputs_16_bits,
                result.integers.inputs_8_bits);
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
    std::printf("%s\n  \"%s/%d\": {\"gflops\": %.2f, \"burst_gflops\": %.2f, ", separator,
                result.instruction_set.c_str(), result.threads, result.rate.sustained,
                result.rate.burst);
    std::printf("\"int8_gops\": %.2f, \"int8_8bit_gops\": %.2f, \"read_gb_s\": {",
                result.integers.inputs_16_bits, result.integers.inputs_8_bits);
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

struct Options {
  bool json = false;
  // "48,1024,32768": KiB of the three levels, for a virtual machine that hides them.
  const char* caches = nullptr;
};

bool parse(int argc, char** argv, Options& options) {
  for (int i = 1; i < argc; ++i)
    if (std::strcmp(argv[i], "--json") == 0)
      options.json = true;
    else if (std::strcmp(argv[i], "--caches") == 0 && i + 1 < argc)
      options.caches = argv[++i];
    else
      return false;
  return true;
}

bool set_caches(const char* text, Machine& machine) {
  size_t l1d, l2, l3;
  char rest;
  if (std::sscanf(text, "%zu,%zu,%zu%c", &l1d, &l2, &l3, &rest) != 3) return false;
  machine.l1d = l1d << 10;
  machine.l2 = l2 << 10;
  machine.l3 = l3 << 10;
  return true;
}

int run(int argc, char** argv) {
  Options options;
  Machine machine = read_machine();
  if (!parse(argc, argv, options) ||
      (options.caches != nullptr && !set_caches(options.caches, machine))) {
    std::fprintf(stderr, "usage: %s [--json] [--caches L1D,L2,L3, in KiB]\n", argv[0]);
    return 2;
  }
  if (machine.l1d == 0)
    std::fprintf(
        stderr,
        "cache sizes are not known here: only memory is measured; --caches L1D,L2,L3 gives "
        "them in KiB\n");
  const std::vector<Result> results = measure_all(machine);
  if (options.json)
    print_json(machine, results);
  else
    print_table(machine, results);
  return 0;
}

}  // namespace
}  // namespace limits

int main(int argc, char** argv) { return limits::run(argc, argv); }
