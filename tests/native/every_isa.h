// Instruction sets as test parameters.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace recurrent::test {

// A test of an instruction set that the machine does not have is skipped by name, and one that has
// not looked at its parameter fails: it would test the same kernels again.
class EveryIsa : public ::testing::TestWithParam<int> {
 protected:
  void SetUp() override;
  void TearDown() override;

  int GetParam() {
    used_ = true;
    return TestWithParam::GetParam();
  }

 private:
  bool used_ = false;
};

// The instruction sets of the library, in the order of its list.
std::vector<int> all_isas();
std::string isa_parameter_name(const ::testing::TestParamInfo<int>& info);

#define INSTANTIATE_ON_EVERY_ISA(suite)                                                    \
  INSTANTIATE_TEST_SUITE_P(All, suite, ::testing::ValuesIn(::recurrent::test::all_isas()), \
                           ::recurrent::test::isa_parameter_name)

}  // namespace recurrent::test
