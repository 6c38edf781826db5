using Recurrent.Layers;

namespace Recurrent.Formats.Tests;

/// <summary>State dicts that say nothing of their model but its parameters.</summary>
public sealed class BareStateDictTests
{
    private const int Hidden = 4;

    private static readonly ImportOptions Said =
        new() { Output = ModelOutput.LastStep, Layout = SequenceLayout.BatchMajor };

    [Fact]
    public void What_is_put_out_and_the_order_of_axes_have_to_be_said()
    {
        ModelFormatException refusal = Refused(Chain("lstm", "fc"));

        Assert.EndsWith(
            """
            model.safetensors: a state dict does not say what it outputs or its order of axes. Add, as its code says,
                Output = ModelOutput.LastStep, // or EveryStep, FinalState
                Layout = SequenceLayout.BatchMajor, // batch_first, else TimeMajor
                Modules = ["lstm", "fc"],
            or AssumeDefaults = true.
            """.ReplaceLineEndings("\n"),
            refusal.Message);
        Assert.Equal(Said with { Modules = refusal.Proposal!.Modules }, refusal.Proposal);
    }

    [Fact]
    public void One_of_them_is_not_enough()
    {
        ModelFormatException output = Refused(Chain("lstm"), new ImportOptions { Layout = SequenceLayout.TimeMajor });
        ModelFormatException layout = Refused(Chain("lstm"), new ImportOptions { Output = ModelOutput.EveryStep });

        Assert.Contains("does not say what it outputs. Add", output.Message);
        Assert.Equal(new ImportOptions { Output = ModelOutput.LastStep }, output.Proposal);
        Assert.DoesNotContain("Layout", output.Message);
        Assert.Contains("does not say its order of axes. Add", layout.Message);
        Assert.Equal(new ImportOptions { Layout = SequenceLayout.BatchMajor }, layout.Proposal);
        Assert.DoesNotContain("Output", layout.Message);
    }

    [Fact]
    public void They_are_enough_for_a_chain()
    {
        ImportedModel model = Read(Chain("lstm", "fc"), Said);

        Assert.Equal((ModelOutput.LastStep, SequenceLayout.BatchMajor), (model.Definition.Output, model.Definition.Layout));
        Assert.All(model.Notes, note => Assert.Equal("'lstm', 'fc'", note.Subject));
    }

    [Fact]
    public void Every_form_of_state_dict_is_refused()
    {
        using var folder = new TemporaryFolder();
        string json = folder.Write(
            "model.json", """{"gru.weight_ih_l0": [[1], [1], [1]], "gru.weight_hh_l0": [[1], [1], [1]]}"""u8.ToArray());

        foreach (string path in new[] { TorchFiles.PathOf("zip"), TorchFiles.PathOf("legacy"), json })
        {
            Assert.NotNull(Assert.Throws<ModelFormatException>(() => ModelFile.Load(path)).Proposal);
            Assert.DoesNotContain(
                ModelFile.Load(path, Said with { Modules = [path == json ? "gru" : "lstm"] }).Notes,
                note => note.Kind == ImportNoteKind.Assumed);
        }
    }

    [Fact]
    public void Defaults_are_assumed_on_request_and_noted()
    {
        ImportedModel model = Read(Chain("lstm", "head.0", "head.3"), new ImportOptions { AssumeDefaults = true });

        Assert.Equal((ModelOutput.EveryStep, SequenceLayout.TimeMajor), (model.Definition.Output, model.Definition.Layout));
        Assert.Equal(["lstm", "head.0", "head.3"], model.LayerNames);
        Assert.Equal(["'lstm', 'head.0', 'head.3'", "modules", "output", "layout"], model.Notes.Select(note => note.Subject).Distinct());
        Assert.Contains(
            "assumed modules: nothing in place of 'head.1' and 'head.2'; ImportOptions.Modules says otherwise.",
            model.Notes.Select(note => note.ToString()));
    }

    [Fact]
    public void What_is_said_wins_over_what_is_assumed() =>
        Assert.Equal(
            (ModelOutput.LastStep, SequenceLayout.BatchMajor),
            Read(Chain("lstm"), Said with { AssumeDefaults = true }) is var model
                ? (model.Definition.Output, model.Definition.Layout)
                : default);

    [Theory]
    [InlineData("lstm,head.0,head.3", "lstm,head.0,relu,head.3", "in place of 'head.1' and 'head.2'")]
    [InlineData("lstm,head.0,head.2", "lstm,head.0,relu,head.2", "in place of 'head.1'")]
    [InlineData("lstm,head.0,head.4", "lstm,head.0,relu,head.4", "in place of 'head.1' to 'head.3'")]
    [InlineData("lstm,head.1", "lstm,identity,head.1", "in place of 'head.0'")]
    [InlineData("0.lstm,2.fc", "0.lstm,identity,2.fc", "in place of '1'")]
    [InlineData("lstm,net.0.fc,net.2.fc", "lstm,net.0.fc,relu,net.2.fc", "in place of 'net.1'")]
    [InlineData("lstm,fc1,fc2", "lstm,fc1,relu,fc2", "between 'fc1' and 'fc2'")]
    [InlineData("lstm,a,b,c", "lstm,a,relu,b,relu,c", "between 'a' and 'b' or at 1 more places")]
    [InlineData("lstm,fc1,norm,fc2", "lstm,fc1,norm(1E-05),relu,fc2", "between 'fc1' and 'fc2'")]
    [InlineData("fc.0,fc.1,lstm", "fc.0,relu,fc.1,lstm", "between 'fc.0' and 'fc.1'")]
    public void Modules_that_cannot_be_all_have_to_be_listed(string modules, string proposed, string place)
    {
        CheckpointBuilder builder = Chain(modules.Split(','));

        ModelFormatException refusal = Refused(builder, Said);

        Assert.Contains($"a state dict does not say what is {place}. Add", refusal.Message);
        Assert.Contains($"Modules = [{string.Join(", ", proposed.Split(',').Select(entry => $"\"{entry}\""))}], //", refusal.Message);
        Assert.Equal(proposed, string.Join(",", refusal.Proposal!.Modules!));
        Assert.Empty(Read(builder, Said with { Modules = refusal.Proposal.Modules }).Notes);
        Assert.All(Read(builder, Said with { Modules = modules.Split(',') }).Notes, note => Assert.Equal("norm", note.Subject));
    }

    [Theory]
    [InlineData("fc,lstm,out")]
    [InlineData("lstm,norm,fc")]
    [InlineData("cells.0,cells.1,fc")]
    [InlineData("layer2,fc3")]
    public void Modules_that_can_be_all_need_no_list(string modules) =>
        Assert.NotEmpty(Read(Chain(modules.Split(',')), Said).Definition.Layers);

    [Fact]
    public void A_proposal_says_all_that_would_be_assumed()
    {
        SafetensorsBuilder builder = new SafetensorsBuilder()
            .AddCounting("words.weight", 0, 7, 3)
            .AddCounting("rnn.weight_ih_l0", 0, Hidden, 3).AddCounting("rnn.weight_hh_l0", 0, Hidden, Hidden);

        ImportOptions proposal = Refused(builder).Proposal!;
        ImportOptions relu = Refused(builder, new ImportOptions { Nonlinearity = Activation.Relu }).Proposal!;

        Assert.Equal(["words(embedding)", "rnn(tanh)"], proposal.Modules!);
        Assert.Empty(Read(builder, proposal).Notes);
        Assert.Equal(["words(embedding)", "rnn"], relu.Modules!);
    }

    [Fact]
    public void Modules_with_strange_names_are_proposed_as_text_of_CSharp() =>
        Assert.Contains("""Modules = ["a\"b\\c", "fc"],""", Refused(Chain("a\"b\\c", "fc")).Message);

    [Fact]
    public void A_module_without_a_name_is_all_there_is() =>
        Assert.Null(Refused(new SafetensorsBuilder().AddCounting("weight", 0, 2, 3).AddCounting("bias", 0, 2)).Proposal!.Modules);

    [Fact]
    public void A_long_list_is_cut_in_the_message_and_whole_in_the_proposal()
    {
        string longest = new string('x', 1000) + "_fc1";

        ModelFormatException refusal = Refused(Chain([.. Enumerable.Range(0, 60).Select(i => $"lstm{i}"), longest, "fc2", "fc3"]));

        Assert.Contains("\"lstm1\", ", refusal.Message);
        Assert.Contains("…], // relu: a guess\n", refusal.Message);
        Assert.InRange(refusal.Message.Length - refusal.Message.IndexOf("a state dict", StringComparison.Ordinal), 300, 480);
        Assert.Equal(65, refusal.Proposal!.Modules!.Count);
        Assert.EndsWith("\"relu\", \"fc3\"], // relu: a guess", refusal.Unsaid!.Lines[^1]);
    }

    [Fact]
    public void Tensors_in_an_order_of_no_meaning_give_modules_in_the_order_of_their_names()
    {
        // As a table has them: the bias before the weight, modules mixed.
        CheckpointBuilder builder = Pickle(
            ("fc2.bias", [Hidden]), ("lstm.weight_hh_l0", [4 * Hidden, Hidden]), ("fc1.weight", [Hidden, Hidden]),
            ("fc2.weight", [Hidden, Hidden]), ("fc1.bias", [Hidden]), ("lstm.weight_ih_l0", [4 * Hidden, Hidden]));

        ImportedModel model = Read(builder, new ImportOptions { AssumeDefaults = true });

        Assert.Equal(["lstm", "fc1", "fc2"], model.LayerNames);
        Assert.StartsWith("applied in an order that fits", model.Notes[0].Message);
    }

    [Fact]
    public void A_number_as_large_as_they_get_is_no_trouble() =>
        Assert.Contains("in place of 'a.0' to 'a.4294967294'", Refused(Chain("lstm", "a.4294967295"), Said).Message);

    /// <summary>Modules of 4 features that follow each other, in a file that keeps their order.</summary>
    private static CheckpointBuilder Chain(params string[] modules) => Pickle([.. modules.SelectMany(Parameters)]);

    private static IEnumerable<(string Name, long[] Shape)> Parameters(string module)
    {
        if (module.Contains("norm", StringComparison.Ordinal))
        {
            return [($"{module}.running_mean", [Hidden]), ($"{module}.running_var", [Hidden])];
        }

        return module.Contains("fc", StringComparison.Ordinal) || module is "out" or "a" or "b" or "c"
            || module.StartsWith("head", StringComparison.Ordinal) || module.StartsWith("a.", StringComparison.Ordinal)
            ? [($"{module}.weight", [Hidden, Hidden]), ($"{module}.bias", [Hidden])]
            : [($"{module}.weight_ih_l0", [4 * Hidden, Hidden]), ($"{module}.weight_hh_l0", [4 * Hidden, Hidden])];
    }

    private static CheckpointBuilder Pickle(params (string Name, long[] Shape)[] tensors)
    {
        CheckpointBuilder builder = new CheckpointBuilder().Singles("0", new float[4 * Hidden * Hidden]).Operations("}(");
        foreach ((string name, long[] shape) in tensors)
        {
            builder.Text(name).Tensor("0", 4 * Hidden * Hidden, 0, shape, shape.Length == 2 ? [shape[1], 1] : [1]);
        }

        return builder.Operation('u');
    }

    private static ImportedModel Read(CheckpointBuilder builder, ImportOptions options) => Read(builder.Build(), options);

    private static ImportedModel Read(SafetensorsBuilder builder, ImportOptions options) => Read(builder.Build(), options);

    private static ImportedModel Read(byte[] file, ImportOptions? options)
    {
        using var folder = new TemporaryFolder();
        return ModelFile.Load(folder.Write("model.safetensors", file), options);
    }

    private static ModelFormatException Refused(CheckpointBuilder builder, ImportOptions? options = null) =>
        Assert.Throws<ModelFormatException>(() => Read(builder.Build(), options));

    private static ModelFormatException Refused(SafetensorsBuilder builder, ImportOptions? options = null) =>
        Assert.Throws<ModelFormatException>(() => Read(builder.Build(), options));
}
