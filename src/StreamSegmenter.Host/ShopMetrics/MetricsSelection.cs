using StreamSegmenter.Connectors.Codecs.Reading;
using StreamSegmenter.Conversions;
using StreamSegmenter.Engine.Contracts;

namespace StreamSegmenter.Host.ShopMetrics;

/// <summary>The panes of one kind of window and one dimension that begin in <c>[FromMs, ToMs)</c>; of each window and value the one that was added
/// last. Others are left out as they come, so a topic of any size fits.</summary>
internal sealed class MetricsSelection(ConversionWindow window, string dimension, long? fromMs, long? toMs) : IRestoreTarget
{
    /// <summary>The name under which panes hold all traffic.</summary>
    public const string AllTraffic = "all";

    private readonly string _windowName = window.ToString();
    private readonly Dictionary<(long StartMs, string Value), ConversionPane> _panes = [];

    public ConversionWindow Window => window;

    public string Dimension => dimension;

    /// <summary>Oldest first, then by value.</summary>
    public IReadOnlyList<ConversionPane> Panes =>
        [.. _panes.Values.OrderBy(pane => pane.StartMs).ThenBy(pane => pane.Value, StringComparer.Ordinal)];

    public void Add(ConversionPane pane)
    {
        if (pane.Window == _windowName && pane.Dimension == dimension && pane.StartMs >= (fromMs ?? long.MinValue) && pane.StartMs < (toMs ?? long.MaxValue))
        {
            _panes[(pane.StartMs, pane.Value)] = pane;
        }
    }

    /// <summary>Takes a record of the topic. Other outputs may go to the same topic: they are no panes.</summary>
    void IRestoreTarget.Apply(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (OutputReader.ReadPane(value) is { } pane)
        {
            Add(pane);
        }
    }
}
