#include "limits/machine.h"

#include <sched.h>

#include <fstream>

#include "cpu/caches.h"

namespace limits {
namespace {

std::string read_processor() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  return "unknown";
}

std::vector<int> read_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  sched_getaffinity(0, sizeof(set), &set);
  std::vector<int> cpus;
  for (size_t cpu = 0; cpu < CPU_SETSIZE; ++cpu)
    if (CPU_ISSET(cpu, &set)) cpus.push_back(static_cast<int>(cpu));
  return cpus;
}

}  // namespace

Machine read_machine() {
  Machine machine;
  machine.processor = read_processor();
  machine.cpus = read_cpus();
  const recurrent::cpu::Caches& caches = recurrent::cpu::caches();
  machine.l1d = static_cast<size_t>(caches.l1d);
  machine.l2 = static_cast<size_t>(caches.l2);
  machine.l3 = static_cast<size_t>(caches.l3);
  machine.avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  machine.avx512 = __builtin_cpu_supports("avx512f") != 0;
  machine.avx512bw = machine.avx512 && __builtin_cpu_supports("avx512bw");
  machine.avx512vnni = machine.avx512bw && __builtin_cpu_supports("avx512vnni");
  return machine;
}

void pin_to(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<size_t>(cpu), &set);
  sched_setaffinity(0, sizeof(set), &set);
}

}  // namespace limits
