#include "cpu/caches.h"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <memory>
#include <thread>

#include "cpu/cpuid.h"

#if defined(__linux__)
#include <sched.h>
#elif defined(_WIN32)
#include <windows.h>
#elif defined(__APPLE__)
#include <sys/sysctl.h>
#endif

namespace recurrent::cpu {
namespace {

[[maybe_unused]] void record(Caches& found, int64_t level, int64_t bytes) {
  switch (level) {
    case 1:
      found.l1d = bytes;
      break;
    case 2:
      found.l2 = bytes;
      break;
    case 3:
      found.l3 = bytes;
      break;
    default:
      break;
  }
}

#if defined(__linux__)

// The one line of a file of a cache's folder; false if there is none.
bool read_line(int cache, const char* file, char (&line)[64]) {
  char path[128];
  std::snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu0/cache/index%d/%s", cache, file);
  std::FILE* stream = std::fopen(path, "re");
  if (stream == nullptr) return false;
  const bool found = std::fgets(line, sizeof(line), stream) != nullptr;
  std::fclose(stream);
  return found;
}

// A size as the kernel writes it: a decimal number and K, M or G; 0 if it is something else.
int64_t parse_size(const char* text) {
  long long number = 0;
  char unit = '\0';
  if (std::sscanf(text, "%18lld%c", &number, &unit) < 1 || number < 0)  // NOLINT(cert-err34-c)
    return 0;
  switch (unit) {
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

Caches from_operating_system() {
  Caches found;
  char line[64];
  for (int cache = 0; read_line(cache, "type", line); ++cache) {
    if (std::strncmp(line, "Instruction", std::strlen("Instruction")) == 0) continue;
    if (read_line(cache, "level", line)) {
      const int64_t level = line[0] - '0';
      if (read_line(cache, "size", line)) record(found, level, parse_size(line));
    }
  }
  return found;
}

#elif defined(__APPLE__)

// A number that the system knows by its name; 0 if it does not.
int64_t number_of_system(const char* name) {
  int64_t value = 0;
  size_t bytes = sizeof(value);
  return sysctlbyname(name, &value, &bytes, nullptr, 0) == 0 && value > 0 ? value : 0;
}

// The caches of the fast cores, where there are two kinds.
Caches from_operating_system() {
  Caches found;
  const auto either = [](const char* of_fast_cores, const char* of_all) {
    const int64_t bytes = number_of_system(of_fast_cores);
    return bytes != 0 ? bytes : number_of_system(of_all);
  };
  found.l1d = either("hw.perflevel0.l1dcachesize", "hw.l1dcachesize");
  found.l2 = either("hw.perflevel0.l2cachesize", "hw.l2cachesize");
  found.l3 = either("hw.perflevel0.l3cachesize", "hw.l3cachesize");
  return found;
}

#else

Caches from_operating_system() { return {}; }

#endif

#if RECURRENT_X86_64

// The leaf that lists caches one a subleaf: 4 at Intel, with the same fields 0x8000001d at AMD, who
// have no leaf 4. 0 if neither is there.
uint32_t cache_leaf() {
  constexpr uint32_t kIntelLeaf = 4;
  constexpr uint32_t kAmdLeaf = 0x8000001du;
  constexpr uint32_t kTopologyExtensions = 1u << 22;
  if (has_leaf(kIntelLeaf) && (cpuid(kIntelLeaf).eax & 0x1f) != 0) return kIntelLeaf;
  const bool amd = has_leaf(kAmdLeaf) && (cpuid(0x80000001u).ecx & kTopologyExtensions) != 0;
  return amd ? kAmdLeaf : 0;
}

Caches from_processor() {
  constexpr uint32_t kNoMore = 0;
  constexpr uint32_t kInstruction = 2;
  constexpr uint32_t kMaxCaches = 16;
  Caches found;
  const uint32_t leaf = cache_leaf();
  for (uint32_t index = 0; leaf != 0 && index < kMaxCaches; ++index) {
    const CpuidResult cache = cpuid(leaf, index);
    const uint32_t type = cache.eax & 0x1f;
    if (type == kNoMore) break;
    if (type == kInstruction) continue;
    const int64_t line_bytes = (cache.ebx & 0xfff) + 1;
    const int64_t partitions = ((cache.ebx >> 12) & 0x3ff) + 1;
    const int64_t ways = (cache.ebx >> 22) + 1;
    const int64_t sets = int64_t{cache.ecx} + 1;
    record(found, (cache.eax >> 5) & 7, ways * partitions * line_bytes * sets);
  }
  return found;
}

#else

Caches from_processor() { return {}; }

#endif

Caches detect() {
  Caches found = from_operating_system();
  const Caches fallback = from_processor();
  found.l1d = found.l1d != 0 ? found.l1d : fallback.l1d;
  found.l2 = found.l2 != 0 ? found.l2 : fallback.l2;
  found.l3 = found.l3 != 0 ? found.l3 : fallback.l3;
  return found;
}

}  // namespace

const Caches& caches() {
  static const Caches found = detect();
  return found;
}

int processor_count() {
#if defined(__linux__)
  // The kernel refuses a mask smaller than its own, so grow until it fits.
  constexpr size_t kMaxProcessors = size_t{1} << 16;
  for (size_t capacity = CPU_SETSIZE; capacity <= kMaxProcessors; capacity *= 2) {
    const size_t bytes = CPU_ALLOC_SIZE(capacity);
    const auto free_mask = [](cpu_set_t* mask) { CPU_FREE(mask); };
    const std::unique_ptr<cpu_set_t, decltype(free_mask)> mask(CPU_ALLOC(capacity), free_mask);
    if (mask == nullptr) break;
    if (sched_getaffinity(0, bytes, mask.get()) == 0)
      return std::max(1, CPU_COUNT_S(bytes, mask.get()));
    if (errno != EINVAL) break;
  }
#elif defined(_WIN32)
  DWORD_PTR allowed = 0;
  DWORD_PTR all = 0;
  if (GetProcessAffinityMask(GetCurrentProcess(), &allowed, &all) != 0 && allowed != 0)
    return std::popcount(static_cast<uint64_t>(allowed));
#endif
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

}  // namespace recurrent::cpu
