// A dense sample of the exhaustive activation check (native/tools/accuracy), on every instruction
// set of the machine.
#include <gtest/gtest.h>
#include <recurrent/recurrent.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "../../native/tools/accuracy/functions.h"
#include "../../native/tools/accuracy/ulp.h"
#include "every_isa.h"
#include "kernels/implementations.h"

namespace recurrent {
namespace {

using accuracy::Function;
using accuracy::kFunctions;
using accuracy::ulp_distance;

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr uint32_t kSignBit = 0x80000000u;

uint32_t bits(float value) { return std::bit_cast<uint32_t>(value); }

bool same_bits(float a, float b) { return bits(a) == bits(b) || (std::isnan(a) && std::isnan(b)); }

// The neighbourhood of every bound, clamp and special value of the functions, and of each negative.
std::vector<float> edge_inputs() {
  const float centres[] = {0.0f,       0x1p-149f,  0x1p-126f,  0x1p-63f,   0x1p-25f,  0x1p-12f,
                           0.1732868f, 0.3465736f, 0.4142135f, 0.2928932f, 0.5f,      1.0f,
                           2.0f,       9.010914f,  10.0f,      16.6355f,   17.32868f, 20.0f,
                           87.33654f,  88.37626f,  88.72284f,  89.0f,      103.97f,   0x1p24f,
                           0x1p64f,    0x1p126f,   0x1p127f,   kInfinity};
  constexpr uint32_t kReach = 64;
  std::vector<float> inputs;
  for (const float centre : centres) {
    const uint32_t middle = bits(centre);
    for (uint32_t i = middle < kReach ? 0 : middle - kReach; i <= middle + kReach; ++i) {
      inputs.push_back(std::bit_cast<float>(i));
      inputs.push_back(std::bit_cast<float>(i ^ kSignBit));
    }
  }
  for (const uint32_t nan : {0x7fc00000u, 0xffc00000u, 0x7f800001u, 0x7fffffffu, 0xffffffffu})
    inputs.push_back(std::bit_cast<float>(nan));
  return inputs;
}

std::vector<float> sampled_inputs() {
  constexpr uint64_t kStep = 4099;  // a prime: every exponent and every kind of mantissa
  std::vector<float> inputs = edge_inputs();
  for (uint64_t i = 0; i <= UINT32_MAX; i += kStep)
    inputs.push_back(std::bit_cast<float>(static_cast<uint32_t>(i)));
  return inputs;
}

const std::vector<float>& inputs() {
  static const std::vector<float> all = sampled_inputs();
  return all;
}

std::vector<float> evaluate(const Function& function, const kernels::KernelTable& table,
                            const std::vector<float>& x) {
  std::vector<float> y(x.size());
  function.ours(table, x.data(), y.data(), static_cast<int64_t>(x.size()));
  return y;
}

float evaluate_one(int32_t kind, const kernels::KernelTable& table, float x, float alpha = 1.0f,
                   float beta = 1.0f) {
  float y = 0.0f;
  table.activation(kind, alpha, beta, &x, &y, 1);
  return y;
}

class IsaTest : public test::EveryIsa {
 protected:
  const kernels::KernelTable& table() { return *kernels::table_for(GetParam()); }
};

using MathTest = IsaTest;
using ActivationTest = IsaTest;

INSTANTIATE_ON_EVERY_ISA(MathTest);

TEST_P(MathTest, IsWithinItsBoundOfTheCorrectlyRoundedResult) {
  for (const Function& function : kFunctions) {
    const std::vector<float> y = evaluate(function, table(), inputs());
    int64_t worst = 0;
    float worst_at = 0.0f;
    for (size_t i = 0; i < y.size(); ++i) {
      const double exact = function.exact(static_cast<double>(inputs()[i]));
      if (std::isnan(exact) || std::isnan(y[i])) continue;
      const int64_t distance = ulp_distance(y[i], static_cast<float>(exact));
      if (distance > worst) {
        worst = distance;
        worst_at = inputs()[i];
      }
    }
    EXPECT_LE(worst, function.ulp_bound) << function.name << " at " << std::hexfloat << worst_at;
  }
}

TEST_P(MathTest, IsNanExactlyWhereTheExactResultIs) {
  for (const Function& function : kFunctions) {
    const std::vector<float> y = evaluate(function, table(), inputs());
    for (size_t i = 0; i < y.size(); ++i) {
      const bool expected = std::isnan(function.exact(static_cast<double>(inputs()[i])));
      ASSERT_EQ(std::isnan(y[i]), expected)
          << function.name << " at " << std::hexfloat << inputs()[i];
    }
  }
}

TEST_P(MathTest, StaysInItsRange) {
  for (const Function& function : kFunctions) {
    const std::vector<float> y = evaluate(function, table(), inputs());
    for (size_t i = 0; i < y.size(); ++i) {
      ASSERT_FALSE(y[i] < function.least || y[i] > function.greatest)
          << function.name << " at " << std::hexfloat << inputs()[i];
    }
  }
}

TEST_P(MathTest, OddFunctionsAreOddBitForBit) {
  std::vector<float> mirrored = inputs();
  for (float& x : mirrored) x = std::bit_cast<float>(bits(x) ^ kSignBit);
  for (const Function& function : kFunctions) {
    if (!function.is_odd) continue;
    const std::vector<float> y = evaluate(function, table(), inputs());
    const std::vector<float> z = evaluate(function, table(), mirrored);
    for (size_t i = 0; i < y.size(); ++i) {
      ASSERT_TRUE(same_bits(z[i], -y[i]))
          << function.name << " at " << std::hexfloat << inputs()[i];
    }
  }
}

TEST_P(MathTest, GivesTheBitsOfTheScalarCode) {
  const kernels::KernelTable& scalar = *kernels::table_for(RECURRENT_ISA_SCALAR);
  for (const Function& function : kFunctions) {
    const std::vector<float> expected = evaluate(function, scalar, inputs());
    const std::vector<float> actual = evaluate(function, table(), inputs());
    for (size_t i = 0; i < actual.size(); ++i) {
      ASSERT_TRUE(same_bits(actual[i], expected[i]))
          << function.name << " at " << std::hexfloat << inputs()[i] << ": " << actual[i]
          << ", scalar " << expected[i];
    }
  }
}

TEST_P(MathTest, ArraysOfAnyLengthTouchNothingElse) {
  constexpr int kLongest = 40;
  constexpr float kUntouched = 12345.0f;
  const std::vector<float> x(kLongest, 0.5f);
  for (const Function& function : kFunctions) {
    float expected = 0.0f;
    function.ours(table(), x.data(), &expected, 1);
    for (int n = 0; n <= kLongest; ++n) {
      std::vector<float> y(kLongest + 1, kUntouched);
      function.ours(table(), x.data(), y.data(), n);
      for (int i = 0; i <= kLongest; ++i) {
        ASSERT_EQ(y[static_cast<size_t>(i)], i < n ? expected : kUntouched)
            << function.name << ", element " << i << " of " << n;
      }
    }
  }
}

TEST_P(MathTest, SpecialValuesAreExact) {
  struct Case {
    const char* function;
    float x;
    float y;
  };
  const Case cases[] = {
      {"exp", 0.0f, 1.0f},
      {"exp", -0.0f, 1.0f},
      {"exp", kInfinity, kInfinity},
      {"exp", -kInfinity, 0.0f},
      {"exp", 88.73f, kInfinity},
      {"exp", -87.4f, 0.0f},
      {"expm1", 0.0f, 0.0f},
      {"expm1", -0.0f, -0.0f},
      {"expm1", kInfinity, kInfinity},
      {"expm1", -kInfinity, -1.0f},
      {"log", 1.0f, 0.0f},
      {"log", 0.0f, -kInfinity},
      {"log", -0.0f, -kInfinity},
      {"log", kInfinity, kInfinity},
      {"log", -1.0f, kNan},
      {"log", -0x1p-149f, kNan},
      {"log", -kInfinity, kNan},
      {"log1p", 0.0f, 0.0f},
      {"log1p", -0.0f, -0.0f},
      {"log1p", -1.0f, -kInfinity},
      {"log1p", kInfinity, kInfinity},
      {"log1p", -1.5f, kNan},
      {"log1p", -kInfinity, kNan},
      {"sigmoid", 0.0f, 0.5f},
      {"sigmoid", kInfinity, 1.0f},
      {"sigmoid", -kInfinity, 0.0f},
      {"sigmoid", -0.0f, 0.5f},
      {"tanh", 0.0f, 0.0f},
      {"tanh", -0.0f, -0.0f},
      {"tanh", kInfinity, 1.0f},
      {"tanh", -kInfinity, -1.0f},
      {"softplus", kInfinity, kInfinity},
      {"softplus", -kInfinity, 0.0f},
      {"elu", -0.0f, -0.0f},
  };
  for (const Case& c : cases) {
    bool found = false;
    for (const Function& function : kFunctions) {
      if (std::string(function.name) != c.function) continue;
      found = true;
      float y = 0.0f;
      function.ours(table(), &c.x, &y, 1);
      EXPECT_TRUE(same_bits(y, c.y)) << c.function << "(" << c.x << ") = " << y;
    }
    EXPECT_TRUE(found) << c.function;
  }
}

INSTANTIATE_ON_EVERY_ISA(ActivationTest);

TEST_P(ActivationTest, EveryKindIsItsFormula) {
  struct Case {
    int32_t kind;
    float alpha;
    float beta;
    float x;
    float y;
  };
  const Case cases[] = {
      {RECURRENT_ACTIVATION_RELU, 0, 0, 2.5f, 2.5f},
      {RECURRENT_ACTIVATION_RELU, 0, 0, -2.5f, 0.0f},
      {RECURRENT_ACTIVATION_RELU, 0, 0, -0.0f, -0.0f},
      {RECURRENT_ACTIVATION_RELU, 0, 0, -kInfinity, 0.0f},
      {RECURRENT_ACTIVATION_HARD_SIGMOID, 0.25f, 0.5f, 1.0f, 0.75f},
      {RECURRENT_ACTIVATION_HARD_SIGMOID, 0.25f, 0.5f, 9.0f, 1.0f},
      {RECURRENT_ACTIVATION_HARD_SIGMOID, 0.25f, 0.5f, -9.0f, 0.0f},
      {RECURRENT_ACTIVATION_IDENTITY, 0, 0, -3.0f, -3.0f},
      {RECURRENT_ACTIVATION_AFFINE, 2.0f, -1.0f, 3.0f, 5.0f},
      {RECURRENT_ACTIVATION_LEAKY_RELU, 0.25f, 0, -8.0f, -2.0f},
      {RECURRENT_ACTIVATION_LEAKY_RELU, 0.25f, 0, 8.0f, 8.0f},
      {RECURRENT_ACTIVATION_THRESHOLDED_RELU, 1.5f, 0, 1.5f, 1.5f},
      {RECURRENT_ACTIVATION_THRESHOLDED_RELU, 1.5f, 0, 1.25f, 0.0f},
      {RECURRENT_ACTIVATION_THRESHOLDED_RELU, kNan, 0, 1.25f, 0.0f},
      {RECURRENT_ACTIVATION_SCALED_TANH, 1.75f, 3.0f, kInfinity, 1.75f},
      {RECURRENT_ACTIVATION_SCALED_TANH, 1.75f, 3.0f, -20.0f, -1.75f},
      {RECURRENT_ACTIVATION_ELU, 2.0f, 0, -kInfinity, -2.0f},
      {RECURRENT_ACTIVATION_ELU, 2.0f, 0, 3.0f, 3.0f},
      {RECURRENT_ACTIVATION_SOFTSIGN, 0, 0, -3.0f, -0.75f},
      {RECURRENT_ACTIVATION_SOFTPLUS, 0, 0, 100.0f, 100.0f},
      {RECURRENT_ACTIVATION_CLIP, -0.5f, 6.0f, -0.75f, -0.5f},
      {RECURRENT_ACTIVATION_CLIP, -0.5f, 6.0f, 7.0f, 6.0f},
      {RECURRENT_ACTIVATION_CLIP, -0.5f, 6.0f, 2.5f, 2.5f},
      {RECURRENT_ACTIVATION_CLIP, 0.0f, 6.0f, -0.0f, -0.0f},
      {RECURRENT_ACTIVATION_CLIP, 0.0f, 6.0f, -kInfinity, 0.0f},
      {RECURRENT_ACTIVATION_CLIP, 1.0f, 1.0f, kInfinity, 1.0f},
  };
  for (const Case& c : cases) {
    const float y = evaluate_one(c.kind, table(), c.x, c.alpha, c.beta);
    EXPECT_TRUE(same_bits(y, c.y)) << "kind " << c.kind << " at " << c.x << " = " << y;
  }
}

TEST_P(ActivationTest, EveryKindKeepsNan) {
  for (int32_t kind = RECURRENT_ACTIVATION_TANH; kind <= RECURRENT_ACTIVATION_CLIP; ++kind) {
    EXPECT_TRUE(std::isnan(evaluate_one(kind, table(), kNan, 0.5f, 0.5f))) << "kind " << kind;
    EXPECT_TRUE(std::isnan(evaluate_one(kind, table(), -kNan, 0.5f, 0.5f))) << "kind " << kind;
  }
}

TEST_P(ActivationTest, EveryKindGivesTheBitsOfTheScalarCode) {
  const kernels::KernelTable& scalar = *kernels::table_for(RECURRENT_ISA_SCALAR);
  constexpr float kAlpha = 0.7f;
  constexpr float kBeta = 0.3f;
  const std::vector<float>& x = inputs();
  std::vector<float> expected(x.size());
  std::vector<float> actual(x.size());
  const int64_t count = static_cast<int64_t>(x.size());
  for (int32_t kind = RECURRENT_ACTIVATION_TANH; kind <= RECURRENT_ACTIVATION_CLIP; ++kind) {
    scalar.activation(kind, kAlpha, kBeta, x.data(), expected.data(), count);
    table().activation(kind, kAlpha, kBeta, x.data(), actual.data(), count);
    for (size_t i = 0; i < x.size(); ++i) {
      ASSERT_TRUE(same_bits(actual[i], expected[i]))
          << "kind " << kind << " at " << std::hexfloat << x[i] << ": " << actual[i] << ", scalar "
          << expected[i];
    }
  }
}

}  // namespace
}  // namespace recurrent
