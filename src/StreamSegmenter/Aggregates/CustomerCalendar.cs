using System.Collections.Concurrent;
using System.Text;
using StreamSegmenter.Customers;
using StreamSegmenter.Events;
using StreamSegmenter.Time;

namespace StreamSegmenter.Aggregates;

/// <summary>Whose days count: the shop's, or the customer's own where an event has named their zone.</summary>
/// <param name="zone">The aggregate that keeps the customer's zone; null: all customers have the shop's days.</param>
internal sealed class CustomerCalendar(LocalClock shop, Aggregate? zone)
{
    private const int ZonesMax = 2_048;

    // By the hash of the name as it is written; a name that is no zone stands for the shop's.
    private readonly ConcurrentDictionary<ulong, LocalClock> _known = new();

    /// <summary>The shop's own days, whatever a customer's are.</summary>
    public LocalClock Shop => shop;

    public Aggregate? Zone => zone;

    /// <summary>Whose days they are, for what is counted in them.</summary>
    public string Meaning { get; } = $" in {shop.ZoneName}{(zone is null ? "" : " or " + zone.Spec.Canonical)}";

    /// <summary>The customer's days at present.</summary>
    /// <param name="record">Null where no customer is known.</param>
    public LocalClock Of(CustomerRecord? record)
    {
        if (zone is null || record is null)
        {
            return shop;
        }

        var name = KeptText.Read(record, zone.Id, out _);
        if (name.IsEmpty)
        {
            return shop;
        }

        var hash = KeyHash.Of(name);
        return _known.TryGetValue(hash, out var clock) ? clock : Find(hash, Encoding.UTF8.GetString(name));
    }

    private LocalClock Find(ulong hash, string name)
    {
        var clock = TimeZones.TryFind(name, out var found) ? new LocalClock(found) : shop;
        if (_known.Count < ZonesMax)
        {
            _known.TryAdd(hash, clock);
        }

        return clock;
    }
}
