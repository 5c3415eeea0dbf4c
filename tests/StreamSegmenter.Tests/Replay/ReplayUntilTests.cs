using System.Text;
using StreamSegmenter.Connectors.Replay;
using StreamSegmenter.Customers;
using StreamSegmenter.Folding;
using StreamSegmenter.Segments;
using StreamSegmenter.Testing.Reference;

namespace StreamSegmenter.Tests.Replay;

/// <summary>A replay up to an instant, of one customer, and what it foretells: each against a replay of everything.</summary>
public sealed class ReplayUntilTests : IDisposable
{
    private static readonly StorefrontDefinitions Definitions = Replays.Definitions(
        Replays.Rule(1800) with { StepsMs = [1_800_000, 86_400_000] },
        new SegmentDefinition("recent", "did(product_viewed, 2d)", "segments.yaml", 1, 1));

    private readonly string _folder = Directory.CreateTempSubdirectory("streamsegmenter-until-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_replay_until_an_instant_gives_what_a_whole_one_gives_up_to_it()
    {
        var facts = RealClickstreams.FactsOf(RealClickstreams.Otto);
        var whole = Replays.Run(Definitions, [RealClickstreams.Otto], drain: true);
        foreach (var fact in facts.Where((_, i) => i % 80 == 0))
        {
            foreach (var untilMs in (long[])[fact.TimeMs - 1, fact.TimeMs, fact.TimeMs + 1_800_000])
            {
                var result = Replays.Run(Definitions, [RealClickstreams.Otto], untilMs: untilMs);

                Assert.Equal(facts.Count(f => f.TimeMs <= untilMs), result.Events);
                Assert.Equal(TextOf(whole, untilMs), TextOf(result, untilMs));
            }
        }
    }

    [Fact]
    public void What_is_foretold_of_a_customer_is_what_happens_when_no_event_comes()
    {
        var facts = RealClickstreams.FactsOf(RealClickstreams.Otto);
        var told = new[] { 0.25, 0.5, 0.75 }.Sum(share => CheckForecasts(facts, facts[(int)(facts.Count * share)].TimeMs));
        Assert.True(told > 20, $"only {told}");
    }

    /// <returns>How much was foretold.</returns>
    private int CheckForecasts(IReadOnlyList<Fact> facts, long untilMs)
    {
        var known = facts.Where(fact => fact.TimeMs <= untilMs).ToList();
        var drained = Replays.Run(Definitions, new Delivery(known, 1, 0).WriteFiles(_folder, 1), drain: true);
        var told = 0;
        foreach (var customer in known.Select(fact => fact.Customer).Distinct())
        {
            var result = Replays.Run(Definitions, [RealClickstreams.Otto], untilMs: untilMs, customer: customer);
            var fold = new CustomerFold(Definitions, Replays.Compile(Definitions));
            var record = new CustomerRecord();
            record.Load(result.Customer, new RecordLayouts(fold.Layout));

            var next = new CustomerForecast(fold).Run(record, Encoding.UTF8.GetBytes(customer), CustomerForecast.ForeverMs);

            var triggers = result.CartAbandoned.Concat(next.OfType<TriggerRecorded>().Select(said => said.Trigger));
            var changes = result.MembershipChanges.Concat(next.OfType<MembershipChanged>().Select(said => said.Change));
            Assert.Equal(
                drained.CartAbandoned.Where(trigger => trigger.CustomerId == customer).Select(trigger => trigger.TriggerId),
                triggers.Select(trigger => trigger.TriggerId));
            Assert.Equal(
                drained.MembershipChanges.Where(change => change.CustomerId == customer).Select(TextOf), changes.Select(TextOf));
            Assert.Equal(next.OrderBy(happening => happening.AtMs), next);
            Assert.All(next, happening => Assert.True(happening.AtMs > untilMs));
            told += next.Count;
        }

        return told;
    }

    private static IEnumerable<string> TextOf(ReplayResult result, long untilMs) =>
    [
        .. result.CartAbandoned.Where(trigger => trigger.FiredAtMs <= untilMs).Select(trigger => trigger.TriggerId),
        .. result.MembershipChanges.Where(change => change.AtMs <= untilMs).Select(TextOf),
    ];

    private static string TextOf(MembershipChange change) => $"{change.CustomerId} {change.Segment} {change.Kind} {change.AtMs}";
}
