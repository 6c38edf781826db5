// What the fuzzer is told.
#pragma once

#include <string>
#include <vector>

#include "program.h"

namespace recurrent::fuzz {

struct Options {
  uint64_t seed = 1;
  uint64_t programs = ~uint64_t{0};
  int seconds = 10;
  bool allocations = false;
  bool prints = false;
  std::vector<uint64_t> kept;
  int64_t refusal = 0;

  // The program of a number, as these options have it.
  Program program(uint64_t number) const;
};

void print_usage();

// False if they cannot be understood.
bool read_options(int count, char** arguments, Options& options);

// The line that runs a program once more.
std::string command_for(const Program& program);

}  // namespace recurrent::fuzz
