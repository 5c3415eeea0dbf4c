using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Runtime.Configuration.Sections;
using StreamSegmenter.Runtime.Configuration.Shapes;

namespace StreamSegmenter.Tests.Configuration;

public sealed class SchemaAndSampleTests
{
    public static TheoryData<string> Samples =>
        [.. Directory.GetFiles(RepositoryFiles.PathOf("samples"), "*.yaml", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(RepositoryFiles.Root, path)).Order(StringComparer.Ordinal)];

    [Fact]
    public void The_schema_that_editors_use_is_the_table_that_the_parser_uses() =>
        RepositoryFiles.AssertGolden(RepositoryFiles.PathOf("schemas/config.schema.json"), SchemaFile.Write());

    [Theory]
    [MemberData(nameof(Samples))]
    public void Every_sample_is_a_valid_configuration(string sample) =>
        Assert.Empty(ConfigurationLoader.Load(RepositoryFiles.PathOf(sample), [], ConfigurationUse.Check, _ => null).Errors);

    [Fact]
    public void Every_default_of_the_table_passes_its_own_check()
    {
        var keys = AllKeys(ConfigurationShape.Root, "").ToArray();

        Assert.True(keys.Length > 60, $"only {keys.Length} keys");
        Assert.All(keys, key => Assert.True(key.Key.Description.Length > 10, $"{key.Path} has no description"));
        using var text = new ConfigurationText();
        foreach (var (path, key) in keys.Where(k => k.Key.Default is not null))
        {
            text.Good(ConfigurationText.Minimal, $"kafka.brokers=a:1", $"inputs[0].format=csv", "inputs[0].file=x", $"{path}={key.Default}");
        }
    }

    private static IEnumerable<(string Path, Key Key)> AllKeys(ObjectShape section, string at)
    {
        foreach (var key in section.Keys)
        {
            var path = at.Length == 0 ? key.Name : $"{at}.{key.Name}";
            yield return (path, key);
            var below = key.Shape switch
            {
                ObjectShape inner => AllKeys(inner, path),
                ListShape { Item: ObjectShape item } when key.Name == "inputs" => AllKeys(item, $"{path}[0]"),
                _ => [],
            };
            foreach (var pair in below)
            {
                yield return pair;
            }
        }
    }
}
