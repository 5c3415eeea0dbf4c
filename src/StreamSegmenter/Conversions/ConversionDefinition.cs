using StreamSegmenter.Events;

namespace StreamSegmenter.Conversions;

/// <summary>What conversion metrics are counted.</summary>
/// <param name="WindowsMs">Lengths of the tumbling windows, milliseconds, each aligned to 1970-01-01 UTC.</param>
/// <param name="Dimension">Name of the event field or property that splits the traffic beside "all"; null: only "all".</param>
/// <param name="DimensionValuesMax">Values beyond so many in one window are counted as "(other)".</param>
/// <param name="Funnel">Ordered steps; a session reaches a step only after all steps before it.</param>
/// <param name="HorizonMs">For so long after a window's end + grace, what its sessions still reach is counted.</param>
internal sealed record ConversionDefinition(
    IReadOnlyList<long> WindowsMs, string? Dimension, int DimensionValuesMax, IReadOnlyList<EventType> Funnel,
    long HorizonMs);
