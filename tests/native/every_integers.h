// Kernels of weights of 8 bits as test parameters.
#pragma once

#include <gtest/gtest.h>

#include <vector>

#include "kernels/implementations.h"

namespace recurrent::test {

// Models of the instruction set that isa() gives have the kernels of the parameter, an index of the
// library's list. Those that the machine does not have are skipped by name.
class EveryIntegers : public ::testing::TestWithParam<int> {
 protected:
  void SetUp() override;
  void TearDown() override;

  static const kernels::IntegerImplementation& integers();
  static int isa() { return integers().isa; }
};

// The int8 kernels of this architecture, by their place in the list.
std::vector<int> all_integers();
std::string integers_parameter_name(const ::testing::TestParamInfo<int>& info);

#define INSTANTIATE_ON_EVERY_INTEGERS(suite)                                                   \
  INSTANTIATE_TEST_SUITE_P(All, suite, ::testing::ValuesIn(::recurrent::test::all_integers()), \
                           ::recurrent::test::integers_parameter_name)

}  // namespace recurrent::test
