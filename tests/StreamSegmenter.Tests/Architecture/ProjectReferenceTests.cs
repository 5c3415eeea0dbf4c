using System.Xml.Linq;

namespace StreamSegmenter.Tests.Architecture;

/// <summary>Host → Console → Api, Runtime → Connectors → Engine → StreamSegmenter: dependencies point one way, and the core depends on nothing.</summary>
public sealed class ProjectReferenceTests
{
    // Each project may refer to those after it.
    private static readonly string[] Chain =
        ["StreamSegmenter.Host", "StreamSegmenter.Console", "StreamSegmenter.Api", "StreamSegmenter.Runtime", "StreamSegmenter.Connectors", "StreamSegmenter.Engine", "StreamSegmenter"];

    [Fact]
    public void Every_source_project_has_its_place_in_the_chain() =>
        Assert.Equal(Chain.Order(StringComparer.Ordinal), SourceProjects().Select(Name).Order(StringComparer.Ordinal));

    [Fact]
    public void Project_references_point_down_the_chain()
    {
        IEnumerable<string> wrong =
            from project in SourceProjects()
            from target in References(project, "ProjectReference").Select(Name)
            where Array.IndexOf(Chain, target) <= Array.IndexOf(Chain, Name(project))
            select $"{Name(project)} must not refer to {target}: the order is {string.Join(" → ", Chain)}";
        Rule.Holds(wrong);
    }

    [Fact]
    public void The_core_refers_to_no_project_and_only_to_the_package_of_hash_functions()
    {
        string core = SourceProjects().Single(project => Name(project) == "StreamSegmenter");
        Assert.Empty(References(core, "ProjectReference"));
        Assert.Equal(["System.IO.Hashing"], References(core, "PackageReference"));
    }

    [Fact]
    public void The_core_assembly_needs_only_the_base_class_library()
    {
        IEnumerable<string> foreign = System.Reflection.Assembly.Load("StreamSegmenter").GetReferencedAssemblies()
            .Select(assembly => assembly.Name!)
            .Where(name => !name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("System.Reactive", StringComparison.Ordinal));
        Rule.Holds(foreign);
    }

    [Fact]
    public void The_core_has_no_clock_no_tasks_and_no_logging()
    {
        HashSet<string> foreign = ["async", "await", "Task", "ValueTask", "TimeProvider", "ILogger", "Thread"];
        IEnumerable<string> wrong =
            from file in RepositoryTree.SourceFiles("src/StreamSegmenter")
            from token in file.Syntax.DescendantTokens()
            where foreign.Contains(token.ValueText) && !token.IsStringLiteral()
            select $"{token.Place()}: '{token.ValueText}' does not belong into the core, which is pure";
        Rule.Holds(wrong);
    }

    [Fact]
    public void No_project_file_has_a_package_version()
    {
        IEnumerable<string> wrong =
            from project in RepositoryTree.FilesBelow("src", "*.csproj").Concat(RepositoryTree.FilesBelow("tests", "*.csproj"))
            from reference in Load(project).Descendants("PackageReference")
            where reference.Attribute("Version") is not null || reference.Attribute("VersionOverride") is not null
            select $"{project}: the version of {reference.Attribute("Include")?.Value} belongs into Directory.Packages.props";
        Rule.Holds(wrong);
    }

    private static IEnumerable<string> SourceProjects() => RepositoryTree.FilesBelow("src", "*.csproj");

    private static IEnumerable<string> References(string project, string kind) =>
        Load(project).Descendants(kind).Select(element => element.Attribute("Include")!.Value);

    private static XDocument Load(string project) => XDocument.Load(Path.Combine(RepositoryTree.Root, project));

    private static string Name(string project) => Path.GetFileNameWithoutExtension(project.Replace('\\', '/'));
}
