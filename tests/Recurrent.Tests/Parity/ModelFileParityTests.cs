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
                byte[] whole = Packed(
                    Write(data.Definition, new ModelOptions { Weights = @case.Weights, Layers = data.LayerOptions }), path);
                int end = ContainerChecksums.EndOfFirstSection(whole);
                int packed = ContainerChecksums.BeginningOfLastSection(whole);
                Random random = new(@case.Seed);
                for (int i = 0; i < 30; i++)
                {
                    // The model's section, the records of packed weights, anything.
                    byte[] file = [.. whole];
                    int at = random.Next(8) switch
                    {
                        0 => random.Next(whole.Length),
                        <= 2 => packed + random.Next(Math.Min(300, whole.Length - packed)),
                        _ => random.Next(end),
                    };
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
                    PackedLoading loading = (PackedLoading)random.Next(3);
                    string? loaded = null;
                    try
                    {
                        RecurrentFile.LoadModel(path, loading).Dispose();
                    }
                    catch (ModelFormatException e)
                    {
                        loaded = e.Message;
                    }

                    Assert.True(
                        isRead == loaded is null,
                        $"byte {at}, seed {@case.Seed}: it is {(isRead ? "read" : "refused")}, loaded by {loading}: {loaded}, {@case}");
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

    /// <summary>Whatever became of a file, its packed weights make no difference to C.</summary>
    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Packed_weights_give_the_same_bits(InstructionSet isa)
    {
        ModelOptions options = Support.InstructionSets.Use(isa);
        string path = Path.GetTempFileName();
        try
        {
            Property.Check(SequenceCases.Arbitrary(work: 20_000, models: true), 50, @case =>
            {
                SequenceData data = new(@case);
                byte[] packed = Packed(Write(data.Definition), path, options.InstructionSet);
                using RecurrentModel made = RecurrentModel.Create(data.Definition, options);
                using RecurrentModel loaded = NativeFile.Load(data.Definition, packed, options.InstructionSet);
                data.RequireSame(data.RunNative(made), data.RunNative(loaded), $"{isa}, {@case}");
                PackedWeights? described = ModelFile.Load(path).PackedWeights;
                Assert.NotNull(described);
                Assert.Equal(options.InstructionSet, described.InstructionSet);
                Assert.True(described.IsOfModel);
            });
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void What_cannot_be_packed_is_refused_and_leaves_the_file_as_it_is()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "no model");
            Assert.Throws<InvalidDataException>(() => RecurrentFile.Pack(path, path));
            Assert.Equal("no model", File.ReadAllText(path));
            Assert.Throws<ArgumentOutOfRangeException>(() => RecurrentFile.Pack(path, path, (InstructionSet)99));
            Assert.Throws<IOException>(() => RecurrentFile.Pack(path + ".none", path));
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

    // The file is at the path, too.
    private static byte[] Packed(byte[] file, string path, InstructionSet isa = InstructionSet.Auto)
    {
        File.WriteAllBytes(path, file);
        RecurrentFile.Pack(path, path, isa);
        return File.ReadAllBytes(path);
    }

    private static byte[] Write(ModelDefinition definition, ModelOptions? options = null)
    {
        using MemoryStream stream = new();
        RecurrentFile.Save(definition, stream, options: options);
        return stream.ToArray();
    }
}
