using Recurrent.Layers;
using Recurrent.Reference;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Inference;

/// <summary>What the environment decides when the library is loaded.</summary>
public sealed class EnvironmentTests
{
    private const string Library = "RECURRENT_LIBRARY";
    private const string Isa = "RECURRENT_ISA";
    private const string Nowhere = "no-such-folder/librecurrent.so";

    private static Layer Layer => new LayerCase { Cell = CellKind.Lstm, Size = 3 }.Create(2, new RandomFloats(1));

    [Fact]
    public void Without_the_library_a_model_says_why_and_names_the_reference() =>
        ChildProcess.Run(typeof(EnvironmentTests), Library, Nowhere, WithoutTheLibrary);

    [Fact]
    public void An_instruction_set_can_be_forced() =>
        ChildProcess.Run(typeof(EnvironmentTests), Isa, "scalar", WithScalarCode);

    [Fact]
    public void An_unknown_instruction_set_is_an_error() =>
        ChildProcess.Run(typeof(EnvironmentTests), Isa, "sse9", WithAnUnknownInstructionSet);

    private static void WithoutTheLibrary()
    {
        // The second attempt says the same: a failure is not remembered as something else.
        for (int attempt = 0; attempt < 2; attempt++)
        {
            NativeLibraryException exception =
                Assert.Throws<NativeLibraryException>(() => RecurrentModel.Create(Layer));
            Assert.Contains(Nowhere, exception.Message, StringComparison.Ordinal);
            Assert.Contains("Recurrent.Reference.ReferenceModel", exception.Message, StringComparison.Ordinal);
            Assert.Throws<NativeLibraryException>(() => Machine.InstructionSet);
        }

        float[] y = new float[3];
        ReferenceModel<float>.Create(Layer).OpenSession().Step([1, 2], y);
        Assert.DoesNotContain(0f, y);
    }

    private static void WithScalarCode()
    {
        Assert.Equal(InstructionSet.Scalar, Machine.InstructionSet);
        using RecurrentModel model = RecurrentModel.Create(Layer);
        Assert.Equal(InstructionSet.Scalar, model.InstructionSet);
    }

    private static void WithAnUnknownInstructionSet()
    {
        ArgumentException exception = Assert.Throws<ArgumentException>(() => RecurrentModel.Create(Layer));
        Assert.Contains("sse9", exception.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Machine.InstructionSet);
    }
}
