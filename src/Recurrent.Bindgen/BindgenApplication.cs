using Recurrent.Bindgen.Emit;
using Recurrent.Bindgen.FrontEnd;

namespace Recurrent.Bindgen;

/// <summary>The command: arguments in, exit status out.</summary>
internal static class BindgenApplication
{
    /// <summary>Runs the command.</summary>
    /// <returns>0, or 1 if the header is refused, files differ (<c>--check</c>) or the call makes no sense.</returns>
    internal static int Run(
        IReadOnlyList<string> arguments,
        string currentFolder,
        IHeaderFrontEnd frontEnd,
        TextWriter output,
        TextWriter errors)
    {
        if (arguments is ["--help" or "-h"])
        {
            output.WriteLine(CommandLine.Usage);
            return 0;
        }

        try
        {
            CommandLine command = CommandLine.Parse(arguments, currentFolder);
            IReadOnlyList<GeneratedFile> files = new Generator(frontEnd).Generate(command.Header);
            OutputFolder folder = new(command.Root);
            return command.IsCheck ? Check(folder, files, output, errors) : Write(folder, files, output);
        }
        catch (BindgenException exception)
        {
            errors.WriteLine(exception.Message);
            return 1;
        }
    }

    private static int Write(OutputFolder folder, IReadOnlyList<GeneratedFile> files, TextWriter output)
    {
        IReadOnlyList<string> changed = folder.Write(files);
        foreach (string line in changed)
        {
            output.WriteLine(line);
        }

        output.WriteLine($"{files.Count} generated files, {changed.Count} changed");
        return 0;
    }

    private static int Check(
        OutputFolder folder, IReadOnlyList<GeneratedFile> files, TextWriter output, TextWriter errors)
    {
        IReadOnlyList<string> differences = folder.Compare(files);
        if (differences.Count == 0)
        {
            output.WriteLine($"{files.Count} generated files match the header");
            return 0;
        }

        foreach (string difference in differences)
        {
            errors.WriteLine(difference);
        }

        errors.WriteLine(
            $"The generated files do not match the header; run {BindingEmitter.RegenerateCommand} and commit it.");
        return 1;
    }
}
