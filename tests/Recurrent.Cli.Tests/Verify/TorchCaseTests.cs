using Recurrent.Cli.Verify;

namespace Recurrent.Cli.Tests.Verify;

/// <summary>Files of PyTorch that hold more than a state dict: archives of TorchScript, whole modules, weights in parts.</summary>
public sealed class TorchCaseTests
{
    public static TheoryData<string, string> Folders
    {
        get
        {
            var folders = new TheoryData<string, string>();
            foreach (string path in VerifyPaths.Choices.Where(path => path != VerifyPaths.All))
            {
                folders.Add("torchscript", path);
                folders.Add("pickled", path);
            }

            return folders;
        }
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void The_committed_cases_pass(string name, string path)
    {
        string folder = GoldenFiles.PathOf(name);
        int count = Directory.GetDirectories(folder).Length * (path == VerifyPaths.Reference ? 2 : 1);

        CommandRun run = CommandRun.Of("verify", folder, "--isa", path);

        Assert.SkipWhen(run.Output.StartsWith($"skipped {path}:", StringComparison.Ordinal), run.Output);
        Assert.Equal((0, $"{count} passed, 0 failed"), (run.ExitCode, run.LastLine));
    }
}
