// The exhaustive activation check: every function over all 2^32 inputs, and all instruction sets
// bit for bit.
//
//   recurrent_accuracy [--isa NAME] [--function NAME]
//
// --isa chooses the set whose accuracy is measured (the widest of the machine by default); the
// others are compared with it either way. Exits with 1 if a check fails.
#include <algorithm>
#include <cstdio>
#include <string_view>
#include <thread>
#include <vector>

#include "functions.h"
#include "kernels/implementations.h"
#include "sweep.h"

namespace {

using namespace recurrent;
using namespace recurrent::accuracy;

struct Options {
  std::string_view isa;
  std::string_view function;
};

bool parse(int argc, char** argv, Options& options) {
  for (int i = 1; i < argc; i += 2) {
    if (i + 1 == argc) {
      std::fprintf(stderr, "%s needs a value\n", argv[i]);
      return false;
    }
    const std::string_view name = argv[i];
    if (name == "--isa") {
      options.isa = argv[i + 1];
    } else if (name == "--function") {
      options.function = argv[i + 1];
    } else {
      std::fprintf(stderr, "unknown option %s; usage: %s [--isa NAME] [--function NAME]\n", argv[i],
                   argv[0]);
      return false;
    }
  }
  return true;
}

// The tables of this machine, the one to be measured first. Empty if it is not there.
std::vector<const kernels::KernelTable*> choose_tables(std::string_view first) {
  std::vector<const kernels::KernelTable*> tables;
  const auto all = kernels::implementations();
  for (size_t i = all.size(); i-- > 0;) {
    if (!all[i].is_supported()) continue;
    const kernels::KernelTable* table = all[i].kernels;
    tables.insert(first == table->name ? tables.begin() : tables.end(), table);
  }
  if (!first.empty() && (tables.empty() || first != tables.front()->name)) tables.clear();
  return tables;
}

// Prints the failed checks and counts all.
class Tally {
 public:
  explicit Tally(const char* function) : function_(function) {}

  void check(bool passes, const char* what, double example) {
    ++(passes ? passed : failed);
    if (!passes)
      std::printf("FAILED %s: %s, e.g. at %.9g (%a)\n", function_, what, example, example);
  }
  void check(const Violations& violations, const char* what) {
    check(violations.count == 0, what, static_cast<double>(violations.example));
  }

  int passed = 0;
  int failed = 0;

 private:
  const char* function_;
};

Tally judge(const Function& function, const std::vector<const kernels::KernelTable*>& tables,
            const SweepResult& result) {
  std::printf("%-8s max distance %lld ulp at %a, max error %.3f ulp at %a, falls at %llu inputs\n",
              function.name, static_cast<long long>(result.worst_distance),
              static_cast<double>(result.worst_distance_at), result.worst_error,
              static_cast<double>(result.worst_error_at),
              static_cast<unsigned long long>(result.order.count));
  Tally tally(function.name);
  tally.check(result.worst_distance <= function.ulp_bound, "distance above the bound",
              static_cast<double>(result.worst_distance_at));
  tally.check(result.range, "result out of range");
  tally.check(result.nan, "NaN where there should be none, or the reverse");
  if (function.is_odd) tally.check(result.sign, "not odd");
  for (size_t t = 1; t < tables.size(); ++t) {
    char what[64];
    std::snprintf(what, sizeof what, "bits of %s differ", tables[t]->name);
    tally.check(result.differs[t - 1], what);
  }
  std::fflush(stdout);
  return tally;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!parse(argc, argv, options)) return 2;
  const auto tables = choose_tables(options.isa);
  if (tables.empty()) {
    std::fprintf(stderr, "instruction set %.*s: unknown, or not on this machine\n",
                 static_cast<int>(options.isa.size()), options.isa.data());
    return 2;
  }
  std::printf("all 2^32 inputs on %s; bits compared with:", tables[0]->name);
  for (size_t t = 1; t < tables.size(); ++t) std::printf(" %s", tables[t]->name);
  std::printf("\n");

  const int threads = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  int passed = 0;
  int failed = 0;
  for (const Function& function : kFunctions) {
    if (!options.function.empty() && options.function != function.name) continue;
    const Tally tally = judge(function, tables, sweep(function, tables, threads));
    passed += tally.passed;
    failed += tally.failed;
  }
  if (passed + failed == 0) {
    std::fprintf(stderr, "no function is called %.*s\n", static_cast<int>(options.function.size()),
                 options.function.data());
    return 2;
  }
  std::printf("%d passed, %d failed\n", passed, failed);
  return failed == 0 ? 0 : 1;
}
