namespace StreamSegmenter.Tests.Segments.Naive;

/// <summary>Everything that has arrived of a customer: the only state of the naive interpreter.</summary>
internal sealed class NaivePast(TimeZoneInfo shop, bool ownZones)
{
    private readonly Dictionary<string, long> _taken = [];
    private (TimeZoneInfo Zone, int Facts) _zone = (shop, 0);

    public List<Arrived> Facts { get; } = [];

    /// <summary>What refunds and cancellations took back, at the instants of their orders.</summary>
    public List<(long TimeMs, DateOnly Day, long Minor)> Refunds { get; } = [];

    public void Add(NaiveFact fact)
    {
        var clockMs = Math.Max(fact.TimeMs, Facts.Count == 0 ? long.MinValue : Facts[^1].ClockMs);
        var again = fact.Type == "order_completed" && Facts.Any(known => known.Type == "order_completed" && known.Fact.OrderId == fact.OrderId);
        Facts.Add(new Arrived(fact, again ? "other" : fact.Type, clockMs, default));
        Facts[^1] = Facts[^1] with { Local = LocalAt(fact.TimeMs) };
        if (fact.Type is "order_refunded" or "order_cancelled")
        {
            Refund(fact);
        }
    }

    /// <summary>What the customer's clocks show, by the zone that is known at present.</summary>
    public DateTime LocalAt(long utcMs) =>
        TimeZoneInfo.ConvertTimeFromUtc(DateTimeOffset.FromUnixTimeMilliseconds(utcMs).UtcDateTime, Zone());

    public DateOnly TodayAt(long nowMs) => DateOnly.FromDateTime(LocalAt(nowMs));

    private TimeZoneInfo Zone()
    {
        if (_zone.Facts != Facts.Count)
        {
            // The latest by event time; of equally late ones the one that came last.
            var name = ownZones ? Facts.Where(arrived => arrived.Fact.Zone is not null).Reverse().MaxBy(arrived => arrived.TimeMs)?.Fact.Zone : null;
            _zone = (name is null ? shop : Zones.GetOrAdd(name, Find) ?? shop, Facts.Count);
        }

        return _zone.Zone;
    }

    // A name that is no zone is looked for on disk.
    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, TimeZoneInfo?> Zones = new();

    private static TimeZoneInfo? Find(string name) => TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : null;

    private void Refund(NaiveFact fact)
    {
        var order = Facts.FirstOrDefault(known => known.Type == "order_completed" && known.Fact.OrderId == fact.OrderId);
        if (order is null)
        {
            Refunds.Add((fact.TimeMs, DateOnly.FromDateTime(LocalAt(fact.TimeMs)), fact.TotalMinor ?? 0));
        }
        else if (order.Fact.TotalMinor is { } total)
        {
            var left = total - _taken.GetValueOrDefault(fact.OrderId);
            var minor = fact.Type == "order_cancelled" ? left : Math.Min(left, fact.TotalMinor ?? left);
            Refunds.Add((order.TimeMs, DateOnly.FromDateTime(LocalAt(order.TimeMs)), minor));
            _taken[fact.OrderId] = _taken.GetValueOrDefault(fact.OrderId) + minor;
        }
        else
        {
            Refunds.Add((order.TimeMs, DateOnly.FromDateTime(LocalAt(order.TimeMs)), fact.TotalMinor ?? 0));
        }
    }
}
