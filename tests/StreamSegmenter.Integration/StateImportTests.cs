using StreamSegmenter.Connectors.Kafka;

namespace StreamSegmenter.Integration;

/// <summary>State is moved while nobody works on it, and a real group tells whether somebody does.</summary>
public sealed class StateImportTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly string[] Import = ["state", "import"];

    [Theory]
    [InlineData(GroupProtocol.Classic)]
    [InlineData(GroupProtocol.Consumer)]
    public void While_the_group_lives_it_is_refused_whatever_is_promised_and_once_it_has_stopped_it_is_done(Enum protocol)
    {
        TestBroker.RequireReal();
        using var shop = new RunningShop(plan => plan with { ConsumerProtocol = (GroupProtocol)protocol == GroupProtocol.Consumer });
        var file = shop.PathOf("state.jsonl");
        string[] into = ["--set", $"outputs.topics.changelog={shop.Topics.SpareChangelog}", file];
        using (var engine = shop.StartEngine())
        {
            Wait.Until(() => engine.Readiness() == "ready" && shop.LagBelow(2_000), Patience, engine);
            File.WriteAllText(file, shop.Run(["state", "export"]).Output);

            foreach (var promise in (string[][])[[], ["--group-is-stopped"]])
            {
                var refused = shop.Run(Import, [.. into, .. promise]);
                Assert.True(refused.ExitCode == 1, refused.Said);
                Assert.Contains($"an engine runs in the group '{shop.Topics.Group}', with 1 lane.", refused.Said, StringComparison.Ordinal);
                Assert.Empty(shop.Reader.ReadAll(shop.Topics.SpareChangelog));
            }

            engine.Terminate();
            Assert.True(engine.WaitForExit(Patience), engine.Said);
        }

        var done = shop.Run(Import, into);

        Assert.True(done.ExitCode == 0, done.Said);
        Assert.Equal(File.ReadLines(file).Count(), shop.Reader.ReadAll(shop.Topics.SpareChangelog).Count);
    }

    [Fact]
    public void Into_a_group_that_never_was_it_is_done_without_a_promise()
    {
        TestBroker.RequireReal();
        using var shop = new RunningShop();
        var file = shop.PathOf("state.jsonl");
        using (var engine = shop.StartEngine())
        {
            Wait.Until(() => engine.Readiness() == "ready" && shop.LagBelow(2_000), Patience, engine);
            File.WriteAllText(file, shop.Run(["state", "export"]).Output);
        }

        var done = shop.Run(
            Import, "--set", $"outputs.topics.changelog={shop.Topics.SpareChangelog}", "--set", $"kafka.group={shop.Topics.Group}-new", file);

        Assert.True(done.ExitCode == 0, done.Said);
    }
}
