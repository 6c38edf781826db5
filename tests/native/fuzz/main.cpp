// Random programs against the C interface: see print_usage().
#include "options.h"
#include "series.h"

int main(int count, char** arguments) {
  recurrent::fuzz::Options options;
  if (recurrent::fuzz::read_options(count, arguments, options))
    return recurrent::fuzz::run_series(options);
  recurrent::fuzz::print_usage();
  return 2;
}
