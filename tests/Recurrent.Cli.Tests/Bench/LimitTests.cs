using Recurrent.Cli.Bench;

namespace Recurrent.Cli.Tests.Bench;

/// <summary>The limit by hand, on rates that are easy to divide by.</summary>
public sealed class LimitTests
{
    private const int KiB = 1024;

    // 1 GFLOP/s; reads of 8, 4, 2 and 1 GB/s.
    private static readonly MachineRates Rates = new(
        1,
        [.. MemoryLevel.For(1, 32 * KiB, 256 * KiB, 1024 * KiB).Zip([8.0, 4, 2, 1])]);

    [Theory]
    [InlineData(1, "L1")]
    [InlineData(32 * KiB, "L1")]
    [InlineData((32 * KiB) + 1, "L2")]
    [InlineData(1024 * KiB, "L3")]
    [InlineData(1e12, "memory")]
    public void Weights_are_read_from_the_nearest_level_that_holds_them(double bytes, string level)
    {
        Assert.Equal(Rates.Reads.Single(read => read.Level.Name == level).Bandwidth, Rates.BandwidthFor(bytes));
    }

    [Fact]
    public void Private_caches_count_once_a_thread()
    {
        Assert.Equal(
            [("L1", 64.0 * KiB), ("L2", 512.0 * KiB), ("L3", 1024.0 * KiB), ("memory", double.PositiveInfinity)],
            MemoryLevel.For(2, 32 * KiB, 256 * KiB, 1024 * KiB).Select(level => (level.Name, level.Holds)));
    }

    [Fact]
    public void Unknown_caches_are_left_out()
    {
        Assert.Equal("memory", Assert.Single(MemoryLevel.For(1, 0, 0, 0)).Name);
    }

    [Fact]
    public void A_step_is_one_phase()
    {
        Workload workload = Workloads.OfSizes(new BenchRequest { Cell = "lstm", Input = 8, Hidden = 16 });
        Assert.Equal([new Phase(64, 24, 1, 1)], workload.Phases);
        // 3,072 operations at 1 GFLOP/s are slower than 6,144 bytes at 8 GB/s.
        Assert.Equal(3.072, Limit.Microseconds(workload.Phases, Rates), 1e-9);
    }

    [Fact]
    public void Bandwidth_is_the_limit_where_it_is_slower()
    {
        MachineRates fast = Rates with { GigaFlops = 1000 };
        Assert.Equal(6.144 / 8, Limit.Microseconds([new Phase(64, 24, 1, 1)], fast), 1e-9);
    }

    [Fact]
    public void A_sequence_multiplies_its_inputs_at_once_and_then_has_a_phase_a_step()
    {
        Workload workload = Workloads.OfSizes(
            new BenchRequest { Cell = "gru", Input = 8, Hidden = 16, Layers = 2, Bidirectional = true, Batch = 3, Time = 5 });
        Phase[] first = [new Phase(48, 8, 15, 1), new Phase(48, 16, 3, 5)];
        Phase[] second = [new Phase(48, 32, 15, 1), new Phase(48, 16, 3, 5)];
        Assert.Equal([.. first, .. first, .. second, .. second], workload.Phases);
        Assert.Equal(2 * 48 * 3 * 5 * ((2 * (8 + 16)) + (2 * (32 + 16))), workload.Operations);
    }

    [Fact]
    public void Padding_fills_hidden_units_up_to_whole_vectors()
    {
        Workload workload = Workloads.OfSizes(new BenchRequest { Cell = "lstm", Input = 3, Hidden = 20 });
        Assert.Equal(4 * 80 * (3 + 20 + 2), workload.RawBytes);
        Assert.Equal(4 * 128 * (3 + 20 + 2), workload.PaddedBytes(16));
        Assert.Equal(workload.RawBytes, workload.PaddedBytes(1));
    }
}
