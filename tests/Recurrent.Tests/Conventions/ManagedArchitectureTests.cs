using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Recurrent.Tests.Conventions;

/// <summary>The managed parts know one another in one direction only.</summary>
public sealed partial class ManagedArchitectureTests
{
    /// <summary>
    /// A part is a project, or a folder of the package's project. An arrow may be followed further along other arrows, but
    /// not into <c>Interop</c>, which <c>Inference</c> alone knows.
    /// </summary>
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["Recurrent.Cli"] =
        [
            "Recurrent.Formats", "Recurrent.Plots", "Recurrent.Shared", "Recurrent/Training", "Recurrent/Reference",
            "Recurrent/Files", "Recurrent/Messages",
        ],
        ["Recurrent.Demo"] = ["Recurrent.Formats", "Recurrent.Plots", "Recurrent.Shared", "Recurrent/Training"],
        // A file of ours says how a model is to be computed: ModelOptions.
        ["Recurrent.Formats"] = ["Recurrent/Inference", "Recurrent/Layers", "Recurrent/Files", "Recurrent/Messages"],
        ["Recurrent.Redis"] = ["Recurrent/Serving", "Recurrent/Messages"],
        ["Recurrent.PostgreSql"] = ["Recurrent/Serving", "Recurrent/Messages"],
        ["Recurrent.Plots"] = ["Recurrent/Files"],
        ["Recurrent.Shared"] = ["Recurrent/Training"],
        ["Recurrent/Training"] = ["Recurrent/Inference", "Recurrent/Reference", "Recurrent/Files"],
        ["Recurrent/Serving"] = ["Recurrent/Inference", "Recurrent/Layers", "Recurrent/Files"],
        ["Recurrent/Inference"] = ["Recurrent/Layers", "Recurrent/Interop", "Recurrent/Files"],
        ["Recurrent/Reference"] = ["Recurrent/Layers"],
        ["Recurrent/Interop"] = ["Recurrent/Messages"],
        ["Recurrent/Layers"] = [],
        ["Recurrent/Compatibility"] = [],
        ["Recurrent/Files"] = [],
        ["Recurrent/Messages"] = [],
        ["Recurrent.Bindgen"] = [],
    };

    private static readonly Dictionary<string, string[]> ProjectReferences = new()
    {
        ["Recurrent"] = [],
        ["Recurrent.Bindgen"] = [],
        ["Recurrent.Cli"] = ["Recurrent", "Recurrent.Formats", "Recurrent.Plots"],
        ["Recurrent.Demo"] = ["Recurrent", "Recurrent.Formats", "Recurrent.Plots"],
        ["Recurrent.Formats"] = ["Recurrent"],
        ["Recurrent.Plots"] = [],
        ["Recurrent.PostgreSql"] = ["Recurrent"],
        ["Recurrent.Redis"] = ["Recurrent"],
    };

    [Fact]
    public void Every_source_file_lies_in_a_known_part()
    {
        Assert.All(SourceFiles(), file => Assert.Contains(PartOf(file), Arrows.Keys));
    }

    [Fact]
    public void Using_lines_follow_the_arrows()
    {
        Violations.AssertNone(
            from file in SourceFiles()
            let part = PartOf(file)
            from Match match in UsingLine().Matches(Text(file))
            let used = PartOfNamespace(match.Groups[1].Value)
            where used != part && !MayUse(part, used)
            select $"{file} uses {match.Groups[1].Value}: {part} -> {used} is not an arrow");
    }

    /// <summary>A nested namespace sees its parent's types without a using line, so their names are looked for.</summary>
    /// <remarks>Generated text is left out: its field names are the header's words, and its types come from nowhere else.</remarks>
    [Fact]
    public void Parts_below_inference_do_not_name_its_types()
    {
        HashSet<string> inferenceTypes = [.. SourceFiles()
            .Where(file => PartOf(file) == "Recurrent/Inference")
            .SelectMany(file => TypeDeclaration().Matches(Code(file)).Select(match => match.Groups[1].Value))];

        Violations.AssertNone(
            from file in SourceFiles()
            let part = PartOf(file)
            where part != "Recurrent/Inference" && !MayUse(part, "Recurrent/Inference")
            where !file.Contains("/Generated/", StringComparison.Ordinal) && part != "Recurrent.Bindgen"
            from name in Word().Matches(Code(file)).Select(match => match.Value).Distinct()
            where inferenceTypes.Contains(name)
            select $"{file} names {name}: {part} -> Recurrent/Inference is not an arrow");
    }

    [Fact]
    public void Project_references_follow_the_arrows()
    {
        Dictionary<string, string[]> found = RepositoryTree.FilesBelow("src", ".csproj").ToDictionary(
            file => Path.GetFileNameWithoutExtension(file),
            file => XDocument.Load(RepositoryTree.PathOf($"src/{file}")).Descendants("ProjectReference")
                .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value))
                .Order(StringComparer.Ordinal).ToArray());

        Assert.Equal(ProjectReferences.Keys.Order(StringComparer.Ordinal), found.Keys.Order(StringComparer.Ordinal));
        Assert.All(found, project => Assert.Equal(ProjectReferences[project.Key], project.Value));
    }

    [Fact]
    public void The_libraries_depend_on_no_package_but_protobuf_for_onnx_files_and_the_clients_of_stores()
    {
        Assert.Empty(PackagesOf("Recurrent"));
        Assert.Equal(["Google.Protobuf", "Grpc.Tools (to build)"], PackagesOf("Recurrent.Formats"));
        Assert.Equal(["StackExchange.Redis"], PackagesOf("Recurrent.Redis"));
        Assert.Equal(["Npgsql"], PackagesOf("Recurrent.PostgreSql"));
    }

    [Fact]
    public void The_arrows_have_no_cycle()
    {
        Assert.All(Arrows.Keys, part => Assert.DoesNotContain(part, Reachable(part, throughInterop: true)));
    }

    private static IEnumerable<string> PackagesOf(string project) =>
        XDocument.Load(RepositoryTree.PathOf($"src/{project}/{project}.csproj")).Descendants("PackageReference")
            .Select(reference => reference.Attribute("Include")!.Value
                + (reference.Attribute("PrivateAssets")?.Value == "all" ? " (to build)" : ""))
            .Order(StringComparer.Ordinal);

    private static bool MayUse(string part, string other) => Reachable(part, throughInterop: false).Contains(other);

    private static HashSet<string> Reachable(string part, bool throughInterop)
    {
        HashSet<string> reached = [.. Arrows[part]];
        Queue<string> open = new(reached);
        while (open.TryDequeue(out string? next))
        {
            foreach (string further in Arrows[next].Where(to => throughInterop || to != "Recurrent/Interop").Where(reached.Add))
            {
                open.Enqueue(further);
            }
        }

        return reached;
    }

    private static IEnumerable<string> SourceFiles() => RepositoryTree.FilesBelow("src", ".cs");

    private static string Text(string file) => File.ReadAllText(RepositoryTree.PathOf($"src/{file}"));

    private static string Code(string file) => CommentOrText().Replace(Text(file), " ");

    /// <summary>The project, and inside the package's own project its first folder.</summary>
    private static string PartOf(string file)
    {
        string[] steps = file.Split('/');
        return steps[0] == "Recurrent" ? $"Recurrent/{steps[1]}" : steps[0];
    }

    /// <summary>The part whose namespace this is; <c>Recurrent</c> itself is the namespace of <c>Inference</c>.</summary>
    private static string PartOfNamespace(string name) => name.Split('.') switch
    {
        ["Recurrent"] => "Recurrent/Inference",
        ["Recurrent", "Formats" or "Cli" or "Demo" or "Plots" or "Shared" or "Bindgen" or "Redis" or "PostgreSql", ..] steps => $"Recurrent.{steps[1]}",
        ["Recurrent", .. string[] rest] => $"Recurrent/{rest[0]}",
        _ => throw new ArgumentException($"not a namespace of the project: {name}", nameof(name)),
    };

    [GeneratedRegex("""^\s*(?:global )?using (?:static |\w+ = )?(Recurrent(?:\.\w+)*)(?:<[^;]*>)?;""", RegexOptions.Multiline)]
    private static partial Regex UsingLine();

    [GeneratedRegex("""^\s*(?:public|internal)[\w ]*? (?:record struct|record class|record|class|struct|interface|enum) (\w+)""", RegexOptions.Multiline)]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex("""(?<![.\w])[A-Z]\w*""")]
    private static partial Regex Word();

    [GeneratedRegex("""//[^\n]*|/[*].*?[*]/|"(?:\\.|[^"\\\n])*["]""", RegexOptions.Singleline)]
    private static partial Regex CommentOrText();
}
