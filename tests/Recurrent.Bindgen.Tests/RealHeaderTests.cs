using Recurrent.Bindgen.Emit;

namespace Recurrent.Bindgen.Tests;

/// <summary>The committed bindings follow from the header, and the check would notice if they did not.</summary>
public sealed class RealHeaderTests
{
    private const string Methods = BindingEmitter.CSharpFolder + "/NativeMethods.g.cs";

    [Fact]
    public void The_committed_files_match_the_header()
    {
        Header.SkipWithoutLibClang();

        CommandResult result = CommandResult.Of(["--check"], Tree.Root);

        Assert.Equal(string.Empty, result.Errors);
        Assert.Equal(0, result.Status);
    }

    [Fact]
    public void Generating_twice_changes_nothing()
    {
        using Header header = new(File.ReadAllText(Tree.HeaderPath));

        CommandResult first = header.Run();
        CommandResult second = header.Run();

        Assert.Equal("6 generated files, 6 changed", first.Output.TrimEnd().Split('\n')[^1]);
        Assert.Equal("6 generated files, 0 changed", second.Output.TrimEnd());
        Assert.Equal(0, header.Run("--check").Status);
    }

    [Fact]
    public void A_changed_header_fails_the_check_with_the_place_and_the_command_that_mends_it()
    {
        string text = File.ReadAllText(Tree.HeaderPath);
        using Header header = new(text);
        Assert.Equal(0, header.Run().Status);
        const string Parameter = "int64_t first_row";
        Assert.Contains(Parameter, text, StringComparison.Ordinal);
        File.WriteAllText(header.FilePath, text.Replace(Parameter, "int32_t first_row", StringComparison.Ordinal));

        CommandResult result = header.Run("--check");

        Assert.Equal(1, result.Status);
        Assert.Contains($"{Methods}:", result.Errors, StringComparison.Ordinal);
        Assert.Contains("long firstRow", result.Errors, StringComparison.Ordinal);
        Assert.Contains("int firstRow", result.Errors, StringComparison.Ordinal);
        Assert.Contains(BindingEmitter.RegenerateCommand, result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_changed_comment_fails_the_check()
    {
        string text = File.ReadAllText(Tree.HeaderPath);
        using Header header = new(text);
        Assert.Equal(0, header.Run().Status);
        const string Comment = "Opens a session with the states that a sequence starts from, as after a reset.";
        Assert.Contains(Comment, text, StringComparison.Ordinal);
        File.WriteAllText(header.FilePath, text.Replace(Comment, "Opens a session.", StringComparison.Ordinal));

        Assert.Equal(1, header.Run("--check").Status);
    }

    [Fact]
    public void An_edited_file_fails_the_check_at_the_line_of_the_edit()
    {
        using Header header = Generated();
        string path = Path.Combine(header.Root, Methods);
        string[] lines = File.ReadAllText(path).Split('\n');
        lines[9] = lines[9].Replace("Functions", "Fumctions", StringComparison.Ordinal);
        File.WriteAllText(path, string.Join('\n', lines));

        CommandResult result = header.Run("--check");

        Assert.Equal(1, result.Status);
        Assert.Contains($"{Methods}:10: differs from the header", result.Errors, StringComparison.Ordinal);
        Assert.Contains("Fumctions", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_fails_the_check()
    {
        using Header header = Generated();
        File.Delete(Path.Combine(header.Root, Methods));

        CommandResult result = header.Run("--check");

        Assert.Equal(1, result.Status);
        Assert.Contains($"{Methods}: missing", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_generated_any_more_fails_the_check_and_is_removed()
    {
        const string Stale = BindingEmitter.CSharpFolder + "/Stale.g.cs";
        using Header header = Generated();
        File.WriteAllText(Path.Combine(header.Root, Stale), "// old\n");

        CommandResult check = header.Run("--check");
        CommandResult write = header.Run();

        Assert.Equal(1, check.Status);
        Assert.Contains($"{Stale}: not generated", check.Errors, StringComparison.Ordinal);
        Assert.Contains($"removed {Stale}", write.Output, StringComparison.Ordinal);
        Assert.Equal(0, header.Run("--check").Status);
    }

    [Fact]
    public void Windows_line_ends_fail_the_check()
    {
        using Header header = Generated();
        string path = Path.Combine(header.Root, Methods);
        File.WriteAllText(path, File.ReadAllText(path).Replace("\n", "\r\n", StringComparison.Ordinal));

        CommandResult result = header.Run("--check");

        Assert.Equal(1, result.Status);
        Assert.Contains("\\r", result.Errors, StringComparison.Ordinal);
    }

    private static Header Generated()
    {
        Header header = new(File.ReadAllText(Tree.HeaderPath));
        Assert.Equal(0, header.Run().Status);
        return header;
    }
}
