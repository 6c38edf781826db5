using Recurrent.Layers;

namespace Recurrent.Formats.Tests.Keras;

/// <summary>What is made of a Keras configuration, what is assumed, and what is refused and how.</summary>
public sealed class KerasImportTests
{
    [Fact]
    public void The_hard_sigmoid_follows_the_version_of_the_file()
    {
        Assert.Equal(Activation.HardSigmoid(), GateOf(new KerasFile("lstm_hard_sigmoid_2").Load()));
        Assert.Equal(Activation.HardSigmoid(1f / 6), GateOf(new KerasFile("lstm_hard_sigmoid_3").Load()));
        Assert.Equal(
            Activation.HardSigmoid(), GateOf(new KerasFile("lstm_hard_sigmoid_3").WithVersion("2.15.0").Load()));
    }

    [Fact]
    public void Without_a_version_the_option_decides_or_the_look_of_the_file_with_a_note()
    {
        ImportedModel guessed = new KerasFile("lstm_hard_sigmoid_3").WithoutVersion().Load();
        ImportedModel told = new KerasFile("lstm_hard_sigmoid_3").WithoutVersion().Load(new() { KerasVersion = 2 });

        Assert.Equal(Activation.HardSigmoid(1f / 6), GateOf(guessed));
        Assert.Equal((ImportNoteKind.Assumed, "lstm"), (guessed.Notes[0].Kind, guessed.Notes[0].Subject));
        Assert.Contains(nameof(ImportOptions.KerasVersion), guessed.Notes[0].Message, StringComparison.Ordinal);
        Assert.Equal(Activation.HardSigmoid(), GateOf(told));
        Assert.Empty(told.Notes);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImportOptions { KerasVersion = 4 });
    }

    [Fact]
    public void The_last_state_is_put_out_where_Keras_returns_no_sequences()
    {
        Assert.Equal(ModelOutput.FinalState, new KerasFile("lstm_stack").Load().Definition.Output);
        Assert.Equal(ModelOutput.EveryStep, new KerasFile("gru_after").Load().Definition.Output);
        Assert.Equal(SequenceLayout.BatchMajor, new KerasFile("gru_after").Load().Definition.Layout);
    }

    [Fact]
    public void Of_a_layer_that_keeps_its_state_a_note_tells()
    {
        ImportNote note = Assert.Single(new KerasFile("rnn_cell")
            .Replace("\"return_sequences\": true", "\"return_sequences\": true, \"stateful\": true").Load().Notes);

        Assert.Equal((ImportNoteKind.Assumed, "rnn"), (note.Kind, note.Subject));
        Assert.StartsWith("stateful: Keras keeps its state", note.Message);
    }

    [Fact]
    public void What_is_idle_outside_training_is_left_out_with_a_note()
    {
        ImportedModel model = new KerasFile("lstm_stack").Load();

        Assert.Equal(["lstm", "lstm_1", "dense", "dense"], model.LayerNames);
        ImportNote note = Assert.Single(model.Notes);
        Assert.Equal((ImportNoteKind.Ignored, "dropout"), (note.Kind, note.Subject));
        Assert.Equal("3.5.0", model.Metadata["keras_version"]);
    }

    [Fact]
    public void Steps_that_go_backwards_are_put_out_in_the_order_of_Keras()
    {
        ImportedModel model = new KerasFile("rnn_cell")
            .Replace("\"return_sequences\": true", "\"return_sequences\": true, \"go_backwards\": true").Load();

        Assert.Equal(Direction.Reverse, SpecificationOf<GruSpecification>(model, 0).Direction);
        SpecificationOf<ReverseSpecification>(model, 1);
        Assert.Equal(2, model.Definition.Layers.Count);
    }

    [Fact]
    public void Two_layers_that_go_backwards_turn_the_steps_twice()
    {
        // The second one reads reversed steps backwards: that is forward.
        ImportedModel model = new KerasFile("go_backwards")
            .Replace("\"name\": \"simple_rnn_1\"", "\"name\": \"simple_rnn_1\", \"go_backwards\": true").Load();

        Assert.Equal(Direction.Reverse, SpecificationOf<SimpleRnnSpecification>(model, 0).Direction);
        Assert.Equal(Direction.Forward, SpecificationOf<SimpleRnnSpecification>(model, 1).Direction);
        Assert.Empty(model.Notes);
    }

    [Fact]
    public void Masks_repeat_the_output_and_inside_Bidirectional_zero_it()
    {
        Assert.Equal(
            new Masking { Value = -1, Output = MissingOutput.Repeat }, new KerasFile("masking").Load().Definition.Masking);
        Assert.Equal(
            new Masking { Value = -1, Output = MissingOutput.Zero },
            new KerasFile("masking_bidirectional").Load().Definition.Masking);
        Assert.Equal(0, new KerasFile("embedding").Load().Definition.Masking!.Value);
        Assert.Null(new KerasFile("gru_after").Load().Definition.Masking);
    }

    [Fact]
    public void A_missing_output_that_differs_behind_dense_layers_is_noted()
    {
        ImportedModel model = new KerasFile("embedding")
            .Replace("\"units\": 5", "\"units\": 5, \"return_sequences\": true").Load();

        Assert.Contains(model.Notes, note => note.Subject == "mask");
    }

    [Fact]
    public void The_directions_may_differ_in_their_activations()
    {
        const string Inner = """
            {"module": "keras.layers", "class_name": "LSTM", "config": {"name": "lstm", "trainable": true, "dtype": "float32", "units": 4, "return_sequences": true}, "registered_name": null}
            """;
        string backward = Inner.Trim().Replace(
            "\"units\": 4", "\"units\": 4, \"go_backwards\": true, \"activation\": \"relu\"", StringComparison.Ordinal);
        ImportedModel model = new KerasFile("bidirectional")
            .Replace(Inner.Trim(), $"{Inner.Trim()}, \"backward_layer\": {backward}").Load();

        var specification = SpecificationOf<LstmSpecification>(model, 0);
        Assert.Equal(Activation.Relu, specification.GetActivations(Direction.Reverse).Candidate);
        Assert.Equal(Activation.Tanh, specification.GetActivations(Direction.Forward).Candidate);
    }

    [Fact]
    public void An_activation_may_be_a_layer_of_its_own_in_the_configuration()
    {
        ImportedModel model = new KerasFile("gru_after").Replace(
            "\"elu\"", """{"module": "keras.layers", "class_name": "LeakyReLU", "config": {"name": "l", "negative_slope": 0.5}}""").Load();

        Assert.Equal(Activation.LeakyRelu(0.5f), SpecificationOf<DenseSpecification>(model, 1).Activation);
    }

    [Theory]
    [InlineData("gru_first_keras_2", false)]
    [InlineData("gru_after", true)]
    public void Without_reset_after_the_shape_of_the_bias_decides(string file, bool resetAfter)
    {
        var changed = new KerasFile(file);
        ImportedModel model = (resetAfter ? changed.Replace("\"reset_after\": true, ", "") : changed).Load();

        Assert.Equal(resetAfter, SpecificationOf<GruSpecification>(model, 0).ResetAfter);
    }

    [Fact]
    public void Tensors_of_no_layer_are_left_out_with_a_note_and_generators_without()
    {
        ImportedModel model = new KerasFile("rnn_cell")
            .Add("optimizer/iteration", 1).Add("rnn/gru_cell/seed_generator/seed_generator_state", 2).Load();

        Assert.Equal("optimizer/iteration", Assert.Single(model.Notes).Subject);
    }

    [Theory]
    [InlineData("lstm_stack", "\"class_name\": \"Dense\"", "\"class_name\": \"Conv2D\"", "layer 'dense': Conv2D is not supported")]
    [InlineData("lstm_stack", "\"class_name\": \"LSTM\"", "\"class_name\": \"ConvLSTM1D\"", "layer 'lstm': ConvLSTM1D is not supported")]
    [InlineData("lstm_stack", "\"return_sequences\": true", "\"return_sequences\": false", "layer 'lstm_1': the recurrent layer before it has return_sequences=False")]
    [InlineData("lstm_stack", "\"units\": 7", "\"units\": 6", "tensor 'lstm/lstm_cell/kernel': expected shape [3, 24], found [3, 28]")]
    [InlineData("lstm_stack", "\"use_bias\": true, \"recurrent_activation\"", "\"use_bias\": false, \"recurrent_activation\"", "tensor 'lstm/lstm_cell/bias'")]
    [InlineData("lstm_stack", "\"softmax\"", "\"exponential\"", "layer 'dense': the activation 'exponential' is not supported")]
    [InlineData("lstm_stack", "\"sigmoid\"", "\"softmax\"", "layer 'lstm': the recurrent_activation softmax is not supported inside a cell")]
    [InlineData("lstm_stack", "\"name\": \"lstm_1\"", "\"name\": \"lstm\"", "layer 'lstm': a second one has this name")]
    [InlineData("lstm_stack", "\"Sequential\"", "\"MyModel\"", "'MyModel' is not supported")]
    [InlineData("lstm_stack", "[null, null, 3]", "[null, null, 4]", "layer 'lstm': expected 4 input features, found 3")]
    [InlineData("bidirectional", "\"concat\"", "\"max\"", "layer 'bidirectional': Bidirectional with merge_mode 'max'")]
    [InlineData("bidirectional", "\"axis\": -1", "\"axis\": 1", "layer 'batch_normalization'")]
    [InlineData("gru_after", "\"class_name\": \"GRU\"", "\"class_name\": \"Sequential\"", "'config.layers[1].config' has no 'layers'")]
    [InlineData("rnn_cell", "\"GRUCell\"", "\"MyCell\"", "layer 'rnn': the cell 'MyCell' is not supported")]
    [InlineData("gru_after", "\"class_name\": \"Dense\"", "\"class_name\": \"LSTM\"", "TimeDistributed(LSTM) is not supported")]
    [InlineData("gru_after", "\"reset_after\": true", "\"reset_after\": false", "expected shape [18], found [2, 18]")]
    [InlineData("activations", "\"negative_slope\": 0.5, \"max_value\": null", "\"negative_slope\": 0.5, \"max_value\": 6.0", "layer 're_lu': a ReLU with max_value 6, negative_slope 0.5")]
    [InlineData("residual_keras_2", "[\"dense\", 0, 0, {}], [\"lstm\", 0, 0, {}]", "[\"lstm\", 0, 0, {}], [\"x\", 0, 0, {}], [\"dense\", 0, 0, {}]", "layer 'add' (Add): expected layers with the same number of features")]
    [InlineData("residual_keras_2", "[\"dense\", 0, 0, {}], [\"lstm\"", "[\"dense\", 0, 1, {}], [\"lstm\"", "layer 'add': it reads output 1 of 'dense'")]
    [InlineData("residual_keras_2", "\"class_name\": \"Add\"", "\"class_name\": \"Dot\"", "layer 'add' (Dot): expected one layer that it reads")]
    [InlineData("residual_keras_3", "\"kwargs\": {}", "\"kwargs\": {\"initial_state\": [1]}", "the argument 'initial_state' is not supported")]
    [InlineData("residual_keras_3", "\"output_layers\": [\"dense_1\"", "\"output_layers\": [\"other\"", "output_layers': 'other' is no layer")]
    public void What_is_not_supported_is_refused_by_name(string file, string old, string replacement, string reason)
    {
        Assert.Contains(reason, new KerasFile(file).Replace(old, replacement).Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_tensor_is_named()
    {
        Assert.Contains(
            "layer 'bidirectional': the tensor 'bidirectional/backward_…/kernel' is missing",
            new KerasFile("bidirectional").Rename("backward_lstm/lstm_cell/kernel", "backward_lstm/kernal").Refusal(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Slopes_of_steps_are_refused()
    {
        Assert.Contains(
            "layer 'p_re_lu': PReLU is supported with one slope, or one for each of the 4 features (shared_axes=[1]); found shape [2, 4]",
            new KerasFile("activations").Rename("p_re_lu/alpha", "p_re_lu/old").Add("p_re_lu/alpha", 2, 4).Refusal(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Names_without_a_configuration_are_answered_with_the_way_out()
    {
        byte[] bytes = new SafetensorsBuilder().AddCounting("lstm/lstm_cell/recurrent_kernel", 0, 2, 8).Build();
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "weights.safetensors");
        File.WriteAllBytes(path, bytes);

        string message = Assert.Throws<ModelFormatException>(() => ModelFile.Load(path)).Message;

        Assert.Contains("keras_config", message, StringComparison.Ordinal);
        Assert.Contains("docs/import.md", message, StringComparison.Ordinal);
    }

    private static Activation GateOf(ImportedModel model) => SpecificationOf<LstmSpecification>(model, 0).GateActivation;

    private static T SpecificationOf<T>(ImportedModel model, int layer)
        where T : LayerSpecification =>
        Assert.IsType<T>(model.Definition.Layers[layer].Specification);
}
