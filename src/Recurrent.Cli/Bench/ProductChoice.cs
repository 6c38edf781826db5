namespace Recurrent.Cli.Bench;

/// <summary>What <see cref="GemmProvider.Auto"/> takes for an LSTM of some sizes on an instruction set.</summary>
internal sealed record ProductChoice(InstructionSet InstructionSet, int InputSize, int HiddenSize, ProductInfo Info)
{
    // Squares from small to large, and a narrow and a wide input.
    private static readonly (int Input, int Hidden)[] TypicalSizes =
        [(64, 64), (128, 128), (256, 256), (512, 512), (1024, 1024), (16, 256), (1024, 64)];

    /// <summary>Every instruction set and typical size of this machine.</summary>
    public static IReadOnlyList<ProductChoice> OfThisMachine() =>
    [
        .. from isa in Machine.InstructionSets.Reverse()
           from size in TypicalSizes
           select Of(isa, size.Input, size.Hidden),
    ];

    /// <summary>10^9 operations a second of a product of the measured rows; 0 if nothing was measured.</summary>
    public double GigaFlops(double microseconds) =>
        microseconds > 0 ? 2e-3 * Info.Rows * 4 * HiddenSize * InputSize / microseconds : 0;

    private static ProductChoice Of(InstructionSet isa, int input, int hidden)
    {
        Workload workload = Workloads.OfSizes(new BenchRequest { Cell = "lstm", Input = input, Hidden = hidden });
        using RecurrentModel model = RecurrentModel.Create(
            workload.Model, new ModelOptions { InstructionSet = isa, GemmProvider = GemmProvider.Auto });
        return new ProductChoice(isa, input, hidden, model.GetProductInfo(0));
    }
}
