#include "kernels/implementations.h"

#include <atomic>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"

namespace recurrent {

#define RECURRENT_KERNELS(ns, ...)          \
  namespace ns {                            \
  extern const kernels::KernelTable kTable; \
  }
#include "kernels/kernels.inc"
#undef RECURRENT_KERNELS

#define RECURRENT_INTEGERS(ns, ...)               \
  namespace ns {                                  \
  extern const kernels::IntegerKernels kIntegers; \
  }
#include "kernels/integers.inc"
#undef RECURRENT_INTEGERS

namespace kernels {
namespace {

// Constant, so that the table of kernels that are not built is not asked for.
constexpr Implementation kImplementations[] = {
#define RECURRENT_KERNELS(ns, isa, name, needs, built, ...) \
  {ns::kSet, needs, (built) ? &ns::kTable : nullptr},
#include "kernels/kernels.inc"
#undef RECURRENT_KERNELS
};

constexpr IntegerImplementation kIntegerImplementations[] = {
#define RECURRENT_INTEGERS(ns, isa, name, needs, built) \
  {isa, name, needs, (built) ? &ns::kIntegers : nullptr},
#include "kernels/integers.inc"
#undef RECURRENT_INTEGERS
};

// Read once, for the same reason as Selection.
struct LeftOut {
  std::atomic<cpu::FeatureSet> features = 0;
  std::optional<Error> error;

  LeftOut() {
    try {
      // NOLINTNEXTLINE(concurrency-mt-unsafe): read once, nothing here writes the environment.
      features = left_out_by_environment(std::getenv("RECURRENT_VNNI"));
    } catch (const Error& caught) {
      error = caught;
    }
  }
};

LeftOut& left_out() {
  static LeftOut all;
  return all;
}

// "a, b or c"
std::string any_of(const std::vector<std::string>& choices) {
  std::string text;
  for (size_t i = 0; i < choices.size(); ++i)
    text.append(i == 0 ? "" : i + 1 < choices.size() ? ", " : " or ").append(choices[i]);
  return text;
}

std::string known_names() {
  std::vector<std::string> names;
  for (const Implementation& each : kImplementations) names.emplace_back(each.set.name);
  return any_of(names);
}

std::string known_values() {
  std::vector<std::string> values{std::to_string(RECURRENT_ISA_AUTO) + " (auto)"};
  for (const Implementation& each : kImplementations)
    values.push_back(std::to_string(each.set.isa) + " (" + each.set.name + ")");
  return any_of(values);
}

std::string supported_names() {
  std::string names;
  for (const Implementation& each : kImplementations)
    if (each.is_supported()) names.append(names.empty() ? "" : ", ").append(each.set.name);
  return names;
}

int supported(const Implementation& found, const char* argument, const char* quote) {
  if (!found.is_supported())
    fail(RECURRENT_STATUS_UNAVAILABLE,
         "%s: expected an instruction set that this machine has (%s), found %s%s%s", argument,
         supported_names().c_str(), quote, found.set.name, quote);
  return found.set.isa;
}

int best_isa() {
  int best = RECURRENT_ISA_SCALAR;
  for (const Implementation& each : kImplementations)
    if (each.is_supported()) best = each.set.isa;
  return best;
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

std::span<const Implementation> implementations() { return kImplementations; }

const Implementation* find_implementation(int isa) {
  for (const Implementation& each : kImplementations)
    if (each.set.isa == isa) return &each;
  return nullptr;
}

const KernelTable* table_for(int isa) {
  const Implementation* found = find_implementation(isa);
  return found && found->is_supported() ? found->kernels : nullptr;
}

bool IntegerImplementation::is_supported(cpu::FeatureSet without) const {
  return kernels && table_for(isa) && cpu::features().has(needs) && (needs & without) == 0;
}

std::span<const IntegerImplementation> integer_implementations() { return kIntegerImplementations; }

cpu::FeatureSet left_out_by_environment(const char* value) {
  if (!value || *value == '\0') return 0;
  const std::string name = value;
  if (name == "off") return cpu::kAvxVnni | cpu::kAvx512Vnni | cpu::kDotProduct;
  if (name == "avx") return cpu::kAvx512Vnni;
  if (name == "avx512") return cpu::kAvxVnni;
  invalid("RECURRENT_VNNI", "expected off, avx or avx512, found '%s'", value);
}

cpu::FeatureSet left_out_features() {
  const LeftOut& all = left_out();
  if (all.error) throw Error(*all.error);
  return all.features.load(std::memory_order_relaxed);
}

void leave_out_features(cpu::FeatureSet features) {
  left_out().features.store(features, std::memory_order_relaxed);
}

KernelChoice choose_kernels(int isa) {
  const cpu::FeatureSet without = left_out_features();
  const IntegerKernels* integers = nullptr;
  for (const IntegerImplementation& each : kIntegerImplementations)
    if (each.isa == isa && each.is_supported(without)) integers = each.kernels;
  return {*table_for(isa), *integers};
}

int isa_from_environment(const char* value) {
  if (!value || *value == '\0') return best_isa();
  const std::string name = value;
  for (const Implementation& each : kImplementations)
    if (name == each.set.name) return supported(each, "RECURRENT_ISA", "'");
  invalid("RECURRENT_ISA", "expected %s, found '%s'", known_names().c_str(), value);
}

int selected_isa() {
  static const Selection selection = select();
  if (selection.error) throw Error(*selection.error);
  return selection.isa;
}

int resolve_isa(int isa) {
  if (isa == RECURRENT_ISA_AUTO) return selected_isa();
  const Implementation* found = find_implementation(isa);
  if (!found) invalid("isa", "expected %s, found %d", known_values().c_str(), isa);
  return supported(*found, "isa", "");
}

}  // namespace kernels
}  // namespace recurrent
