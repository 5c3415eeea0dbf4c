namespace StreamSegmenter.Tests.Architecture;

/// <summary>A file is one thing and a method one thought: limits past which a reader loses the thread.</summary>
public sealed class SizeTests
{
    private const int FileLinesMax = 400;
    private const int MethodLinesMax = 60;
    private const int TopologyLinesMax = 150;

    [Fact]
    public void No_file_is_longer_than_its_limit() => Rule.Holds(Sources().SelectMany(LongFiles));

    [Fact]
    public void No_method_is_longer_than_its_limit() => Rule.Holds(Sources().SelectMany(LongMethods));

    [Fact]
    public void The_topology_reads_as_a_table_of_contents()
    {
        const string Topology = "src/StreamSegmenter.Engine/Pipeline/Topology.cs";
        Assert.Contains(Topology, RepositoryTree.FilesBelow("src", "Topology.cs"));
        Assert.InRange(File.ReadAllLines(Path.Combine(RepositoryTree.Root, Topology)).Length, 1, TopologyLinesMax);
    }

    [Theory]
    [InlineData(400, 0)]
    [InlineData(401, 1)]
    public void A_file_is_measured_in_lines(int lines, int complaints) =>
        Assert.Equal(complaints, LongFiles(RepositoryTree.Parse("A.cs", Lines(lines))).Count());

    [Theory]
    [InlineData("void F()", 57, 0)]
    [InlineData("void F()", 58, 1)]
    [InlineData("C()", 58, 1)]
    [InlineData("int P { get", 58, 1)]
    [InlineData("static C operator +(C left, C right)", 58, 1)]
    public void A_method_is_measured_with_its_signature_and_braces(string signature, int bodyLines, int complaints)
    {
        string end = signature.Contains("get", StringComparison.Ordinal) ? "} }" : "}";
        string code = $"class C\n{{\n/// <summary>\n/// Not counted.\n/// </summary>\n{signature}\n{{\n{Lines(bodyLines)}{end}\n}}\n";
        Assert.Equal(complaints, LongMethods(RepositoryTree.Parse("A.cs", code)).Count());
    }

    private static IEnumerable<SourceFile> Sources() =>
        RepositoryTree.SourceFiles("src").Concat(RepositoryTree.SourceFiles("tests"));

    private static IEnumerable<string> LongFiles(SourceFile file)
    {
        if (file.LineCount > FileLinesMax)
        {
            yield return $"{file.Path}: {file.LineCount} lines, at most {FileLinesMax}";
        }
    }

    private static IEnumerable<string> LongMethods(SourceFile file) =>
        from method in file.Syntax.Methods()
        where method.Lines > MethodLinesMax
        select $"{method.Name.Place()}: '{method.Name.ValueText}' has {method.Lines} lines, at most {MethodLinesMax}";

    private static string Lines(int count) => string.Concat(Enumerable.Repeat(";\n", count));
}
