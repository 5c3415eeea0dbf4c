using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Runtime.Configuration.Sections;
using StreamSegmenter.Tests.Configuration;

namespace StreamSegmenter.Tests.Docs;

public sealed class ComposeTests
{
    [Fact]
    public void The_container_gets_more_time_to_stop_than_the_engine_takes()
    {
        var compose = File.ReadAllText(RepositoryFiles.PathOf("docker/compose.yaml"));
        var grace = System.Text.RegularExpressions.Regex.Match(compose, @"stop_grace_period: (\d+)s");
        var loaded = ConfigurationLoader.Load(
            RepositoryFiles.PathOf("docker/engine.yaml"), [], ConfigurationUse.Run, name => name == "KAFKA_BROKERS" ? "kafka:19092" : null);

        Assert.Empty(loaded.Errors);
        Assert.True(TimeSpan.FromSeconds(int.Parse(grace.Groups[1].ValueSpan)) > loaded.Configuration!.Engine.ShutdownDeadline);
    }
}
