#include "options.h"

#include <cstdio>
#include <cstdlib>
#include <random>

#include "text.h"

namespace recurrent::fuzz {
namespace {

std::vector<uint64_t> read_numbers(const std::string& list) {
  std::vector<uint64_t> numbers;
  for (const char* at = list.c_str(); *at != '\0';) {
    char* end = nullptr;
    numbers.push_back(std::strtoull(at, &end, 10));
    at = *end == ',' ? end + 1 : "";
  }
  return numbers;
}

// False if there is no such option with a value.
bool read_value(const std::string& name, const std::string& value, Options& options) {
  const unsigned long long number = std::strtoull(value.c_str(), nullptr, 10);
  if (name == "--seconds")
    options.seconds = static_cast<int>(number);
  else if (name == "--programs")
    options.programs = number;
  else if (name == "--refuse")
    options.refusal = static_cast<int64_t>(number);
  else if (name == "--keep")
    options.kept = read_numbers(value);
  else if (name == "--seed")
    options.seed = value == "random" ? std::random_device{}() : number;
  else
    return false;
  return true;
}

}  // namespace

Program Options::program(uint64_t number) const {
  Program program;
  program.seed = number;
  program.limits.small = allocations;
  program.limits.prints = prints;
  program.kept = kept;
  program.refusal = refusal;
  return program;
}

void print_usage() {
  std::puts(
      "recurrent_fuzz [--seconds N] [--programs N] [--seed S] [--allocations]\n"
      "\n"
      "Runs random programs against the C interface, each beside a twin, and compares bit for "
      "bit.\n"
      "\n"
      "  --seconds N    for how long; 10 if nothing is said\n"
      "  --programs N   how many at most\n"
      "  --seed S       the number of the first program; 1 if nothing is said, random to draw one\n"
      "  --allocations  small programs, each once for every request for memory or a thread that "
      "it\n"
      "                 makes, which is then refused\n"
      "  --refuse K     with --allocations: refuses the K-th request only\n"
      "  --keep A,B,..  only these operations of a program\n"
      "  --print        tells what is done");
}

bool read_options(int count, char** arguments, Options& options) {
  for (int i = 1; i < count; ++i) {
    const std::string name = arguments[i];
    if (name == "--allocations")
      options.allocations = true;
    else if (name == "--print")
      options.prints = true;
    else if (i + 1 == count || !read_value(name, arguments[++i], options))
      return false;
  }
  return true;
}

std::string command_for(const Program& program) {
  std::string line = text("recurrent_fuzz --programs 1 --seed %llu",
                          static_cast<unsigned long long>(program.seed));
  if (program.limits.small) line += " --allocations";
  if (program.refusal > 0) line += text(" --refuse %lld", static_cast<long long>(program.refusal));
  for (size_t i = 0; i < program.kept.size(); ++i)
    line +=
        text(i == 0 ? " --keep %llu" : ",%llu", static_cast<unsigned long long>(program.kept[i]));
  return line;
}

}  // namespace recurrent::fuzz
