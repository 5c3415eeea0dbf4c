using System.Xml.Linq;
using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Runtime.Configuration.Sections;
using StreamSegmenter.Tests.Configuration;

namespace StreamSegmenter.Tests.Docs;

public sealed class ComposeTests
{
    [Fact]
    public void The_image_is_built_with_every_file_that_the_sources_include()
    {
        var kept = File.ReadAllLines(RepositoryFiles.PathOf(".dockerignore")).Where(line => line.StartsWith('!')).Select(line => line[1..]).ToArray();
        var included = Directory.GetFiles(RepositoryFiles.PathOf("src"), "*.csproj", SearchOption.AllDirectories)
            .SelectMany(project => XDocument.Load(project).Descendants().Attributes("Include"))
            .Select(include => include.Value).Where(path => path.StartsWith("../../", StringComparison.Ordinal)).Select(path => path[6..]).ToArray();

        Assert.Contains("samples/demo.yaml", included);
        Assert.All(included, path => Assert.Contains(kept, start => path == start || path.StartsWith(start + "/", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_container_gets_more_time_to_stop_than_the_engine_takes()
    {
        var compose = File.ReadAllText(RepositoryFiles.PathOf("docker/compose.yaml"));
        var grace = System.Text.RegularExpressions.Regex.Match(compose, @"stop_grace_period: (\d+)s");
        var loaded = ConfigurationLoader.Load(
            RepositoryFiles.PathOf("docker/engine.yaml"), [], ConfigurationUse.Run, name => name switch { "KAFKA_BROKERS" => "kafka:19092", "STREAMSEGMENTER_TOKEN" => "token-of-this-machine", _ => null });

        Assert.Empty(loaded.Errors);
        Assert.True(TimeSpan.FromSeconds(int.Parse(grace.Groups[1].ValueSpan)) > loaded.Configuration!.Engine.ShutdownDeadline);
    }
}
