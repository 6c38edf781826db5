#include "gemm/mkl.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#if defined(__unix__)
#include <unistd.h>
#endif
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace recurrent {
namespace {

// A row-major matrix of small integers, whose products and sums are exact, rows `distance` apart.
std::vector<float> integers(int64_t rows, int64_t distance, int64_t seed) {
  std::vector<float> values(static_cast<size_t>(rows * distance));
  for (float& value : values) {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    value = static_cast<float>((seed >> 16) % 9 - 4);
  }
  return values;
}

struct Shape {
  int64_t m;
  int64_t n;
  int64_t k;
};

// C = A B + beta C by the definition.
void multiply_plainly(const Shape& shape, const float* a, int64_t lda, const float* b, int64_t ldb,
                      float beta, float* c, int64_t ldc) {
  for (int64_t row = 0; row < shape.m; ++row) {
    for (int64_t column = 0; column < shape.n; ++column) {
      float& element = c[row * ldc + column];
      element = beta == 0.0f ? 0.0f : beta * element;
      for (int64_t inner = 0; inner < shape.k; ++inner)
        element += a[row * lda + inner] * b[inner * ldb + column];
    }
  }
}

class MklTest : public testing::Test {
 protected:
  void SetUp() override {
    if (mkl() == nullptr) GTEST_SKIP() << "Intel MKL: " << mkl_description();
  }
};

TEST_F(MklTest, MultipliesRowMajorMatrices) {
  for (const Shape& shape :
       {Shape{1, 1, 1}, {1, 7, 3}, {5, 1, 9}, {17, 33, 65}, {128, 96, 64}, {3, 512, 300}}) {
    for (const int64_t padding : {0, 5}) {
      for (const float beta : {0.0f, 1.0f}) {
        const int64_t lda = shape.k + padding;
        const int64_t ldb = shape.n + 2 * padding;
        const int64_t ldc = shape.n + 3 * padding;
        const std::vector<float> a = integers(shape.m, lda, 1);
        const std::vector<float> b = integers(shape.k, ldb, 2);
        std::vector<float> c = integers(shape.m, ldc, 3);
        // Compared as a whole: what lies between the rows must stay as it was.
        std::vector<float> expected = c;
        multiply_plainly(shape, a.data(), lda, b.data(), ldb, beta, expected.data(), ldc);
        mkl()->sgemm(shape.m, shape.n, shape.k, a.data(), lda, b.data(), ldb, beta, c.data(), ldc);
        EXPECT_EQ(c, expected) << shape.m << " x " << shape.n << " x " << shape.k << ", padding "
                               << padding << ", beta " << beta;
      }
    }
  }
}

TEST_F(MklTest, AddsOuterProducts) {
  for (const Shape& shape : {Shape{1, 1, 1}, {1, 7, 3}, {5, 1, 9}, {17, 33, 65}, {64, 48, 300}}) {
    for (const int64_t padding : {0, 5}) {
      const int64_t lda = shape.m + padding;
      const int64_t ldb = shape.n + 2 * padding;
      const int64_t ldc = shape.n + 3 * padding;
      const std::vector<float> a = integers(shape.k, lda, 1);
      const std::vector<float> b = integers(shape.k, ldb, 2);
      std::vector<float> c = integers(shape.m, ldc, 3);
      std::vector<float> expected = c;
      std::vector<float> turned(static_cast<size_t>(shape.m * shape.k));
      for (int64_t row = 0; row < shape.m; ++row)
        for (int64_t inner = 0; inner < shape.k; ++inner)
          turned.at(static_cast<size_t>(row * shape.k + inner)) =
              a.at(static_cast<size_t>(inner * lda + row));
      multiply_plainly(shape, turned.data(), shape.k, b.data(), ldb, 1.0f, expected.data(), ldc);
      mkl()->add_outer(shape.m, shape.n, shape.k, a.data(), lda, b.data(), ldb, c.data(), ldc);
      EXPECT_EQ(c, expected) << shape.m << " x " << shape.n << " x " << shape.k << ", padding "
                             << padding;
    }
  }
}

TEST_F(MklTest, DoesNotReadTheResultForABetaOfZero) {
  const std::vector<float> a = integers(4, 4, 1);
  const std::vector<float> b = integers(4, 4, 2);
  std::vector<float> c(16, std::numeric_limits<float>::quiet_NaN());
  mkl()->sgemm(4, 4, 4, a.data(), 4, b.data(), 4, 0.0f, c.data(), 4);
  for (const float value : c) EXPECT_FALSE(std::isnan(value));
}

TEST_F(MklTest, DoesNothingForNoRows) {
  float c = 7.0f;
  mkl()->sgemm(0, 1, 1, &c, 1, &c, 1, 0.0f, &c, 1);
  EXPECT_EQ(c, 7.0f);
}

TEST_F(MklTest, TakesCallsFromSeveralThreadsAtOnce) {
  constexpr int64_t kSize = 100;
  const std::vector<float> a = integers(kSize, kSize, 1);
  const std::vector<float> b = integers(kSize, kSize, 2);
  std::vector<float> expected(a.size());
  multiply_plainly({kSize, kSize, kSize}, a.data(), kSize, b.data(), kSize, 0.0f, expected.data(),
                   kSize);
  std::atomic<int> wrong{0};
  constexpr int kThreads = 4;
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&] {
      std::vector<float> c(a.size());
      for (int i = 0; i < 20; ++i) {
        mkl()->sgemm(kSize, kSize, kSize, a.data(), kSize, b.data(), kSize, 0.0f, c.data(), kSize);
        wrong += c != expected ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong.load(), 0);
}

#if defined(__x86_64__)
TEST_F(MklTest, LeavesTheFloatingPointControlAlone) {
  constexpr uint32_t kControlBits = 0xffc0;
  const uint32_t before = _mm_getcsr();
  const std::vector<float> a = integers(64, 64, 1);
  std::vector<float> c(a.size());
  mkl()->sgemm(64, 64, 64, a.data(), 64, a.data(), 64, 0.0f, c.data(), 64);
  EXPECT_EQ(_mm_getcsr() & kControlBits, before & kControlBits);
}
#endif

TEST_F(MklTest, DescribesWhereItIsAndWhatItDoes) {
  for (const char* part : {"mkl_rt.", "Version", "sequential", "computes with "}) {
    EXPECT_NE(mkl_description().find(part), std::string::npos)
        << part << " is missing in: " << mkl_description();
  }
}

TEST(MklAbsenceTest, IsExplained) {
  if (mkl() == nullptr) {
    EXPECT_EQ(mkl_description().rfind("not available: ", 0), 0U) << mkl_description();
    // Then the tests above were skipped, though there is something to find.
    EXPECT_EQ(mkl_description().find("came out wrong"), std::string::npos) << mkl_description();
  } else {
    EXPECT_EQ(mkl_description().rfind("not available", 0), std::string::npos);
  }
}

#if defined(__linux__) && defined(__x86_64__)

// The search happens once per process, so these look at it from fresh processes. The folder of a
// broken installation is made by the process that searches it, which runs the test once more.
// NOLINTBEGIN(concurrency-mt-unsafe): all have one thread when they write their environment.
class MklSearchDeathTest : public testing::Test {
 protected:
  void SetUp() override { testing::FLAGS_gtest_death_test_style = "threadsafe"; }

  // Searches with RECURRENT_MKL set, prints the description and ends the process.
  [[noreturn]] static void search(const std::string& recurrent_mkl) {
    setenv("RECURRENT_MKL", recurrent_mkl.c_str(), 1);
    const bool found = mkl() != nullptr;
    std::fprintf(stderr, "%s: %s", found ? "found" : "refused", mkl_description().c_str());
    std::_Exit(0);
  }

  // Searches a new folder that `fill` has written to.
  [[noreturn]] static void search_folder(
      const std::function<void(const std::filesystem::path&)>& fill) {
    const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) /
                                         ("recurrent_mkl_test_" + std::to_string(getpid()));
    std::filesystem::create_directories(folder);
    fill(folder);
    setenv("RECURRENT_MKL", folder.c_str(), 1);
    const bool found = mkl() != nullptr;
    std::filesystem::remove_all(folder);
    std::fprintf(stderr, "%s: %s", found ? "found" : "refused", mkl_description().c_str());
    std::_Exit(0);
  }

  static void write(const std::filesystem::path& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
  }
};

// With a part missing MKL itself would print a message and end the process.
class BrokenMklDeathTest : public MklSearchDeathTest {
 protected:
  // Where MKL is, is handed to the fresh process in its environment: if that one searched for it
  // here as well, its one search would be over before the test's.
  static constexpr const char* kHandedOver = "RECURRENT_TEST_MKL_DISPATCHER";

  void SetUp() override {
    MklSearchDeathTest::SetUp();
    if (std::getenv(kHandedOver) == nullptr) {
      if (mkl() == nullptr) GTEST_SKIP() << "Intel MKL: " << mkl_description();
      setenv(kHandedOver, mkl_description().substr(0, mkl_description().find(" (")).c_str(), 1);
    }
    dispatcher_ = std::getenv(kHandedOver);
  }

  void TearDown() override { unsetenv(kHandedOver); }

  // The first part of a file of the installation, up to `bytes`.
  std::string head(const std::string& name, size_t bytes) const {
    std::string text(bytes, '\0');
    std::ifstream file(dispatcher_.parent_path() / name, std::ios::binary);
    file.read(text.data(), static_cast<std::streamsize>(bytes));
    text.resize(static_cast<size_t>(file.gcount()));
    return text;
  }

  std::filesystem::path dispatcher_;
};

TEST_F(MklSearchDeathTest, SaysThatTheChosenPathDoesNotExist) {
  EXPECT_EXIT(search("/no/such/folder"), testing::ExitedWithCode(0),
              "refused: not available: RECURRENT_MKL=/no/such/folder: no such file or folder; "
              "install Intel MKL");
}

TEST_F(MklSearchDeathTest, SaysThatTheChosenFolderHoldsNoMkl) {
  EXPECT_EXIT(search_folder([](const std::filesystem::path&) {}), testing::ExitedWithCode(0),
              "refused: not available: RECURRENT_MKL=.*: expected libmkl_rt.so or a folder that "
              "holds it");
}

TEST_F(MklSearchDeathTest, RefusesAFileThatIsNoLibrary) {
  const auto fill = [](const std::filesystem::path& folder) {
    write(folder / "libmkl_rt.so", "a line of text");
  };
  EXPECT_EXIT(search_folder(fill), testing::ExitedWithCode(0),
              "refused: .*libmkl_rt.so is not a shared library of this architecture");
}

TEST_F(BrokenMklDeathTest, RefusesADispatcherWithoutItsParts) {
  const auto fill = [this](const std::filesystem::path& folder) {
    std::filesystem::copy_file(dispatcher_, folder / dispatcher_.filename());
  };
  EXPECT_EXIT(search_folder(fill), testing::ExitedWithCode(0),
              "refused: .*libmkl_def.so.* cannot be read");
}

// The loader would map it and the process would die of a bus error.
TEST_F(BrokenMklDeathTest, RefusesATruncatedPart) {
  const auto fill = [this](const std::filesystem::path& folder) {
    const std::string dispatcher = dispatcher_.filename();
    const std::string part = "libmkl_def" + dispatcher.substr(std::string("libmkl_rt").size());
    std::filesystem::copy_file(dispatcher_, folder / dispatcher);
    write(folder / part, head(part, 100000));
  };
  EXPECT_EXIT(search_folder(fill), testing::ExitedWithCode(0),
              "refused: .*libmkl_def.so.* is truncated");
}

TEST_F(BrokenMklDeathTest, TakesTheFileAsWellAsItsFolder) {
  EXPECT_EXIT(search(dispatcher_), testing::ExitedWithCode(0),
              "found: .*RECURRENT_MKL=.*/libmkl_rt.so");
  EXPECT_EXIT(search(dispatcher_.parent_path()), testing::ExitedWithCode(0),
              "found: .*/libmkl_rt.so.* .RECURRENT_MKL=");
}

// NOLINTEND(concurrency-mt-unsafe)
#endif

}  // namespace
}  // namespace recurrent
