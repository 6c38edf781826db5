// How MKL is found on Windows, with a stand-in for it (stand_in_mkl.c).
#if defined(_WIN32)

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "gemm/mkl.h"

namespace recurrent {
namespace {

namespace fs = std::filesystem;

// The search happens once per process, so these look at it from fresh processes.
class MklOnWindowsDeathTest : public ::testing::Test {
 protected:
  MklOnWindowsDeathTest() {
    testing::FLAGS_gtest_death_test_style = "threadsafe";
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~MklOnWindowsDeathTest() override {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  // The installation of a release in a folder.
  void install(const std::string& release) const {
    for (const char* part : {"rt", "core", "sequential", "def"}) {
      const std::string name = std::string("mkl_") + part + release + ".dll";
      fs::copy_file(fs::path(RECURRENT_STAND_IN_MKL) / name, folder_ / name);
    }
  }

  [[noreturn]] static void search(const char* variable, const fs::path& value) {
    _putenv_s(variable, value.string().c_str());
    const bool found = mkl() != nullptr;
    std::fprintf(stderr, "%s: %s", found ? "found" : "refused", mkl_description().c_str());
    std::fflush(stderr);
    std::_Exit(0);
  }

  const fs::path folder_ = fs::temp_directory_path() / "recurrent mkl test";
};

TEST_F(MklOnWindowsDeathTest, FindsEveryRelease) {
  for (const char* release : {".2", ".1", ""}) {
    install(release);
    EXPECT_EXIT(
        search("RECURRENT_MKL", folder_), testing::ExitedWithCode(0),
        "found: .*mkl_rt.*dll .RECURRENT_MKL=.*, Stand-in for MKL, Version 0, sequential, computes "
        "with mkl_def.*dll, branch AVX2");
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
}

TEST_F(MklOnWindowsDeathTest, TakesTheFileAndMklrootAndThePath) {
  install(".2");
  EXPECT_EXIT(search("RECURRENT_MKL", folder_ / "mkl_rt.2.dll"), testing::ExitedWithCode(0),
              "found: .*mkl_rt.2.dll .RECURRENT_MKL=");
  EXPECT_EXIT(search("PATH", folder_), testing::ExitedWithCode(0),
              "found: .*mkl_rt.2.dll .the system.s library path");
  fs::create_directories(folder_ / "root" / "bin");
  for (const char* part : {"rt", "core", "sequential", "def"}) {
    const std::string name = std::string("mkl_") + part + ".2.dll";
    fs::rename(folder_ / name, folder_ / "root" / "bin" / name);
  }
  EXPECT_EXIT(search("MKLROOT", folder_ / "root"), testing::ExitedWithCode(0),
              "found: .*mkl_rt.2.dll .MKLROOT.");
}

TEST_F(MklOnWindowsDeathTest, SaysWhatIsMissing) {
  EXPECT_EXIT(
      search("RECURRENT_MKL", folder_ / "none"), testing::ExitedWithCode(0),
      "refused: not available: RECURRENT_MKL=.*: no such file or folder; install Intel MKL");
  EXPECT_EXIT(search("RECURRENT_MKL", folder_), testing::ExitedWithCode(0),
              "refused: .*: expected mkl_rt.2.dll or a folder that holds it");
  std::ofstream(folder_ / "mkl_rt.2.dll") << "a line of text";
  EXPECT_EXIT(search("RECURRENT_MKL", folder_), testing::ExitedWithCode(0),
              "refused: .*mkl_rt.2.dll is not a shared library of this architecture");
}

// MKL itself would print a message and end the process.
TEST_F(MklOnWindowsDeathTest, RefusesAnInstallationThatIsNotWhole) {
  install(".2");
  const fs::path part = folder_ / "mkl_def.2.dll";
  fs::resize_file(part, fs::file_size(part) / 2);
  EXPECT_EXIT(search("RECURRENT_MKL", folder_), testing::ExitedWithCode(0),
              "refused: .*mkl_def.2.dll is truncated");
  fs::remove(part);
  EXPECT_EXIT(search("RECURRENT_MKL", folder_), testing::ExitedWithCode(0),
              "refused: .*mkl_def.2.dll cannot be read");
  fs::copy_file(fs::path(RECURRENT_STAND_IN_MKL) / "mkl_def.2.dll", part);
  fs::remove(folder_ / "mkl_core.2.dll");
  EXPECT_EXIT(search("RECURRENT_MKL", folder_), testing::ExitedWithCode(0),
              "refused: .*mkl_core.2.dll cannot be read");
}

// Not a dispatcher of MKL 2020 or later.
TEST_F(MklOnWindowsDeathTest, RefusesADispatcherWithoutItsFunctions) {
  install(".2");
  fs::remove(folder_ / "mkl_rt.2.dll");
  fs::copy_file(folder_ / "mkl_core.2.dll", folder_ / "mkl_rt.2.dll");
  EXPECT_EXIT(search("RECURRENT_MKL", folder_), testing::ExitedWithCode(0),
              "refused: .*lacks a function, expected MKL 2020 or later");
}

}  // namespace
}  // namespace recurrent

#endif
