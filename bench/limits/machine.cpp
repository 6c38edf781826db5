#include "limits/machine.h"

#include <sched.h>

#include <fstream>

namespace limits {
namespace {

std::string first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

// sysfs writes sizes as "48K" or "32M".
size_t parse_size(const std::string& text) {
  if (text.empty()) return 0;
  const size_t number = std::stoul(text);
  switch (text.back()) {
    case 'K':
      return number << 10;
    case 'M':
      return number << 20;
    case 'G':
      return number << 30;
    default:
      return number;
  }
}

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

size_t cache_size(int cpu, const std::string& level) {
  const std::string caches = "/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/cache/index";
  for (int index = 0; index < 8; ++index) {
    const std::string cache = caches + std::to_string(index);
    if (first_line(cache + "/level") == level && first_line(cache + "/type") != "Instruction")
      return parse_size(first_line(cache + "/size"));
  }
  return 0;
}

}  // namespace

Machine read_machine() {
  Machine machine;
  machine.processor = read_processor();
  machine.cpus = read_cpus();
  machine.l1d = cache_size(machine.cpus.front(), "1");
  machine.l2 = cache_size(machine.cpus.front(), "2");
  machine.l3 = cache_size(machine.cpus.front(), "3");
  machine.avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  machine.avx512 = __builtin_cpu_supports("avx512f") != 0;
  return machine;
}

void pin_to(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<size_t>(cpu), &set);
  sched_setaffinity(0, sizeof(set), &set);
}

}  // namespace limits
