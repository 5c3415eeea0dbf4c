using System.Globalization;
using StreamSegmenter.Connectors.Generator;

namespace StreamSegmenter.Tests.Generator;

public sealed class StorefrontGeneratorTests
{
    private static readonly GeneratorOptions Small = new() { Customers = 5000, OpenSessions = 200, EventsPerSecond = 10, Products = 500 };

    [Fact]
    public void A_seed_means_the_same_traffic_for_ever()
    {
        var options = Small with { DisorderMs = 5000, DuplicateShare = 0.01 };

        // Recorded once; a change of these numbers changes every published bench and golden file.
        Assert.Equal("fbdc375ec022b24d", Fingerprint(options));
        Assert.Equal("fbdc375ec022b24d", Fingerprint(options));
        Assert.NotEqual(Fingerprint(options), Fingerprint(options with { Seed = 2 }));
    }

    [Fact]
    public void Sessions_are_about_ten_events_long_and_convert_as_shops_do()
    {
        var events = Take(Small, 400_000);
        var sessions = events.GroupBy(e => e.SessionNumber).ToList();

        var carts = sessions.Count(session => session.Any(e => e.Type == GeneratedType.ProductAdded));
        var orders = sessions.Count(session => session.Any(e => e.Type == GeneratedType.OrderCompleted));

        Assert.InRange((double)events.Count / sessions.Count, 9, 11);
        Assert.InRange((double)orders / sessions.Count, 0.025, 0.035);
        Assert.InRange(1 - ((double)orders / carts), 0.67, 0.73);
        Assert.All(Enum.GetValues<GeneratedType>(), type => Assert.Contains(events, e => e.Type == type));
    }

    [Fact]
    public void A_session_belongs_to_one_customer_and_orders_only_what_it_put_into_the_cart()
    {
        foreach (var session in Take(Small, 200_000).GroupBy(e => e.SessionNumber))
        {
            Assert.Single(session.Select(e => (e.Customer, e.Anonymous, e.Device, e.Channel, e.Country)).Distinct());
            var worth = 0;
            foreach (var e in session)
            {
                worth += e.Type == GeneratedType.ProductAdded ? e.PriceMinor * e.Quantity : 0;
                worth -= e.Type == GeneratedType.ProductRemoved ? e.PriceMinor * e.Quantity : 0;
                Assert.True(e.Type != GeneratedType.OrderCompleted || (worth > 0 && e.TotalMinor == worth));
            }
        }
    }

    [Fact]
    public void Event_time_advances_at_the_given_rate()
    {
        var events = Take(Small with { StartMs = 1000 }, 101);

        Assert.Equal(1000, events[0].EventTimeMs);
        Assert.Equal(11_000, events[100].EventTimeMs);
    }

    [Fact]
    public void No_event_is_delivered_later_than_the_disorder_allows()
    {
        var events = Take(Small with { EventsPerSecond = 1000, DisorderMs = 2000 }, 50_000);

        Assert.All(events, e => Assert.InRange(e.DeliveredAtMs - e.EventTimeMs, 0, 2000));
        Assert.True(events.Zip(events.Skip(1)).All(pair => pair.First.DeliveredAtMs <= pair.Second.DeliveredAtMs));
        Assert.Contains(events.Zip(events.Skip(1)), pair => pair.First.EventTimeMs > pair.Second.EventTimeMs);
    }

    [Fact]
    public void Disorder_changes_the_order_of_events_and_nothing_else()
    {
        var straight = Take(Small, 20_000).Select(e => (e.Id, e.EventTimeMs)).ToList();

        var ids = Take(Small with { DisorderMs = 10_000 }, 20_000).Select(e => (e.Id, e.EventTimeMs)).ToHashSet();

        Assert.True(straight.Take(19_800).All(ids.Contains));
    }

    [Fact]
    public void Duplicates_come_at_their_share_and_keep_their_id()
    {
        var events = Take(Small with { DuplicateShare = 0.1 }, 50_000);

        Assert.InRange((events.Count - events.Select(e => e.Id).Distinct().Count()) / 50_000.0, 0.08, 0.1);
    }

    [Fact]
    public void Uniform_traffic_spreads_over_all_customers()
    {
        var events = Take(Small with { Mode = TrafficMode.Uniform, Customers = 1000 }, 20_000);

        Assert.Equal(1000, events.Select(e => e.Customer).Distinct().Count());
        Assert.All(events, e => Assert.Equal(0, e.SessionNumber));
    }

    [Fact]
    public void The_smallest_shop_still_makes_events() =>
        Assert.Equal(10_000, Take(new GeneratorOptions { Customers = 1, OpenSessions = 1, Products = 1 }, 10_000).Count);

    [Fact]
    public void Wrong_options_are_refused_with_the_remedy() =>
        Assert.Equal("duplicates: a share from 0 to 1", (Small with { DuplicateShare = double.NaN }).Check());

    private static List<GeneratedEvent> Take(GeneratorOptions options, int count)
    {
        var generator = new StorefrontGenerator(options);
        var events = new List<GeneratedEvent>(count);
        var e = default(GeneratedEvent);
        for (var i = 0; i < count; i++)
        {
            generator.Next(ref e);
            events.Add(e);
        }

        return events;
    }

    // FNV-1a over the JSON of the first thousand events.
    private static string Fingerprint(GeneratorOptions options)
    {
        var hash = 0xCBF29CE484222325;
        var line = new byte[GeneratedEventWriter.BytesMax];
        foreach (var e in Take(options, 1000))
        {
            foreach (var value in line.AsSpan(0, GeneratedEventWriter.WriteJson(in e, line)))
            {
                hash = unchecked((hash ^ value) * 0x100000001B3);
            }
        }

        return hash.ToString("x16", CultureInfo.InvariantCulture);
    }
}
