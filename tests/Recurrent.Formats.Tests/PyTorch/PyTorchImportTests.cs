using Recurrent.Layers;

namespace Recurrent.Formats.Tests;

public sealed class PyTorchImportTests
{
    private const int Hidden = 4;

    [Fact]
    public void Modules_of_a_sorted_file_are_put_in_an_order_that_fits_and_that_is_noted()
    {
        ImportedModel model = Read(Lstm("lstm", 3).Linear("a", Hidden, 5).Linear("b", 5, Hidden));

        Assert.Equal(["lstm", "a", "b"], model.LayerNames);
        Assert.Equal(SequenceLayout.TimeMajor, model.Definition.Layout);
        Assert.Equal(
            [
                "assumed 'lstm', 'a', 'b': applied in an order that fits; ImportOptions.Modules says otherwise.",
                "assumed 'lstm', 'a', 'b': no activations between or behind them; ImportOptions.Modules says otherwise.",
                "assumed modules: nothing between 'a' and 'b'; ImportOptions.Modules says otherwise.",
                "assumed output: every step is put out; ImportOptions.Output says otherwise.",
                "assumed layout: time-major (batch_first=False); ImportOptions.Layout says otherwise.",
            ],
            model.Notes.Select(note => note.ToString()));
    }

    [Fact]
    public void An_order_that_is_not_the_only_one_is_noted_as_such() =>
        Assert.Contains(
            Read(Lstm("lstm", Hidden).Linear("a", Hidden, Hidden)).Notes,
            note => note.Message.Contains("though another would fit as well", StringComparison.Ordinal));

    [Fact]
    public void What_is_said_is_not_assumed()
    {
        var options = new ImportOptions
        {
            Modules = ["rnn(relu)", "net.fc", "leaky_relu(0.25)", "softmax", "residual(3)"],
            Output = ModelOutput.LastStep,
            Layout = SequenceLayout.BatchMajor,
        };

        ImportedModel model = Read(Rnn("rnn", Hidden).Linear("net.fc", Hidden, Hidden), options);

        Assert.Empty(model.Notes);
        Assert.Equal(ModelOutput.LastStep, model.Definition.Output);
        Assert.Equal(SequenceLayout.BatchMajor, model.Definition.Layout);
        Assert.Equal(["rnn", "net.fc", "softmax", "residual(3)"], model.LayerNames);
        Assert.Equal(
            [
                new SimpleRnnSpecification { InputSize = Hidden, HiddenSize = Hidden, Activation = Activation.Relu },
                new DenseSpecification { InputSize = Hidden, OutputSize = Hidden, Activation = Activation.LeakyRelu(0.25f) },
                new SoftmaxSpecification { InputSize = Hidden },
                new ResidualSpecification { InputSize = Hidden, Span = 3 },
            ],
            model.Definition.Layers.Select(layer => layer.Specification));
    }

    [Fact]
    public void The_nonlinearity_of_an_RNN_is_tanh_and_noted_unless_told()
    {
        Assert.Contains(Read(Rnn("rnn", 3)).Notes, note => note is { Subject: "rnn", Kind: ImportNoteKind.Assumed });

        ImportedModel model = Read(Rnn("rnn", 3), new ImportOptions { Nonlinearity = Activation.Relu });

        Assert.DoesNotContain(model.Notes, note => note.Subject == "rnn");
        Assert.Equal(Activation.Relu, Assert.IsType<SimpleRnnSpecification>(model.Definition.Layers[0].Specification).Activation);
    }

    [Fact]
    public void An_activation_can_come_before_the_first_module_and_twice_behind_one()
    {
        ImportedModel model = Read(Linear("fc", 3, 2), new ImportOptions { Modules = ["tanh", "fc", "identity", "relu"] });

        Assert.Equal(
            [
                new ActivationSpecification { InputSize = 3, Activation = Activation.Tanh },
                new DenseSpecification { InputSize = 3, OutputSize = 2 },
                new ActivationSpecification { InputSize = 2, Activation = Activation.Relu },
            ],
            model.Definition.Layers.Select(layer => layer.Specification));
    }

    [Fact]
    public void A_matrix_without_bias_that_comes_first_is_an_embedding_unless_told()
    {
        SafetensorsBuilder builder = Lstm("lstm", 3).AddCounting("emb.weight", 0, 3, 3);

        ImportedModel model = Read(builder);
        ImportedModel told = Read(builder, new ImportOptions { Modules = ["emb(linear)", "lstm"] });

        Assert.IsType<EmbeddingLayer>(model.Definition.Layers[0]);
        Assert.Contains(
            "an nn.Embedding, because it comes first and has no bias; 'emb(linear)' in ImportOptions.Modules says otherwise.",
            model.Notes.Where(note => note.Subject == "emb").Select(note => note.Message));
        Assert.IsType<DenseLayer>(told.Definition.Layers[0]);
    }

    [Theory]
    [InlineData(new[] { "emb", "lstm" }, 7, 3, true)]
    [InlineData(new[] { "emb", "lstm" }, 3, 3, true)]
    [InlineData(new[] { "emb", "lstm" }, 3, 7, false)]
    [InlineData(new[] { "emb(linear)", "lstm" }, 3, 3, false)]
    [InlineData(new[] { "tanh", "emb", "lstm" }, 3, 3, false)]
    [InlineData(new[] { "lstm", "emb" }, 4, 4, false)]
    public void A_list_of_modules_keeps_what_is_found_without_it(string[] modules, int rows, int columns, bool isEmbedding)
    {
        ImportedModel model = Read(
            Lstm("lstm", 3).AddCounting("emb.weight", 0, rows, columns), new ImportOptions { Modules = modules });

        Assert.Equal(isEmbedding, model.Definition.Layers.Any(layer => layer is EmbeddingLayer));
        Assert.Equal(isEmbedding, model.Notes.Any(note => note.Message.StartsWith("an nn.Embedding", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_matrix_that_is_read_as_what_does_not_fit_is_refused_with_what_would() =>
        Assert.Contains(
            "module 'lstm' (nn.LSTM, 3 to 4): expected one that takes 7 features, which is what 'emb' before it puts out; "
            + "'emb(embedding)' would fit.",
            Refused(
                Lstm("lstm", 3).AddCounting("emb.weight", 0, 7, 3), new ImportOptions { Modules = ["emb(linear)", "lstm"] }));

    [Fact]
    public void Modules_that_are_not_listed_are_left_out_and_noted()
    {
        ImportedModel model = Read(
            Lstm("lstm", 3).Linear("other", 7, 7).AddCounting("conv.weight", 0, 2, 2, 3), new ImportOptions { Modules = ["lstm"] });

        Assert.Equal(["lstm"], model.LayerNames);
        Assert.Equal(
            ["other", "conv"],
            model.Notes.Where(note => note.Kind == ImportNoteKind.Ignored).Select(note => note.Subject));
    }

    [Fact]
    public void A_stack_has_a_layer_name_for_each_layer()
    {
        SafetensorsBuilder builder = Lstm("lstm", 3)
            .AddCounting("lstm.weight_ih_l1", 0, 4 * Hidden, Hidden)
            .AddCounting("lstm.weight_hh_l1", 0, 4 * Hidden, Hidden);

        Assert.Equal(["lstm[0]", "lstm[1]"], Read(builder).LayerNames);
    }

    [Theory]
    [InlineData(new[] { "lstm", "swish" }, "'swish' is neither a module of the file ('lstm', 'a.fc', 'b.fc') nor one of tanh")]
    [InlineData(new[] { "lstm", "fc" }, "'fc' could be 'a.fc' or 'b.fc'")]
    [InlineData(new[] { "a.fc", "lstm" }, "module 'lstm' (nn.LSTM, 3 to 4): expected one that takes 5 features, which is what 'a.fc'")]
    [InlineData(new[] { "lstm", "lstm" }, "names 'lstm' twice")]
    [InlineData(new[] { "relu" }, "names none that has parameters")]
    [InlineData(new string[0], "expected 1 to 1024 entries, found 0")]
    [InlineData(new[] { "lstm(relu)" }, "only an nn.RNN has a nonlinearity, this is nn.LSTM")]
    [InlineData(new[] { "lstm", "a.fc(embedding)" }, "expected linear, because it has a bias")]
    [InlineData(new[] { "lstm", "a.fc(x)" }, "expected linear or embedding in parentheses")]
    [InlineData(new[] { "lstm", "leaky_relu(x)" }, "'leaky_relu(x)': expected 1 finite numbers")]
    [InlineData(new[] { "lstm", "leaky_relu(1, 2)" }, "'leaky_relu(1, 2)': expected 1 finite numbers")]
    [InlineData(new[] { "lstm", "tanh(1)" }, "'tanh(1)': expected 0 finite numbers")]
    [InlineData(new[] { "lstm", "residual" }, "'residual': expected the number of layers")]
    [InlineData(new[] { "lstm", "residual(2)" }, "residual Span of at most 1")]
    public void A_list_of_modules_that_does_not_go_with_the_file_is_refused(string[] modules, string expected) =>
        Assert.Contains(
            expected,
            Refused(
                Lstm("lstm", 3).Linear("a.fc", Hidden, 5).Linear("b.fc", 5, 2),
                new ImportOptions { Modules = modules }));

    [Fact]
    public void Parameters_that_make_no_model_are_refused_by_name()
    {
        Assert.Contains("there are no parameters", Refused(new SafetensorsBuilder()));
        Assert.Contains("module 'norm', perhaps an nn.LayerNorm", Refused(Lstm("lstm", 3).AddCounting("norm.weight", 0, 3)));
        Assert.Contains("tensor 'lstm.weight_x' belongs to no", Refused(Lstm("lstm", 3).AddCounting("lstm.weight_x", 0, 3)));
        Assert.Contains(
            "tensor 'rnn.weight_hh_l0': expected 1, 3 or 4 times as many rows as columns (RNN, GRU, LSTM), found [8, 4]",
            Refused(new SafetensorsBuilder().AddCounting("rnn.weight_ih_l0", 0, 8, 3).AddCounting("rnn.weight_hh_l0", 0, 8, 4)));
        Assert.Contains(
            "do not follow from each other: 'lstm' (nn.LSTM, 3 to 4), 'a' (nn.Linear, 3 to 5)",
            Refused(Lstm("lstm", 3).Linear("a", 3, 5)));
    }

    [Fact]
    public void Modules_that_are_made_to_have_no_order_are_refused_soon()
    {
        var builder = new SafetensorsBuilder();
        for (int i = 0; i < 200; i++)
        {
            builder.Linear($"m{i}", 2, 2);
        }

        Assert.Contains("do not follow from each other", Refused(builder.Linear("last", 3, 3)));
    }

    [Theory]
    [InlineData(new long[] { 1, 4 }, true)]
    [InlineData(new long[] { 1, 1, 4 }, true)]
    [InlineData(new long[] { 4 }, true)]
    [InlineData(new long[] { 2, 4 }, false)]
    [InlineData(new long[] { 5 }, false)]
    public void Initial_states_are_taken_from_the_tensors_that_are_named(long[] shape, bool fits)
    {
        SafetensorsBuilder builder = Lstm("lstm", 3).AddCounting("start", 7, shape);
        var options = new ImportOptions
        {
            InitialStates = new Dictionary<string, InitialStateNames> { ["lstm"] = new("start") },
        };

        if (fits)
        {
            var layer = Assert.IsType<RecurrentLayer>(Read(builder, options).Definition.Layers[0]);
            Assert.Equal([7, 8, 9, 10], layer.Forward!.InitialHidden.ToArray());
            Assert.True(layer.Forward.InitialCell.IsEmpty);
        }
        else
        {
            Assert.Contains("tensor 'start': expected shape [1, 4]", Refused(builder, options));
        }
    }

    [Fact]
    public void Initial_states_of_no_module_are_refused()
    {
        var options = new ImportOptions
        {
            InitialStates = new Dictionary<string, InitialStateNames> { ["gru"] = new("start") },
        };

        Assert.Contains("there is no recurrent module 'gru'", Refused(Lstm("lstm", 3), options));
    }

    private static SafetensorsBuilder Lstm(string name, int input) => Recurrent(name, input, 4 * Hidden);

    private static SafetensorsBuilder Rnn(string name, int input) => Recurrent(name, input, Hidden);

    private static SafetensorsBuilder Linear(string name, int input, int output) =>
        new SafetensorsBuilder().Linear(name, input, output);

    private static SafetensorsBuilder Recurrent(string name, int input, int rows) => new SafetensorsBuilder()
        .AddCounting(name + ".weight_ih_l0", 0, rows, input)
        .AddCounting(name + ".weight_hh_l0", 0, rows, Hidden);

    private static ImportedModel Read(SafetensorsBuilder builder, ImportOptions? options = null)
    {
        using var folder = new TemporaryFolder();
        return ModelFile.Load(
            folder.Write("model.safetensors", builder.Build()), (options ?? new()) with { AssumeDefaults = true });
    }

    private static string Refused(SafetensorsBuilder builder, ImportOptions? options = null) =>
        Assert.Throws<ModelFormatException>(() => Read(builder, options)).Message;
}
