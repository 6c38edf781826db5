// Arguments of a run with one fault.
#pragma once

#include "world.h"

namespace recurrent::fuzz {

class RunFault {
 public:
  explicit RunFault(Random& random);

  // Makes valid arguments of a batch with rows wrong.
  void put_into(recurrent_run_args& args, const Subject& subject, int64_t batch);

 private:
  bool put_in(int64_t kind, recurrent_run_args& args, const Subject& subject, int64_t batch);
  void give_wrong_rows(recurrent_run_args& args, int64_t batch);

  int64_t kind_;
  int64_t number_;  // which one, where a fault has several forms
  std::vector<int32_t> integers_;
  std::vector<uint8_t> bytes_;
  std::vector<float> floats_;
};

}  // namespace recurrent::fuzz
