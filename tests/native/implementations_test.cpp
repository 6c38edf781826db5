#include "kernels/implementations.h"

#include <gtest/gtest.h>
#include <recurrent/recurrent.h>

#include <cstdio>
#include <cstdlib>
#include <set>
#include <string>

#include "base/error.h"

namespace recurrent::kernels {
namespace {

// What stands in front of an item of a list in a message.
std::string separator_before(const Implementation& each) {
  return &each == &implementations().back() ? " or " : ", ";
}

std::string refusal_of(const std::string& name) {
  std::string names = implementations().front().set.name;
  for (const Implementation& each : implementations().subspan(1))
    names += separator_before(each) + each.set.name;
  return "RECURRENT_ISA: expected " + names + ", found '" + name + "'";
}

TEST(Implementations, AreToldApartByNameAndValue) {
  std::set<int> values;
  std::set<std::string> names;
  for (const Implementation& each : implementations()) {
    EXPECT_TRUE(values.insert(each.set.isa).second) << each.set.name;
    EXPECT_TRUE(names.insert(each.set.name).second) << each.set.name;
    // isa_mask of recurrent_machine_info has a bit for each.
    EXPECT_TRUE(each.set.isa >= 0 && each.set.isa < 32) << each.set.name;
  }
}

TEST(Implementations, ScalarIsEverywhereAndThePlainest) {
  const Implementation& first = implementations().front();
  EXPECT_EQ(first.set.isa, RECURRENT_ISA_SCALAR);
  EXPECT_EQ(first.set.width, 1);
  EXPECT_TRUE(first.is_supported());
}

TEST(Implementations, HaveTheKernelsOfTheirRow) {
  for (const Implementation& each : implementations()) {
    if (!each.kernels) continue;
    EXPECT_EQ(each.kernels->isa, each.set.isa);
    EXPECT_EQ(each.kernels->width, each.set.width);
    EXPECT_STREQ(each.kernels->name, each.set.name);
    EXPECT_GT(each.set.flops_per_ns, 0) << each.set.name;
    EXPECT_GT(each.set.ns_per_vector, 0) << each.set.name;
  }
}

TEST(Implementations, AreSupportedWithTheFeaturesThatTheyNeed) {
  for (const Implementation& each : implementations())
    EXPECT_EQ(each.is_supported(), each.kernels && cpu::features().has(each.needs))
        << each.set.name;
}

TEST(Implementations, OfNoOtherValue) {
  EXPECT_EQ(find_implementation(RECURRENT_ISA_AUTO), nullptr);
  EXPECT_EQ(find_implementation(31), nullptr);
  EXPECT_EQ(table_for(31), nullptr);
}

TEST(Isa, IsTheLastOfTheListUnlessTheEnvironmentNamesOne) {
  int best = -1;
  for (const Implementation& each : implementations())
    if (each.is_supported()) best = each.set.isa;
  EXPECT_EQ(isa_from_environment(nullptr), best);
  EXPECT_EQ(isa_from_environment(""), best);
  EXPECT_EQ(isa_from_environment("scalar"), RECURRENT_ISA_SCALAR);
}

TEST(Isa, RefusesAnUnknownName) {
  for (const char* name : {"sse", "AVX2", "avx2 ", "2", "auto"}) {
    try {
      isa_from_environment(name);
      ADD_FAILURE() << name << " was accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.status(), RECURRENT_STATUS_INVALID_ARGUMENT);
      EXPECT_EQ(error.message(), refusal_of(name));
    }
  }
}

TEST(Isa, RefusesAValueThatIsNone) {
  for (const int isa : {-2, 31, 1000}) {
    try {
      resolve_isa(isa);
      ADD_FAILURE() << isa << " was accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.status(), RECURRENT_STATUS_INVALID_ARGUMENT);
      std::string expected = "isa: expected -1 (auto)";
      for (const Implementation& each : implementations())
        expected +=
            separator_before(each) + std::to_string(each.set.isa) + " (" + each.set.name + ")";
      EXPECT_EQ(error.message(), expected + ", found " + std::to_string(isa));
    }
  }
}

// Either it is there and can be asked for in both ways, or both ways say that it is not.
TEST(Isa, CanBeAskedForWhereItIsSupported) {
  for (const Implementation& each : implementations()) {
    if (each.is_supported()) {
      EXPECT_EQ(isa_from_environment(each.set.name), each.set.isa);
      EXPECT_EQ(resolve_isa(each.set.isa), each.set.isa);
      continue;
    }
    try {
      isa_from_environment(each.set.name);
      ADD_FAILURE() << each.set.name << " was accepted from the environment";
    } catch (const Error& error) {
      EXPECT_EQ(error.status(), RECURRENT_STATUS_UNAVAILABLE);
      EXPECT_EQ(error.message().rfind("RECURRENT_ISA: ", 0), 0U) << error.message();
    }
    try {
      resolve_isa(each.set.isa);
      ADD_FAILURE() << each.set.name << " was accepted as an argument";
    } catch (const Error& error) {
      EXPECT_EQ(error.status(), RECURRENT_STATUS_UNAVAILABLE);
      EXPECT_EQ(error.message().rfind("isa: ", 0), 0U) << error.message();
    }
  }
}

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
  const std::string message = refusal_of("mmx") + ";";
  EXPECT_EXIT(select(), testing::ExitedWithCode(0), message + message + message);
}
// NOLINTEND(concurrency-mt-unsafe)

#endif

}  // namespace
}  // namespace recurrent::kernels
