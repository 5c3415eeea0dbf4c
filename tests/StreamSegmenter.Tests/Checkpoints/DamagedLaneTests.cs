using StreamSegmenter.Events;
using StreamSegmenter.Testing.Checks;
using StreamSegmenter.Testing.Reference;
using StreamSegmenter.Testing.Runs;

namespace StreamSegmenter.Tests.Checkpoints;

/// <summary>A lane whose disk gives back something else than was written: the shard is restored, and nobody downstream can tell.</summary>
public sealed class DamagedLaneTests : IDisposable
{
    private const int Customers = 12_000;
    private readonly string _directory = Directory.CreateTempSubdirectory("damaged-lane-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(1, false)]
    [InlineData(2_000, false)]
    [InlineData(1, true)]
    [InlineData(2_000, true)]
    public void It_serves_nothing_of_it_and_comes_back_right(int damagedRead, bool withCheckpoints)
    {
        var scenario = new Scenario(new Scenario(3).Definitions, 0, Facts());
        using var expected = Run(scenario, new Weather(1) { PollRecordsMax = 4000 });
        var disk = new BadDisk { DamagedRead = damagedRead, Damage = bytes => bytes[bytes.Length / 2] ^= 4 };
        using var world = Run(scenario, new Weather(1)
        {
            PollRecordsMax = 4000, Spill = disk.Create, StateDirectory = _directory, KeepsCheckpoints = withCheckpoints, CheckpointSliceBytes = 512 * 1024,
        });

        Assert.True(disk.Reads > damagedRead, $"only {disk.Reads} reads from disk");
        Assert.Equal(1, world.Machines.Processes[0].Lanes[0].Counters.StatesDamaged);
        Assert.Equal(Committed.Customers(expected), Committed.Customers(world));
        var (right, found) = (new Committed(expected.Kafka), new Committed(world.Kafka));
        Assert.Equal(right.Triggers, found.Triggers);
        Assert.Equal(right.Panes, found.Panes);
    }

    [Fact]
    public void What_the_compaction_of_the_spilled_log_finds_damaged_is_not_served_either()
    {
        var scenario = new Scenario(new Scenario(3).Definitions, 0, Facts());
        using var expected = Run(scenario, new Weather(1) { PollRecordsMax = 4000 });

        // Nothing else reads whole pages while the lane runs.
        var disk = new BadDisk { DamagedRead = 20, CountedBytesMin = 32 * 1024, Damage = bytes => bytes[bytes.Length / 2] ^= 4 };
        using var world = Run(scenario, new Weather(1) { PollRecordsMax = 1000, Spill = disk.Create, StateDirectory = _directory });

        Assert.True(disk.Reads > 20, $"only {disk.Reads} pages were read");
        Assert.Equal(1, world.Machines.Processes[0].Lanes[0].Counters.StatesDamaged);
        Assert.Equal(Committed.Customers(expected), Committed.Customers(world));
        Assert.Equal(new Committed(expected.Kafka).Triggers, new Committed(world.Kafka).Triggers);
    }

    private static World Run(Scenario scenario, Weather weather)
    {
        var world = new World(scenario, Feed.Write(scenario, weather), weather);
        world.Run();
        return world;
    }

    /// <summary>Everyone comes, and comes again when the record has long been spilled.</summary>
    private static List<Fact> Facts()
    {
        var facts = new List<Fact>();
        for (var i = 0; i < 2 * Customers; i++)
        {
            facts.Add(new Fact($"customer-{i % Customers}", 10_000 + i, i % 3 == 0 ? EventTypes.ProductAdded : EventTypes.ProductViewed)
            {
                Product = "shoe-" + (i % 7), Quantity = 1, PriceMinor = 100,
            });
        }

        return facts;
    }
}
