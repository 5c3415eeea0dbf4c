using StreamSegmenter.Conversions;

namespace StreamSegmenter.Folding;

/// <summary>Where nothing may be counted: time alone counts nothing.</summary>
internal sealed class NoPanes : IConversionPanes
{
    public static NoPanes Instance { get; } = new();

    public bool IsOpen(PaneKey key, long eventTimeMs) => false;

    public ref PaneCounts Open(PaneKey key, ReadOnlySpan<byte> value) =>
        throw new InvalidOperationException("The passing of time was counted as an event.");
}
