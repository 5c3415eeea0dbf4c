namespace StreamSegmenter.Conversions;

/// <summary>Names one pane within a shard.</summary>
/// <param name="Window">Index into <see cref="ConversionDefinition.Windows"/>.</param>
/// <param name="StartMs">Start of the tumbling window.</param>
/// <param name="Dimension">Index into <see cref="ConversionDefinition.Dimensions"/>; <see cref="AllTraffic"/>: not by dimension.</param>
internal readonly record struct PaneKey(int Window, long StartMs, int Dimension)
{
    public const int AllTraffic = -1;

    /// <summary>The same window by a dimension.</summary>
    public PaneKey By(int dimension) => new(Window, StartMs, dimension);
}

/// <summary>The panes of one shard that are still open.</summary>
internal interface IConversionPanes
{
    /// <summary>False once the pane's horizon has passed: nothing may be added to it any more.</summary>
    /// <param name="eventTimeMs">Time of the event that would be added; compared with the horizon itself, so that the answer does
    /// not depend on how far a batch reaches.</param>
    bool IsOpen(PaneKey key, long eventTimeMs);

    /// <summary>The counts of a pane that is open, to be added to; made with zeros when new. The reference is valid until the next
    /// call.</summary>
    /// <param name="value">The dimension's value; empty for all traffic.</param>
    ref PaneCounts Open(PaneKey key, ReadOnlySpan<byte> value);
}
