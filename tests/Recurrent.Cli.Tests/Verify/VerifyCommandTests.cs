using System.Text.Json;
using System.Text.Json.Nodes;
using Recurrent.Cli.Bench;
using Recurrent.Cli.Verify;

namespace Recurrent.Cli.Tests.Verify;

public sealed class VerifyCommandTests
{
    private const string Lstm = "lstm_plain";
    private const string Gru = "gru_ragged";

    public static TheoryData<string, string> FoldersAndPaths => new(
        from folder in new[] { "torch", "variants" }
        from path in VerifyPaths.Choices
        where path != VerifyPaths.All
        select (folder, path));

    [Theory]
    [MemberData(nameof(FoldersAndPaths))]
    public void The_committed_cases_pass(string folder, string path)
    {
        CommandRun run = CommandRun.Of("verify", GoldenFiles.PathOf(folder), "--isa", path);

        Assert.SkipWhen(run.Output.StartsWith($"skipped {path}:", StringComparison.Ordinal), run.Output);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.DoesNotContain("FAIL", run.Output);
        Assert.EndsWith("passed, 0 failed", run.LastLine);
    }

    public static TheoryData<string> Paths => new(VerifyPaths.Choices.Where(path => path != VerifyPaths.All));

    [Theory]
    [MemberData(nameof(Paths))]
    public void The_committed_gradients_pass(string path)
    {
        CommandRun run = CommandRun.Of("verify", "--gradients", GoldenFiles.PathOf("torch"), "--isa", path);

        Assert.SkipWhen(run.Output.StartsWith($"skipped {path}:", StringComparison.Ordinal), run.Output);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.DoesNotContain("FAIL", run.Output);
        Assert.Equal(path == VerifyPaths.Reference ? "118 passed, 0 failed" : "59 passed, 0 failed", run.LastLine);
    }

    [Theory]
    [InlineData(Lstm, "g64.x")]
    [InlineData(Lstm, "g64.bias_hh_l0")]
    [InlineData(Gru, "g64.weight_hh_l0")]
    public void A_wrong_gradient_fails_with_a_line_that_names_it(string id, string tensor)
    {
        using var golden = new GoldenCopy(Lstm, Gru);
        golden.Tamper(id, tensor, 0x40);

        CommandRun run = CommandRun.Of("verify", "--gradients", golden.Path, "--isa", "reference");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"FAIL {id} reference g.{tensor["g64.".Length..]}: error ", run.Output);
        Assert.Equal("2 passed, 2 failed", run.LastLine);
    }

    [Fact]
    public void A_folder_without_gradients_is_unusable()
    {
        CommandRun run = CommandRun.Of("verify", "--gradients", GoldenFiles.PathOf("variants"));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("has no case with gradients", run.Error);
    }

    [Fact]
    public void All_paths_are_counted_once_for_each_case()
    {
        using var golden = new GoldenCopy(Lstm, Gru);

        CommandRun run = CommandRun.Of("verify", golden.Path);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal($"{2 * (Machine.InstructionSets.Count + 2)} passed, 0 failed", run.LastLine);
    }

    [Theory]
    [InlineData(Lstm, "y")]
    [InlineData(Lstm, "hn")]
    [InlineData(Lstm, "cn")]
    [InlineData(Gru, "y")]
    [InlineData(Gru, "hn")]
    public void A_wrong_tensor_fails_on_every_path_with_a_line_that_names_it(string id, string tensor)
    {
        using var golden = new GoldenCopy(Lstm, Gru);
        golden.Tamper(id, tensor + ".f64", 0x40);

        CommandRun run = CommandRun.Of("verify", golden.Path, "--isa", "reference");

        Assert.Equal(1, run.ExitCode);
        string[] failures = [.. run.Output.Split('\n').Where(line => line.StartsWith("FAIL", StringComparison.Ordinal))];
        Assert.Equal(2, failures.Length);
        Assert.StartsWith($"FAIL {id} reference {tensor}: error ", failures[0]);
        Assert.StartsWith($"FAIL {id} oracle {tensor}: error ", failures[1]);
        Assert.All(failures, line => Assert.Contains(", allowed ", line));
        Assert.Equal("2 passed, 2 failed", run.LastLine);
    }

    [Fact]
    public void A_wrong_tensor_fails_on_native_paths_too()
    {
        using var golden = new GoldenCopy(Lstm);
        golden.Tamper(Lstm, "y.f64", 0x40);

        CommandRun run = CommandRun.Of("verify", golden.Path, "--isa", "scalar");

        Assert.Equal((1, "0 passed, 1 failed"), (run.ExitCode, run.LastLine));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("p.weight_hh_l0")]
    [InlineData("p.bias_hh_l0")]
    public void A_changed_input_or_parameter_fails(string tensor)
    {
        using var golden = new GoldenCopy(Lstm);
        golden.Tamper(Lstm, tensor, 0x40);

        Assert.Equal(1, CommandRun.Of("verify", golden.Path, "--isa", "reference").ExitCode);
    }

    [Fact]
    public void Results_are_written_as_JSON()
    {
        using var golden = new GoldenCopy(Lstm, Gru);
        golden.Tamper(Gru, "hn.f64", 0x7F);
        string path = Path.Combine(golden.Path, "results.json");

        CommandRun.Of("verify", golden.Path, "--isa", "reference", "--json", path);

        JsonNode json = JsonNode.Parse(File.ReadAllText(path))!;
        Assert.Equal((2, 2, 2), ((int)json["cases"]!, (int)json["passed"]!, (int)json["failed"]!));
        Assert.Equal(["reference", "oracle"], json["paths"]!.AsArray().Select(name => (string)name!));
        JsonNode failed = json["results"]!.AsArray().First(result => !(bool)result!["passed"]!)!;
        Assert.Equal((Gru, "reference"), ((string)failed["case"]!, (string)failed["path"]!));
        JsonNode tensor = failed["tensors"]!.AsArray().Single(tensor => !(bool)tensor!["passed"]!)!;
        Assert.Equal("hn", (string)tensor["tensor"]!);
        Assert.Contains("expected", (string)tensor["failure"]!);
    }

    [Fact]
    public void Several_paths_are_verified_in_one_call()
    {
        using var first = new GoldenCopy(Lstm);
        using var second = new GoldenCopy(Gru);
        string path = Path.Combine(first.Path, "results.json");

        CommandRun run = CommandRun.Of("verify", first.Path, second.Path, "--isa", "reference", "--json", path);

        Assert.Equal((0, "4 passed, 0 failed"), (run.ExitCode, run.LastLine));
        Assert.Contains($"{first.Path}: golden folder (index.json), 1 case", run.Output);
        JsonNode json = JsonNode.Parse(File.ReadAllText(path))!;
        Assert.Equal([first.Path, second.Path], json["sets"]!.AsArray().Select(set => (string)set!["set"]!));
        Assert.Equal(
            [(first.Path, Lstm), (first.Path, Lstm), (second.Path, Gru), (second.Path, Gru)],
            json["results"]!.AsArray().Select(result => ((string)result!["set"]!, (string)result["case"]!)));
    }

    [Fact]
    public void One_path_that_cannot_be_used_stops_all_of_them()
    {
        using var golden = new GoldenCopy(Lstm);

        CommandRun run = CommandRun.Of("verify", golden.Path, "no/such/folder", "--isa", "reference");

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains("'no/such/folder' does not exist", run.Error);
    }

    [Fact]
    public void A_folder_that_is_not_there_cannot_be_used() => AssertUnusable("does not exist", "no/such/folder");

    [Theory]
    [InlineData("index.json")]
    [InlineData("lstm.json")]
    public void A_file_of_JSON_that_is_too_long_is_not_read(string name)
    {
        using var folder = new TemporaryFolder();
        using (FileStream file = File.Create(Path.Combine(folder.Path, name)))
        {
            file.Write("["u8);
            file.SetLength(BoundedJson.MostBytes + 1L);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        AssertUnusable($"expected a file of at most {BoundedJson.MostBytes} bytes, found {BoundedJson.MostBytes + 1}", folder.Path);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, BoundedJson.MostBytes / 2);
    }

    [Fact]
    public void A_folder_without_index_cannot_be_used()
    {
        using var folder = new TemporaryFolder();

        AssertUnusable("holds nothing that can be verified; expected one of: golden folder (index.json)", folder.Path);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{\"cases\": []}")]
    [InlineData("{\"cases\": [null]}")]
    [InlineData("{\"cases\": [{\"id\": \"a\"}]}")]
    [InlineData("{\"cases\": 5}")]
    public void A_damaged_index_cannot_be_used(string json)
    {
        using var golden = new GoldenCopy(Lstm);
        File.WriteAllText(Path.Combine(golden.Path, "index.json"), json);

        AssertUnusable("index.json' ", golden.Path);
    }

    [Theory]
    [InlineData("kind", "\"conv\"", "kind: expected rnn_tanh, rnn_relu, lstm or gru, found 'conv'")]
    [InlineData("kind", "\"gru\"", "tensor 'p.weight_ih_l0': expected rows for 3 gates")]
    [InlineData("hidden_size", "15", "hidden_size: the index says 15, the parameters say 16")]
    [InlineData("input_size", "4", "input_size: the index says 4")]
    [InlineData("num_layers", "2", "num_layers: the index says 2")]
    [InlineData("bidirectional", "true", "bidirectional: the index says True")]
    [InlineData("bias", "false", "bias: the index says False")]
    [InlineData("proj_size", "3", "proj_size: the index says 3")]
    [InlineData("T", "7", "tensor 'y.f64': expected shape [7, 3, 16]")]
    [InlineData("T", "-1", "T and B")]
    [InlineData("B", "2", "tensor 'y.f64': expected shape [6, 2, 16]")]
    [InlineData("batch_first", "true", "tensor 'y.f64': expected shape [3, 6, 16]")]
    [InlineData("unbatched", "true", "tensor 'y.f64': expected shape [6, 16]")]
    [InlineData("lengths", "[1, 2]", "lengths: expected 3 values from 0 to T = 6")]
    [InlineData("lengths", "[1, 2, 7]", "lengths: expected 3 values from 0 to T = 6")]
    [InlineData("lengths", "[1, 2, -1]", "lengths: expected 3 values from 0 to T = 6")]
    [InlineData("file", "\"../index.json\"", "file: expected a name without a folder")]
    [InlineData("file", "\"other.safetensors\"", "other.safetensors")]
    [InlineData("f32_err", "{}", "f32_err: expected the error and the largest value of 'y'")]
    [InlineData("f32_err", "{\"y\": [-1, 1]}", "f32_err: expected the error and the largest value of 'y'")]
    [InlineData("variant", "{\"clip\": -1}", "Clip: expected 0")]
    public void A_case_that_contradicts_its_file_cannot_be_used(string field, string value, string expected)
    {
        using var golden = new GoldenCopy(Lstm, Gru);
        golden.Entry(Lstm)[field] = JsonNode.Parse(value);
        golden.WriteIndex();

        AssertRefused(Lstm, expected, golden.Path);
    }

    [Theory]
    [InlineData("kind", "null", "index.json")]
    [InlineData("variant", "{\"clipping\": 1}", "clipping")]
    [InlineData("variant", "{\"activations\": {\"gate\": {\"kind\": \"swish\"}}}", "kind")]
    public void An_entry_that_is_none_makes_the_index_unusable(string field, string value, string expected)
    {
        using var golden = new GoldenCopy(Lstm, Gru);
        golden.Entry(Lstm)[field] = JsonNode.Parse(value);
        golden.WriteIndex();

        AssertUnusable(expected, golden.Path);
    }

    [Fact]
    public void A_number_that_JSON_does_not_know_spoils_its_case_only()
    {
        using var golden = new GoldenCopy(Lstm, Gru);
        golden.Entry(Lstm)["f32_err"]!.AsObject()["y"] = new JsonArray("<NaN>", "<-Infinity>");
        golden.Entry(Gru)["title"] = "NaN, \"Infinity\" and \\";
        golden.Index["degenerate"] = new JsonArray("<Infinity>");
        golden.WriteIndex();
        string index = Path.Combine(golden.Path, "index.json");
        string json = File.ReadAllText(index).Replace("\"\\u003C", "").Replace("\\u003E\"", "");
        Assert.Contains("[NaN,-Infinity]", json);
        File.WriteAllText(index, json);

        AssertRefused(Lstm, "f32_err: expected the error and the largest value of 'y'", golden.Path);
    }

    [Fact]
    public void A_damaged_file_names_its_case()
    {
        using var golden = new GoldenCopy(Lstm, Gru);
        byte[] bytes = File.ReadAllBytes(golden.FileOf(Gru));
        File.WriteAllBytes(golden.FileOf(Gru), bytes[..^1]);

        AssertRefused(Gru, "", golden.Path);
    }

    [Fact]
    public void A_missing_file_names_its_case()
    {
        using var golden = new GoldenCopy(Lstm, Gru);
        File.Delete(golden.FileOf(Lstm));

        AssertRefused(Lstm, Lstm + ".safetensors", golden.Path);
    }

    [Fact]
    public void A_folder_without_a_usable_case_fails_to_the_end()
    {
        using var golden = new GoldenCopy(Lstm);
        File.Delete(golden.FileOf(Lstm));
        string path = Path.Combine(golden.Path, "results.json");

        CommandRun run = CommandRun.Of("verify", golden.Path, "--isa", "reference", "--json", path);

        Assert.Equal((1, "0 passed, 2 failed"), (run.ExitCode, run.LastLine));
        JsonNode result = JsonNode.Parse(File.ReadAllText(path))!["results"]![0]!;
        Assert.False((bool)result["passed"]!);
        Assert.Contains(Lstm + ".safetensors", (string)result["refusal"]!);
    }

    [Fact]
    public void A_file_for_results_that_cannot_be_written_is_found_out_before_the_run()
    {
        using var golden = new GoldenCopy(Lstm);
        golden.Tamper(Lstm, "y.f64", 0x40);

        CommandRun run = CommandRun.Of(
            "verify", golden.Path, "--isa", "reference", "--json", Path.Combine(golden.Path, "none", "results.json"));

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains("results.json", run.Error);
    }

    [Theory]
    [InlineData]
    [InlineData("verify")]
    [InlineData("verify", "folder", "--isa", "sse2")]
    [InlineData("verify", "folder", "--frobnicate")]
    [InlineData("frobnicate")]
    public void A_wrong_command_line_cannot_be_used(params string[] arguments)
    {
        CommandRun run = CommandRun.Of(arguments);

        Assert.Equal(2, run.ExitCode);
        Assert.NotEmpty(run.Error);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("verify", "--help")]
    [InlineData("info", "--help")]
    [InlineData("--version")]
    public void Help_is_there(params string[] arguments)
    {
        CommandRun run = CommandRun.Of(arguments);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.NotEmpty(run.Output);
    }

    [Fact]
    public void Info_tells_what_the_machine_has()
    {
        CommandRun table = CommandRun.Of("info");
        JsonElement json = JsonDocument.Parse(CommandRun.Of("info", "--json").Output).RootElement;

        Assert.Equal(0, table.ExitCode);
        Assert.Contains(Machine.Processor, table.Output);
        Assert.Equal(Machine.Processor, json.GetProperty("processor").GetString());
        Assert.Equal(
            Machine.InstructionSets.Select(InstructionSetNames.Of),
            json.GetProperty("instruction_sets").EnumerateArray().Select(isa => isa.GetString()));
        Assert.Equal(Machine.Mkl, json.GetProperty("mkl").GetString());
    }

    [Fact]
    public void Info_tells_who_multiplies_large_matrices_if_asked()
    {
        CommandRun run = CommandRun.Of("info", "--gemm", "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        JsonElement[] choices =
            [.. JsonDocument.Parse(run.Output).RootElement.GetProperty("gemm").EnumerateArray()];
        Assert.Equal(
            Machine.InstructionSets.Select(InstructionSetNames.Of).Order(),
            choices.Select(choice => choice.GetProperty("instruction_set").GetString()!).Distinct().Order());
        Assert.All(choices, choice =>
        {
            double builtIn = choice.GetProperty("builtin_us").GetDouble();
            double mkl = choice.GetProperty("mkl_us").GetDouble();
            Assert.Equal(Machine.MklAvailable, builtIn > 0 && mkl > 0);
            Assert.Equal(mkl < builtIn ? "mkl" : "builtin", choice.GetProperty("provider").GetString());
        });
        Assert.False(JsonDocument.Parse(CommandRun.Of("info", "--json").Output).RootElement.TryGetProperty("gemm", out _));
    }

    /// <summary>Of two cases, one cannot be used: it has failed on both paths, and the other has been run.</summary>
    private static void AssertRefused(string id, string expected, string folder)
    {
        CommandRun run = CommandRun.Of("verify", folder, "--isa", "reference");

        Assert.Equal((1, ""), (run.ExitCode, run.Error));
        string failure = Assert.Single(
            run.Output.Split('\n'), line => line.StartsWith("FAIL", StringComparison.Ordinal));
        Assert.StartsWith($"FAIL {id}: cannot be used: ", failure);
        Assert.Contains(expected, failure);
        Assert.Equal("2 passed, 2 failed", run.LastLine);
    }

    private static void AssertUnusable(string expected, string folder)
    {
        CommandRun run = CommandRun.Of("verify", folder, "--isa", "reference");

        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith("error: ", run.Error);
        Assert.Contains(expected, run.Error);
        Assert.DoesNotContain(" passed, ", run.Output);
    }
}
