namespace Recurrent.Formats.Tests.Keras;

/// <summary>Keras models against what an independent reading of Keras's documentation computes.</summary>
public sealed class KerasModelTests
{
    public static TheoryData<string> Files =>
        [.. Directory.GetFiles(GoldenFiles.PathOf("keras"))
            .Select(path => Path.GetFileName(path))
            .Where(name => !name.EndsWith(".io.safetensors", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void The_reference_computes_what_Keras_documents(string file)
    {
        RecordedCase recorded = RecordedCase.Load("keras", file);

        Assert.InRange(recorded.LargestDifference(recorded.ComputeReference()), 0, recorded.Allowed("allowed.double"));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void The_native_library_computes_it_too(string file)
    {
        RecordedCase recorded = RecordedCase.Load("keras", file);

        Assert.InRange(recorded.LargestDifference(recorded.ComputeNative()), 0, recorded.Allowed("allowed.single"));
    }
}
