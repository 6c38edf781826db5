#include "every_isa.h"

#include "kernels/implementations.h"

namespace recurrent::test {

void EveryIsa::SetUp() {
  const int isa = TestWithParam::GetParam();
  if (!kernels::table_for(isa))
    GTEST_SKIP() << "this machine cannot run " << kernels::find_implementation(isa)->set.name;
}

void EveryIsa::TearDown() {
  EXPECT_TRUE(used_ || IsSkipped()) << "the test did not use its instruction set";
}

std::vector<int> all_isas() {
  std::vector<int> all;
  // A build has no kernels of other architectures.
  for (const kernels::Implementation& each : kernels::implementations())
    if (each.kernels) all.push_back(each.set.isa);
  return all;
}

std::string isa_parameter_name(const ::testing::TestParamInfo<int>& info) {
  return kernels::find_implementation(info.param)->set.name;
}

}  // namespace recurrent::test
