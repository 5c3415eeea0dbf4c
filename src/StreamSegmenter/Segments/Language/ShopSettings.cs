using StreamSegmenter.Events;

namespace StreamSegmenter.Segments.Language;

/// <summary>What the configuration says of the whole shop that definitions depend on.</summary>
/// <param name="Currency">The one in which amounts are compared.</param>
/// <param name="KnownEventTypes">Event names that the configuration gives, beside the well-known ones.</param>
/// <param name="Zone">In which days, weeks and months are counted.</param>
/// <param name="ZoneProperty">The event property with the customer's own zone; null: all have the shop's.</param>
internal sealed record ShopSettings(Currency Currency, IReadOnlyCollection<string> KnownEventTypes, TimeZoneInfo Zone, string? ZoneProperty);
