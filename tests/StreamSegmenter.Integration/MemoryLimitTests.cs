
namespace StreamSegmenter.Integration;

/// <summary>The process under a memory limit of the operating system, as in a container.</summary>
public sealed class MemoryLimitTests(ITestOutputHelper output)
{
    private const int EventsPerSecond = 4_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    [Fact]
    public void With_more_state_than_memory_it_spills_and_nothing_is_missing()
    {
        MemoryLimit.Require();
        using var limit = new MemoryLimit(200 << 20);
        // One partition: a shard's part of the least memory that can be set is 2 MiB, and its state is a multiple of that.
        using var shop = new RunningShop(plan => plan with { EventsPerSecond = EventsPerSecond, Partitions = 1 });
        using var engine = shop.StartEngine(limit.Hold, "--set", "engine.stateMemory=16MiB", "--set", $"engine.stateDirectory={shop.StateDirectory}");
        Wait.Until(() => shop.Input.Sent > 60_000, Patience, engine);

        Assert.Equal("", shop.CompareWithReplay(engine, Patience));
        Assert.True(engine.Metric("streamsegmenter_spill_bytes") > 0, "nothing was spilled");
        output.WriteLine($"{shop.Input.Sent} records, at most {limit.PeakBytes >> 20} MiB, {engine.Metric("streamsegmenter_spill_bytes") / (1 << 20):0} MiB spilled");
    }

    [Fact]
    public void With_too_little_it_ends_and_its_successor_goes_on_where_it_was()
    {
        MemoryLimit.Require();
        using var shop = new RunningShop(plan => plan with { EventsPerSecond = EventsPerSecond });
        using (var limit = new MemoryLimit(90 << 20))
        using (var engine = shop.StartEngine(limit.Hold))
        {
            Assert.True(engine.WaitForExit(Patience), "it lives on 90 MiB");
            Assert.NotEqual(0, engine.ExitCode);

            // Unless the system was faster and killed it.
            Assert.True(engine.ExitCode == 128 + 9 || engine.Said.Contains("lower engine.stateMemory", StringComparison.Ordinal), engine.Said);
            output.WriteLine($"it ended with {engine.ExitCode}: {engine.Said}");
        }

        using var successor = shop.StartEngine();
        Wait.Until(() => successor.Readiness() == "ready", Patience, successor);
        Assert.Equal("", shop.CompareWithReplay(successor, Patience));
    }
}
