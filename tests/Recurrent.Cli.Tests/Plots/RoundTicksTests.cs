using System.Globalization;
using Recurrent.Plots;

namespace Recurrent.Cli.Tests.Plots;

/// <summary>Ticks are round, few and inside of their axis, whatever is drawn.</summary>
public sealed class RoundTicksTests
{
    [Theory]
    [InlineData(0, 100)]
    [InlineData(-3, 206)]
    [InlineData(1691, 2017.5)]
    [InlineData(0.00123, 0.00124)]
    [InlineData(-1e-9, 3e-9)]
    [InlineData(12_345_678, 98_765_432)]
    public void A_linear_axis_has_multiples_of_1_2_or_5_times_a_power_of_ten(double low, double high)
    {
        for (int most = 5; most <= 10; most++)
        {
            double[] ticks = [.. RoundTicks.Linear(low, high, most).Select(tick => tick.Value)];

            Assert.InRange(ticks.Length, 2, most + 1);
            Assert.All(ticks, tick => Assert.InRange(tick, low - (1e-6 * (high - low)), high + (1e-6 * (high - low))));
            AssertDigit(ticks[1] - ticks[0], [1, 2, 5]);
            Assert.All(ticks, tick => Assert.Equal(0, Math.IEEERemainder(tick, ticks[1] - ticks[0]), 1e-6 * (high - low)));
        }
    }

    [Theory]
    [InlineData(0.5, 1.5, new[] { "1" })]
    [InlineData(0.9, 5.1, new[] { "1", "2", "3", "4", "5" })]
    [InlineData(-2, 102, new[] { "0", "20", "40", "60", "80", "100" })]
    [InlineData(1690, 2018, new[] { "1700", "1750", "1800", "1850", "1900", "1950", "2000" })]
    public void Whole_numbers_have_whole_ticks(double low, double high, string[] expected) =>
        Assert.Equal(expected, RoundTicks.Linear(low, high, 9, isWhole: true).Select(tick => tick.Label));

    [Theory]
    [InlineData(1e-8, 1e-4, new[] { "10⁻⁸", "10⁻⁷", "10⁻⁶", "10⁻⁵", "10⁻⁴" })]
    [InlineData(0.5, 2e5, new[] { "1", "10", "100", "1000", "10,000", "100,000" })]
    [InlineData(0.011, 0.26, new[] { "0.02", "0.05", "0.1", "0.2" })]
    [InlineData(1e-20, 1, new[] { "10⁻²⁰", "10⁻¹⁵", "10⁻¹⁰", "10⁻⁵", "10⁰" })]
    [InlineData(0.021, 0.029, new[] { "0.021", "0.022", "0.023", "0.024", "0.025", "0.026", "0.027", "0.028", "0.029" })]
    [InlineData(2.1e-7, 4.2e-7, new[] { "2.5×10⁻⁷", "3×10⁻⁷", "3.5×10⁻⁷", "4×10⁻⁷" })]
    public void A_logarithmic_axis_has_decades_or_what_is_round_between_them(double low, double high, string[] expected) =>
        Assert.Equal(
            expected,
            RoundTicks.Logarithmic(low, high, 9).Where(tick => tick.Label is not null).Select(tick => tick.Label));

    [Fact]
    public void Minor_ticks_of_a_logarithmic_axis_are_digits_of_its_decades()
    {
        RoundTick[] minor = [.. RoundTicks.Logarithmic(1, 1000, 9).Where(tick => tick.Label is null)];

        Assert.Equal(24, minor.Length);
        Assert.All(minor, tick => AssertDigit(tick.Value, [2, 3, 4, 5, 6, 7, 8, 9]));
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(-20, "-20")]
    [InlineData(0.30000000000000004, "0.3")]
    [InlineData(2008, "2008")]
    [InlineData(20_000, "20,000")]
    [InlineData(1_000_000, "10⁶")]
    [InlineData(-2e-7, "-2×10⁻⁷")]
    public void Numbers_are_short(double value, string expected) => Assert.Equal(expected, PlotNumber.Text(value));

    private static void AssertDigit(double value, int[] digits) => Assert.Contains(
        (int)char.GetNumericValue(value.ToString("E5", CultureInfo.InvariantCulture)[0]), digits);
}
