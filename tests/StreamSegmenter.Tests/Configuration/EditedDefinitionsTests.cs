using StreamSegmenter.Engine.Versions;
using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Runtime.Configuration.Nodes;
using StreamSegmenter.Runtime.Configuration.Sections;

namespace StreamSegmenter.Tests.Configuration;

/// <summary>Definitions as text to edit, from what a version has as JSON.</summary>
public sealed class EditedDefinitionsTests
{
    public static TheoryData<string> Samples => [.. Directory.GetFiles(RepositoryFiles.PathOf("samples"), "*.yaml", SearchOption.AllDirectories)];

    [Theory]
    [MemberData(nameof(Samples))]
    public void The_text_of_a_sample_decides_as_the_sample_does(string sample)
    {
        var loaded = ConfigurationLoader.Load(sample, [], ConfigurationUse.Check, _ => "value-of-a-variable").Configuration;
        Assert.NotNull(loaded);

        var text = NodeYaml.OfJson(loaded.DefinitionsJson);
        var edited = loaded.WithDefinitions(text, "definitions");

        Assert.Empty(edited.Errors);
        Assert.True(VersionOf(loaded).SaysTheSameAs(VersionOf(edited.Configuration!)), text);
        Assert.Equal(text, NodeYaml.OfJson(edited.Configuration!.DefinitionsJson));
    }

    [Theory]
    [InlineData("{\"segments\":[{\"id\":\"a\",\"name\":\"7\",\"when\":\"did(order_completed)\"}]}", "name: \"7\"")]
    [InlineData("{\"segments\":[{\"id\":\"a\",\"name\":\"true\",\"when\":\"did(order_completed)\"}]}", "name: \"true\"")]
    [InlineData("{\"segments\":[{\"id\":\"a\",\"tags\":[\"b\",\"c: d\"],\"when\":\"did(order_completed)\"}]}", "tags: [b, 'c: d']")]
    [InlineData("{\"segments\":[{\"id\":\"a\",\"when\":\"count(product_viewed, 1h) >= 5 # many\"}]}", "when: 'count(product_viewed, 1h) >= 5 # many'")]
    [InlineData("{}", "{}")]
    public void What_would_mean_something_else_is_quoted(string json, string line) => Assert.Contains(line, NodeYaml.OfJson(json), StringComparison.Ordinal);

    [Fact]
    public void A_text_that_looks_like_a_reference_stays_a_text()
    {
        const string Written = "inputs: [{ topic: t }]\nkafka: { brokers: b:1 }\nsegments:\n  - { id: a, name: \"$${not a reference}\", when: did(order_completed) }\n";
        var loaded = ConfigurationLoader.LoadText("a.yaml", Written, [], ConfigurationUse.Check, _ => null).Configuration!;

        var again = loaded.WithDefinitions(NodeYaml.OfJson(loaded.DefinitionsJson), "definitions").Configuration!;

        Assert.Equal("${not a reference}", Assert.Single(again.Definitions.Segments).Labels?.Name);
    }

    private static DefinitionVersion VersionOf(StreamSegmenterConfiguration configuration) =>
        DefinitionVersion.OfFile(configuration.Definitions, configuration.Segments);
}
