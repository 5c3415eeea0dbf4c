namespace StreamSegmenter.Tests.Segments.Naive;

/// <summary>Draws cases: histories across changes of clocks, months and weeks, in shops of several zones.</summary>
internal static class RandomCase
{
    // Whole hours from UTC: a history's times are whole hours everywhere.
    private static readonly (string Zone, string Start)[] Shops =
    [
        ("Etc/UTC", "2026-02-26"), ("Europe/Berlin", "2026-03-26"), ("Europe/Berlin", "2026-10-23"), ("America/New_York", "2026-03-06"),
        ("America/New_York", "2026-10-30"), ("Africa/Cairo", "2026-04-22"), ("Africa/Cairo", "2026-10-28"), ("Asia/Tokyo", "2026-12-29"),
    ];

    private static readonly string[] OwnZones = ["Europe/Berlin", "America/Los_Angeles", "Asia/Tokyo", "Pacific/Auckland"];

    private static readonly object?[][] Countries = [["DE"], ["AT", "DE"], [3], [true], [null], [], [null, "AT"], [5, "DE"]];

    public static NaiveCase Draw(int seed)
    {
        var random = new Random(seed);
        var (zone, startText) = Shops[random.Next(Shops.Length)];
        var start = DateOnly.ParseExact(startText, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        var ownZones = random.Next(3) == 0;
        var isLong = random.Next(25) == 0;
        var language = new RandomLanguage(random, start);
        var segments = Enumerable.Range(0, random.Next(1, 4)).Select(language.Segment).ToArray();
        var clockMs = new DateTimeOffset(start, default, default).ToUnixTimeMilliseconds() + (random.Next(30) * NaiveCase.HourMs);
        var facts = new List<NaiveFact>();
        var count = random.Next(1, 11);
        for (var i = 0; i < count; i++)
        {
            var hours = random.Next(9) switch { 0 => random.Next(12, isLong ? 200 : 30), 1 => -random.Next(0, 20), _ => random.Next(0, 7) };
            facts.Add(Fact(random, clockMs + (hours * NaiveCase.HourMs), start) with { EventId = $"{i:00}" });
            clockMs = Math.Max(clockMs, facts[^1].TimeMs);
        }

        return new NaiveCase(seed, segments, facts, zone, ownZones, clockMs + ((isLong ? 24 * 16 : 62) * NaiveCase.HourMs));
    }

    private static NaiveFact Fact(Random random, long timeMs, DateOnly start)
    {
        var type = Pick(random, "product_viewed", "product_added", "order_completed", "page_viewed", "identify", "order_refunded", "order_cancelled", "product_viewed", "order_completed");
        var fact = new NaiveFact(type, timeMs)
        {
            Quantity = random.Next(-2, 5),
            Category = Pick(random, "shoes", "hats", "shoe trees", ""),
            CartId = Pick(random, "k1", "k2", ""),
            ProductId = Pick(random, "p1", "p2", ""),
            Zone = random.Next(8) == 0 ? random.Next(60) == 0 ? "Nowhere/Land" : OwnZones[random.Next(OwnZones.Length)] : null,
        };
        return type switch
        {
            // An order that is reported again has the same total: it depends on the id.
            "order_completed" or "order_refunded" or "order_cancelled" => fact with
            {
                OrderId = $"o{random.Next(6)}",
                TotalMinor = type == "order_completed" ? null : random.Next(3) == 0 ? null : random.Next(1, 40) * 10,
            } is var order && type == "order_completed" ? order with { TotalMinor = TotalOf(order.OrderId) } : order,
            "identify" => fact with
            {
                Country = random.Next(3) == 0 ? null : Countries[random.Next(Countries.Length)],
                Birthday = random.Next(3) > 0 ? null : random.Next(6) == 0 ? "2000-02-29" : start.AddDays(random.Next(0, 14)).AddYears(-30)
                    .ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture),
            },
            _ => fact,
        };
    }

    private static long? TotalOf(string orderId) => orderId[1] == '5' ? null : (orderId[1] - '0' + 1) * 120;

    private static string Pick(Random random, params string[] choices) => choices[random.Next(choices.Length)];
}
