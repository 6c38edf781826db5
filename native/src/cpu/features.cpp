#include "cpu/features.h"

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <optional>

#include "base/error.h"
#include "cpu/cpuid.h"

namespace recurrent::cpu {
namespace {

constexpr const char* kIsaNames[kIsaCount] = {"scalar", "avx2", "avx512"};

#if RECURRENT_X86_64

constexpr bool has_bits(uint64_t value, uint64_t bits) { return (value & bits) == bits; }

// Bit numbers: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, CPUID.
void detect_vectors(Features& found) {
  constexpr uint32_t kFma = 1u << 12;
  constexpr uint32_t kOsxsave = 1u << 27;
  constexpr uint32_t kAvx = 1u << 28;
  constexpr uint32_t kF16c = 1u << 29;
  constexpr uint32_t kAvx2 = 1u << 5;
  constexpr uint32_t kAvx512F = 1u << 16;
  constexpr uint32_t kAvx512Dq = 1u << 17;
  constexpr uint32_t kAvx512Bw = 1u << 30;
  constexpr uint32_t kAvx512Vl = 1u << 31;
  // XCR0: SSE and upper halves of ymm; mask registers, upper halves of zmm0-15, zmm16-31.
  constexpr uint64_t kYmmState = 0x06;
  constexpr uint64_t kZmmState = 0xe6;

  if (!has_leaf(7)) {
    return;
  }
  const uint32_t basic = cpuid(1).ecx;
  if (!has_bits(basic, kOsxsave | kAvx | kFma | kF16c)) {
    return;
  }
  const uint64_t saved_state = read_xcr0();
  const uint32_t extended = cpuid(7).ebx;
  found.avx2_fma = has_bits(saved_state, kYmmState) && has_bits(extended, kAvx2);
  found.avx512 = found.avx2_fma && has_bits(saved_state, kZmmState) &&
                 has_bits(extended, kAvx512F | kAvx512Dq | kAvx512Bw | kAvx512Vl);
}

std::string read_brand() {
  constexpr uint32_t kFirstLeaf = 0x80000002u;
  constexpr uint32_t kLastLeaf = 0x80000004u;
  std::string brand;
  if (has_leaf(kLastLeaf)) {
    for (uint32_t leaf = kFirstLeaf; leaf <= kLastLeaf; ++leaf) {
      const CpuidResult piece = cpuid(leaf);
      char text[sizeof(piece)];
      std::memcpy(text, &piece, sizeof(piece));
      brand.append(text, sizeof(text));
    }
  }
  brand.resize(std::strlen(brand.c_str()));
  // Some processors pad on the left, some on the right.
  const std::size_t first = brand.find_first_not_of(' ');
  if (first == std::string::npos) {
    return "unknown processor";
  }
  return brand.substr(first, brand.find_last_not_of(' ') - first + 1);
}

#endif

Features detect() {
  Features found;
#if RECURRENT_X86_64
  detect_vectors(found);
  found.brand = read_brand();
#else
  found.brand = "unknown processor";
#endif
  return found;
}

int best_isa() {
  int best = 0;
  for (int isa = 1; isa < kIsaCount; ++isa) {
    if (isa_supported(isa)) {
      best = isa;
    }
  }
  return best;
}

std::string supported_names() {
  std::string names;
  for (int isa = 0; isa < kIsaCount; ++isa) {
    if (isa_supported(isa)) {
      names.append(names.empty() ? "" : ", ").append(kIsaNames[isa]);
    }
  }
  return names;
}

// The choice, or why there is none: a static that threw would be tried again at the next call, and
// RECURRENT_ISA may have changed by then.
struct Selection {
  int isa = 0;
  std::optional<Error> error;
};

Selection select() {
  try {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): read once, nothing here writes the environment.
    return {isa_from_environment(std::getenv("RECURRENT_ISA")), std::nullopt};
  } catch (const Error& error) {
    return {0, error};
  }
}

}  // namespace

const Features& features() {
  static const Features found = detect();
  return found;
}

const char* isa_name(int isa) { return kIsaNames[isa]; }

bool isa_supported(int isa) {
  switch (isa) {
    case RECURRENT_ISA_SCALAR:
      return true;
    case RECURRENT_ISA_AVX2:
      return features().avx2_fma;
    case RECURRENT_ISA_AVX512:
      return features().avx512;
    default:
      return false;
  }
}

int isa_from_environment(const char* value) {
  if (value == nullptr || *value == '\0') {
    return best_isa();
  }
  for (int isa = 0; isa < kIsaCount; ++isa) {
    if (std::strcmp(value, kIsaNames[isa]) == 0) {
      if (!isa_supported(isa)) {
        fail(RECURRENT_STATUS_UNAVAILABLE,
             "RECURRENT_ISA: expected an instruction set that this machine has (%s), found '%s'",
             supported_names().c_str(), value);
      }
      return isa;
    }
  }
  invalid("RECURRENT_ISA", "expected scalar, avx2 or avx512, found '%s'", value);
}

int selected_isa() {
  static const Selection selection = select();
  if (selection.error) {
    throw Error(*selection.error);
  }
  return selection.isa;
}

int resolve_isa(int isa) {
  if (isa == RECURRENT_ISA_AUTO) {
    return selected_isa();
  }
  if (isa < 0 || isa >= kIsaCount) {
    invalid("isa", "expected -1 (auto), 0 (scalar), 1 (avx2) or 2 (avx512), found %d", isa);
  }
  if (!isa_supported(isa)) {
    fail(RECURRENT_STATUS_UNAVAILABLE,
         "isa: expected an instruction set that this machine has (%s), found %s",
         supported_names().c_str(), kIsaNames[isa]);
  }
  return isa;
}

}  // namespace recurrent::cpu
