using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Events;
using StreamSegmenter.Folding;
using StreamSegmenter.Testing.Reference;

namespace StreamSegmenter.Tests.Folding;

/// <summary>A random history, what it means, and one way in which it arrives: every event up to grace late, those of one instant in any
/// order.</summary>
internal sealed class LateHistory
{
    private const long GraceMs = 600;
    private readonly Scenario _scenario;
    private readonly Recomputation _meaning;
    private readonly List<(Fact Fact, long AtMs)> _arrivals;
    private readonly long _endMs;

    public LateHistory(int seed)
    {
        var random = new Random(seed);
        var drawn = new Scenario(seed);
        var definitions = drawn.Definitions with
        {
            GraceMs = GraceMs,
            Conversions = drawn.Definitions.Conversions with { HorizonMs = 1_000_000 },
        };
        var facts = drawn.Facts.Select((fact, i) => fact with { EventId = $"{(i * 37) % 101:000}" }).ToList();
        _endMs = facts[^1].TimeMs + 20_000;
        facts.Add(new Fact("clock", _endMs, EventTypes.PageViewed) { EventId = "end" });
        _scenario = new Scenario(definitions, 0, facts);
        _meaning = new Recomputation(
            _scenario.AllVersions().All,
            [
                .. facts.OrderBy(fact => fact.TimeMs).ThenBy(fact => EventOrder.RankOf(fact.Type)).ThenBy(fact => fact.EventId, StringComparer.Ordinal)
                    .Select((fact, i) => new PlacedFact(new InputPartition(0, 0), i, 0, fact)),
            ]);
        _arrivals =
        [
            .. facts.Select(fact => (fact, AtMs: fact.TimeMs + (random.Next(3) == 0 ? random.Next((int)GraceMs + 1) : 0)))
                .OrderBy(arrival => arrival.AtMs).ThenBy(_ => random.Next()),
        ];
    }

    public StorefrontDefinitions Definitions => _scenario.Definitions;

    /// <summary>Folds the events as they arrive; the watermark is the instant of the arrival.</summary>
    public LateRun Run(StorefrontDefinitions definitions, bool tiesByArrival = false)
    {
        var run = new LateRun(definitions);
        foreach (var (fact, atMs) in _arrivals)
        {
            run.LetTimePass(atMs);
            run.Apply(tiesByArrival ? fact with { EventId = "" } : fact, atMs);
        }

        run.LetTimePass(_endMs);
        return run;
    }

    /// <summary>What the sorted history gives.</summary>
    public LateRun RunSorted()
    {
        var sorted = new LateRun(Definitions);
        foreach (var fact in _arrivals.Select(arrival => arrival.Fact).OrderBy(fact => fact.TimeMs).ThenBy(fact => EventOrder.RankOf(fact.Type))
            .ThenBy(fact => fact.EventId, StringComparer.Ordinal))
        {
            sorted.LetTimePass(fact.TimeMs);
            sorted.Apply(fact, fact.TimeMs);
        }

        sorted.LetTimePass(_endMs);
        return sorted;
    }

    /// <summary>What differs from the meaning of the history; empty when nothing does.</summary>
    public string Differences(LateRun run)
    {
        var sorted = RunSorted();
        var differences = new List<string>();
        Compare("triggers", _meaning.Triggers.Select(IdOf).Order(StringComparer.Ordinal), run.Standing().Select(IdOf), differences);
        Compare("panes", _meaning.Metrics.Panes, NaiveMetrics.TextOf(run.Panes(_endMs)), differences);
        Compare("memberships", sorted.Memberships(), run.Memberships(), differences);
        Compare("memberships as emitted", run.Memberships(), run.EmittedMemberships(), differences);
        var metrics = _meaning.Metrics;
        Compare(
            "totals",
            [$"{metrics.Sessions} {metrics.WithCart} {metrics.WithOrder} {metrics.WithCartAndOrder} {_meaning.Pending}"],
            [$"{run.Totals.Sessions} {run.Totals.SessionsWithCart} {run.Totals.SessionsWithOrder} {run.Totals.SessionsWithCartAndOrder} {run.Totals.TriggersPending}"],
            differences);
        return string.Join('\n', differences);
    }

    // A trigger that stands keeps the cart that it was emitted with, as it was known then.
    private static string IdOf(string trigger) => trigger[..trigger.IndexOf(' ')];

    private static void Compare(string what, IEnumerable<string> expected, IEnumerable<string> actual, List<string> differences)
    {
        var surplus = actual.ToList();
        var missing = expected.Where(line => !surplus.Remove(line)).ToList();
        differences.AddRange(missing.Select(line => $"{what}: missing {line}"));
        differences.AddRange(surplus.Select(line => $"{what}: surplus {line}"));
    }
}
