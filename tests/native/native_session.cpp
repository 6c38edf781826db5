#include "native_session.h"

#include <cmath>
#include <cstring>

#include "cpu/features.h"
#include "kernels/table.h"

namespace recurrent::test {

int64_t first_difference(const float* a, const float* b, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    if (std::isnan(a[i]) && std::isnan(b[i])) continue;
    if (std::memcmp(a + i, b + i, sizeof(float)) != 0) return i;
  }
  return -1;
}

void EveryIsa::SetUp() {
  if (!kernels::table_for(GetParam()))
    GTEST_SKIP() << "this machine cannot run " << cpu::isa_name(GetParam());
}

std::string isa_parameter_name(const ::testing::TestParamInfo<int>& info) {
  return cpu::isa_name(info.param);
}

}  // namespace recurrent::test
