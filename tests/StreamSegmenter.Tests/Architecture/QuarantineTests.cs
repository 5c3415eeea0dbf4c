using System.Xml.Linq;

namespace StreamSegmenter.Tests.Architecture;

/// <summary>
/// Three libraries are known to a few folders only, so that each could be replaced there: who stores customers, who
/// composes a lane, who talks to Kafka.
/// </summary>
public sealed class QuarantineTests
{
    // Namespace → folders, or single files that hand the library's types out to others.
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["FASTER.core"] = ["src/StreamSegmenter.Engine/State/", "src/StreamSegmenter.Engine/Checkpoints/"],
        ["System.Reactive"] = ["src/StreamSegmenter.Engine/Pipeline/", "src/StreamSegmenter.Engine/Outputs/"],
        ["Confluent.Kafka"] = ["src/StreamSegmenter.Connectors/Kafka/"],
    };

    public static TheoryData<string> Libraries => [.. Allowed.Keys];

    [Theory]
    [MemberData(nameof(Libraries))]
    public void A_library_in_quarantine_is_named_in_its_own_folders_only(string library) =>
        Rule.Holds(RepositoryTree.SourceFiles("src").SelectMany(file => Breaches(library, file)));

    [Fact]
    public void No_project_file_imports_a_library_in_quarantine_everywhere()
    {
        IEnumerable<string> wrong =
            from project in RepositoryTree.FilesBelow("src", "*.*proj").Concat(RepositoryTree.FilesBelow("src", "*.props"))
            from element in XDocument.Load(Path.Combine(RepositoryTree.Root, project)).Descendants("Using")
            let name = element.Attribute("Include")?.Value ?? ""
            where Allowed.Keys.Any(library => name.StartsWith(library, StringComparison.Ordinal))
            select $"{project}: <Using Include=\"{name}\"/> opens a quarantine for the whole project";
        Rule.Holds(wrong);
    }

    [Theory]
    [InlineData("using Confluent.Kafka;")]
    [InlineData("using Confluent.Kafka.Admin;")]
    [InlineData("global using static Confluent.Kafka.Offset;")]
    [InlineData("using Offset = Confluent.Kafka.Offset;")]
    [InlineData("class C { long F() => global::Confluent.Kafka.Offset.Beginning.Value; }")]
    public void A_breach_is_found_however_it_is_written(string code)
    {
        Assert.NotEmpty(Breaches("Confluent.Kafka", RepositoryTree.Parse("src/StreamSegmenter.Engine/Lanes/Lane.cs", code)));
        Assert.Empty(Breaches("Confluent.Kafka", RepositoryTree.Parse("src/StreamSegmenter.Connectors/Kafka/Source.cs", code)));
    }

    [Fact]
    public void Words_in_comments_and_strings_are_no_breach() => Assert.Empty(Breaches(
        "Confluent.Kafka",
        RepositoryTree.Parse("src/StreamSegmenter/A.cs", "// Confluent.Kafka\nclass A { string S => \"Confluent.Kafka\"; }")));

    private static IEnumerable<string> Breaches(string library, SourceFile file) =>
        Allowed[library].Any(place => file.Path.StartsWith(place, StringComparison.Ordinal))
            ? []
            : file.Syntax.Mentions(library).Select(token =>
                $"{token.Place()}: {library} is known to {string.Join(" and ", Allowed[library])} only");
}
