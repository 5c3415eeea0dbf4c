using StreamSegmenter.Tests.Lanes;
using StreamSegmenter.Tests.Lanes.Oracle;

namespace StreamSegmenter.Tests.Checkpoints;

/// <summary>Whole lanes that take checkpoints all the time, die and lose shards: compared with a lane that had nothing but good days.
/// A failure names the seed.</summary>
public sealed class CheckpointedLaneTests
{
    private const int Cases = 60;

    [Fact]
    public void A_lane_that_goes_on_from_a_checkpoint_goes_on_as_if_it_had_never_died()
    {
        var fromCopies = 0;
        for (var seed = 60_001; seed <= 60_000 + Cases; seed++)
        {
            fromCopies += Check(new Scenario(seed));
        }

        Assert.True(fromCopies > Cases / 2, $"only {fromCopies} restores were from a checkpoint");
    }

    private static int Check(Scenario scenario)
    {
        var directory = Directory.CreateTempSubdirectory("checkpointed-lane-").FullName;
        try
        {
            var expected = new LaneRun(scenario, scenario.ShuffledLog(), new Weather(scenario.Seed));
            var run = new LaneRun(scenario, scenario.ShuffledLog(), new Weather(scenario.Seed)
            {
                RecordsPerPollMax = 3, CrashShare = 0.04, AbortShare = 0.1, HalfWrittenShare = 0.05, RebalanceShare = 0.08,
                StateDirectory = directory,
            });
            var of = $"seed {scenario.Seed}";
            Assert.True(expected.Customers.SequenceEqual(run.Customers), $"{of}: customers differ");
            Assert.True(Triggers(expected).SequenceEqual(Triggers(run)), $"{of}: triggers differ");
            Assert.True(Memberships(expected).SequenceEqual(Memberships(run)), $"{of}: memberships differ");
            Assert.True(NaiveMetrics.TextOf(expected.Log.Panes.Values).SequenceEqual(NaiveMetrics.TextOf(run.Log.Panes.Values)), $"{of}: panes differ");
            return run.Log.RestoresFromCopies;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static IEnumerable<string> Triggers(LaneRun run) =>
        run.Log.CartAbandoned.Select(Recomputation.TextOf).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Memberships(LaneRun run) =>
        run.Log.MembershipChanges.Select(change => $"{change.CustomerId} {change.AtMs} {change.Segment} {change.Kind}").Order(StringComparer.Ordinal);
}
