using System.Text.RegularExpressions;

namespace Recurrent.Tests.Conventions;

/// <summary>The native core's folders include one another in one direction only.</summary>
public sealed partial class NativeArchitectureTests
{
    private const string Sources = "native/src";

    /// <summary>From the C ABI down: a folder may include itself and what stands to its right.</summary>
    private static readonly string[] Folders = ["api", "file", "train", "exec", "gemm", "model", "kernels", "simd", "cpu", "base"];

    /// <summary>
    /// What a file with instruction-set flags may include from outside: headers that emit no inline function, of which
    /// a linker could keep the AVX-512 copy for everybody.
    /// </summary>
    private static readonly string[] HeadersWithoutCode =
        ["stdint.h", "stddef.h", "immintrin.h", "arm_neon.h", "recurrent/recurrent.h"];

    /// <summary>The files of kernels, which may have instruction-set flags.</summary>
    public static TheoryData<string> KernelFiles =>
        new(SourceFiles().Where(file => file.StartsWith("kernels/kernels_", StringComparison.Ordinal)
            || file.StartsWith("kernels/integers_", StringComparison.Ordinal)));

    [Fact]
    public void Every_source_file_lies_in_a_known_folder()
    {
        Assert.All(SourceFiles(), file => Assert.Contains(FolderOf(file), Folders));
    }

    [Fact]
    public void Quoted_includes_name_a_file_by_its_path_from_the_source_folder()
    {
        Violations.AssertNone(
            from file in SourceFiles()
            from include in QuotedIncludes(file)
            where !File.Exists(RepositoryTree.PathOf($"{Sources}/{include}"))
            select $"{file} includes \"{include}\"");
    }

    [Fact]
    public void A_folder_includes_only_itself_and_the_folders_below_it()
    {
        Violations.AssertNone(
            from file in SourceFiles()
            from include in QuotedIncludes(file)
            where Array.IndexOf(Folders, FolderOf(include)) < Array.IndexOf(Folders, FolderOf(file))
            select $"{file} includes \"{include}\": {FolderOf(file)} -> {FolderOf(include)} points up");
    }

    [Theory]
    [MemberData(nameof(KernelFiles))]
    public void A_file_with_instruction_set_flags_includes_no_header_that_emits_code(string kernels)
    {
        Violations.AssertNone(
            from file in ReachableFrom(kernels)
            from include in AngledIncludes(file)
            where !HeadersWithoutCode.Contains(include)
            select $"{kernels} reaches <{include}> through {file}");
    }

    [Fact]
    public void Only_kernel_files_get_instruction_set_flags()
    {
        string[] flagged = [.. RepositoryTree.FilesBelow("native", ".txt", ".cmake")
            .Where(file => File.ReadAllText(RepositoryTree.PathOf($"native/{file}")).Contains("-mavx", StringComparison.Ordinal))];
        Assert.Equal(["cmake/RecurrentKernels.cmake"], flagged);
        Assert.DoesNotContain("-march", File.ReadAllText(RepositoryTree.PathOf("CMakeLists.txt")), StringComparison.Ordinal);
    }

    [Fact]
    public void The_fuzzer_calls_every_function_of_the_header()
    {
        string header = File.ReadAllText(RepositoryTree.PathOf("native/include/recurrent/recurrent.h"));
        string fuzzer = string.Concat(RepositoryTree.FilesBelow("tests/native/fuzz", ".cpp", ".h")
            .Select(file => File.ReadAllText(RepositoryTree.PathOf($"tests/native/fuzz/{file}"))));

        Violations.AssertNone(
            from name in FunctionName().Matches(header).Select(match => match.Groups[1].Value).Distinct()
            where !fuzzer.Contains($"{name}(", StringComparison.Ordinal)
            select $"{name} is not called by tests/native/fuzz");
    }

    private static IEnumerable<string> SourceFiles() =>
        RepositoryTree.FilesBelow(Sources, ".cpp", ".h", ".inl", ".inc");

    private static string FolderOf(string file) => file.Split('/')[0];

    private static IEnumerable<string> QuotedIncludes(string file) => Includes(file, QuotedInclude());

    private static IEnumerable<string> AngledIncludes(string file) => Includes(file, AngledInclude());

    private static IEnumerable<string> Includes(string file, Regex pattern) =>
        pattern.Matches(File.ReadAllText(RepositoryTree.PathOf($"{Sources}/{file}"))).Select(match => match.Groups[1].Value);

    private static HashSet<string> ReachableFrom(string file)
    {
        HashSet<string> reached = [file];
        Queue<string> open = new(reached);
        while (open.TryDequeue(out string? next))
        {
            foreach (string include in QuotedIncludes(next).Where(reached.Add))
            {
                open.Enqueue(include);
            }
        }

        return reached;
    }

    [GeneratedRegex("""RECURRENT_API[^;(]*?\b(recurrent_\w+)\(""")]
    private static partial Regex FunctionName();

    [GeneratedRegex("""^[ \t]*#[ \t]*include[ \t]*"([^"]+)""", RegexOptions.Multiline)]
    private static partial Regex QuotedInclude();

    [GeneratedRegex("""^[ \t]*#[ \t]*include[ \t]*<([^>]+)>""", RegexOptions.Multiline)]
    private static partial Regex AngledInclude();
}
