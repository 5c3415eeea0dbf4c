namespace StreamSegmenter.Conversions;

/// <summary>Names one pane within a shard.</summary>
/// <param name="Window">Index into <see cref="ConversionDefinition.WindowsMs"/>.</param>
/// <param name="StartMs">Start of the tumbling window.</param>
/// <param name="ByDimension">False: all traffic; true: one value of the dimension.</param>
public readonly record struct PaneKey(int Window, long StartMs, bool ByDimension);

/// <summary>The panes of one shard that are still open.</summary>
public interface IConversionPanes
{
    /// <summary>False once the pane's horizon has passed: nothing may be added to it any more.</summary>
    bool IsOpen(PaneKey key);

    /// <summary>The counts of a pane that is open, to be added to; made with zeros when new. The reference is valid until the next
    /// call.</summary>
    /// <param name="value">The dimension's value; empty for all traffic.</param>
    ref PaneCounts Open(PaneKey key, ReadOnlySpan<byte> value);
}
