namespace Recurrent.Formats.Tests.Keras;

/// <summary>Keras models against what an independent reading of Keras's documentation computes.</summary>
public sealed class KerasModelTests
{
    // Where a constant of Keras is no float: 0.2, 1/6, the normalisation's factors, a gain.
    private static readonly string[] Rounded =
        ["activations", "aida_skip_gain", "bidirectional", "gru_before", "gru_first_keras_2", "lstm_hard_sigmoid",
        "rtneural_layers"];

    public static TheoryData<string> Files =>
        [.. Directory.GetFiles(RecordedCase.PathOf("keras"))
            .Select(path => Path.GetFileName(path))
            .Where(name => !name.EndsWith(".io.safetensors", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void The_reference_computes_what_Keras_documents(string file)
    {
        RecordedCase recorded = RecordedCase.Load("keras", file);

        bool isRounded = Rounded.Any(name => file.StartsWith(name, StringComparison.Ordinal));
        Assert.InRange(recorded.LargestDifference(recorded.ComputeReference()), 0, isRounded ? 1e-6 : 1e-12);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void The_native_library_computes_it_too(string file)
    {
        RecordedCase recorded = RecordedCase.Load("keras", file);

        Assert.InRange(recorded.LargestDifference(recorded.ComputeNative()), 0, 2e-6);
    }
}
