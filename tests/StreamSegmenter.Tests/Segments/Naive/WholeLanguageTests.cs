using System.Collections.Concurrent;
using System.Globalization;

namespace StreamSegmenter.Tests.Segments.Naive;

/// <summary>For random definitions of the whole language and random histories, the compiled engine says what the naive interpreter says: the
/// same changes at the same instants. A failure names its seed.</summary>
public sealed class WholeLanguageTests
{
    // STREAMSEGMENTER_CASES asks for more, once before a release.
    private static readonly int Cases = int.TryParse(
        Environment.GetEnvironmentVariable("STREAMSEGMENTER_CASES"), NumberStyles.None, CultureInfo.InvariantCulture, out var cases) ? cases : 20_000;

    [Fact]
    public void The_engine_equals_the_naive_interpreter_at_every_instant()
    {
        var changes = 0L;
        var failures = Run(Cases, draw =>
        {
            var (naive, engine) = (draw.NaiveStory(), draw.EngineStory());
            Interlocked.Add(ref changes, naive.Count);
            return Ordered(naive) == Ordered(engine) ? null : $"{draw}\nexpected:\n{Ordered(naive)}\nfound:\n{Ordered(engine)}";
        });
        Assert.True(failures.IsEmpty, failures.MinBy(failure => failure.Length));
        Assert.True(changes > Cases, $"{changes} changes in {Cases} cases: too few to show anything");
    }

    [Fact]
    public void However_late_within_grace_facts_come_the_customer_ends_where_the_sorted_history_ends()
    {
        const long Grace = 2_000 * NaiveCase.HourMs;
        var failures = Run(Cases / 10, draw =>
        {
            // By meaning and event id at one instant, as the engine puts them.
            var sorted = draw.Facts.OrderBy(fact => fact.TimeMs).ThenBy(fact => RankOf(fact.Type)).ThenBy(fact => fact.EventId, StringComparer.Ordinal).ToArray();
            var naive = draw with { Facts = sorted };
            var past = naive.EngineEnd(sorted, graceMs: 0);
            var late = draw.EngineEnd(draw.Facts, Grace);
            return past == late ? null : $"{draw}\nexpected: {past}\nfound: {late}";
        });
        Assert.True(failures.IsEmpty, failures.MinBy(failure => failure.Length));
    }

    [Fact]
    public void An_engine_that_is_off_by_a_pane_is_found() => AssertFound(NaiveMutation.PaneOffByOne);

    [Fact]
    public void An_engine_that_forgets_a_flip_is_found() => AssertFound(NaiveMutation.ForgottenFlip);

    [Fact]
    public void An_engine_whose_sequences_forget_is_found() => AssertFound(NaiveMutation.SequenceForgets);

    // Of 2,000 cases 42, 856 and 61 find them.
    private static void AssertFound(NaiveMutation mutation) => Assert.Contains(
        Enumerable.Range(1, 500), seed => RandomCase.Draw(seed) is var draw && Ordered(draw.NaiveStory()) != Ordered(draw.EngineStory(mutation)));

    private static ConcurrentBag<string> Run(int cases, Func<NaiveCase, string?> check)
    {
        var failures = new ConcurrentBag<string>();
        Parallel.For(1, cases + 1, seed =>
        {
            if (check(RandomCase.Draw(seed)) is { } failure)
            {
                failures.Add(failure);
            }
        });
        return failures;
    }

    private static int RankOf(string type) => StreamSegmenter.Events.EventOrder.RankOf(StreamSegmenter.Events.EventTypes.Intern(type));

    // Changes of different segments at one instant may come in either order; those of one segment may not.
    private static string Ordered(IEnumerable<string> story) => string.Join('\n', story
        .GroupBy(change => change.Split(' ')[1]).OrderBy(changes => changes.Key, StringComparer.Ordinal).SelectMany(changes => changes));
}
