namespace StreamSegmenter.Engine.Telemetry;

/// <summary>The names behind the indices with which a lane counts. They come from the configuration alone, so the number
/// of time series is known before the first event; a customer's id is never among them.</summary>
/// <param name="Inputs">Topic or file names in the order of the configuration.</param>
/// <param name="Rules">Ids of the cart-abandonment rules in the order of the definitions.</param>
/// <param name="Segments">Ids of the segments in the order of the definitions.</param>
internal sealed record TelemetryLabels(
    IReadOnlyList<string> Inputs, IReadOnlyList<string> Rules, IReadOnlyList<string> Segments);
