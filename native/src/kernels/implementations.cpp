#include "kernels/implementations.h"

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

namespace kernels {
namespace {

// Constant, so that the table of kernels that are not built is not asked for.
constexpr Implementation kImplementations[] = {
#define RECURRENT_KERNELS(ns, isa, name, needs, built, ...) \
  {ns::kSet, needs, (built) ? &ns::kTable : nullptr},
#include "kernels/kernels.inc"
#undef RECURRENT_KERNELS
};

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
