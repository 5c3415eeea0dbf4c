
namespace StreamSegmenter.Tests.Folding;

/// <summary>However events interleave, and however late they come within grace, the result is that of the sorted input:
/// <list type="bullet">
/// <item>triggers: those emitted and not retracted are those that a naive recomputation of the sorted history emits, with all that is in
/// them, and as many deadlines are pending;</item>
/// <item>sessions and conversion panes: the final numbers are those of the recomputation;</item>
/// <item>memberships: every customer ends in the same segments, and the last change that was emitted says so.</item>
/// </list>
/// A failure names the seed.</summary>
public sealed class LateEventTests
{
    private const int Histories = 2000;

    [Fact]
    public void However_late_within_grace_events_come_the_result_is_that_of_the_sorted_input()
    {
        var late = 0;
        var retracted = 0;
        for (var seed = 1; seed <= Histories; seed++)
        {
            var history = new LateHistory(seed);
            var run = history.Run(history.Definitions);
            var differences = history.Differences(run);
            Assert.True(differences.Length == 0, $"seed {seed}: {differences}");
            late += run.LateCount;
            retracted += run.RetractedCount;
        }

        Assert.True(late > Histories && retracted > Histories / 50, $"{late} late events, {retracted} retractions: too few to show anything");
    }

    [Fact]
    public void Without_folding_anew_the_comparison_finds_it() =>
        Assert.InRange(Found(history => history.Run(history.Definitions with { GraceMs = 0 })), 20, 100);

    [Fact]
    public void With_ties_decided_by_arrival_the_comparison_finds_it() =>
        Assert.InRange(Found(history => history.Run(history.Definitions, tiesByArrival: true)), 2, 100);

    private static int Found(Func<LateHistory, LateRun> run) =>
        Enumerable.Range(1, 100).Count(seed => new LateHistory(seed) is var history && history.Differences(run(history)).Length > 0);
}
