using Recurrent.Formats;
using Recurrent.Interop;
using Recurrent.Layers;
using Recurrent.Tests.Shared;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Parity;

/// <summary>A file that C# has written is to a program in C what it is to C#.</summary>
public sealed class ModelFileParityTests
{
    public static TheoryData<InstructionSet> InstructionSets => Support.InstructionSets.All;

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Graphs_give_the_same_bits_when_C_loads_their_files(InstructionSet isa)
    {
        ModelOptions options = Support.InstructionSets.Use(isa);
        Property.Check(GraphCases.Arbitrary(), 150, @case =>
        {
            GraphData data = new(@case);
            using RecurrentModel made = RecurrentModel.Create(data.Definition, options);
            using RecurrentModel loaded = NativeFile.Load(data.Definition, Write(data.Definition), options.InstructionSet);
            data.RequireSame(data.RunNative(made), data.RunNative(loaded), $"{isa}, {@case}");
        });
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Lists_of_layers_give_the_same_bits_when_C_loads_their_files(InstructionSet isa)
    {
        ModelOptions options = Support.InstructionSets.Use(isa);
        Property.Check(SequenceCases.Arbitrary(work: 20_000, models: true), 150, @case =>
        {
            SequenceData data = new(@case);
            using RecurrentModel made = RecurrentModel.Create(data.Definition, options);
            using RecurrentModel loaded = NativeFile.Load(data.Definition, Write(data.Definition), options.InstructionSet);
            Outcome expected = data.RunNative(made);
            data.RequireSame(expected, data.RunNative(loaded), $"{isa}, {@case}");
        });
    }

    /// <summary>
    /// Whatever a file whose checksums are right says of its model, both read it, or both refuse it: names and weights of any
    /// format among it.
    /// </summary>
    [Fact]
    public void Damaged_files_are_read_or_refused_by_both()
    {
        string path = Path.GetTempFileName();
        try
        {
            int read = 0;
            int refused = 0;
            Property.Check(GraphCases.Arbitrary(layers: 4), 60, @case =>
            {
                GraphData data = new(@case);
                byte[] whole = Write(
                    data.Definition, new ModelOptions { Weights = @case.Weights, Layers = data.LayerOptions });
                int end = ContainerChecksums.EndOfFirstSection(whole);
                Random random = new(@case.Seed);
                for (int i = 0; i < 20; i++)
                {
                    byte[] file = [.. whole];
                    int at = random.Next(random.Next(4) == 0 ? whole.Length : end);
                    file[at] ^= (byte)(1 << random.Next(8));
                    ContainerChecksums.Renew(file);
                    File.WriteAllBytes(path, file);
                    NativeStatus status = NativeFile.Try(file, out string said);
                    bool isRead = true;
                    string? refusal = null;
                    try
                    {
                        _ = ModelFile.Load(path);
                    }
                    catch (ModelFormatException e)
                    {
                        isRead = false;
                        refusal = e.Message;
                    }

                    Assert.True(
                        status == (isRead ? NativeStatus.Ok : NativeStatus.BadFile),
                        $"byte {at}, seed {@case.Seed}: C says {status} ({said}), C# {refusal ?? "reads it"}, {@case}");
                    read += isRead ? 1 : 0;
                    refused += isRead ? 0 : 1;
                }
            });
            Assert.True(read > 100 && refused > 100, $"{read} were read and {refused} refused");
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>A name that C# cannot have is none in C either.</summary>
    [Theory]
    [InlineData(0x01)]
    [InlineData(0x7F)]
    public void A_control_character_in_a_name_is_refused_by_both(byte character)
    {
        byte[] file = Write(Named("in_put"));
        file[file.AsSpan().IndexOf("in_put"u8) + 2] = character;
        RequireRefusedByBoth(file, "control character");
    }

    /// <summary>Of 256 characters of two bytes one becomes two of one byte.</summary>
    [Fact]
    public void A_name_of_more_than_256_characters_is_refused_by_both()
    {
        byte[] file = Write(Named(new string('é', 256)));
        Assert.Equal(NativeStatus.Ok, NativeFile.Try(file, out _));
        file.AsSpan(file.AsSpan().IndexOf("é"u8), 2).Fill((byte)'e');
        RequireRefusedByBoth(file, "256");
    }

    /// <summary>Dense does not use the activation of an output gate. A file says something of it all the same.</summary>
    [Fact]
    public void An_activation_that_a_layer_does_not_use_is_checked_by_both()
    {
        const float alpha = 0.3125f;
        byte[] mark = BitConverter.GetBytes(alpha);
        ModelDefinition model = Named("x", Activation.LeakyRelu(alpha));
        byte[] file = Write(model);
        int output = file.AsSpan().IndexOf(mark) + (2 * sizeof(float));
        file[output] = 99;
        RequireRefusedByBoth(file, "99");
    }

    private static ModelDefinition Named(string name, Activation activation = default) => new(
        [new ModelInput(name, ValueKind.Sequence, 1)],
        [
            new LayerNode(
                new DenseLayer(
                    new DenseSpecification { InputSize = 1, OutputSize = 1, Activation = activation },
                    new DenseWeights([2f], [1f]))),
        ],
        [new NamedOutput("y", 1)]);

    private static void RequireRefusedByBoth(byte[] file, string reason)
    {
        ContainerChecksums.Renew(file);
        Assert.Equal(NativeStatus.BadFile, NativeFile.Try(file, out string said));
        Assert.Contains(reason, said, StringComparison.Ordinal);
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, file);
            ModelFormatException error = Assert.Throws<ModelFormatException>(() => ModelFile.Load(path));
            Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static byte[] Write(ModelDefinition definition, ModelOptions? options = null)
    {
        using MemoryStream stream = new();
        RecurrentFile.Save(definition, stream, options: options);
        return stream.ToArray();
    }
}
