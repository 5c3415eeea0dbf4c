namespace StreamSegmenter.Engine.Telemetry;

/// <summary>The names behind the indices with which a lane counts. They come from the definitions alone, so the number
/// of time series is known; a customer's id is never among them.</summary>
internal sealed class TelemetryLabels(IReadOnlyList<string> inputs, IEnumerable<string> rules, IEnumerable<string> segments)
{
    /// <summary>Topic or file names in the order of the configuration.</summary>
    public IReadOnlyList<string> Inputs => inputs;

    /// <summary>Ids of the cart-abandonment rules, those of the configuration first.</summary>
    public LabelNames Rules { get; } = new(rules);

    /// <summary>Ids of the segments, those of the configuration first.</summary>
    public LabelNames Segments { get; } = new(segments);
}
