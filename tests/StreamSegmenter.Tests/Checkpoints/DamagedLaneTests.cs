using StreamSegmenter.Events;
using StreamSegmenter.Testing.Checks;
using StreamSegmenter.Testing.Reference;
using StreamSegmenter.Testing.Runs;

namespace StreamSegmenter.Tests.Checkpoints;

/// <summary>A lane whose disk gives back something else than was written: the shard is restored, and nobody downstream can tell.</summary>
public sealed class DamagedLaneTests : IDisposable
{
    private const int Customers = 12_000;
    private static readonly Scenario Scenario = new(new Scenario(3).Definitions, 0, Facts());

    // What an undamaged disk gives, for all of them.
    private static readonly Lazy<Outcome> Undamaged = new(() =>
    {
        using var world = Run(Scenario, new Weather(1) { PollRecordsMax = 4000 });
        return Outcome.Of(world);
    });

    private readonly string _directory = Directory.CreateTempSubdirectory("damaged-lane-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(1, false)]
    [InlineData(2_000, false)]
    [InlineData(1, true)]
    [InlineData(2_000, true)]
    public void It_serves_nothing_of_it_and_comes_back_right(int damagedRead, bool withCheckpoints)
    {
        var disk = new BadDisk { DamagedRead = damagedRead, Damage = bytes => bytes[bytes.Length / 2] ^= 4 };
        using var world = Run(Scenario, new Weather(1)
        {
            PollRecordsMax = 4000, Spill = disk.Create, StateDirectory = _directory, KeepsCheckpoints = withCheckpoints, CheckpointSliceBytes = 512 * 1024,
        });

        Assert.True(disk.Reads > damagedRead, $"only {disk.Reads} reads from disk");
        Assert.Equal(1, world.Machines.Processes[0].Lanes[0].Counters.StatesDamaged);
        var (right, found) = (Undamaged.Value, Outcome.Of(world));
        Assert.Equal(right.Customers, found.Customers);
        Assert.Equal(right.Triggers, found.Triggers);
        Assert.Equal(right.Panes, found.Panes);
    }

    [Fact]
    public void What_the_compaction_of_the_spilled_log_finds_damaged_is_not_served_either()
    {

        // Nothing else reads whole pages while the lane runs.
        var disk = new BadDisk { DamagedRead = 20, CountedBytesMin = 32 * 1024, Damage = bytes => bytes[bytes.Length / 2] ^= 4 };
        using var world = Run(Scenario, new Weather(1) { PollRecordsMax = 1000, Spill = disk.Create, StateDirectory = _directory });

        Assert.True(disk.Reads > 20, $"only {disk.Reads} pages were read");
        Assert.Equal(1, world.Machines.Processes[0].Lanes[0].Counters.StatesDamaged);
        var (right, found) = (Undamaged.Value, Outcome.Of(world));
        Assert.Equal(right.Customers, found.Customers);
        Assert.Equal(right.Triggers, found.Triggers);
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

    private sealed record Outcome(IReadOnlyList<string> Customers, IReadOnlyList<string> Triggers, IReadOnlyList<string> Panes)
    {
        public static Outcome Of(World world)
        {
            var committed = new Committed(world.Kafka);
            return new Outcome(Committed.Customers(world), committed.Triggers, committed.Panes);
        }
    }
}
