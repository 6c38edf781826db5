using Recurrent.Files;
using Recurrent.Formats.Container;
using Recurrent.Formats.Tensors;
using Recurrent.Formats.Tests.Graphs;
using Recurrent.Formats.Tests.Layers;
using Recurrent.Layers;

namespace Recurrent.Formats.Tests.Container;

/// <summary>Files of this library: what is read is what was written, and nothing else is.</summary>
public sealed class RecurrentFileTests
{
    public static TheoryData<string, SequenceLayout> Models =>
    [
        .. from name in LayerModels.Names.Concat(GraphModels.Names)
           from layout in Enum.GetValues<SequenceLayout>()
           select new TheoryDataRow<string, SequenceLayout>(name, layout),
    ];

    [Theory]
    [MemberData(nameof(Models))]
    public void A_model_is_the_same_after_it_was_written_and_read(string name, SequenceLayout layout)
    {
        ModelDefinition definition = LayerModels.Names.Contains(name)
            ? LayerModels.Of(name, layout)
            : GraphModels.Of(name, layout);

        ImportedModel found = Read(Write(definition));

        DefinitionAssert.Same(definition, found.Definition);
        Assert.Equal(definition.IsChain, found.Definition.IsChain);
        Assert.Empty(found.Notes);
    }

    [Fact]
    public void Everything_of_a_recurrent_layer_is_kept()
    {
        Random random = new(1);
        CellWeights Lstm() => new(
            GraphModels.Values(24 * 3, random), GraphModels.Values(24 * 4, random), GraphModels.Values(24, random),
            GraphModels.Values(24, random), GraphModels.Values(18, random), GraphModels.Values(24, random),
            GraphModels.Values(4, random), GraphModels.Values(6, random));
        var lstm = new LstmSpecification
        {
            InputSize = 3,
            HiddenSize = 6,
            ProjectionSize = 4,
            Direction = Direction.Bidirectional,
            Coupling = GateCoupling.InputFromForget,
            OutputPeephole = OutputPeephole.PreviousCell,
            Clip = 2.5f,
            GateActivation = Activation.HardSigmoid(),
            ReverseActivations = CellActivations.Default with { Candidate = Activation.Clip(-1, 2) },
        };
        var reverse = new SimpleRnnSpecification
        {
            InputSize = 8,
            HiddenSize = 2,
            Direction = Direction.Reverse,
            Activation = Activation.Relu,
        };
        var definition = new ModelDefinition(
            [
                new EmbeddingLayer(new EmbeddingSpecification { InputSize = 7, OutputSize = 3 }, GraphModels.Values(21, random)),
                new RecurrentLayer(lstm, Lstm(), Lstm()),
                new RecurrentLayer(reverse, new CellWeights(GraphModels.Values(16, random), GraphModels.Values(4, random))),
            ],
            ModelOutput.FinalState,
            new Masking { Value = 3, Output = MissingOutput.Zero },
            SequenceLayout.BatchMajor,
            EmptyRow.ZeroesState);

        ModelDefinition found = Read(Write(definition)).Definition;

        DefinitionAssert.Same(definition, found);
        Assert.Equal(
            ((RecurrentLayer)definition.Layers[1]).Reverse!.Peephole.ToArray(),
            ((RecurrentLayer)found.Layers[1]).Reverse!.Peephole.ToArray());
    }

    [Fact]
    public void What_a_file_says_of_its_model_is_kept()
    {
        ModelDefinition definition = GraphModels.Of("words");
        var model = new ImportedModel
        {
            Definition = definition,
            Format = "ONNX",
            LayerNames = [.. definition.Layers.Select((_, index) => $"layer \u30AE {index}")],
            SampleRate = 48000,
            Metadata = new Dictionary<string, string> { ["author"] = "S\u00E9verine", ["empty"] = "" },
            CountedLengths = new CountedLengths("tokens", -1, 0),
        };
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "model.recurrent");

        RecurrentFile.Save(model, path);
        ImportedModel found = ModelFile.Load(path);

        Assert.Equal("Recurrent model", found.Format);
        Assert.Equal(model.LayerNames, found.LayerNames);
        Assert.Equal(model.SampleRate, found.SampleRate);
        Assert.Equal(model.Metadata, found.Metadata);
        Assert.Equal(model.CountedLengths, found.CountedLengths);
        Assert.Equal(
            SequenceLayout.BatchMajor,
            ModelFile.Load(path, new ImportOptions { Layout = SequenceLayout.BatchMajor }).Definition.Layout);
    }

    public static TheoryData<WeightFormat, int> Sizes => new()
    {
        { WeightFormat.BFloat16, 2 }, { WeightFormat.Int8, 4 }, { WeightFormat.Int8With8BitInputs, 4 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Rounded_weights_are_stored_in_their_format(WeightFormat format, int share)
    {
        Random random = new(5);
        var definition = new ModelDefinition(
            [GraphModels.Lstm(3, 64, random, Direction.Bidirectional), GraphModels.Gru(128, 32, random), GraphModels.Dense(32, 2, random)]);
        var options = new ModelOptions { Weights = format };

        byte[] file = Write(definition, options);
        ImportedModel found = Read(file);

        DefinitionAssert.Same(definition.Rounded(format), found.Definition);
        Assert.Equal((format, 0), (found.Options.Weights, found.Options.Layers.Count));
        Assert.Equal(file, Write(found.Definition, found.Options));
        Assert.InRange(file.Length, 0, (Write(definition).Length / share) + 12_000);
    }

    [Fact]
    public void Layers_may_have_formats_of_their_own()
    {
        Random random = new(5);
        var definition = new ModelDefinition(
            [GraphModels.Lstm(3, 8, random), GraphModels.Gru(8, 4, random), GraphModels.Dense(4, 2, random)]);
        var options = new ModelOptions
        {
            Weights = WeightFormat.Int8,
            Layers = new Dictionary<int, LayerOptions>
            {
                [0] = new() { InputWeights = WeightFormat.Float32 },
                [2] = new() { Weights = WeightFormat.BFloat16 },
            },
        };

        ImportedModel found = Read(Write(definition, options));

        DefinitionAssert.Same(definition.Rounded(options.Weights, options.Layers), found.Definition);
        Assert.Equal(WeightFormat.Float32, found.Options.Weights);
        Assert.Equal(
            (WeightFormat.Float32, WeightFormat.Int8),
            (found.Options.Layers[0].InputWeights!.Value, found.Options.Layers[0].RecurrentWeights!.Value));
        Assert.Equal(
            (WeightFormat.Int8, WeightFormat.Int8),
            (found.Options.Layers[1].InputWeights!.Value, found.Options.Layers[1].RecurrentWeights!.Value));
        Assert.Equal(WeightFormat.BFloat16, found.Options.Layers[2].InputWeights);
        DefinitionAssert.Same(found.Definition, found.Definition.Rounded(found.Options.Weights, found.Options.Layers));
    }

    [Fact]
    public void A_sample_rate_may_be_given_as_a_text()
    {
        using MemoryStream stream = new();
        RecurrentFile.Save(
            GraphModels.Of("heads"), stream, new Dictionary<string, string> { ["sample_rate"] = "44100", ["gear"] = "amp" });

        ImportedModel found = Read(stream.ToArray());

        Assert.Equal(44100, found.SampleRate);
        Assert.Equal(new Dictionary<string, string> { ["gear"] = "amp" }, found.Metadata);
    }

    [Fact]
    public void Texts_that_C_cannot_have_are_refused()
    {
        // No data of a theory: half a surrogate pair would not survive the way to it.
        foreach (string text in (string[])["a\0b", new('\ud800', 1)])
        {
            Assert.Throws<ArgumentException>(() => RecurrentFile.Save(
                GraphModels.Of("heads"), new MemoryStream(), new Dictionary<string, string> { ["name"] = text }));
        }
    }

    [Fact]
    public void Any_other_bit_is_refused_or_makes_no_difference()
    {
        ModelDefinition definition = Small();
        byte[] file = Write(definition);
        for (int at = 0; at < file.Length; at++)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                byte[] damaged = [.. file];
                damaged[at] ^= (byte)(1 << bit);
                if (ReadOrRefuse(damaged) is { } found)
                {
                    DefinitionAssert.Same(definition, found.Definition);
                }
            }
        }
    }

    [Fact]
    public void A_file_is_refused_wherever_it_is_cut()
    {
        byte[] file = Write(Small());
        for (int length = 0; length < file.Length; length++)
        {
            Assert.Null(ReadOrRefuse(file[..length]));
        }

        Assert.Null(ReadOrRefuse([.. file, 0]));
    }

    /// <summary>The file that the tests in C load.</summary>
    [Fact]
    public void The_recorded_file_is_written_again_byte_by_byte()
    {
        string path = GoldenFiles.PathOf("container", "amplifier.recurrent");
        using MemoryStream stream = new();

        RecurrentFile.Save(ModelFile.Load(path), stream);

        Assert.Equal(File.ReadAllBytes(path), stream.ToArray());
    }

    [Fact]
    public void A_newer_version_is_refused_by_its_number()
    {
        byte[] file = Write(Small());
        file[8] = 2;
        ContainerChecksums.Renew(file);

        ModelFormatException error = Assert.Throws<ModelFormatException>(() => Read(file));

        Assert.Equal(
            "byte 8: expected version 1 of the format, found 2: a newer library may read it.", error.Message);
    }

    /// <summary>RFC 3720, B.4.</summary>
    [Fact]
    public void The_checksum_is_that_of_the_standard()
    {
        Assert.Equal(0x8A9136AAu, Crc32C.Of(new byte[32]));
        Assert.Equal(0xE3069283u, Crc32C.Of("123456789"u8));
        Assert.Equal(0xE3069283u, Crc32C.Append(Crc32C.Of("1234"u8), "56789"u8));
    }

    private static ModelDefinition Small()
    {
        Random random = new(3);
        return new([GraphModels.Gru(2, 2, random), GraphModels.Dense(2, 1, random)]);
    }

    private static byte[] Write(ModelDefinition definition, ModelOptions? options = null)
    {
        using MemoryStream stream = new();
        RecurrentFile.Save(definition, stream, options: options);
        return stream.ToArray();
    }

    private static ImportedModel Read(byte[] file)
    {
        using MemorySource source = new(file);
        return ContainerReader.Read(source);
    }

    private static ImportedModel? ReadOrRefuse(byte[] file)
    {
        try
        {
            return Read(file);
        }
        catch (ModelFormatException)
        {
            return null;
        }
    }
}
