#include "every_integers.h"

#include <string>

namespace recurrent::test {

const kernels::IntegerImplementation& EveryIntegers::integers() {
  return kernels::integer_implementations()[static_cast<size_t>(GetParam())];
}

void EveryIntegers::SetUp() {
  constexpr cpu::FeatureSet kAll = cpu::kAvxVnni | cpu::kAvx512Vnni | cpu::kDotProduct;
  if (!integers().is_supported())
    GTEST_SKIP() << "this machine cannot run the kernels " << integers().name;
  kernels::leave_out_features(kAll & ~integers().needs);
  ASSERT_EQ(&kernels::choose_kernels(isa()).integers, integers().kernels) << integers().name;
}

void EveryIntegers::TearDown() { kernels::leave_out_features(0); }

std::vector<int> all_integers() {
  std::vector<int> all;
  // A build has no kernels of other architectures.
  const auto list = kernels::integer_implementations();
  for (size_t i = 0; i < list.size(); ++i)
    if (list[i].kernels) all.push_back(static_cast<int>(i));
  return all;
}

std::string integers_parameter_name(const ::testing::TestParamInfo<int>& info) {
  return kernels::integer_implementations()[static_cast<size_t>(info.param)].name;
}

}  // namespace recurrent::test
