using StreamSegmenter.Events;
using StreamSegmenter.Testing.Reference;
using StreamSegmenter.Tests.Triggers;

namespace StreamSegmenter.Tests.Folding;

/// <summary>A customer with more events within grace than a record keeps. The older half goes into the baseline when the list is full, which
/// is the state kept when the list was half full or, where the record was stored in between, the older half folded anew. Either way an event
/// that is a few events late finds its place.</summary>
public sealed class BusyCustomerTests
{
    private const int Histories = 60;
    private const int Events = 400;
    private const int PlacesLateMax = 12;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_late_event_finds_its_place_however_many_came_before(bool storesBetween)
    {
        var late = 0;
        for (var seed = 1; seed <= Histories; seed++)
        {
            var random = new Random(seed);
            var definitions = new Scenario(seed).Definitions with { GraceMs = 10_000_000 };
            var facts = new RandomShop(seed)
                .History(Events, EventTypes.ProductViewed, EventTypes.ProductAdded, EventTypes.ProductRemoved, EventTypes.CheckoutStarted, EventTypes.OrderCompleted)
                .Select((fact, i) => fact with { EventId = $"{i:0000}" }).ToList();
            var arrivals = facts.Select((fact, i) => (Fact: fact, At: random.Next(3) == 0 ? i + random.Next(PlacesLateMax) : i))
                .OrderBy(arrival => arrival.At).Select(arrival => arrival.Fact).ToList();
            var (sorted, run) = (new LateRun(definitions, storesBetween: true), new LateRun(definitions, storesBetween));

            Fold(sorted, facts);
            Fold(run, arrivals);

            Assert.Equal(sorted.Standing().Select(IdOf), run.Standing().Select(IdOf));
            Assert.Equal(sorted.Memberships(), run.Memberships());
            Assert.Equal(run.Memberships(), run.EmittedMemberships());
            Assert.Equal(sorted.Totals, run.Totals);
            late += run.LateCount;
        }

        Assert.True(late > Histories * Events / 10, $"only {late} late events");
    }

    // A trigger that stands keeps the cart that it was emitted with, as it was known then.
    private static string IdOf(string trigger) => trigger[..trigger.IndexOf(' ')];

    private static void Fold(LateRun run, List<Fact> facts)
    {
        var nowMs = long.MinValue;
        foreach (var fact in facts)
        {
            run.Apply(fact, nowMs);
            nowMs = Math.Max(nowMs, fact.TimeMs);
        }

        run.LetTimePass(nowMs + 100_000);
    }
}
