using Recurrent.Bindgen.FrontEnd.Clang;

namespace Recurrent.Bindgen.Tests;

/// <summary>The command line, and what it says when it cannot do its work.</summary>
public sealed class CommandTests
{
    [Fact]
    public void Help_is_printed_and_is_no_failure()
    {
        CommandResult result = CommandResult.Of(["--help"], Path.GetTempPath());

        Assert.Equal(0, result.Status);
        Assert.Contains("--check", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_argument_is_named()
    {
        CommandResult result = CommandResult.Of(["--chek"], Tree.Root);

        Assert.Equal(1, result.Status);
        Assert.Contains("`--chek`", result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--header")]
    [InlineData("--out")]
    public void An_option_without_its_value_is_named(string option)
    {
        CommandResult result = CommandResult.Of([option], Tree.Root);

        Assert.Equal(1, result.Status);
        Assert.Contains($"`{option}` needs a value", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void The_tree_is_found_from_a_folder_inside_of_it()
    {
        CommandLine command = CommandLine.Parse([], Path.Combine(Tree.Root, "native", "include"));

        Assert.Equal(Tree.Root, command.Root);
        Assert.Equal(Tree.HeaderPath, command.Header);
    }

    [Fact]
    public void Outside_of_a_tree_the_message_says_what_to_give()
    {
        CommandResult result = CommandResult.Of([], Path.GetTempPath());

        Assert.Equal(1, result.Status);
        Assert.Contains("--header and --out", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_that_does_not_exist_is_named()
    {
        string missing = Path.Combine(Path.GetTempPath(), "recurrent-missing.h");

        CommandResult result = CommandResult.Of(["--header", missing], Tree.Root);

        Assert.Equal(1, result.Status);
        Assert.Contains(missing, result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_named_libclang_that_is_none_is_refused_by_its_path_and_variable()
    {
        string path = Path.Combine(Path.GetTempPath(), "recurrent-no-libclang.so");

        BindgenException exception = Assert.Throws<BindgenException>(() => LibClangLoader.LoadFrom(path));

        Assert.Contains(path, exception.Message, StringComparison.Ordinal);
        Assert.Contains(LibClangLoader.PathVariable, exception.Message, StringComparison.Ordinal);
    }
}
