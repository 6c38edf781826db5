#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>

#include "cpu/caches.h"
#include "cpu/features.h"
#include "cpu/fp_control.h"

#if defined(__linux__)
#include <sched.h>
#endif
#if defined(__x86_64__)
#include <cpuid.h>
#include <xmmintrin.h>

#include <cstring>
#endif

namespace recurrent::cpu {
namespace {

// What the Linux kernel found out about the first processor, by other means than ours.
std::string kernel_says(const std::string& field) {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.compare(0, field.size(), field) == 0) {
      const size_t colon = line.find(": ");
      return colon == std::string::npos ? "" : line.substr(colon + 2);
    }
  }
  return "";
}

bool kernel_lists(const std::string& flag) {
  std::istringstream flags(kernel_says("flags"));
  for (std::string word; flags >> word;)
    if (word == flag) return true;
  return false;
}

TEST(FeaturesTest, AgreeWithTheKernel) {
  if (kernel_says("flags").empty()) GTEST_SKIP() << "this system has no /proc/cpuinfo with flags";
  struct Named {
    FeatureSet feature;
    const char* flag;
  };
  for (const Named& each :
       {Named{kAvx, "avx"}, Named{kAvx2, "avx2"}, Named{kFma, "fma"}, Named{kF16c, "f16c"},
        Named{kAvx512F, "avx512f"}, Named{kAvx512Dq, "avx512dq"}, Named{kAvx512Bw, "avx512bw"},
        Named{kAvx512Vl, "avx512vl"}})
    EXPECT_EQ(features().has(each.feature), kernel_lists(each.flag)) << each.flag;
}

// Of what the kernel says nothing is taken here: under some hypervisors it has a name of its own.
TEST(FeaturesTest, NameTheProcessor) {
#if defined(__x86_64__)
  char text[49] = {};
  for (unsigned leaf = 0; leaf < 3; ++leaf) {
    unsigned words[4];
    if (!__get_cpuid(0x80000002u + leaf, &words[0], &words[1], &words[2], &words[3]))
      GTEST_SKIP() << "this processor does not tell its name";
    std::memcpy(text + leaf * sizeof(words), words, sizeof(words));
  }
  EXPECT_NE(std::string(text).find(features().brand), std::string::npos) << text;
#endif
  EXPECT_FALSE(features().brand.empty());
}

TEST(CachesTest, ArePlausibleWhereKnown) {
  const Caches& found = caches();
  if (found.l1d == 0 || found.l2 == 0)
    GTEST_SKIP() << "neither the system nor the processor tells its cache sizes";
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
    for (size_t processor = 0; processor < CPU_SETSIZE; ++processor) {
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
