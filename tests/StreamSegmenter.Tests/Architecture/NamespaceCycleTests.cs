using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace StreamSegmenter.Tests.Architecture;

/// <summary>Within a project, namespaces depend on one another in one direction: each can be read with those below it.</summary>
public sealed class NamespaceCycleTests
{
    public static TheoryData<string> Projects =>
    [
        "src/StreamSegmenter", "src/StreamSegmenter.Engine", "src/StreamSegmenter.Connectors", "src/StreamSegmenter.Runtime", "src/StreamSegmenter.Host",
    ];

    [Theory]
    [MemberData(nameof(Projects))]
    public void The_namespaces_of_a_project_have_no_cycle(string project) =>
        Rule.Holds(CycleAmong(Dependencies([.. RepositoryTree.SourceFiles(project)])));

    [Theory]
    [InlineData("using P.B; namespace P.A; class X { Y _y; }", "using P.A; namespace P.B; class Y { X _x; }")]
    [InlineData("namespace P.A; class X { P.B.Y _y; }", "namespace P.B; class Y { A.X _x; }")]
    [InlineData("using P.A.B; namespace P.A; class X { Y _y; }", "namespace P.A.B; class Y { X _x; }")]
    public void A_cycle_is_found_however_it_is_written(string one, string other) =>
        Assert.Single(CycleAmong(Dependencies([RepositoryTree.Parse("One.cs", one), RepositoryTree.Parse("Other.cs", other)])));

    [Theory]
    [InlineData("using P.B; namespace P.A; class X { Y _y; }", "namespace P.B; class Y { string X; }")]
    [InlineData("namespace P.A; class X;", "namespace P.A.B; class Y { X _x; }")]
    public void One_direction_is_no_cycle(string one, string other) =>
        Assert.Empty(CycleAmong(Dependencies([RepositoryTree.Parse("One.cs", one), RepositoryTree.Parse("Other.cs", other)])));

    /// <summary>For each namespace those whose types its files name, with one place for each.</summary>
    private static Dictionary<string, Dictionary<string, string>> Dependencies(IReadOnlyList<SourceFile> files)
    {
        // Enough of the framework for names to be resolved; what stays unresolved is not the project's own.
        var compilation = CSharpCompilation.Create(
            "project", files.Select(file => file.Tree), [MetadataReference.CreateFromFile(typeof(object).Assembly.Location)]);
        var dependencies = new Dictionary<string, Dictionary<string, string>>();
        foreach (SourceFile file in files)
        {
            SemanticModel model = compilation.GetSemanticModel(file.Tree);
            foreach (SimpleNameSyntax name in file.Syntax.DescendantNodes().OfType<SimpleNameSyntax>())
            {
                if (model.GetSymbolInfo(name).Symbol is { } symbol
                    && (symbol as INamedTypeSymbol ?? symbol.ContainingType) is { } type
                    && type.OriginalDefinition.Locations.Any(location => location.IsInSource)
                    && name.Ancestors().OfType<BaseNamespaceDeclarationSyntax>().FirstOrDefault() is { } from)
                {
                    Add(dependencies, from.Name.ToString(), type.ContainingNamespace.ToDisplayString(), name.Identifier.Place());
                }
            }
        }

        return dependencies;
    }

    private static void Add(
        Dictionary<string, Dictionary<string, string>> dependencies, string from, string to, string place)
    {
        if (from != to)
        {
            if (!dependencies.TryGetValue(from, out Dictionary<string, string>? others))
            {
                dependencies[from] = others = [];
            }

            others.TryAdd(to, place);
        }
    }

    /// <summary>The first cycle, as one line with a place for each of its steps; nothing when there is none.</summary>
    private static IEnumerable<string> CycleAmong(Dictionary<string, Dictionary<string, string>> dependencies)
    {
        foreach (string start in dependencies.Keys.Order(StringComparer.Ordinal))
        {
            if (PathTo(start, start, dependencies, []) is { } path)
            {
                return [string.Join(" → ", path)];
            }
        }

        return [];
    }

    private static IEnumerable<string>? PathTo(
        string from, string to, Dictionary<string, Dictionary<string, string>> dependencies, HashSet<string> seen)
    {
        foreach ((string next, string place) in dependencies.GetValueOrDefault(from, []))
        {
            string step = $"{from} names {next} ({place})";
            if (next == to)
            {
                return [step];
            }

            if (seen.Add(next) && PathTo(next, to, dependencies, seen) is { } rest)
            {
                return rest.Prepend(step);
            }
        }

        return null;
    }
}
