using Recurrent.Cli.Bench;

namespace Recurrent.Cli.Tests.Bench;

/// <summary>How much of a short piece of work makes a sample.</summary>
public sealed class MachineRatesTests
{
    [Fact]
    public void A_pass_that_a_clock_cannot_tell_is_repeated_until_it_can()
    {
        int passes = MachineRates.PassesFor(1e-3, count => count < 1000 ? 0 : count * 50e-9, out double pass);

        Assert.InRange(passes, 19_999, 20_001);
        Assert.Equal(50e-9, pass, 12);
    }

    [Fact]
    public void A_clock_that_stands_still_does_not_make_it_endless()
    {
        int calls = 0;

        int passes = MachineRates.PassesFor(1e-3, _ => calls++ * 0.0, out double pass);

        Assert.Equal((1 << 24, 25), (passes, calls));
        Assert.True(pass > 0);
    }

    [Fact]
    public void A_long_pass_is_made_once() =>
        Assert.Equal(1, MachineRates.PassesFor(1e-3, count => count * 0.5, out _));
}
