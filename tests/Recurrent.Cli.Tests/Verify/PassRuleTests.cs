using Recurrent.Cli.Verify;

namespace Recurrent.Cli.Tests.Verify;

public sealed class PassRuleTests
{
    [Theory]
    [InlineData(1.9e-6, 0, true)]
    [InlineData(2.1e-6, 0, false)]
    [InlineData(2.1e-6, 1e-6, true)]
    [InlineData(15.9e-6, 1e-6, true)]
    [InlineData(16.1e-6, 1e-6, false)]
    public void The_allowed_error_is_the_larger_of_PyTorchs_and_the_relative_one(
        double error, double torchError, bool passes)
    {
        TensorResult result = PassRule.Single.Check(Expected(torchError, 1, -0.5), [1 - error, -0.5]);

        Assert.Equal(passes, result.Passed);
        Assert.Equal(error, result.Error, 1e-12);
        Assert.Equal(Math.Max(16 * torchError, 2e-6), result.Allowed, 1e-15);
    }

    [Fact]
    public void The_largest_value_counts_whatever_its_sign() =>
        Assert.True(PassRule.Single.Check(Expected(0, 0.001, -100), [0.0011, -100]).Passed);

    [Theory]
    [InlineData(double.NaN, double.NaN, true)]
    [InlineData(double.NaN, 1, false)]
    [InlineData(1, double.NaN, false)]
    [InlineData(double.PositiveInfinity, double.PositiveInfinity, true)]
    [InlineData(double.PositiveInfinity, double.NegativeInfinity, false)]
    [InlineData(double.NegativeInfinity, double.NegativeInfinity, true)]
    [InlineData(double.PositiveInfinity, double.NaN, false)]
    [InlineData(double.NaN, double.PositiveInfinity, false)]
    [InlineData(double.PositiveInfinity, 3e38, false)]
    [InlineData(1, double.NegativeInfinity, false)]
    public void Values_that_are_not_finite_meet_their_like(double expected, double actual, bool passes)
    {
        foreach (PassRule rule in new[] { PassRule.Single, PassRule.Double })
        {
            Assert.Equal(passes, rule.Check(Expected(0, 1, expected), [1, actual]).Passed);
            Assert.Equal(passes, rule.Check(Expected(0, expected, 1), [actual, 1]).Passed);
        }
    }

    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(0, 1e-37, true)]
    [InlineData(0, -1.1e-37, false)]
    [InlineData(9e-38, 0, true)]
    [InlineData(9e-38, -1e-37, true)]
    [InlineData(9e-38, 1.1e-37, false)]
    [InlineData(9e-38, double.NaN, false)]
    [InlineData(2e-37, 0, false)]
    public void Tensors_below_the_smallest_normal_numbers_are_held_to_it(double expected, double actual, bool passes) =>
        Assert.Equal(passes, PassRule.Single.Check(Expected(0, expected), [actual]).Passed);

    [Theory]
    [InlineData(1, 0.9e-12, true)]
    [InlineData(1, 1.1e-12, false)]
    [InlineData(0, 0, true)]
    [InlineData(0, 1e-299, false)]
    [InlineData(0, -3.5e-308, true)]
    [InlineData(1e-299, 1e-300, false)]
    public void The_oracle_is_held_to_1e_12(double expected, double error, bool passes) =>
        Assert.Equal(passes, PassRule.Double.Check(Expected(0, expected), [expected + error]).Passed);

    [Fact]
    public void An_absolute_error_is_allowed_where_the_rule_says_so() =>
        Assert.True((PassRule.Single with { Absolute = 1e-4 }).Check(Expected(0, 0.1), [0.10009]).Passed);

    [Fact]
    public void A_tensor_of_another_length_fails() =>
        Assert.Equal("expected 2 values, found 1", PassRule.Single.Check(Expected(0, 1, 2), [1]).Failure);

    [Fact]
    public void A_failure_names_the_place_and_both_values()
    {
        var expected = new ExpectedTensor("y", [2, 1, 3], [0, 0, 0, 0, 1.5, 0], 0);

        TensorResult result = PassRule.Single.Check(expected, [0, 0, 0, 0, 1.25, 0]);

        Assert.Equal("expected 1.5 at [1, 0, 1], found 1.25", result.Failure);
        Assert.Equal("y", result.Tensor);
    }

    private static ExpectedTensor Expected(double torchError, params double[] values) =>
        new("y", [values.Length], values, torchError);
}
