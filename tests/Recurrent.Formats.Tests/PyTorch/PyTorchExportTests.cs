using System.Text.Json;
using Recurrent.Layers;

namespace Recurrent.Formats.Tests;

public sealed class PyTorchExportTests
{
    private static readonly LstmSpecification Lstm = new() { InputSize = 3, HiddenSize = 4 };
    private static readonly GruSpecification Gru = new() { InputSize = 3, HiddenSize = 4 };
    private static readonly SimpleRnnSpecification Rnn = new() { InputSize = 3, HiddenSize = 4 };

    private readonly Random _random = new(4);

    [Fact]
    public void A_model_of_everything_is_the_same_after_export_and_import()
    {
        LstmSpecification both = Lstm with { InputSize = 5, ProjectionSize = 2, Direction = Direction.Bidirectional };
        RecurrentLayer[] stack = [Layer(both, states: true), Layer(both with { InputSize = 4 }, states: true)];
        var definition = new ModelDefinition(
            [
                EmbeddingLayer.Wrap(new EmbeddingSpecification { InputSize = 7, OutputSize = 5 }, Values(35)),
                .. stack,
                new ActivationLayer(4, Activation.ScaledTanh(1.7159f, 2f / 3)),
                new ScaleLayer(Values(4), Values(4)),
                Layer(Gru with { InputSize = 4 }, biases: (true, false)),
                Layer(Gru with { InputSize = 4 }, biases: (false, false)),
                new ScaleLayer(Values(4)),
                Layer(Rnn with { InputSize = 4, Activation = Activation.Relu }, biases: (false, true)),
                Layer(Rnn with { InputSize = 4 }),
                Dense(4, 4, Activation.Elu(0.1f)),
                new ActivationLayer(4, Activation.Tanh),
                new ResidualLayer(new ResidualSpecification { InputSize = 4, Span = 2 }),
                Dense(4, 3, Activation.Identity, bias: false),
                new ActivationLayer(3, Activation.Identity),
                new SoftmaxLayer(3),
            ],
            ModelOutput.LastStep,
            new Masking { Value = 0, Output = MissingOutput.Zero },
            SequenceLayout.BatchMajor,
            EmptyRow.ZeroesState);

        DefinitionAssert.Same(definition, ExportAndImport(definition).Definition);
    }

    [Fact]
    public void An_import_of_what_was_exported_assumes_nothing()
    {
        ImportedModel model = ExportAndImport(new ModelDefinition([Layer(Rnn), Dense(4, 2, Activation.Sigmoid)]));

        Assert.Empty(model.Notes);
        Assert.Null(model.Definition.Masking);
        Assert.Equal(["format"], model.Metadata.Keys);
    }

    [Theory]
    [InlineData(SequenceLayout.TimeMajor, EmptyRow.ZeroesState)]
    [InlineData(SequenceLayout.BatchMajor, EmptyRow.KeepsState)]
    public void The_order_of_axes_and_the_rule_for_empty_rows_are_kept(SequenceLayout layout, EmptyRow emptyRow)
    {
        ModelDefinition found = ExportAndImport(
            new ModelDefinition([Layer(Rnn)], layout: layout, emptyRow: emptyRow)).Definition;

        Assert.Equal((layout, emptyRow), (found.Layout, found.EmptyRow));
    }

    [Fact]
    public void A_file_from_before_they_were_written_is_time_major_and_keeps_states()
    {
        using var folder = new TemporaryFolder();
        const string Description = """{"modules": ["fc"], "output": "EveryStep", "initial_states": {}, "absent": []}""";
        string path = folder.Write(
            "a.safetensors",
            new SafetensorsBuilder().Linear("fc", 2, 2)
                .Metadata("recurrent.model", JsonEncodedText.Encode(Description).ToString()).Build());

        ImportedModel model = ModelFile.Load(path);

        Assert.Equal(
            (SequenceLayout.TimeMajor, EmptyRow.KeepsState), (model.Definition.Layout, model.Definition.EmptyRow));
        Assert.Empty(model.Notes);
        Assert.Equal(
            SequenceLayout.BatchMajor,
            ModelFile.Load(path, new ImportOptions { Layout = SequenceLayout.BatchMajor }).Definition.Layout);
    }

    [Fact]
    public void Layers_that_PyTorch_stacks_are_one_module_under_its_names()
    {
        using SafetensorsFile file = Export(
            new ModelDefinition([Layer(Lstm), Layer(Lstm with { InputSize = 4 }), Layer(Lstm with { InputSize = 4, HiddenSize = 5 })]));

        string[] expected =
        [
            .. from name in (string[])["lstm.{0}_l0", "lstm.{0}_l1", "lstm2.{0}_l0"]
               from stem in (string[])["weight_ih", "weight_hh", "bias_ih", "bias_hh"]
               select string.Format(null, name, stem),
        ];
        Assert.Equal(expected.Order(StringComparer.Ordinal), file.Tensors.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("pt", file.Metadata["format"]);
        using var description = JsonDocument.Parse(file.Metadata["recurrent.model"]);
        Assert.Equal("""["lstm","lstm2"]""", description.RootElement.GetProperty("modules").GetRawText());
    }

    [Fact]
    public void Options_of_an_import_win_over_the_file()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "a.safetensors");
        PyTorchExport.Save(new ModelDefinition([Layer(Lstm), Dense(4, 2, Activation.Sigmoid)]), path);

        ImportedModel model = ModelFile.Load(
            path, new ImportOptions { Modules = ["lstm"], Output = ModelOutput.LastStep });

        Assert.Equal(ModelOutput.LastStep, model.Definition.Output);
        Assert.Single(model.Definition.Layers);
    }

    public static TheoryData<string, RecurrentSpecification> Inexpressible => new()
    {
        { "a reverse direction alone", Lstm with { Direction = Direction.Reverse } },
        { "a clip", Gru with { Clip = 1 } },
        { "a reset gate before the recurrent product", Gru with { ResetAfter = false } },
        { "coupled gates", Lstm with { Coupling = GateCoupling.ForgetFromInput } },
        { "other activations than its own in a cell", Lstm with { GateActivation = Activation.HardSigmoid() } },
        { "other activations than its own in a cell", Gru with { CandidateActivation = Activation.Relu } },
        { "other activations than its own in a cell", Rnn with { Activation = Activation.Sigmoid } },
        {
            "other activations than its own in a cell",
            Lstm with
            {
                Direction = Direction.Bidirectional,
                ReverseActivations = CellActivations.Default with { Output = Activation.Relu },
            }
        },
    };

    [Theory]
    [MemberData(nameof(Inexpressible), DisableDiscoveryEnumeration = true)]
    public void What_PyTorch_has_no_module_for_is_refused_by_name(string expected, RecurrentSpecification specification) =>
        Assert.Equal(
            $"layer 1: PyTorch has no module with {expected}.",
            Refused(new ModelDefinition([new ActivationLayer(3, Activation.Tanh), Layer(specification)])));

    [Fact]
    public void Peepholes_are_refused()
    {
        CellWeights weights = Weights(Lstm);
        var layer = new RecurrentLayer(
            Lstm, CellWeights.Wrap(weights.InputWeights, weights.RecurrentWeights, peephole: Values(12)));

        Assert.Equal("layer 0: PyTorch has no module with peepholes.", Refused(new ModelDefinition([layer])));
    }

    [Theory]
    [InlineData("[]", "recurrent.model")]
    [InlineData("{}", "recurrent.model")]
    [InlineData("{", "recurrent.model")]
    [InlineData("""{"modules": 1, "output": "EveryStep", "initial_states": {}, "absent": []}""", "recurrent.model")]
    [InlineData("""{"modules": ["x"], "output": "Sometimes", "initial_states": {}, "absent": []}""", "found \"Sometimes\"")]
    [InlineData("""{"modules": ["x"], "output": "99", "initial_states": {}, "absent": []}""", "found \"99\"")]
    [InlineData("""{"modules": ["x"], "output": "LastStep", "layout": "Upwards", "initial_states": {}, "absent": []}""", "'layout': expected one of TimeMajor, BatchMajor, found \"Upwards\"")]
    [InlineData("""{"modules": ["x"], "output": "LastStep", "layout": 1, "initial_states": {}, "absent": []}""", "recurrent.model")]
    [InlineData("""{"modules": ["x"], "output": "LastStep", "empty_row": "2", "initial_states": {}, "absent": []}""", "expected one of KeepsState, ZeroesState, found \"2\"")]
    [InlineData("""{"modules": ["x"], "output": "LastStep", "initial_states": {}, "absent": []}""", "'x' is neither a module")]
    [InlineData("""{"modules": ["x"], "output": "LastStep", "initial_states": {"x": []}, "absent": []}""", "one or two names")]
    [InlineData("""{"modules": ["x"], "output": "LastStep", "initial_states": {}, "absent": ["fc.weight", "fc.bias"]}""", "'x' is neither a module of the file ()")]
    public void A_description_that_makes_no_sense_is_refused(string description, string expected)
    {
        using var folder = new TemporaryFolder();
        byte[] bytes = new SafetensorsBuilder().Linear("fc", 2, 2)
            .Metadata("recurrent.model", JsonEncodedText.Encode(description).ToString()).Build();
        string path = folder.Write("a.safetensors", bytes);

        Assert.Contains(expected, Assert.Throws<ModelFormatException>(() => ModelFile.Load(path)).Message);
    }

    private static string Refused(ModelDefinition definition) =>
        Assert.Throws<NotSupportedException>(() => PyTorchExport.ToWriter(definition)).Message;

    private static ImportedModel ExportAndImport(ModelDefinition definition)
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "a.safetensors");
        PyTorchExport.Save(definition, path);
        return ModelFile.Load(path);
    }

    private static SafetensorsFile Export(ModelDefinition definition)
    {
        var stream = new MemoryStream();
        PyTorchExport.ToWriter(definition).Write(stream);
        return SafetensorsFile.Parse(stream.ToArray());
    }

    private RecurrentLayer Layer(
        RecurrentSpecification specification, bool states = false, (bool Input, bool State)? biases = null) =>
        specification.Direction == Direction.Bidirectional
            ? new RecurrentLayer(
                specification, Weights(specification, states, biases), Weights(specification, states, biases))
            : new RecurrentLayer(specification, Weights(specification, states, biases));

    private CellWeights Weights(
        RecurrentSpecification specification, bool states = false, (bool Input, bool State)? biases = null)
    {
        int rows = specification.GateCount * specification.HiddenSize;
        (bool input, bool state) = biases ?? (true, true);
        bool isProjected = specification.StateSize != specification.HiddenSize;
        return CellWeights.Wrap(
            Values(rows * specification.InputSize),
            Values(rows * specification.StateSize),
            Values(input ? rows : 0),
            Values(state ? rows : 0),
            projection: Values(isProjected ? specification.StateSize * specification.HiddenSize : 0),
            initialHidden: Values(states ? specification.StateSize : 0),
            initialCell: Values(states && specification.HasCellState ? specification.HiddenSize : 0));
    }

    private DenseLayer Dense(int input, int output, Activation activation, bool bias = true) => new(
        new DenseSpecification { InputSize = input, OutputSize = output, Activation = activation },
        DenseWeights.Wrap(Values(input * output), Values(bias ? output : 0)));

    private float[] Values(int count) => [.. Enumerable.Range(0, count).Select(_ => _random.NextSingle() - 0.5f)];
}
