using StreamSegmenter.Events;

namespace StreamSegmenter.Conversions;

/// <summary>What conversion metrics are counted.</summary>
/// <param name="Windows">Kinds of tumbling windows, each of another length.</param>
/// <param name="Dimensions">What splits the traffic beside "all", each for itself.</param>
/// <param name="DimensionValuesMax">Values of one dimension beyond so many in one window and shard are counted as "(other)".</param>
/// <param name="Funnel">Ordered steps; a session reaches a step only after all steps before it.</param>
/// <param name="HorizonMs">For so long after a window's end + grace, what its sessions still reach is counted.</param>
internal sealed record ConversionDefinition(
    IReadOnlyList<ConversionWindow> Windows, IReadOnlyList<ConversionDimension> Dimensions, int DimensionValuesMax, IReadOnlyList<EventType> Funnel,
    long HorizonMs)
{
    /// <summary>The most dimensions.</summary>
    public const int DimensionsMax = 16;

    /// <summary>Whose days, weeks and months are counted.</summary>
    public TimeZoneInfo TimeZone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>Lengths of the windows, milliseconds.</summary>
    public IReadOnlyList<long> WindowsMs => [.. Windows.Select(window => window.LengthMs)];

    /// <summary>The bounds of each window, for one thread.</summary>
    public WindowBounds[] NewBounds() => [.. Windows.Select(window => new WindowBounds(window, TimeZone))];
}
