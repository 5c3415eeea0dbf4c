using StreamSegmenter.Events;
using StreamSegmenter.Tests.Lanes;
using StreamSegmenter.Tests.Lanes.Oracle;

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
        var expected = new LaneRun(scenario, scenario.SortedLog(), new Weather(1) { RecordsPerPollMax = 4000 });
        var disk = new BadDisk { DamagedRead = damagedRead, Damage = bytes => bytes[bytes.Length / 2] ^= 4 };
        var run = new LaneRun(scenario, scenario.SortedLog(), new Weather(1)
        {
            RecordsPerPollMax = 4000, Spill = disk.Create, StateDirectory = withCheckpoints ? _directory : null,
        });

        Assert.True(disk.Reads > damagedRead, $"only {disk.Reads} reads from disk");
        Assert.Equal(1, run.StatesDamaged);
        Assert.Equal(expected.Customers, run.Customers);
        Assert.Equal(
            expected.Log.CartAbandoned.Select(Recomputation.TextOf).Order(), run.Log.CartAbandoned.Select(Recomputation.TextOf).Order());
        Assert.Equal(NaiveMetrics.TextOf(expected.Log.Panes.Values), NaiveMetrics.TextOf(run.Log.Panes.Values));
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
