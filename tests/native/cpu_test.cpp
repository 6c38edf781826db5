#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>

#include "base/error.h"
#include "cpu/caches.h"
#include "cpu/features.h"
#include "cpu/fp_control.h"

#if defined(__linux__)
#include <sched.h>
#endif
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace recurrent::cpu {
namespace {

// What the Linux kernel found out about the first processor, by other means than ours.
std::string kernel_says(const std::string& field) {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.compare(0, field.size(), field) == 0) {
      const std::size_t colon = line.find(": ");
      return colon == std::string::npos ? "" : line.substr(colon + 2);
    }
  }
  return "";
}

bool kernel_lists(const std::string& flag) {
  std::istringstream flags(kernel_says("flags"));
  for (std::string word; flags >> word;) {
    if (word == flag) {
      return true;
    }
  }
  return false;
}

TEST(FeaturesTest, AgreeWithTheKernel) {
  if (kernel_says("flags").empty()) {
    GTEST_SKIP() << "this system has no /proc/cpuinfo with flags";
  }
  const bool avx2_fma = kernel_lists("avx2") && kernel_lists("fma") && kernel_lists("f16c");
  EXPECT_EQ(features().avx2_fma, avx2_fma);
  EXPECT_EQ(features().avx512, avx2_fma && kernel_lists("avx512f") && kernel_lists("avx512dq") &&
                                   kernel_lists("avx512bw") && kernel_lists("avx512vl"));
}

TEST(FeaturesTest, NameTheProcessor) {
  EXPECT_FALSE(features().brand.empty());
  if (kernel_says("model name").empty()) {
    GTEST_SKIP() << "this system has no /proc/cpuinfo with a model name";
  }
  EXPECT_EQ(features().brand, kernel_says("model name"));
}

TEST(IsaTest, SupportsScalarEverywhereAndNothingUnknown) {
  EXPECT_TRUE(isa_supported(RECURRENT_ISA_SCALAR));
  EXPECT_EQ(isa_supported(RECURRENT_ISA_AVX2), features().avx2_fma);
  EXPECT_EQ(isa_supported(RECURRENT_ISA_AVX512), features().avx512);
  EXPECT_FALSE(isa_supported(RECURRENT_ISA_AUTO));
  EXPECT_FALSE(isa_supported(3));
}

TEST(IsaTest, TakesTheBestOneUnlessTheEnvironmentNamesOne) {
  const int best = features().avx512     ? RECURRENT_ISA_AVX512
                   : features().avx2_fma ? RECURRENT_ISA_AVX2
                                         : RECURRENT_ISA_SCALAR;
  EXPECT_EQ(isa_from_environment(nullptr), best);
  EXPECT_EQ(isa_from_environment(""), best);
  EXPECT_EQ(isa_from_environment("scalar"), RECURRENT_ISA_SCALAR);
}

TEST(IsaTest, RefusesAnUnknownName) {
  for (const char* name : {"sse", "AVX2", "avx2 ", "2", "auto"}) {
    try {
      isa_from_environment(name);
      ADD_FAILURE() << name << " was accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.status(), RECURRENT_STATUS_INVALID_ARGUMENT);
      EXPECT_EQ(error.message(), "RECURRENT_ISA: expected scalar, avx2 or avx512, found '" +
                                     std::string(name) + "'");
    }
  }
}

TEST(IsaTest, RefusesAValueThatIsNone) {
  for (const int isa : {-2, 3, 1000}) {
    try {
      resolve_isa(isa);
      ADD_FAILURE() << isa << " was accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.status(), RECURRENT_STATUS_INVALID_ARGUMENT);
      EXPECT_EQ(error.message(),
                "isa: expected -1 (auto), 0 (scalar), 1 (avx2) or 2 (avx512), found " +
                    std::to_string(isa));
    }
  }
}

class EveryIsaTest : public testing::TestWithParam<int> {};

// Either it is there and can be asked for in both ways, or both ways say that it is not.
TEST_P(EveryIsaTest, CanBeAskedForWhereItIsSupported) {
  const int isa = GetParam();
  if (isa_supported(isa)) {
    EXPECT_EQ(isa_from_environment(isa_name(isa)), isa);
    EXPECT_EQ(resolve_isa(isa), isa);
    return;
  }
  try {
    isa_from_environment(isa_name(isa));
    ADD_FAILURE() << "accepted from the environment";
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), RECURRENT_STATUS_UNAVAILABLE);
    EXPECT_EQ(error.message().rfind("RECURRENT_ISA: ", 0), 0U) << error.message();
  }
  try {
    resolve_isa(isa);
    ADD_FAILURE() << "accepted as an argument";
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), RECURRENT_STATUS_UNAVAILABLE);
    EXPECT_EQ(error.message().rfind("isa: ", 0), 0U) << error.message();
  }
}

INSTANTIATE_TEST_SUITE_P(Isa, EveryIsaTest,
                         testing::Values(RECURRENT_ISA_SCALAR, RECURRENT_ISA_AVX2,
                                         RECURRENT_ISA_AVX512),
                         [](const testing::TestParamInfo<int>& tested) {
                           return std::string(isa_name(tested.param));
                         });

#if defined(__unix__)

// The choice is made once per process, so these look at it from fresh processes.
// NOLINTBEGIN(concurrency-mt-unsafe): which have one thread when they write their environment.
class SelectedIsaDeathTest : public testing::Test {
 protected:
  void SetUp() override { testing::FLAGS_gtest_death_test_style = "threadsafe"; }
};

TEST_F(SelectedIsaDeathTest, IsForcedByTheEnvironment) {
  const auto select = [] {
    setenv("RECURRENT_ISA", "scalar", 1);
    std::fprintf(stderr, "selected %d and %d", selected_isa(), resolve_isa(RECURRENT_ISA_AUTO));
    std::_Exit(0);
  };
  EXPECT_EXIT(select(), testing::ExitedWithCode(0), "selected 0 and 0");
}

TEST_F(SelectedIsaDeathTest, IsDecidedOnceAndItsErrorThrownEveryTime) {
  const auto select = [] {
    for (const char* name : {"mmx", "scalar", "scalar"}) {
      setenv("RECURRENT_ISA", name, 1);
      try {
        selected_isa();
      } catch (const Error& error) {
        std::fprintf(stderr, "%s;", error.what());
      }
    }
    std::_Exit(0);
  };
  const std::string message = "RECURRENT_ISA: expected scalar, avx2 or avx512, found 'mmx';";
  EXPECT_EXIT(select(), testing::ExitedWithCode(0), message + message + message);
}
// NOLINTEND(concurrency-mt-unsafe)

#endif

TEST(CachesTest, ArePlausibleWhereKnown) {
  const Caches& found = caches();
  if (found.l1d == 0 || found.l2 == 0) {
    GTEST_SKIP() << "neither the system nor the processor tells its cache sizes";
  }
  EXPECT_GE(found.l1d, 4 << 10);
  EXPECT_LE(found.l1d, 1 << 20);
  EXPECT_GE(found.l2, found.l1d);
  EXPECT_EQ(found.l1d % 1024, 0);
  EXPECT_EQ(found.l2 % 1024, 0);
  EXPECT_GE(found.l3, 0);
}

TEST(ProcessorCountTest, FollowsTheAffinityMask) {
  EXPECT_GE(processor_count(), 1);
#if defined(__linux__)
  // On a thread of its own: a mask belongs to a thread.
  std::thread([] {
    cpu_set_t mask;
    ASSERT_EQ(sched_getaffinity(0, sizeof(mask), &mask), 0);
    EXPECT_EQ(processor_count(), CPU_COUNT(&mask));
    cpu_set_t one;
    CPU_ZERO(&one);
    for (std::size_t processor = 0; processor < CPU_SETSIZE; ++processor) {
      if (CPU_ISSET(processor, &mask)) {
        CPU_SET(processor, &one);
        break;
      }
    }
    ASSERT_EQ(sched_setaffinity(0, sizeof(one), &one), 0);
    EXPECT_EQ(processor_count(), 1);
  }).join();
#endif
}

#if defined(__x86_64__)

constexpr uint32_t kDefaultControl = 0x1f80;
constexpr uint32_t kControlBits = 0xffc0;
constexpr uint32_t kInexactAndUnderflowFlags = 0x30;

// Leaves the thread's register as it was, whatever a test does with it.
class ScopedFpControlTest : public testing::Test {
 protected:
  ~ScopedFpControlTest() override { _mm_setcsr(original_); }

 private:
  const uint32_t original_ = _mm_getcsr();
};

TEST_F(ScopedFpControlTest, SetsTheCanonicalControlAndRestoresTheCallersRegister) {
  constexpr uint32_t kFlushToZero = 0x8000;
  constexpr uint32_t kDenormalsAreZero = 0x0040;
  constexpr uint32_t kRoundDown = 0x2000;
  constexpr uint32_t kRoundUp = 0x4000;
  constexpr uint32_t kTruncate = 0x6000;
  for (const uint32_t deviation : {kFlushToZero, kDenormalsAreZero, kRoundDown, kRoundUp, kTruncate,
                                   kFlushToZero | kDenormalsAreZero | kTruncate}) {
    for (const uint32_t flags : {0U, kInexactAndUnderflowFlags}) {
      const uint32_t callers = kDefaultControl | deviation | flags;
      _mm_setcsr(callers);
      uint32_t inside = 0;
      {
        const ScopedFpControl canonical;
        inside = _mm_getcsr();
        // An operation that raises a flag must not change what the caller finds.
        _mm_setcsr(inside | 0x3f);
      }
      const uint32_t afterwards = _mm_getcsr();
      EXPECT_EQ(inside & kControlBits, kDefaultControl) << std::hex << callers;
      EXPECT_EQ(afterwards, callers) << std::hex << callers;
    }
  }
}

TEST_F(ScopedFpControlTest, MasksEveryException) {
  for (uint32_t mask = 0x0080; mask <= 0x1000; mask <<= 1) {
    const uint32_t callers = kDefaultControl & ~mask;
    _mm_setcsr(callers);
    uint32_t inside = 0;
    {
      const ScopedFpControl canonical;
      inside = _mm_getcsr();
    }
    const uint32_t afterwards = _mm_getcsr();
    EXPECT_EQ(inside & kControlBits, kDefaultControl) << std::hex << mask;
    EXPECT_EQ(afterwards, callers) << std::hex << mask;
  }
}

TEST_F(ScopedFpControlTest, LeavesACanonicalRegisterAlone) {
  _mm_setcsr(kDefaultControl | kInexactAndUnderflowFlags);
  uint32_t inside = 0;
  {
    const ScopedFpControl canonical;
    inside = _mm_getcsr();
  }
  EXPECT_EQ(inside, kDefaultControl | kInexactAndUnderflowFlags);
  EXPECT_EQ(_mm_getcsr(), kDefaultControl | kInexactAndUnderflowFlags);
}

#endif

}  // namespace
}  // namespace recurrent::cpu
