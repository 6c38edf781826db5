using System.Text.Json.Nodes;
using Recurrent.Cli.Verify;

namespace Recurrent.Cli.Tests.Verify;

/// <summary><c>recurrent verify</c> on folders with a <c>case.json</c>.</summary>
public sealed class CaseTests
{
    private const string Gap = "sequential-gap";
    private const string Directions = "onnx-directions";

    public static TheoryData<string> Paths => new(VerifyPaths.Choices.Where(path => path != VerifyPaths.All));

    public static TheoryData<string, string> FoldersAndPaths => new(
        from folder in (string[])["cases", "onnx-files", "tfjs"]
        from path in Paths
        select (folder, path.Data));

    [Theory]
    [MemberData(nameof(FoldersAndPaths))]
    public void The_committed_cases_pass(string name, string path)
    {
        string folder = GoldenFiles.PathOf(name);
        int count = Directory.GetDirectories(folder).Length * (path == VerifyPaths.Reference ? 2 : 1);

        CommandRun run = CommandRun.Of("verify", folder, "--isa", path);

        Assert.SkipWhen(run.Output.StartsWith($"skipped {path}:", StringComparison.Ordinal), run.Output);
        Assert.Equal((0, $"{count} passed, 0 failed"), (run.ExitCode, run.LastLine));
    }

    [Fact]
    public void One_case_is_a_folder_too()
    {
        CommandRun run = Verify(Path.Combine(GoldenFiles.PathOf("cases"), Gap));

        Assert.Equal((0, "2 passed, 0 failed", ""), (run.ExitCode, run.LastLine, run.Error));
    }

    [Fact]
    public void What_was_assumed_is_told_once_whatever_the_number_of_paths()
    {
        CommandRun run = CommandRun.Of("verify", Path.Combine(GoldenFiles.PathOf("cases"), "embedding"));

        Assert.Equal(
            "embedding: assumed words: an nn.Embedding, because it comes first and has no bias; 'words(linear)' in --modules "
            + "says otherwise.",
            run.Error.TrimEnd());
    }

    [Theory]
    [InlineData(Gap, "y")]
    [InlineData(Directions, "y")]
    public void A_wrong_value_fails_on_every_path(string id, string output)
    {
        using var copy = new CaseCopy(id);
        byte[] bytes = File.ReadAllBytes(copy.PathOf($"out.{output}.npy"));
        bytes[^1] ^= 0x40;
        File.WriteAllBytes(copy.PathOf($"out.{output}.npy"), bytes);

        CommandRun run = Verify(copy.Path);

        Assert.Equal((1, "0 passed, 2 failed"), (run.ExitCode, run.LastLine));
        Assert.Contains($"FAIL {id} oracle {output}: error ", run.Output);
    }

    [Theory]
    [InlineData("output", "every_step", "expected the shape [4, 2], found [4, 7, 2]")]
    [InlineData("layout", "time_major", null)]
    [InlineData("modules", "core,head.0,head.3", "expected ")]
    [InlineData("modules", "core", "expected the shape [4, 2], found [4, 1, 5]")]
    [InlineData("modules", "core,head.9", "'head.9' is neither a module")]
    public void Options_count(string option, string value, string? failure)
    {
        using var copy = new CaseCopy(Gap);
        copy.Case["options"]![option] = value.Contains(',') || option == "modules"
            ? new JsonArray([.. value.Split(',').Select(entry => (JsonNode)entry)])
            : value;
        copy.Write();

        CommandRun run = Verify(copy.Path);

        // The order of axes is that of the arrays here, so that another order of the model changes nothing.
        Assert.Equal(failure is null ? 0 : 1, run.ExitCode);
        Assert.Contains(failure ?? "2 passed", run.Output);
    }

    [Fact]
    public void Options_that_a_case_does_not_have_come_from_the_command_line()
    {
        using var copy = new CaseCopy(Gap);
        copy.Case.Remove("options");
        copy.Write();

        CommandRun refused = Verify(copy.Path);
        CommandRun said = Verify(
            copy.Path, "--modules", "core,head.0,relu,head.3", "--last-step", "--batch-major");

        Assert.Equal((1, 0), (refused.ExitCode, said.ExitCode));
        Assert.Contains("Add, as its code says, --last-step --batch-major", refused.Output);
    }

    [Fact]
    public void A_word_that_is_in_the_path_alone_is_no_refusal_for_it()
    {
        using var copy = new CaseCopy("refused-branches");
        copy.Case["refused"] = "model.pt";
        copy.Write();

        CommandRun run = Verify(copy.Path);

        Assert.Equal((1, "0 passed, 2 failed"), (run.ExitCode, run.LastLine));
        Assert.Contains("expected a refusal with the word 'model.pt', found: ", run.Output);
    }

    [Fact]
    public void A_word_counts_as_it_is_written()
    {
        using var copy = new CaseCopy("refused-branches");
        copy.Case["refused"] = "Follow from each other";
        copy.Write();

        Assert.Equal(1, Verify(copy.Path).ExitCode);
    }

    [Fact]
    public void A_file_that_loads_is_not_refused()
    {
        using var copy = new CaseCopy(Gap);
        copy.Case.Remove("outputs");
        copy.Case["refused"] = "gap";
        copy.Write();

        CommandRun run = Verify(copy.Path);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("expected a refusal ('gap'), found none", run.Output);
    }

    [Theory]
    [InlineData("model", "\"../model.pt\"", "expected a name without a folder, found '../model.pt'")]
    [InlineData("model", "\"none.pt\"", "none.pt' does not exist")]
    [InlineData("model", "1", "case.json: ")]
    [InlineData("inputs", "{\"x\": \"/in.x.npy\"}", "expected a name without a folder")]
    [InlineData("inputs", "{\"x\": null}", "expected a name without a folder, found ''")]
    [InlineData("inputs", "{\"x\": \"none.npy\"}", "none.npy' does not exist")]
    [InlineData("outputs", "{\"y\": null}", "expected a name without a folder, found ''")]
    [InlineData("options", "{\"modules\": [null]}", "expected names of modules, found null")]
    [InlineData("inputs", "{}", "expected inputs, outputs and a tolerance")]
    [InlineData("inputs", "{\"x\": \"in.x.npy\", \"z\": \"in.x.npy\"}", "axes: expected one text for one input")]
    [InlineData("outputs", "{\"y\": \"out.y.npy\", \"z\": \"out.y.npy\"}", "the model has no output 'z'; it has y.")]
    [InlineData("tolerance", "-1", "a tolerance of 0 or more")]
    [InlineData("tolerance", "1e999", "a tolerance of 0 or more")]
    [InlineData("tolerance", "null", "a tolerance of 0 or more")]
    [InlineData("axes", "\"batch, time\"", "input 'x': expected the axes batch, time, found the shape [4, 7, 3]")]
    [InlineData("axes", "\"batch, features, time\"", "and features last; found 'batch, features, time'")]
    [InlineData("axes", "\"batch, batch, time\"", "found 'batch, batch, time'")]
    [InlineData("axes", "\"batch, steps, features\"", "found 'batch, steps, features'")]
    [InlineData("axes", "\"time, batch, features\"", "expected the shape [4, 2], found [1, 7, 2]")]
    [InlineData("axes", "3", "axes: expected one text for one input")]
    [InlineData("axes", "{\"x\": 3}", "found '3'")]
    [InlineData("axes", "\"\"", "found ''")]
    [InlineData("axes", "{\"x\": \"batch, features\"}", "input 'x': expected the axes batch, features, found the shape [4, 7, 3]")]
    [InlineData("refused", "\"x\"", "or a word of a refusal and no outputs")]
    [InlineData("lengths", "\"in.lengths.npy\"", "lengths")]
    [InlineData("options", "{\"frobnicate\": 1}", "frobnicate")]
    [InlineData("options", "{\"output\": \"sometimes\"}", "case.json: ")]
    [InlineData("options", "{\"output\": 1}", "case.json: ")]
    public void What_makes_no_sense_fails_with_the_reason(string field, string value, string reason)
    {
        using var copy = new CaseCopy(Gap);
        copy.Case[field] = JsonNode.Parse(value);
        copy.Write();

        CommandRun run = Verify(copy.Path);

        Assert.Equal((1, "0 passed, 2 failed"), (run.ExitCode, run.LastLine));
        Assert.Contains(reason, run.Output);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    public void A_damaged_description_fails_and_the_other_cases_do_not(string json)
    {
        using var copy = new CaseCopy(Gap, "pybridge");
        File.WriteAllText(Path.Combine(copy.Path, Gap, "case.json"), json);

        CommandRun run = Verify(copy.Path);

        Assert.Equal((1, "2 passed, 2 failed"), (run.ExitCode, run.LastLine));
        Assert.Contains($"FAIL {Gap}: cannot be used: case.json: ", run.Output);
    }

    /// <summary>Half a surrogate pair is noticed when the text is asked for, long after it was parsed.</summary>
    [Fact]
    public void Text_that_cannot_be_decoded_fails_with_the_reason()
    {
        using var copy = new CaseCopy(Gap);
        string path = Path.Combine(copy.Path, "case.json");
        string json = File.ReadAllText(path);
        File.WriteAllText(path, json.Replace("\"batch, time, features\"", "\"\\ud800\"", StringComparison.Ordinal));

        Assert.NotEqual(json, File.ReadAllText(path));
        Assert.Contains("cannot be used: case.json: axes: Cannot read incomplete UTF-16", Verify(copy.Path).Output);
    }

    [Theory]
    [InlineData("{\"z\": \"in.x.npy\"}", null, "the graph has no input 'z'; it has x.")]
    [InlineData(null, "{\"z\": \"out.y.npy\"}", "the graph has no output 'z'; it has y.")]
    [InlineData(null, "{\"y\": \"in.x.npy\"}", "expected the shape [7, 4, 3], found [7, 2, 4, 5]")]
    public void Names_of_a_graph_count(string? inputs, string? outputs, string reason)
    {
        using var copy = new CaseCopy(Directions);
        copy.Case["inputs"] = inputs is null ? copy.Case["inputs"]!.DeepClone() : JsonNode.Parse(inputs);
        copy.Case["outputs"] = outputs is null ? copy.Case["outputs"]!.DeepClone() : JsonNode.Parse(outputs);
        copy.Write();

        CommandRun run = Verify(copy.Path);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(reason, run.Output);
    }

    [Theory]
    [InlineData(new long[] { 2, 3, 4 }, new[] { 2, 3, 4 }, true)]
    [InlineData(new long[] { 1, 2, 1, 3, 4 }, new[] { 2, 3, 4 }, true)]
    [InlineData(new long[] { 3, 4 }, new[] { 1, 3, 4 }, true)]
    [InlineData(new long[] { 2, 3, 2, 2 }, new[] { 2, 3, 4 }, true)]
    [InlineData(new long[] { 2, 12 }, new[] { 2, 3, 4 }, true)]
    [InlineData(new long[] { 24 }, new[] { 2, 3, 4 }, true)]
    [InlineData(new long[] { 0, 3, 4 }, new[] { 0, 3, 4 }, true)]
    [InlineData(new long[] { }, new[] { 1, 1, 1 }, true)]
    [InlineData(new long[] { 3, 2, 4 }, new[] { 2, 3, 4 }, false)]
    [InlineData(new long[] { 2, 4, 3 }, new[] { 2, 3, 4 }, false)]
    [InlineData(new long[] { 2, 2, 3, 4 }, new[] { 4, 3, 4 }, false)]
    [InlineData(new long[] { 2, 3 }, new[] { 2, 3, 4 }, false)]
    [InlineData(new long[] { 2, 3, 4, 5 }, new[] { 2, 3, 4 }, false)]
    [InlineData(new long[] { 2, 3 }, new[] { 6, 1, 1 }, false)]
    [InlineData(new long[] { 0, 4 }, new[] { 0, 3, 4 }, false)]
    public void Shapes_are_of_one_tensor_or_not(long[] expected, int[] actual, bool isSame) =>
        Assert.Equal(isSame, ShapeMatch.Mismatch(expected, actual, features: 2) is null);

    private static CommandRun Verify(string path, params string[] options) =>
        CommandRun.Of(["verify", path, "--isa", "reference", .. options]);
}
