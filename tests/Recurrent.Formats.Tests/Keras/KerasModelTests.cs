namespace Recurrent.Formats.Tests.Keras;

/// <summary>Keras models against what an independent reading of Keras's documentation computes.</summary>
public sealed class KerasModelTests
{
    public static TheoryData<string> Files =>
        [.. Directory.GetFiles(RecordedCase.PathOf("keras"))
            .Select(path => Path.GetFileName(path))
            .Where(name => !name.EndsWith(".io.safetensors", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];

    // Where a constant of Keras is no float: 0.2, 1/6, the normalisation's factors, a gain.
    private static readonly string[] Rounded =
        ["activations", "aida_skip_gain", "bidirectional", "gru_before", "gru_first_keras_2", "lstm_hard_sigmoid",
        "rtneural_layers"];

    [Theory]
    [MemberData(nameof(Files))]
    public void The_reference_computes_what_Keras_documents(string file)
    {
        RecordedCase recorded = RecordedCase.Load("keras", file);
        double[] computed = recorded.Compute();

        bool isRounded = Rounded.Any(name => file.StartsWith(name, StringComparison.Ordinal));
        Assert.InRange(recorded.LargestDifference(computed), 0, isRounded ? 1e-6 : 1e-12);
    }
}
