using System.Text.Json.Nodes;
using Recurrent.Cli.Verify;

namespace Recurrent.Cli.Tests.Verify;

public sealed class OnnxVerifyTests
{
    private static readonly string Operators = Path.Combine("onnxruntime", "shared");

    public static TheoryData<string, int, string> FoldersAndPaths => new(
        from folder in new[] { ("onnx", 12), (Operators, 102), ("onnxruntime", 374), ("onnx-written", 18), ("onnx-graphs", 18) }
        from path in VerifyPaths.Choices
        where path != VerifyPaths.All
        select (folder.Item1, folder.Item2, path));

    [Theory]
    [MemberData(nameof(FoldersAndPaths))]
    public void The_committed_cases_pass(string folder, int cases, string path)
    {
        CommandRun run = CommandRun.Of("verify", GoldenFiles.PathOf(folder), "--isa", path);

        Assert.SkipWhen(run.Output.StartsWith($"skipped {path}:", StringComparison.Ordinal), run.Output);
        Assert.DoesNotContain("FAIL", run.Output);
        Assert.Equal(0, run.ExitCode);
        int paths = path == VerifyPaths.Reference ? 2 : 1;
        Assert.Equal($"{cases * paths} passed, 0 failed", run.LastLine);
    }

    [Theory]
    [InlineData("test_lstm_with_peepholes")]
    [InlineData("test_gru_batchwise")]
    public void One_backend_test_is_verified_by_its_own_folder(string test)
    {
        CommandRun run = CommandRun.Of(
            "verify", Path.Combine(GoldenFiles.PathOf("onnx"), test), "--isa", "reference");

        Assert.Equal((0, "2 passed, 0 failed"), (run.ExitCode, run.LastLine));
    }

    [Fact]
    public void One_file_of_operator_cases_is_verified()
    {
        CommandRun run = CommandRun.Of(
            "verify", Path.Combine(GoldenFiles.PathOf(Operators), "lstm.json"), "--isa", "reference");

        Assert.Equal((0, "94 passed, 0 failed"), (run.ExitCode, run.LastLine));
    }

    [Theory]
    [InlineData("output_0.pb", "test_lstm_with_initial_bias reference Y_h: error ")]
    [InlineData("input_0.pb", "test_lstm_with_initial_bias reference Y_h: error ")]
    public void A_changed_tensor_of_a_backend_test_fails(string file, string expected)
    {
        using var folder = new TemporaryFolder();
        string data = CopyBackendTest(folder, "test_lstm_with_initial_bias", "test_data_set_0");
        byte[] bytes = File.ReadAllBytes(Path.Combine(data, file));
        bytes[^1] ^= 0x40;
        File.WriteAllBytes(Path.Combine(data, file), bytes);

        CommandRun run = CommandRun.Of("verify", folder.Path, "--isa", "reference");

        Assert.Equal((1, "0 passed, 2 failed"), (run.ExitCode, run.LastLine));
        Assert.Contains($"FAIL {expected}", run.Output);
    }

    [Fact]
    public void Every_data_set_of_a_backend_test_is_a_case()
    {
        using var folder = new TemporaryFolder();
        CopyBackendTest(folder, "test_gru_defaults", "test_data_set_0");
        string second = CopyBackendTest(folder, "test_gru_defaults", "test_data_set_1");
        File.Delete(Path.Combine(second, "output_0.pb"));

        CommandRun run = CommandRun.Of("verify", folder.Path, "--isa", "reference");

        Assert.Equal((1, "2 passed, 2 failed"), (run.ExitCode, run.LastLine));
        Assert.Contains("FAIL test_gru_defaults/test_data_set_1: cannot be used: ", run.Output);
        Assert.Contains("holds no output_0.pb", run.Output);
    }

    [Fact]
    public void A_missing_input_of_a_backend_test_cannot_be_used()
    {
        using var folder = new TemporaryFolder();
        File.Delete(Path.Combine(CopyBackendTest(folder, "test_gru_defaults", "test_data_set_0"), "input_2.pb"));

        CommandRun run = CommandRun.Of("verify", folder.Path, "--isa", "reference");

        Assert.Equal((1, "0 passed, 2 failed"), (run.ExitCode, run.LastLine));
        Assert.Contains("FAIL test_gru_defaults: cannot be used: ", run.Output);
    }

    [Fact]
    public void A_case_that_should_be_refused_and_is_not_fails()
    {
        JsonObject json = Case("RNN.clip_0.5_forward");
        json["expect"] = "fail: Input W must have shape";

        AssertFails(
            json, "RNN.clip_0.5_forward reference refusal", "expected a refusal ('Input W must have shape'), found none");
    }

    [Fact]
    public void A_case_that_is_refused_for_another_reason_fails()
    {
        JsonObject json = Case("RNN.refused_W_rows");
        json["expect"] = "fail: Input R must have shape";

        AssertFails(json, "RNN.refused_W_rows reference refusal", "found one for another");
    }

    [Fact]
    public void A_case_that_should_pass_and_is_refused_fails()
    {
        JsonObject json = Case("RNN.refused_W_rows");
        json["expect"] = "ok";

        AssertFails(json, "RNN.refused_W_rows: cannot be used: ", "W");
    }

    [Theory]
    [InlineData("Y", "Y")]
    [InlineData("Y_h", "Y_h")]
    public void A_wrong_output_of_an_operator_case_fails(string output, string expected)
    {
        JsonObject json = Case("RNN.clip_0.5_forward");
        JsonNode tensor = json["outputs"]!.AsArray().Single(tensor => (string)tensor!["name"]! == output)!;
        JsonArray data = tensor["data"]!.AsArray();
        data[^1] = (float)data[^1]! + 1e-5f;

        AssertFails(json, $"RNN.clip_0.5_forward reference {expected}: error ", "expected");
    }

    [Fact]
    public void Without_a_limit_of_its_own_a_case_may_be_rounded_to_four_digits()
    {
        JsonObject json = Case("RNN.clip_0.5_forward");
        json.Remove("relative");
        JsonArray data = json["outputs"]![0]!["data"]!.AsArray();
        data[^1] = (float)data[^1]! + 0.9e-4f;

        Assert.Equal("2 passed, 0 failed", Verify(json).LastLine);

        data[^1] = (float)data[^1]! + 0.2e-4f;
        Assert.Equal("0 passed, 2 failed", Verify(json).LastLine);
    }

    [Theory]
    [InlineData("expect", "\"maybe\"", "expect: expected 'ok' or 'fail: REASON', found 'maybe'")]
    [InlineData("op", "5", "the case is not written as it should be")]
    [InlineData("op", "\"Conv\"", "Conv")]
    [InlineData("inputs", "{}", "the case is not written as it should be")]
    [InlineData("inputs", "[{\"name\": \"X\", \"dims\": [1, 1, 2], \"data\": [1]}]", "")]
    [InlineData("inputs", "[{\"name\": \"X\", \"dims\": [1.5], \"data\": [1]}]", "the case is not written as it should")]
    [InlineData("inputs", "[{\"name\": \"X\", \"dims\": [2147483647, 2147483647], \"data\": [1]}]", "")]
    [InlineData("inputs", "[{\"name\": \"X\", \"dims\": [-1, -1], \"data\": [1]}]", "")]
    [InlineData("attributes", "{\"hidden_size\": \"three\"}", "hidden_size")]
    [InlineData("attributes", "{\"hidden_size\": 1e30}", "the case is not written as it should be")]
    [InlineData("attributes", "{\"activations\": [1]}", "the case is not written as it should be")]
    [InlineData("opset", "null", "the case is not written as it should be")]
    public void A_case_that_is_none_cannot_be_used(string field, string value, string expected)
    {
        JsonObject json = Case("RNN.clip_0.5_forward");
        json[field] = JsonNode.Parse(value);

        AssertFails(json, "RNN.clip_0.5_forward: cannot be used: ", expected);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("[]")]
    [InlineData("[5]")]
    [InlineData("[{\"test\": 5, \"expect\": \"ok\"}]")]
    [InlineData("[{\"test\": \"a\"}]")]
    [InlineData("[{\"test\": \"\\ud800\", \"expect\": \"ok\"}]")]
    public void A_list_without_cases_cannot_be_used(string json)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(Path.Combine(folder.Path, "cases.json"), json);

        CommandRun run = CommandRun.Of("verify", folder.Path, "--isa", "reference");

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("error: ", run.Error);
    }

    [Fact]
    public void Cases_of_one_name_are_numbered()
    {
        JsonObject wrong = Case("RNN.clip_0.5_forward");
        wrong["expect"] = "maybe";

        CommandRun run = Verify(Case("RNN.clip_0.5_forward"), wrong);

        Assert.Contains("FAIL RNN.clip_0.5_forward 2: ", run.Output);
        Assert.Equal("2 passed, 2 failed", run.LastLine);
    }

    private static void AssertFails(JsonObject json, string failure, string expected)
    {
        CommandRun run = Verify(json);

        Assert.Equal((1, "", "0 passed, 2 failed"), (run.ExitCode, run.Error, run.LastLine));
        string line = run.Output.Split('\n').First(line => line.StartsWith("FAIL", StringComparison.Ordinal));
        Assert.StartsWith($"FAIL {failure}", line);
        Assert.Contains(expected, line);
    }

    private static CommandRun Verify(params JsonNode[] cases)
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "cases.json");
        File.WriteAllText(path, new JsonArray([.. cases.Select(one => one.DeepClone())]).ToJsonString());
        return CommandRun.Of("verify", path, "--isa", "reference");
    }

    private static JsonObject Case(string test)
    {
        string path = Path.Combine(GoldenFiles.PathOf("onnxruntime"), "rnn.json");
        return JsonNode.Parse(File.ReadAllText(path))!.AsArray()
            .Single(one => (string)one!["test"]! == test)!.DeepClone().AsObject();
    }

    /// <summary>Copies a test with its first data set, under a name of one's own.</summary>
    private static string CopyBackendTest(TemporaryFolder folder, string test, string dataSet)
    {
        string source = Path.Combine(GoldenFiles.PathOf("onnx"), test);
        string data = Path.Combine(folder.Path, test, dataSet);
        Directory.CreateDirectory(data);
        File.Copy(Path.Combine(source, "model.onnx"), Path.Combine(folder.Path, test, "model.onnx"), overwrite: true);
        foreach (string file in Directory.EnumerateFiles(Path.Combine(source, "test_data_set_0")))
        {
            File.Copy(file, Path.Combine(data, Path.GetFileName(file)));
        }

        return data;
    }
}
