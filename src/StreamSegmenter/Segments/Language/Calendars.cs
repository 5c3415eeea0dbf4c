using StreamSegmenter.Aggregates;
using StreamSegmenter.Time;

namespace StreamSegmenter.Segments.Language;

/// <summary>The calendar that definitions ask for, and the aggregate that keeps the customer's zone, made when the first one asks. So it
/// is folded before all that counts days.</summary>
/// <param name="zoneProperty">The event property with the customer's own zone; null: all customers have the shop's.</param>
internal sealed class Calendars(TimeZoneInfo shop, string? zoneProperty, AggregateTable? aggregates)
{
    private CustomerCalendar? _calendar;

    public CustomerCalendar Calendar => _calendar ??= new CustomerCalendar(new LocalClock(shop), Zone());

    private Aggregate? Zone()
    {
        if (zoneProperty is null || aggregates is null)
        {
            return null;
        }

        var field = EventField.Property(zoneProperty);
        return aggregates.Share(new AggregateSpec(
            AggregateKind.Last, null, field, null, null, AggregateType.Text, $"last({Vocabulary.AnyEvent}.{field.Text}) as text"));
    }
}
