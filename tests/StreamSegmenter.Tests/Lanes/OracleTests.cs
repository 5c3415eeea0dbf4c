using StreamSegmenter.Tests.Lanes.Oracle;

namespace StreamSegmenter.Tests.Lanes;

/// <summary>Random histories through the whole lane, compared with a naive recomputation: triggers with their ids and payloads,
/// pending deadlines, sessions, conversion panes; and every customer's final state and membership changes from one way of
/// running to the next. A failure names the seed; <c>new Scenario(seed)</c> brings it back.</summary>
public sealed class OracleTests
{
    private const int Cases = 300;

    [Fact]
    public void One_batch_gives_what_recomputation_gives() => ForEachSeed(1, scenario =>
        Check(scenario, new LaneRun(scenario, scenario.SortedLog(), new Weather(scenario.Seed))));

    [Fact]
    public void Event_by_event_gives_what_recomputation_gives() => ForEachSeed(10_001, scenario =>
    {
        var run = new LaneRun(scenario, scenario.SortedLog(), new Weather(scenario.Seed) { RecordsPerPollMax = 1 });
        Check(scenario, run);
        CheckSame(new LaneRun(scenario, scenario.SortedLog(), new Weather(scenario.Seed)), run);
    });

    [Fact]
    public void Disorder_within_bounds_over_two_inputs_changes_nothing() => ForEachSeed(20_001, scenario =>
    {
        var run = new LaneRun(scenario, scenario.ShuffledLog(), new Weather(scenario.Seed) { RecordsPerPollMax = 3 });
        Check(scenario, run);
        CheckSame(new LaneRun(scenario, scenario.ShuffledLog(), new Weather(scenario.Seed)), run);
    });

    [Fact]
    public void Aborted_commits_and_rebalances_lose_and_repeat_nothing() => ForEachSeed(30_001, scenario =>
    {
        var run = new LaneRun(scenario, scenario.ShuffledLog(), new Weather(scenario.Seed)
        {
            RecordsPerPollMax = 4, AbortShare = 0.3, RebalanceShare = scenario.Seed % 3 * 0.05,
        });
        Check(scenario, run, countsTotals: scenario.Seed % 3 == 0);
        CheckSame(new LaneRun(scenario, scenario.ShuffledLog(), new Weather(scenario.Seed)), run);
    });

    [Fact]
    public void A_lane_that_dies_is_continued_by_the_next_one_without_loss_or_repetition()
    {
        var crashes = 0;
        ForEachSeed(40_001, scenario =>
        {
            var run = new LaneRun(scenario, scenario.ShuffledLog(), new Weather(scenario.Seed)
            {
                RecordsPerPollMax = 4, CrashShare = 0.08, AbortShare = 0.1, RebalanceShare = scenario.Seed % 2 * 0.05,
            });
            Check(scenario, run, countsTotals: false);
            CheckSame(new LaneRun(scenario, scenario.ShuffledLog(), new Weather(scenario.Seed)), run);
            crashes += run.Crashes;
        });
        Assert.True(crashes > Cases, $"only {crashes} crashes");
    }

    [Fact]
    public void A_commit_that_breaks_off_half_way_is_undone_also_where_there_are_no_transactions() => ForEachSeed(50_001, scenario =>
    {
        var run = new LaneRun(scenario, scenario.ShuffledLog(), new Weather(scenario.Seed)
        {
            RecordsPerPollMax = 4, HalfWrittenShare = 0.25, AbortShare = 0.05, CrashShare = 0.02,
        });
        Check(scenario, run, countsTotals: false);
        CheckSame(new LaneRun(scenario, scenario.ShuffledLog(), new Weather(scenario.Seed)), run);
    });

    private static void Check(Scenario scenario, LaneRun run, bool countsTotals = true)
    {
        var expected = new Recomputation(scenario.Definitions, scenario.Segments, run.Log.InOrder());
        Assert.Equal(Sorted(expected.Triggers), Sorted(run.Log.CartAbandoned.Select(Recomputation.TextOf)));
        Assert.Equal(expected.Metrics.Panes, NaiveMetrics.TextOf(run.Log.Panes.Values));
        Assert.Empty(run.Log.LateEvents);
        Assert.Equal(
            run.Log.RefusedCount, run.Log.DeadLetters.Where(letter => letter.Reason == MemoryLog.Unreadable)
                .DistinctBy(letter => (letter.Source, letter.Partition, letter.Offset)).Count());
        Assert.Equal(run.Log.RefusedCount + expected.MixedPrices, run.Log.DeadLetters.Count);
        if (countsTotals)
        {
            // A lane counts since it started: what a lane before it counted is not in its totals.
            Assert.Equal(expected.Pending, run.Totals.TriggersPending);
            Assert.Equal(scenario.Customers.Count(), run.Totals.Customers);
            Assert.Equal(expected.Metrics.Sessions, run.Totals.Sessions);
            Assert.Equal(expected.Metrics.WithCart, run.Totals.SessionsWithCart);
            Assert.Equal(expected.Metrics.WithOrder, run.Totals.SessionsWithOrder);
            Assert.Equal(expected.Metrics.WithCartAndOrder, run.Totals.SessionsWithCartAndOrder);
        }
    }

    private static void CheckSame(LaneRun expected, LaneRun run)
    {
        Assert.Equal(Memberships(expected), Memberships(run));
        Assert.Equal(Suppressed(expected), Suppressed(run));
        Assert.Equal(expected.Customers, run.Customers);
    }

    private static List<string> Memberships(LaneRun run) => Sorted(run.Log.MembershipChanges.Select(change =>
        $"{change.CustomerId} {change.AtMs} {change.Segment} {change.DefinitionVersion} {change.Kind} {change.SinceMs} "
        + string.Join(' ', change.Traits)));

    private static List<string> Suppressed(LaneRun run) => Sorted(
        run.Log.Suppressed.Select(suppressed => suppressed.Reason + " " + Recomputation.TextOf(suppressed.Trigger)));

    private static List<string> Sorted(IEnumerable<string> texts) => [.. texts.Order(StringComparer.Ordinal)];

    private static void ForEachSeed(int first, Action<Scenario> check)
    {
        for (var seed = first; seed < first + Cases; seed++)
        {
            try
            {
                check(new Scenario(seed));
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}: {e}");
            }
        }
    }
}
